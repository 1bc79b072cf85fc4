//! The steps of one decision, which `explain` shows.

use crate::model::{CallError, Intent, KnownReason, LlmTask};

/// One step, in the order in which it was taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'a> {
    /// The baseline found this intent.
    Intent(Intent),
    /// This rule of the baseline decided.
    Baseline(BaselineRule),
    /// A gate of the corridor (steps 0 to 5) was passed, or ended the corridor.
    Gate(Gate, bool),
    /// The LLM was asked.
    Attempt {
        /// For what.
        task: LlmTask,
        /// On which profile.
        profile: &'a str,
        /// Whether this was the repair prompt.
        repair: bool,
        /// The result.
        result: AttemptResult,
        /// Virtual time, ms.
        latency_ms: u64,
    },
    /// The time of all attempts was compared with the budget.
    Budget {
        /// Virtual time of all attempts, ms.
        total_ms: u64,
        /// Limit, ms; `None` without a limit.
        budget_ms: Option<u64>,
    },
    /// The candidate got the list of the baseline's first item (`strict`).
    Completed,
    /// The rule that decided about the candidate; `accepted` when all passed.
    Rule(KnownReason),
    /// An internal error was caught; the baseline stands.
    Caught,
}

/// The result of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    /// An answer that matches the schema.
    Answered,
    /// The answer was not a JSON object.
    InvalidJson,
    /// The answer did not match the schema.
    SchemaViolation,
    /// The call failed.
    Failed(CallError),
    /// The recording does not hold this attempt.
    Unrecorded,
}

/// The steps so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace<'a>(Vec<Step<'a>>);

impl<'a> Trace<'a> {
    /// An empty trace with capacity for a usual decision.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(12))
    }

    pub(super) fn push(&mut self, step: Step<'a>) {
        self.0.push(step);
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step<'a>] {
        &self.0
    }
}

/// The rules of the decision, in their order; the discriminant is the rule's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum BaselineRule {
    /// `start_job` is not allowed.
    NoStartJob = 1,
    /// There is no text.
    EmptyText,
    /// The text contains a stem of a refused kind.
    SafeReject,
    /// Outside the narrow corridor.
    OutsideNarrowCorridor,
    /// Shopping without an item.
    NoItem,
    /// Items are not allowed.
    NoItemCapability,
    /// No list to put items onto.
    NoList,
    /// Shopping.
    Shopping,
    /// Tasks are not allowed.
    NoTaskCapability,
    /// A task.
    Task,
    /// None of the rules before.
    Otherwise,
}

impl BaselineRule {
    /// The rule in words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::NoStartJob => "the caller does not allow start_job",
            Self::EmptyText => "the text is empty",
            Self::SafeReject => "a stem that is refused",
            Self::OutsideNarrowCorridor => "outside the narrow corridor of plain commands",
            Self::NoItem => "shopping without an item",
            Self::NoItemCapability => "the caller does not allow propose_add_shopping_item",
            Self::NoList => "shopping without a default list",
            Self::Shopping => "shopping",
            Self::NoTaskCapability => "the caller does not allow propose_create_task",
            Self::Task => "a task",
            Self::Otherwise => "none of the rules before",
        }
    }
}

/// The gates before a candidate is asked for; the discriminant is the step's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gate {
    /// The master switch.
    Switch = 0,
    /// The baseline executes a job.
    BaselineExecutes,
    /// The intent is the corridor's.
    Intent,
    /// The caller allows `start_job`.
    Capability,
    /// The command is in the sample.
    Sample,
    /// The policy is on, loads, and routes the task.
    Policy,
    /// `strict` only: the budget is a positive number of milliseconds.
    Budget,
}
