//! What is specific to the intent for which the corridor is open. All other steps are the same for any intent.

use super::risk::Confidence;
use super::terminal::TerminalState;
use crate::model::{DecisionCore, Intent, JobType, LlmTask, ProposedAction};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// The corridor of one intent.
pub(in crate::decide) struct Corridor {
    /// The baseline's intent whose decisions a candidate may replace.
    pub(in crate::decide) intent: Intent,
    /// The LLM task that is asked for a candidate.
    pub(in crate::decide) task: LlmTask,
    /// The job that an accepted candidate starts.
    pub(in crate::decide) job: JobType,
    /// In the order in which summaries list them.
    pub(super) terminal_states: &'static [TerminalState],
    /// Those that a rule leads to, in the order in which the rules are applied.
    pub(super) acceptance_rules: LazyLock<Vec<&'static TerminalState>>,
    /// Reads the object of an answer: `None` violates the task's schema, `Some(None)` is `invalid_schema`.
    pub(super) read_answer: ReadAnswer,
    /// Reads injected actions as the one well-formed action that a decision may take; `None` is `invalid_schema`.
    pub(super) read_injected: fn(&Value) -> Option<ProposedAction<'_>>,
    /// Fills in from the baseline what `strict` lets a candidate leave open; says whether anything was filled in.
    pub(super) complete: for<'a> fn(&mut ProposedAction<'a>, &DecisionCore<'a>) -> bool,
}

type ReadAnswer = fn(Map<String, Value>) -> Option<Option<(ProposedAction<'static>, Confidence)>>;

/// The states that an acceptance rule leads to, in the order in which the rules are applied.
pub(super) fn in_turn(states: &'static [TerminalState]) -> Vec<&'static TerminalState> {
    let mut rules: Vec<_> = states.iter().filter(|state| state.is_refusal()).collect();
    rules.sort_by_key(|state| state.turn());
    rules
}
