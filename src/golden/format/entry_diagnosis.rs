//! Finds what is wrong with an entry, also inside its decisions. Used on the error path only.

use super::super::entry::Entry;
use super::super::flaw::Flaw;
use super::diagnosis::diagnose;
use crate::model::{Action, Clarification, Confirmation, ItemProposal, Rejection, StartJob, TaskProposal};
use serde::Deserialize;
use serde_json::value::RawValue;

/// As [`diagnose`], and looks into the decisions, whose payloads are parsed separately.
pub(super) fn diagnose_entry(text: &str) -> (usize, Flaw) {
    let found = diagnose::<Entry>(text);
    let (_, Flaw::Field { field, problem }) = &found else { return found };
    let decisions = serde_json::from_str::<Decisions>(text).ok();
    let decision = decisions.and_then(|decisions| match field.as_str() {
        "baseline" => decisions.baseline,
        "decision" => decisions.decision,
        _ => None,
    });
    let Some(core) = decision.and_then(|decision| serde_json::from_str::<Core>(decision.get()).ok()) else {
        return found;
    };
    let parts = [("confidence", core.confidence), ("decision_outcome", core.decision_outcome)];
    for (name, value) in parts {
        if let Some(value) = value
            && problem.starts_with(name)
        {
            return (offset_in(text, value), found.1);
        }
    }
    let Some(payload) = core.payload else { return found };
    let (offset, flaw) = diagnose_payload(core.action, payload.get());
    let flaw = if let Flaw::Field { field: inner, problem } = flaw {
        let dot = if inner.is_empty() { "" } else { "." };
        Flaw::Field { field: format!("{field}.payload{dot}{inner}"), problem }
    } else {
        flaw
    };
    (offset_in(text, payload) + offset, flaw)
}

fn diagnose_payload(action: Action, payload: &str) -> (usize, Flaw) {
    match action {
        Action::StartJob => diagnose::<StartJob>(payload),
        Action::ProposeCreateTask => diagnose::<TaskProposal>(payload),
        Action::ProposeAddShoppingItem => diagnose::<ItemProposal>(payload),
        Action::Clarify => diagnose::<Clarification>(payload),
        Action::Reject => diagnose::<Rejection>(payload),
        Action::Confirm => diagnose::<Confirmation>(payload),
    }
}

#[derive(Deserialize)]
struct Decisions<'a> {
    #[serde(default, borrow)]
    baseline: Option<&'a RawValue>,
    #[serde(default, borrow)]
    decision: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Core<'a> {
    action: Action,
    #[serde(default, borrow)]
    confidence: Option<&'a RawValue>,
    #[serde(default, borrow)]
    decision_outcome: Option<&'a RawValue>,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
}

/// Where `part`, which was borrowed from `text`, begins in it.
fn offset_in(text: &str, part: &RawValue) -> usize {
    (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}
