//! Vacuity: a check that had no chance to fail is not a pass, and a way out that was never taken was never tested.

use super::evidence::{Origin, Ways};
use crate::decide::RuleSet;
use crate::model::{CorridorStatus, KnownReason, ReasonCode};
use crate::summary::{documented_ways, unreachable_way};
use serde::{Deserialize, Serialize};

/// The acceptance rules that a candidate can meet, in their order; the last three are those of `strict`.
pub(super) const RULES: [KnownReason; 8] = [
    KnownReason::CorridorMismatch,
    KnownReason::InvalidSchema,
    KnownReason::InvalidItemName,
    KnownReason::ListIdUnknown,
    KnownReason::LowConfidence,
    KnownReason::ItemsLost,
    KnownReason::UngroundedItem,
    KnownReason::QuantityConflict,
];

/// How often one way out of the corridor was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayCoverage {
    /// The rule set.
    pub rules: RuleSet,
    /// Where the corridor ended.
    pub status: CorridorStatus,
    /// Why.
    pub reason: ReasonCode,
    /// By recordings as they are.
    pub replayed: u64,
    /// By recorded commands under something that was arranged.
    pub arranged: u64,
    /// By combinations of the state space.
    pub enumerated: u64,
    /// Why no command can take it, where none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_because: Option<String>,
}

impl WayCoverage {
    /// Times it was taken.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.replayed + self.arranged + self.enumerated
    }

    /// Whether it was never taken although it can be.
    #[must_use]
    pub const fn is_vacuous(&self) -> bool {
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
    /// Candidates that came as far as this rule.
    pub opportunities: u64,
    /// Candidates that it refused.
    pub refused: u64,
}

impl RuleCoverage {
    /// Whether it never refused, or never let one pass: then one side of it was not tested.
    #[must_use]
    pub const fn is_vacuous(&self) -> bool {
        self.refused == 0 || self.refused == self.opportunities
    }
}

/// Every documented way out under `rules`, and whatever else was seen.
pub(super) fn ways(rules: RuleSet, ways: &Ways) -> Vec<WayCoverage> {
    let taken = |status, reason: &ReasonCode| ways.get(&(rules, status, reason.clone())).copied().unwrap_or_default();
    let coverage = |status, reason: ReasonCode, because: Option<&str>| {
        let counts = taken(status, &reason);
        let of = |origin: Origin| counts.get(origin as usize).copied().unwrap_or_default();
        WayCoverage {
            rules,
            status,
            reason,
            replayed: of(Origin::Replayed),
            arranged: of(Origin::Arranged),
            enumerated: of(Origin::Enumerated),
            unreachable_because: because.map(str::to_owned),
        }
    };
    let known: Vec<_> = documented_ways(rules).map(|(status, reason)| (status, ReasonCode::from(reason))).collect();
    let mut rows: Vec<_> = documented_ways(rules)
        .map(|(status, reason)| coverage(status, reason.into(), unreachable_way(status, reason)))
        .collect();
    let others = ways.keys().filter(|(of, status, reason)| {
        *of == rules && !known.iter().any(|known| known.0 == *status && known.1 == *reason)
    });
    let mut others: Vec<_> = others.map(|(_, status, reason)| coverage(*status, reason.clone(), None)).collect();
    if !others.iter().any(|way| way.status == CorridorStatus::Error)
        && let Some(panic) = ReasonCode::parse("panic")
    {
        // Any name may stand here; that of a caught panic is the one that this build writes.
        others.push(coverage(CorridorStatus::Error, panic, None));
    }
    rows.extend(others);
    rows
}

/// Every acceptance rule of `rules`. A candidate has met a rule if that rule or a later one decided about it.
pub(super) fn acceptance_rules(rules: RuleSet, ways: &Ways) -> Vec<RuleCoverage> {
    let total = |status, reason: KnownReason| {
        ways.get(&(rules, status, reason.into())).map_or(0, |counts| counts.iter().sum::<u64>())
    };
    let count = if rules == RuleSet::Strict { RULES.len() } else { RULES.len() - 3 };
    let mut rows = Vec::new();
    let mut reached = total(CorridorStatus::AcceptedLlm, KnownReason::Accepted);
    for rule in RULES.iter().take(count).rev() {
        let refused = total(CorridorStatus::FallbackDeterministic, *rule);
        reached += refused;
        rows.push(RuleCoverage { rules, rule: *rule, opportunities: reached, refused });
    }
    rows.reverse();
    rows
}
