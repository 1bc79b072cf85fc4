//! An LLM task over recorded attempts, in virtual time: prompt, repair, escalation.
//!
//! A task asks on its start profile, then on `reliable`; each profile has two attempts, the prompt and a repair prompt.
//! Latencies are added up; nothing sleeps.

use super::answer::object_in;
use super::text::strip;
use super::trace::{AttemptResult, Step, Trace};
use crate::model::{Attempt, CallError, KnownReason, LlmTask, Text};
use serde_json::{Map, Value};

/// The profile to which every task escalates.
pub const RELIABLE: &str = "reliable";

/// How a task ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TaskEnd<'a, T> {
    /// With an answer, on this profile.
    Answered { answer: T, profile: &'a str },
    /// With an error type.
    Failed(KnownReason),
    /// It asked for an attempt that was not recorded.
    RanOut,
}

/// A task that ran to its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TaskRun<'a, T> {
    pub(super) end: TaskEnd<'a, T>,
    /// Virtual time of all attempts, ms.
    pub(super) total_ms: u64,
    /// Recorded attempts that were consumed.
    pub(super) attempts_used: usize,
}

/// A task, and the profiles on which it may run.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskPlan<'a> {
    pub(super) task: LlmTask,
    pub(super) start_profile: &'a str,
    /// Whether `reliable` has a route for the task, to which it can escalate.
    pub(super) can_escalate: bool,
}

/// Runs a task. `read` parses the object of an answer; `None` violates the schema.
pub(super) fn run<'a, T>(
    plan: TaskPlan<'a>,
    attempts: &'a [Attempt<'a>],
    read: impl Fn(Map<String, Value>) -> Option<T>,
    trace: &mut Trace<'a>,
) -> TaskRun<'a, T> {
    let escalation = (plan.can_escalate && plan.start_profile != RELIABLE).then_some(RELIABLE);
    let calls = [Some(plan.start_profile), escalation]
        .into_iter()
        .flatten()
        .flat_map(|profile| [(profile, false), (profile, true)]);
    let mut total_ms = 0_u64;
    let mut recorded = attempts.iter();
    let mut attempts_used = 0;
    let mut last = KnownReason::LlmError;
    for (profile, repair) in calls {
        let step = |result, latency_ms| Step::Attempt { task: plan.task, profile, repair, result, latency_ms };
        let Some(attempt) = recorded.next() else {
            trace.push(step(AttemptResult::Unrecorded, 0));
            return TaskRun { end: TaskEnd::RanOut, total_ms, attempts_used };
        };
        attempts_used += 1;
        total_ms = total_ms.saturating_add(attempt.latency_ms);
        let answer = match &attempt.result {
            Ok(raw) => object_in(raw).ok_or(AttemptResult::InvalidJson),
            Err(error) => Err(AttemptResult::Failed(*error)),
        };
        let answer = answer.and_then(|object| read(object).ok_or(AttemptResult::SchemaViolation));
        match answer {
            Ok(answer) => {
                trace.push(step(AttemptResult::Answered, attempt.latency_ms));
                return TaskRun { end: TaskEnd::Answered { answer, profile }, total_ms, attempts_used };
            }
            Err(result) => {
                trace.push(step(result, attempt.latency_ms));
                last = match result {
                    AttemptResult::InvalidJson => KnownReason::InvalidJson,
                    AttemptResult::SchemaViolation => KnownReason::SchemaValidationFailed,
                    AttemptResult::Failed(error) => {
                        return TaskRun { end: TaskEnd::Failed(reason_of(error)), total_ms, attempts_used };
                    }
                    AttemptResult::Answered | AttemptResult::Unrecorded => last,
                };
            }
        }
    }
    TaskRun { end: TaskEnd::Failed(last), total_ms, attempts_used }
}

const fn reason_of(error: CallError) -> KnownReason {
    match error {
        CallError::Timeout => KnownReason::Timeout,
        CallError::Unavailable => KnownReason::LlmUnavailable,
        CallError::Error => KnownReason::LlmError,
    }
}

/// How the baseline gets the name of an item.
#[derive(Clone, Copy, Debug)]
pub(super) enum NameExtraction<'a> {
    /// The policy is off: the name is the text after the verb.
    FromText,
    /// The policy is on, but does not load or has no route: there is no name.
    Unrouted,
    /// The policy is on: the name is an LLM's answer.
    Task(TaskPlan<'a>, &'a [Attempt<'a>]),
}

/// An extracted name, if there is one.
pub(super) struct Extraction<'a> {
    pub(super) name: Option<Text<'a>>,
    /// The name was asked for and the answer was not recorded.
    pub(super) unrecorded: bool,
}

impl<'a> NameExtraction<'a> {
    /// The name for a command whose item list is empty; `raw_list` is the text after the verb.
    pub(super) fn run(&self, raw_list: Option<&'a str>, trace: &mut Trace<'a>) -> Extraction<'a> {
        match *self {
            Self::FromText => Extraction { name: raw_list.map(Text::from), unrecorded: false },
            Self::Unrouted => Extraction { name: None, unrecorded: false },
            Self::Task(plan, attempts) => match run(plan, attempts, first_name, trace).end {
                TaskEnd::Answered { answer, .. } => Extraction { name: answer.map(Text::from), unrecorded: false },
                TaskEnd::Failed(_) => Extraction { name: None, unrecorded: false },
                TaskEnd::RanOut => Extraction { name: None, unrecorded: true },
            },
        }
    }
}

/// The first item's name that is not blank, of an answer that matches the schema of `shopping_extraction`.
#[expect(clippy::option_option, reason = "the outer one is the schema, the inner one the name")]
fn first_name(mut object: Map<String, Value>) -> Option<Option<String>> {
    let Some(Value::Array(items)) = object.remove("items") else { return None };
    if !object.is_empty() || !items.iter().all(is_extracted_item) {
        return None;
    }
    let names = items.iter().filter_map(|item| item.get("name")?.as_str());
    Some(names.map(strip).find(|name| !name.is_empty()).map(str::to_owned))
}

fn is_extracted_item(item: &Value) -> bool {
    item.as_object().is_some_and(|item| {
        item.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty())
            && item.iter().all(|(key, value)| match key.as_str() {
                "name" => true,
                "quantity" => value.is_string() || value.is_number() || value.is_null(),
                "unit" => value.is_string() || value.is_null(),
                _ => false,
            })
    })
}
