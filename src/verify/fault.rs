//! The faults of AC3: everything that can go wrong with a candidate, and what has to come of it.
//!
//! Each is arranged around a candidate that would otherwise be accepted and would change the decision, so that nothing
//! but the handling of this fault keeps the baseline in place.

use super::bench::{Bench, Conditions};
use super::standin::{Perfect, Stock};
use crate::decide::{Budget, PolicySource, RELIABLE, RuleSet, Settings};
use crate::model::{Attempt, CallError, CorridorStatus, InjectedCandidate, KnownReason, LlmTask, ReasonCode};
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
    /// Whether it can happen to a command; a fault of one rule needs the rules before it to pass.
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
    /// No fault at all: the edge on the good side. The candidate repeats the baseline, and is accepted.
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

    /// Whether a risk line says so; the name of what was caught is free.
    pub(super) fn agrees(self, status: CorridorStatus, reason: &ReasonCode) -> bool {
        status == self.status()
            && match self {
                Self::FellBack(expected) | Self::Skipped(expected) => *reason == expected.into(),
                // The name of what was caught, and never its message.
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
    /// The LLM answers well on the last of calls that take so many ms.
    Late(fn(Limits) -> Vec<u64>),
    /// The LLM answers well, and the configuration is this.
    Settings(fn(&Conditions) -> Settings),
    /// The LLM repeats the baseline's only item on the last of calls that take so many ms.
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

    /// Whether the case is not comparable under it: an attempt was asked for that there is no recording of.
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
            // Nothing is later than a budget without end.
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

/// An answer on the last of these calls, and none that can be read on those before.
fn repaired(raw: &str, latencies_ms: &[u64]) -> Stock {
    let last = latencies_ms.len().saturating_sub(1);
    let attempts = latencies_ms.iter().enumerate().map(|(place, latency_ms)| {
        let raw = if place == last { raw } else { "let me think" };
        Attempt { result: Ok(raw.to_owned().into()), latency_ms: *latency_ms }
    });
    Stock::Attempts(attempts.collect())
}

fn finished(perfect: &Perfect, change: impl FnOnce(&mut InjectedCandidate<'static>)) -> Stock {
    perfect.finished(change)
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
    let mut faults = calls();
    faults.extend(unreadable());
    faults.extend(off_schema());
    faults.extend(refused());
    faults.extend(refused_by_strict());
    faults.extend(policies());
    faults.extend(edges());
    faults
}

/// Calls that fail or come too late.
fn calls() -> Vec<Fault> {
    use Arrange::{Late, Supply};
    use Ends::{Caught, FellBack};
    vec![
        Fault::new(
            "call_timeout",
            "the call times out",
            FellBack(KnownReason::Timeout),
            Supply(|_| Stock::fails(CallError::Timeout)),
        ),
        Fault::new(
            "over_budget",
            "a good answer comes one ms over the budget",
            FellBack(KnownReason::Timeout),
            Late(|limits| vec![limits.budget_ms.saturating_add(1)]),
        ),
        Fault::new(
            "over_budget_in_sum",
            "a good answer after a repair, both calls together one ms over the budget",
            FellBack(KnownReason::Timeout),
            Late(|limits| vec![limits.budget_ms / 2, (limits.budget_ms - limits.budget_ms / 2).saturating_add(1)]),
        ),
        Fault::new(
            "call_unavailable",
            "the endpoint cannot be reached",
            FellBack(KnownReason::LlmUnavailable),
            Supply(|_| Stock::fails(CallError::Unavailable)),
        ),
        Fault::new(
            "call_error",
            "the call fails in another way",
            FellBack(KnownReason::LlmError),
            Supply(|_| Stock::fails(CallError::Error)),
        ),
        Fault::new(
            EXHAUSTED,
            "there is no answer at all",
            FellBack(KnownReason::LlmUnavailable),
            Supply(|_| Stock::Attempts(Vec::new())),
        ),
        Fault::new("panic", "the source of candidates panics", Caught, Supply(|_| Stock::Panics)),
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
    use Arrange::{Answer, Supply};
    use KnownReason as Reason;
    let fault = |id, what, reason, arrange| Fault::new(id, what, Ends::FellBack(reason), arrange);
    vec![
        fault(
            "other_intent",
            "another intent",
            Reason::CorridorMismatch,
            Supply(|perfect| finished(perfect, |candidate| candidate.intent = Some("create_task".into()))),
        ),
        fault(
            "other_job_type",
            "another job type",
            Reason::CorridorMismatch,
            Supply(|perfect| finished(perfect, |candidate| candidate.job_type = Some("create_task".into()))),
        ),
        fault("no_action", "no action", Reason::InvalidSchema, Supply(|perfect| actions(perfect, Vec::clear))),
        fault(
            "two_actions",
            "the action twice",
            Reason::InvalidSchema,
            Supply(|perfect| actions(perfect, |actions| actions.extend_from_within(..))),
        ),
        fault(
            "other_action",
            "an action that is no shopping item",
            Reason::InvalidSchema,
            Supply(|perfect| action(perfect, "", "action", json!("propose_create_task"))),
        ),
        fault(
            "extra_in_action",
            "an unknown field in the action",
            Reason::InvalidSchema,
            Supply(|perfect| action(perfect, "", "also", json!(1))),
        ),
        fault(
            "extra_in_payload",
            "an unknown field in the payload",
            Reason::InvalidSchema,
            Supply(|perfect| action(perfect, "/payload", "also", json!(1))),
        ),
        fault(
            "extra_in_item",
            "an unknown field in the item",
            Reason::InvalidSchema,
            Supply(|perfect| action(perfect, "/payload/item", "also", json!(1))),
        ),
        fault(
            "blank_unit",
            "a unit of blanks",
            Reason::InvalidSchema,
            Supply(|perfect| action(perfect, "/payload/item", "unit", json!("  "))),
        ),
        fault(
            "text_confidence",
            "text for the candidate's confidence",
            Reason::InvalidSchema,
            Supply(|perfect| finished(perfect, |candidate| candidate.confidence = json!("high"))),
        ),
        fault(
            "long_name",
            "a name of 121 characters",
            Reason::InvalidItemName,
            Answer(|perfect| perfect.answer(with("item_name", json!("я".repeat(121))))),
        ),
        fault(
            "oversized_name",
            "a name of 32,000 characters",
            Reason::InvalidItemName,
            Answer(|perfect| perfect.answer(with("item_name", json!("я".repeat(32_000))))),
        ),
        fault(
            "foreign_list",
            "a list that is not the household's",
            Reason::ListIdUnknown,
            Answer(|perfect| perfect.answer(with("list_id", json!("list-of-somebody-else")))),
        ),
        fault(
            "low_confidence",
            "a confidence of 0.59",
            Reason::LowConfidence,
            Answer(|perfect| perfect.answer(with("confidence", json!(0.59)))),
        ),
        fault(
            "negative_confidence",
            "a confidence below zero",
            Reason::LowConfidence,
            Answer(|perfect| perfect.answer(with("confidence", json!(-1)))),
        ),
    ]
}

/// Candidates that `strict` has to refuse.
fn refused_by_strict() -> Vec<Fault> {
    use Arrange::{Answer, Supply};
    use KnownReason as Reason;
    let fault = |id, what, reason, arrange| Fault::new(id, what, Ends::FellBack(reason), arrange);
    vec![
        fault(
            "lost_items",
            "one item for a command that holds more",
            Reason::ItemsLost,
            Supply(|perfect| perfect.finished(|_| ())),
        )
        .of_strict(|perfect| perfect.items > 1),
        fault(
            "other_item",
            "an item that nobody named",
            Reason::UngroundedItem,
            Answer(|perfect| perfect.answer(with("item_name", json!("шуруповёрт")))),
        )
        .of_strict(|perfect| perfect.items == 1),
        fault(
            "other_number",
            "a number that nobody said",
            Reason::UngroundedItem,
            Answer(|perfect| perfect.answer(with("quantity", json!("918273")))),
        )
        .of_strict(|perfect| perfect.items == 1),
    ]
}

/// Configurations in which no candidate may be asked for.
fn policies() -> Vec<Fault> {
    use Arrange::Settings;
    let closed = Ends::Skipped(KnownReason::PolicyDisabled);
    vec![
        Fault::new(
            "policy_off",
            "the LLM policy is off",
            closed,
            Settings(|conditions| conditions.with(&[("LLM_POLICY_ENABLED", None)])),
        ),
        Fault::new(
            "policy_missing",
            "the policy file is not there",
            closed,
            Settings(|conditions| under_policy(conditions, &PolicySource::Unreadable("no such file".to_owned()))),
        ),
        Fault::new(
            "policy_invalid",
            "the policy file is no policy",
            closed,
            Settings(|conditions| under_policy(conditions, &PolicySource::Text("routing: [".to_owned()))),
        ),
        Fault::new(
            "policy_without_route",
            "the policy has no route for the task",
            closed,
            Settings(|conditions| under_policy(conditions, &PolicySource::Text(WITHOUT_ROUTE.to_owned()))),
        ),
        Fault::new(
            "policy_placeholders",
            "the policy holds placeholders",
            closed,
            Settings(|conditions| under_policy(conditions, &PolicySource::BuiltIn)),
        ),
        Fault::new(
            "no_budget",
            "a budget that is no limit",
            Ends::Skipped(KnownReason::TimeoutInvalid),
            Settings(|conditions| conditions.with(&[("PARTIAL_TRUST_TIMEOUT_MS", Some("0"))])),
        )
        .of_strict(|_| true),
    ]
}

/// The good side of the edges: what must be accepted, and leaves the baseline's decision as it is.
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
