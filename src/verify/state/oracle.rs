//! The expected end of a combination, from its classes alone and without the code under test.
//!
//! This is an independent second implementation of the rules, on purpose: both have to agree on millions of combinations.

use super::space::{
    Answer, Baseline, BudgetSetting, Capability, Confidence, Failure, IntentSetting, LIST, List, Name, Policy,
    Quantity, Rate, State, Switch, Values,
};
use crate::decide::{EXECUTE_CONFIDENCE, RuleSet};
use crate::model::{
    Action, CorridorStatus, DecisionCore, DecisionStatus, Item, ItemProposal, JobType, KnownReason, Payload,
    ProposedAction, StartJob,
};
use serde_json::{Value, json};

/// How a combination has to end.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// No line.
    Off,
    /// No candidate is asked for.
    Closed(CorridorStatus, KnownReason),
    /// A candidate is asked for, and the baseline stands.
    FellBack(CorridorStatus, KnownReason),
    /// The candidate is accepted, with this decision.
    Accepted(DecisionCore<'static>),
}

/// The rules; the first that applies decides.
pub(super) fn end(state: &State) -> End {
    use KnownReason as Reason;
    let configuration = state.configuration;
    let skipped = |reason| End::Closed(CorridorStatus::Skipped, reason);
    if configuration.switch == Switch::Off {
        return End::Off;
    }
    if !executes(state) {
        return skipped(Reason::BaselineNonExecute);
    }
    if configuration.intent != IntentSetting::Allowed || state.baseline == Baseline::Task {
        return skipped(Reason::CorridorMismatch);
    }
    if configuration.rate != Rate::JustAbove {
        return End::Closed(CorridorStatus::NotSampled, Reason::NotSampled);
    }
    if configuration.policy != Policy::Routed {
        return skipped(Reason::PolicyDisabled);
    }
    if configuration.rules == RuleSet::Strict && configuration.budget == BudgetSetting::Invalid {
        return skipped(Reason::TimeoutInvalid);
    }
    match judged(state) {
        Err(reason) => End::FellBack(CorridorStatus::FallbackDeterministic, reason),
        Ok(values) => End::Accepted(decision(state, values)),
    }
}

/// The number of gates that keep a candidate from being asked for.
pub(super) fn closed_gates(state: &State) -> usize {
    let configuration = state.configuration;
    let is_strict = configuration.rules == RuleSet::Strict;
    let gates = [
        configuration.switch == Switch::On,
        executes(state),
        configuration.intent == IntentSetting::Allowed,
        state.baseline != Baseline::Task,
        configuration.rate == Rate::JustAbove,
        configuration.policy == Policy::Routed,
        !is_strict || configuration.budget == BudgetSetting::Limit,
    ];
    gates.iter().filter(|is_open| !**is_open).count()
}

/// The baseline's decision, as JSON.
pub(super) fn baseline(baseline: Baseline, capability: Capability, policy: Policy) -> Value {
    let clarify = |missing: &str| json!({"status": "clarify", "action": "clarify", "confidence": 0.35, "payload": {"missing_fields": [missing]}});
    let start = |job_type: &str, actions: Vec<Value>| {
        json!({"status": "ok", "action": "start_job", "confidence": 0.78,
            "payload": {"job_type": job_type, "proposed_actions": actions}})
    };
    let item = |mut item: Value| {
        if let Some(fields) = item.as_object_mut() {
            fields.insert("list_id".to_owned(), json!(LIST));
        }
        json!({"action": "propose_add_shopping_item", "payload": {"item": item}})
    };
    if capability == Capability::NoStartJob {
        return clarify("capability.start_job");
    }
    let items = match baseline {
        Baseline::Question => return clarify("intent"),
        Baseline::Refusal => {
            return json!({"status": "error", "action": "reject", "decision_outcome": "reject", "confidence": 0.2,
                "payload": {"code": "unsupported_or_unsafe_command",
                    "details": {"missing_fields": ["intent.safe_corridor"]}}});
        }
        Baseline::Task => {
            let task = json!({"title": "Сделай уборку", "assignee_id": "user-1"});
            return start("create_task", vec![json!({"action": "propose_create_task", "payload": {"task": task}})]);
        }
        // Without a policy the words after the verb are the name; with a refused policy there is no name.
        Baseline::NamedByModel => match policy {
            Policy::Off => vec![json!({"name": ","})],
            Policy::Refused => return clarify("item.name"),
            Policy::NoRoute | Policy::Routed => vec![json!({"name": "молоко"})],
        },
        Baseline::OneItem => vec![json!({"name": "молоко"})],
        Baseline::Quantity => vec![json!({"name": "молока 3", "quantity": "2", "unit": "литра"})],
        Baseline::ThreeItems => ["хлеб", "молоко", "яйца"].map(|name| json!({"name": name})).to_vec(),
    };
    if capability == Capability::NoItems {
        return clarify("capability.propose_add_shopping_item");
    }
    start("add_shopping_item", items.into_iter().map(item).collect())
}

