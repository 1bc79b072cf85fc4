//! The faults of AC3: everything that can go wrong with a candidate, and how the corridor has to end.
//!
//! Without the fault the candidate would be accepted and would change the decision, so that only the handling of the fault keeps
//! the baseline in place.

use super::bench::{Bench, Conditions};
use super::standin::{Perfect, Stock};
use crate::decide::{Budget, PolicySource, RELIABLE, RuleSet, Settings};
use crate::model::{Attempt, CallError, CorridorStatus, KnownReason, LlmTask, ReasonCode};
use serde_json::{Map, Value, json};

/// Virtual time of the budget where the project sets none, ms.
const BUDGET_MS: u64 = 200;
/// Calls for each profile: the prompt and a repair.
const CALLS_A_PROFILE: usize = 2;

/// One fault.
pub(super) struct Fault {
    /// Its name in the report.
    pub(super) id: &'static str,
    /// What happens, in words.
    pub(super) what: &'static str,
    /// How the corridor has to end.
    pub(super) ends: Ends,
    /// The rule sets for which it is a fault.
    pub(super) rules: &'static [RuleSet],
    /// Whether it can happen to a command: the rules before the one at fault have to pass.
    applies: fn(&Perfect) -> bool,
    arrange: Arrange,
}

/// How the corridor has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// A candidate was asked for, and the baseline stands.
    FellBack(KnownReason),
    /// None was asked for.
    Skipped(KnownReason),
    /// Something unexpected was caught.
    Caught,
    /// Control: a boundary value that must be accepted. The candidate repeats the baseline.
    Accepted,
}

impl Ends {
    pub(super) fn status(self) -> CorridorStatus {
        match self {
            Self::FellBack(_) => CorridorStatus::FallbackDeterministic,
            Self::Skipped(_) => CorridorStatus::Skipped,
            Self::Caught => CorridorStatus::Error,
            Self::Accepted => CorridorStatus::AcceptedLlm,
        }
    }

    /// Whether a risk line has this status and reason.
    pub(super) fn agrees(self, status: CorridorStatus, reason: &ReasonCode) -> bool {
        status == self.status()
            && match self {
                Self::FellBack(expected) | Self::Skipped(expected) => *reason == expected.into(),
                // The name of the error, never its message.
                Self::Caught => reason.as_str() == PANIC,
                Self::Accepted => *reason == KnownReason::Accepted.into(),
            }
    }
}

/// What a fault changes: the configuration, what the LLM gives, or both.
#[derive(Clone, Copy)]
enum Arrange {
    /// The LLM gives this.
    Supply(fn(&Perfect) -> Stock),
    /// The LLM answers this on every call.
    Answer(fn(&Perfect) -> String),
    /// The LLM answers well on the last of several calls, whose latencies are these, ms.
    Late(fn(Limits) -> Vec<u64>),
    /// The LLM answers well, and the configuration is this.
    Settings(fn(&Conditions) -> Settings),
    /// The same with an answer that repeats the baseline's only item.
    Echo { confidence: Option<f64>, calls: fn(Limits) -> Vec<u64> },
}

/// What a task may use up.
#[derive(Clone, Copy)]
struct Limits {
    /// Virtual time, ms.
    budget_ms: u64,
    calls: usize,
}

impl Limits {
    fn of(settings: &Settings) -> Self {
        let can_escalate = settings.corridor_profile != RELIABLE
            && settings.policy().is_some_and(|policy| policy.has_route(LlmTask::PartialTrustShopping, RELIABLE));
        Self {
            budget_ms: settings.budget.limit_ms().unwrap_or(BUDGET_MS),
            calls: CALLS_A_PROFILE * if can_escalate { 2 } else { 1 },
        }
    }
}

/// A fault, arranged for one command.
pub(super) struct Arranged {
    pub(super) settings: Option<Settings>,
    pub(super) stock: Stock,
}

/// What a caught panic is called.
pub(super) const PANIC: &str = "panic";
/// The fault in which nothing was recorded.
const EXHAUSTED: &str = "exhausted";

