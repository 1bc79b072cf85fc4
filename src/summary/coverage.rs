//! Which terminal states of the corridor a run has reached, which it has not, and which it cannot reach.

use crate::decide::{Budget, RuleSet, Settings, TerminalState, terminal_states};
use crate::model::wire::wire_enum;
use crate::model::{CorridorStatus, KnownReason, ReasonCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often each terminal state was reached.
pub(super) type VerdictCounts = BTreeMap<(CorridorStatus, ReasonCode), u64>;

wire_enum! {
    /// Whether a terminal state was reached.
    Reach, "coverage state" {
        /// At least once.
        Reached = "reached",
        /// Never, although it could be.
        NotReached = "not_reached",
        /// Never, because this run's configuration excludes it.
        Closed = "closed",
        /// Never, by construction.
        Unreachable = "unreachable",
    }
}

/// One terminal state of the corridor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageRow {
    /// Where the corridor ended.
    pub status: CorridorStatus,
    /// Why.
    pub reason: ReasonCode,
    /// Commands that ended in it.
    pub count: u64,
    /// Whether it was reached.
    pub state: Reach,
    /// Why it was not reached, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What decides which terminal states are possible.
#[derive(Clone, Copy, Debug)]
pub struct CoverageContext<'a> {
    /// The rule set of the run.
    pub rules: RuleSet,
    /// Its effective settings.
    pub settings: &'a Settings,
    /// The decisions come from another implementation, whose terminal states are unknown.
    pub foreign: bool,
}

/// Every documented terminal state in the order of the steps, then all others that were reached.
pub(super) fn coverage(context: CoverageContext, counts: &VerdictCounts) -> Vec<CoverageRow> {
    let mut counts = counts.clone();
    let mut rows: Vec<CoverageRow> = terminal_states(context.rules)
        .map(|terminal| {
            let TerminalState { status, reason, .. } = *terminal;
            let count = counts.remove(&(status, reason.into())).unwrap_or_default();
            let (state, because) = state(context, terminal, count);
            CoverageRow { status, reason: reason.into(), count, state, because: because.map(str::to_owned) }
        })
        .collect();
    rows.extend(counts.into_iter().map(|((status, reason), count)| CoverageRow {
        status,
        reason,
        count,
        state: Reach::Reached,
        because: None,
    }));
    rows
}

fn state(context: CoverageContext, terminal: &TerminalState, count: u64) -> (Reach, Option<&'static str>) {
    if count > 0 {
        return (Reach::Reached, None);
    }
    if context.foreign {
        return (Reach::NotReached, None);
    }
    if let Some(because) = terminal.unreachable {
        return (Reach::Unreachable, Some(because));
    }
    match closed(context, terminal.status, terminal.reason) {
        Some(because) => (Reach::Closed, Some(because)),
        None => (Reach::NotReached, None),
    }
}

/// Why this configuration excludes a terminal state: a closed gate excludes all states behind it.
fn closed(context: CoverageContext, status: CorridorStatus, reason: KnownReason) -> Option<&'static str> {
    let settings = context.settings;
    let is_skip = |known| (status, reason) == (CorridorStatus::Skipped, known);
    if !settings.enabled {
        return Some("the master switch is off");
    }
    if is_skip(KnownReason::BaselineNonExecute) || is_skip(KnownReason::CorridorMismatch) {
        return None;
    }
    if settings.intent.is_none() {
        return Some("no allowed intent is set");
    }
    if reason == KnownReason::NotSampled {
        return (settings.sample_rate >= 1.0).then_some("every command is in the sample");
    }
    if settings.sample_rate <= 0.0 {
        return Some("no command is in the sample");
    }
    if reason == KnownReason::PolicyDisabled {
        return settings.routes_candidates().then_some("the policy routes the task");
    }
    if !settings.routes_candidates() {
        return Some("the policy does not route the task");
    }
    let is_limited = settings.budget != Budget::Invalid;
    if reason == KnownReason::TimeoutInvalid {
        return is_limited.then_some("the budget limits the candidate");
    }
    (context.rules == RuleSet::Strict && !is_limited)
        .then_some("the budget is no limit, and strict asks for no candidate")
}
