//! The steps of one decision, kept beside it so that `explain` can show them without deciding again.

use super::baseline::BaselineRule;
use super::corridor::Gate;
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
        /// What came of it.
        result: AttemptResult,
        /// Virtual time, ms.
        latency_ms: u64,
    },
    /// The sum of all attempts against the budget, ms; no budget: no limit.
    Budget {
        /// Virtual time of all attempts, ms.
        total_ms: u64,
        /// Limit, ms.
        budget_ms: Option<u64>,
    },
    /// The candidate took the baseline's list (`strict`).
    Mended,
    /// The rule that decided about the candidate; `accepted` when all passed.
    Rule(KnownReason),
    /// An internal error was caught; the baseline stands.
    Caught,
}

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    /// An answer that matches the schema.
    Answered,
    /// The answer was not a JSON object.
    InvalidJson,
    /// The answer did not match the schema.
    SchemaViolation,
    /// There was no answer.
    Failed(CallError),
    /// The recording does not hold this attempt.
    Unrecorded,
}

/// The steps so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace<'a>(Vec<Step<'a>>);

impl<'a> Trace<'a> {
    /// Room for the steps of a usual decision.
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