const BOTH: &[RuleSet] = &[RuleSet::Reference, RuleSet::Strict];
const STRICT: &[RuleSet] = &[RuleSet::Strict];

impl Fault {
    const fn new(id: &'static str, what: &'static str, ends: Ends, arrange: Arrange) -> Self {
        Self { id, what, ends, rules: BOTH, applies: |_| true, arrange }
    }

    /// A rule of `strict` only, for commands whose baseline `applies` to.
    const fn of_strict(mut self, applies: fn(&Perfect) -> bool) -> Self {
        self.rules = STRICT;
        self.applies = applies;
        self
    }

    /// Whether it is a fault under `strict` alone.
    pub(super) fn is_of_strict(&self) -> bool {
        self.rules == STRICT
    }

    /// Whether the case is not comparable under it: an attempt is asked for that was not recorded.
    pub(super) fn is_unrecorded(&self) -> bool {
        self.id == EXHAUSTED
    }

    /// Arranges the fault for a command; `None` where it cannot happen to it. `is_open`: a good candidate is accepted.
    pub(super) fn arrange(&self, bench: &Bench, perfect: &Perfect, is_open: bool) -> Option<Arranged> {
        if !(self.applies)(perfect) {
            return None;
        }
        let limits = Limits::of(&bench.settings);
        let limited = || Some(Settings { budget: Budget::Limit(limits.budget_ms), ..bench.settings.clone() });
        let good = || perfect.answer(|_| ());
        let arranged = match self.arrange {
            Arrange::Supply(stock) => Arranged { settings: None, stock: stock(perfect) },
            Arrange::Answer(raw) => Arranged { settings: None, stock: Stock::answers(&raw(perfect), limits.calls, 0) },
            // No latency is above this budget.
            Arrange::Late(_) if limits.budget_ms == u64::MAX => return None,
            Arrange::Late(calls) => Arranged { settings: limited(), stock: repaired(&good(), &calls(limits)) },
            Arrange::Settings(settings) => {
                Arranged { settings: Some(settings(bench.conditions)), stock: Stock::answers(&good(), 1, 0) }
            }
            Arrange::Echo { confidence, calls } => {
                let raw = perfect.echo(confidence).filter(|_| is_open)?;
                Arranged { settings: limited(), stock: repaired(&raw, &calls(limits)) }
            }
        };
        Some(arranged)
    }
}

/// An answer on the last of these calls; the answers before it cannot be read.
fn repaired(raw: &str, latencies_ms: &[u64]) -> Stock {
    let last = latencies_ms.len().saturating_sub(1);
    let attempts = latencies_ms.iter().enumerate().map(|(place, latency_ms)| {
        let raw = if place == last { raw } else { "let me think" };
        Attempt { result: Ok(raw.to_owned().into()), latency_ms: *latency_ms }
    });
    Stock::Attempts(attempts.collect())
}

/// The proposed actions of a finished candidate, after `change`.
fn actions(perfect: &Perfect, change: impl FnOnce(&mut Vec<Value>)) -> Stock {
    perfect.finished(|candidate| {
        if let Some(actions) = candidate.proposed_actions.as_array_mut() {
            change(actions);
        }
    })
}

/// The one action of a finished candidate, with a value at a JSON pointer.
fn action(perfect: &Perfect, pointer: &str, key: &str, value: Value) -> Stock {
    actions(perfect, |actions| {
        let place = actions.first_mut().and_then(|action| action.pointer_mut(pointer));
        if let Some(object) = place.and_then(Value::as_object_mut) {
            object.insert(key.to_owned(), value);
        }
    })
}

fn with(key: &'static str, value: Value) -> impl FnOnce(&mut Map<String, Value>) {
    move |answer| {
        answer.insert(key.to_owned(), value);
    }
}