/// Whether the baseline starts a job of any kind.
fn executes(state: &State) -> bool {
    let configuration = state.configuration;
    let may_start = state.capability != Capability::NoStartJob;
    let may_shop = state.capability == Capability::All;
    match state.baseline {
        Baseline::Question | Baseline::Refusal => false,
        Baseline::Task => may_start,
        Baseline::OneItem | Baseline::Quantity | Baseline::ThreeItems => may_shop,
        Baseline::NamedByModel => may_shop && configuration.policy != Policy::Refused,
    }
}

/// The values that are accepted, or the reason why none are.
fn judged(state: &State) -> Result<Values, KnownReason> {
    use KnownReason as Reason;
    let is_limited = state.configuration.budget == BudgetSetting::Limit;
    let values = match state.answer {
        Answer::Valued(_, values) => values,
        Answer::Failed(failure) => match failure {
            Failure::Missing | Failure::Unavailable => return Err(Reason::LlmUnavailable),
            Failure::CallTimeout => return Err(Reason::Timeout),
            Failure::CallError => return Err(Reason::LlmError),
            Failure::Unreadable => return Err(Reason::InvalidJson),
            Failure::OffSchema => return Err(Reason::SchemaValidationFailed),
            Failure::LateByOne | Failure::LateInSum if is_limited => return Err(Reason::Timeout),
            // Without a limit nothing is late.
            Failure::LateByOne | Failure::LateInSum => Values::GOOD,
            Failure::OtherIntent | Failure::OtherJobType => return Err(Reason::CorridorMismatch),
            Failure::NoAction | Failure::TwoActions | Failure::UnknownField | Failure::TextConfidence => {
                return Err(Reason::InvalidSchema);
            }
        },
    };
    match values {
        Values { name: Name::Blank, .. } => Err(Reason::InvalidSchema),
        Values { name: Name::TooLong, .. } => Err(Reason::InvalidItemName),
        Values { list: List::Unknown, .. } => Err(Reason::ListIdUnknown),
        Values { confidence: Confidence::Low, .. } => Err(Reason::LowConfidence),
        values if state.configuration.rules == RuleSet::Strict => strict(state.baseline, values),
        values => Ok(values),
    }
}

/// The rules of `strict`.
fn strict(baseline: Baseline, values: Values) -> Result<Values, KnownReason> {
    // The only text with numbers has two.
    let has_numbers = baseline == Baseline::Quantity;
    match values {
        _ if baseline == Baseline::ThreeItems => Err(KnownReason::ItemsLost),
        Values { name: Name::Other, .. } | Values { quantity: Quantity::Invented, .. } => {
            Err(KnownReason::UngroundedItem)
        }
        Values { quantity: Quantity::Same | Quantity::Other, .. } if !has_numbers => Err(KnownReason::UngroundedItem),
        Values { quantity: Quantity::Other, .. } => Err(KnownReason::QuantityConflict),
        values => Ok(values),
    }
}

/// The decision of an accepted candidate: its one item, with the baseline's list where `strict` fills that in.
fn decision(state: &State, values: Values) -> DecisionCore<'static> {
    let filled_in = (state.configuration.rules == RuleSet::Strict).then_some(LIST);
    let item = Item {
        name: values.name().into(),
        quantity: values.quantity().map(Into::into),
        unit: None,
        list_id: values.list().or(filled_in).map(Into::into),
    };
    DecisionCore {
        status: DecisionStatus::Ok,
        action: Action::StartJob,
        decision_outcome: None,
        confidence: EXECUTE_CONFIDENCE,
        payload: Payload::StartJob(StartJob {
            job_type: JobType::AddShoppingItem,
            proposed_actions: Some(vec![ProposedAction::AddShoppingItem(ItemProposal { item, idempotency_key: None })]),
        }),
    }
}
