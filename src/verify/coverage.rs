//! Coverage of terminal states and acceptance rules: a state that was never reached was never tested.

use super::counts::{Taken, Ways};
use crate::decide::{self, RuleSet, terminal_states};
use crate::model::{CorridorStatus, KnownReason, ReasonCode};
use serde::{Deserialize, Serialize};

/// How often one terminal state was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayCoverage {
    /// The rule set.
    pub rules: RuleSet,
    /// Its status.
    pub status: CorridorStatus,
    /// Its reason.
    pub reason: ReasonCode,
    /// By unchanged recordings.
    pub replayed: u64,
    /// By recorded commands under something that was arranged.
    pub arranged: u64,
    /// By combinations of the state space.
    pub enumerated: u64,
    /// Why no command can reach it, where none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_because: Option<String>,
}

impl WayCoverage {
    /// How often it was reached.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.replayed + self.arranged + self.enumerated
    }

    /// Whether it was never reached although it is reachable.
    #[must_use]
    pub(super) const fn is_vacuous(&self) -> bool {
        self.total() == 0 && self.unreachable_because.is_none()
    }
}

/// How often one acceptance rule was applied, and refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCoverage {
    /// The rule set.
    pub rules: RuleSet,
    /// The rule.
    pub rule: KnownReason,
    /// Candidates to which the rule was applied.
    pub opportunities: u64,
    /// Candidates that it refused.
    pub refused: u64,
}

impl RuleCoverage {
    /// Whether it always or never refused: then one side of it was not tested.
    #[must_use]
    pub(super) const fn is_vacuous(&self) -> bool {
        self.refused == 0 || self.refused == self.opportunities
    }
}

/// Every documented terminal state under `rules`, and the undocumented ones that were reached.
pub(super) fn ways(rules: RuleSet, ways: &Ways) -> Vec<WayCoverage> {
    let taken = |status, reason: &ReasonCode| ways.get(&(rules, status, reason.clone())).copied().unwrap_or_default();
    let coverage = |status, reason: ReasonCode, because: Option<&str>| {
        let Taken { replayed, arranged, enumerated } = taken(status, &reason);
        WayCoverage {
            rules,
            status,
            reason,
            replayed,
            arranged,
            enumerated,
            unreachable_because: because.map(str::to_owned),
        }
    };
    let mut rows: Vec<_> =
        terminal_states(rules).map(|state| coverage(state.status, state.reason.into(), state.unreachable)).collect();
    let is_known = |status: CorridorStatus, reason: &ReasonCode| {
        terminal_states(rules).any(|state| state.status == status && *reason == state.reason.into())
    };
    let others = ways.keys().filter(|(of, status, reason)| *of == rules && !is_known(*status, reason));
    let mut others: Vec<_> = others.map(|(_, status, reason)| coverage(*status, reason.clone(), None)).collect();
    if !others.iter().any(|way| way.status == CorridorStatus::Error)
        && let Some(panic) = ReasonCode::parse("panic")
    {
        // The reason may be the name of any internal error; this build only has that of a caught panic.
        others.push(coverage(CorridorStatus::Error, panic, None));
    }
    rows.extend(others);
    rows
}

/// Every acceptance rule of `rules`. A rule was applied to a candidate if it refused it or a later rule decided.
pub(super) fn acceptance_rules(rules: RuleSet, ways: &Ways) -> Vec<RuleCoverage> {
    let total =
        |status, reason: KnownReason| ways.get(&(rules, status, reason.into())).map_or(0, |taken| taken.total());
    let applied: Vec<_> = decide::acceptance_rules(rules).map(|state| state.reason).collect();
    let mut rows = Vec::new();
    let mut reached = total(CorridorStatus::AcceptedLlm, KnownReason::Accepted);
    for rule in applied.into_iter().rev() {
        let refused = total(CorridorStatus::FallbackDeterministic, rule);
        reached += refused;
        rows.push(RuleCoverage { rules, rule, opportunities: reached, refused });
    }
    rows.reverse();
    rows
}