/// A policy that loads and routes the name extraction, but not the corridor's task.
const WITHOUT_ROUTE: &str = r#"{"schema_version":1,"profiles":{"cheap":{},"reliable":{},"partial_trust":{}},
"tasks":{"shopping_extraction":{}},"routing":{"shopping_extraction":{"cheap":{"model":"m"},"reliable":{"model":"m"}}}}"#;

fn under_policy(conditions: &Conditions, policy: &PolicySource) -> Settings {
    conditions.with_policy(policy, &[("LLM_POLICY_ENABLED", "true"), ("LLM_POLICY_ALLOW_PLACEHOLDERS", "false")])
}

/// All faults, in the order of the report.
pub(super) fn faults() -> Vec<Fault> {
    [calls(), unreadable(), off_schema(), refused(), refused_by_strict(), policies(), edges()]
        .into_iter()
        .flatten()
        .collect()
}

/// Calls that fail or come too late.
fn calls() -> Vec<Fault> {
    let call = |id, what, reason, stock| Fault::new(id, what, Ends::FellBack(reason), Arrange::Supply(stock));
    let late = |id, what, calls| Fault::new(id, what, Ends::FellBack(KnownReason::Timeout), Arrange::Late(calls));
    vec![
        call("call_timeout", "the call times out", KnownReason::Timeout, |_| Stock::fails(CallError::Timeout)),
        late("over_budget", "a good answer comes one ms over the budget", |limits| {
            vec![limits.budget_ms.saturating_add(1)]
        }),
        late(
            "over_budget_in_sum",
            "a good answer after a repair, both calls together one ms over the budget",
            |limits| vec![limits.budget_ms / 2, (limits.budget_ms - limits.budget_ms / 2).saturating_add(1)],
        ),
        call("call_unavailable", "the endpoint cannot be reached", KnownReason::LlmUnavailable, |_| {
            Stock::fails(CallError::Unavailable)
        }),
        call("call_error", "the call fails in another way", KnownReason::LlmError, |_| Stock::fails(CallError::Error)),
        call(EXHAUSTED, "there is no answer at all", KnownReason::LlmUnavailable, |_| Stock::Attempts(Vec::new())),
        Fault::new("panic", "the source of candidates panics", Ends::Caught, Arrange::Supply(|_| Stock::Panics)),
    ]
}

/// Answers that hold no JSON object, each family once.
fn unreadable() -> Vec<Fault> {
    let fault = |id, what, raw| Fault::new(id, what, Ends::FellBack(KnownReason::InvalidJson), Arrange::Answer(raw));
    vec![
        fault("answer_empty", "the answer is empty", |_| String::new()),
        fault("answer_prose", "the answer is prose", |_| "Конечно! Добавлю это в список.".to_owned()),
        fault("answer_cut_off", "the answer is cut off", |perfect| {
            let mut raw = perfect.answer(|_| ());
            raw.pop();
            raw
        }),
        fault("answer_list", "the object comes in a list", |perfect| format!("[{}]", perfect.answer(|_| ()))),
        fault("answer_string", "the object comes as a JSON string", |perfect| {
            Value::String(perfect.answer(|_| ())).to_string()
        }),
        fault("answer_null", "the answer is null", |_| "null".to_owned()),
        fault("answer_two_objects", "there are two objects in prose", |perfect| {
            format!("{0} or {0}", perfect.answer(|_| ()))
        }),
        fault("answer_open_fence", "an object that is cut off in a fence", |perfect| {
            format!("```json\n{}", perfect.answer(|_| ()).trim_end_matches('}'))
        }),
        fault("answer_nan", "NaN, which is not JSON", |perfect| {
            perfect.answer(with("confidence", json!(0.9))).replace("0.9", "NaN")
        }),
        fault("answer_surrogate", "half of a surrogate pair", |perfect| {
            perfect.answer(with("quantity", json!("@"))).replace('@', "\\ud800")
        }),
        fault("answer_huge_number", "a number beyond the range of f64", |perfect| {
            perfect.answer(with("confidence", json!(0.9))).replace("0.9", "1e999")
        }),
        fault("answer_nested", "nested deeper than is read", |perfect| {
            let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
            perfect.answer(with("unit", json!("@"))).replace("\"@\"", &deep)
        }),
        fault("answer_oversized", "16 KiB of objects", |_| "{\"item_name\":\"x\"} ".repeat(862)),
    ]
}

