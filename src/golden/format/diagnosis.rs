//! Says what is wrong with a piece of JSON that could not be read, and where: on the error path only.
//!
//! serde's own messages quote the values that they refuse, and those are texts of users. Here they lose everything but
//! names of fields.

use super::super::entry::Entry;
use super::super::error::Flaw;
use crate::model::{
    Action, Clarification, Confirmation, ItemProposal, Rejection, StartJob, TaskProposal, placed_problem,
};
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_path_to_error::Track;

/// Offset into `text` of the byte that is at fault, and what is wrong with it.
pub(in crate::golden) fn diagnose<'a, T: Deserialize<'a>>(text: &'a str) -> (usize, Flaw) {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => error,
        Ok(_) => match deserializer.end() {
            Err(error) => serde_path_to_error::Error::new(Track::new().path(), error),
            Ok(()) => return (0, Flaw::Syntax("unreadable".to_owned())),
        },
    };
    let message = error.inner().to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let flaw = match error.inner().classify() {
        Category::Data => {
            let (field, problem) = placed_problem(error.path(), message);
            Flaw::Field { field, problem: briefly(problem) }
        }
        Category::Syntax | Category::Io => Flaw::Syntax(message.to_owned()),
        Category::Eof => Flaw::Syntax("ends too early".to_owned()),
    };
    let error = error.inner();
    (offset_of(text, error.line(), error.column()), flaw)
}

/// As [`diagnose`], and looks into the decisions, whose payloads are read apart.
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

/// `line` and `column` are `serde_json`'s: 1-based, the column in bytes.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    lines.map(str::len).sum::<usize>() + column.saturating_sub(1)
}

/// Without the names of the fields that there are: entries have many.
fn briefly(problem: String) -> String {
    let is_long = problem.starts_with("unknown field");
    if is_long { problem.split(',').next().unwrap_or_default().to_owned() } else { problem }
}