/// Objects that are not the answer's schema.
fn off_schema() -> Vec<Fault> {
    let schema = KnownReason::SchemaValidationFailed;
    let fault = |id, what, raw| Fault::new(id, what, Ends::FellBack(schema), Arrange::Answer(raw));
    vec![
        fault("schema_no_name", "no item_name", |perfect| perfect.answer(|answer| drop(answer.remove("item_name")))),
        fault("schema_empty_name", "an empty item_name", |perfect| perfect.answer(with("item_name", json!("")))),
        fault("schema_number_name", "a number for item_name", |perfect| perfect.answer(with("item_name", json!(5)))),
        fault("schema_list_name", "a list for item_name", |perfect| {
            perfect.answer(with("item_name", json!(["хлеб", "молоко"])))
        }),
        fault("schema_null_list", "null for list_id", |perfect| perfect.answer(with("list_id", Value::Null))),
        fault("schema_number_quantity", "a number for quantity", |perfect| perfect.answer(with("quantity", json!(2)))),
        fault("schema_text_confidence", "text for confidence", |perfect| {
            perfect.answer(with("confidence", json!("0.9")))
        }),
        fault("schema_true_confidence", "true for confidence", |perfect| {
            perfect.answer(with("confidence", json!(true)))
        }),
        fault("schema_extra", "a field that the schema does not have", |perfect| {
            perfect.answer(with("brand", json!("x")))
        }),
        Fault::new(
            "blank_name",
            "an item_name of blanks",
            Ends::FellBack(KnownReason::InvalidSchema),
            Arrange::Answer(|perfect| perfect.answer(with("item_name", json!(" \u{a0}\u{2003}")))),
        ),
    ]
}

/// Candidates that the acceptance rules have to refuse.
fn refused() -> Vec<Fault> {
    use KnownReason as Reason;
    let supply = |id, what, reason, stock| Fault::new(id, what, Ends::FellBack(reason), Arrange::Supply(stock));
    let answer = |id, what, reason, raw| Fault::new(id, what, Ends::FellBack(reason), Arrange::Answer(raw));
    vec![
        supply("other_intent", "another intent", Reason::CorridorMismatch, |perfect| {
            perfect.finished(|candidate| candidate.intent = Some("create_task".into()))
        }),
        supply("other_job_type", "another job type", Reason::CorridorMismatch, |perfect| {
            perfect.finished(|candidate| candidate.job_type = Some("create_task".into()))
        }),
        supply("no_action", "no action", Reason::InvalidSchema, |perfect| actions(perfect, Vec::clear)),
        supply("two_actions", "the action twice", Reason::InvalidSchema, |perfect| {
            actions(perfect, |actions| actions.extend_from_within(..))
        }),
        supply("other_action", "an action that is no shopping item", Reason::InvalidSchema, |perfect| {
            action(perfect, "", "action", json!("propose_create_task"))
        }),
        supply("extra_in_action", "an unknown field in the action", Reason::InvalidSchema, |perfect| {
            action(perfect, "", "also", json!(1))
        }),
        supply("extra_in_payload", "an unknown field in the payload", Reason::InvalidSchema, |perfect| {
            action(perfect, "/payload", "also", json!(1))
        }),
        supply("extra_in_item", "an unknown field in the item", Reason::InvalidSchema, |perfect| {
            action(perfect, "/payload/item", "also", json!(1))
        }),
        supply("blank_unit", "a unit of blanks", Reason::InvalidSchema, |perfect| {
            action(perfect, "/payload/item", "unit", json!("  "))
        }),
        supply("text_confidence", "text for the candidate's confidence", Reason::InvalidSchema, |perfect| {
            perfect.finished(|candidate| candidate.confidence = json!("high"))
        }),
        answer("long_name", "a name of 121 characters", Reason::InvalidItemName, |perfect| {
            perfect.answer(with("item_name", json!("я".repeat(121))))
        }),
        answer("oversized_name", "a name of 32,000 characters", Reason::InvalidItemName, |perfect| {
            perfect.answer(with("item_name", json!("я".repeat(32_000))))
        }),
        answer("foreign_list", "a list that is not the household's", Reason::ListIdUnknown, |perfect| {
            perfect.answer(with("list_id", json!("list-of-somebody-else")))
        }),
        answer("low_confidence", "a confidence of 0.59", Reason::LowConfidence, |perfect| {
            perfect.answer(with("confidence", json!(0.59)))
        }),
        answer("negative_confidence", "a confidence below zero", Reason::LowConfidence, |perfect| {
            perfect.answer(with("confidence", json!(-1)))
        }),
    ]
}

/// Candidates that `strict` has to refuse.
fn refused_by_strict() -> Vec<Fault> {
    let ungrounded = |id, what, raw| {
        Fault::new(id, what, Ends::FellBack(KnownReason::UngroundedItem), Arrange::Answer(raw))
            .of_strict(|perfect| perfect.items == 1)
    };
    vec![
        Fault::new(
            "lost_items",
            "one item for a command that holds more",
            Ends::FellBack(KnownReason::ItemsLost),
            Arrange::Supply(|perfect| perfect.finished(|_| ())),
        )
        .of_strict(|perfect| perfect.items > 1),
        ungrounded("other_item", "an item that the command does not name", |perfect| {
            perfect.answer(with("item_name", json!("шуруповёрт")))
        }),
        ungrounded("other_number", "a number that the command does not have", |perfect| {
            perfect.answer(with("quantity", json!("918273")))
        }),
    ]
}

/// Configurations in which no candidate may be asked for.
fn policies() -> Vec<Fault> {
    let closed = |id, what, settings| {
        Fault::new(id, what, Ends::Skipped(KnownReason::PolicyDisabled), Arrange::Settings(settings))
    };
    vec![
        closed("policy_off", "the LLM policy is off", |conditions| conditions.with(&[("LLM_POLICY_ENABLED", None)])),
        closed("policy_missing", "the policy file is not there", |conditions| {
            under_policy(conditions, &PolicySource::Unreadable("no such file".to_owned()))
        }),
        closed("policy_invalid", "the policy file is no policy", |conditions| {
            under_policy(conditions, &PolicySource::Text("routing: [".to_owned()))
        }),
        closed("policy_without_route", "the policy has no route for the task", |conditions| {
            under_policy(conditions, &PolicySource::Text(WITHOUT_ROUTE.to_owned()))
        }),
        closed("policy_placeholders", "the policy holds placeholders", |conditions| {
            under_policy(conditions, &PolicySource::BuiltIn)
        }),
        Fault::new(
            "no_budget",
            "a budget that is no limit",
            Ends::Skipped(KnownReason::TimeoutInvalid),
            Arrange::Settings(|conditions| conditions.with(&[("PARTIAL_TRUST_TIMEOUT_MS", Some("0"))])),
        )
        .of_strict(|_| true),
    ]
}

/// Controls: boundary values that must be accepted. The decision is then that of the baseline.
fn edges() -> Vec<Fault> {
    let edge = |id, what, confidence, calls| Fault::new(id, what, Ends::Accepted, Arrange::Echo { confidence, calls });
    vec![
        edge("edge_budget", "the baseline's item, exactly on the budget", Some(0.9), |limits| vec![limits.budget_ms]),
        edge("edge_escalated", "the baseline's item, on the last call there is", Some(0.9), |limits| {
            vec![0; limits.calls]
        }),
        edge("edge_confidence", "the baseline's item, with a confidence of 0.6", Some(0.6), |_| vec![0]),
        edge("edge_no_confidence", "the baseline's item, without a confidence", None, |_| vec![0]),
    ]
}
