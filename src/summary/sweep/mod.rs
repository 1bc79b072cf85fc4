//! The same recordings under several budgets and rule sets: counts, and how long users wait.
//!
//! Each configuration has one [`SweepCounts`]. Outcomes are counted on any number of threads, and counts are added up in any
//! order. A [`Sweep`] holds the configurations side by side, by role, since roles are never added up.

mod view;

use super::exposure::{ClassCounts, EffectCounts};
use crate::decide::{AttemptResult, Step};
use crate::model::{CallError, CorridorStatus, KnownReason, LlmTask, ReasonCode};
use crate::outcome::{Divergence, Outcome};
use crate::stats::quantile::nearest_rank;
use std::collections::BTreeMap;
pub use view::{Sweep, SweptCorpus, SweptLatency, SweptRole, SweptRow};

/// The counts of one configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepCounts {
    /// Commands by divergence class.
    pub classes: ClassCounts,
    /// Accepted decisions by effect on the items.
    pub effects: EffectCounts,
    /// Commands that fell back because of a timeout.
    pub timeouts: u64,
    /// Of those, commands whose call had timed out when it was recorded, within the budget: the answer under a larger budget is
    /// unknown.
    pub cut_off: u64,
    /// How long users waited.
    pub waits: Waits,
}

/// How long users waited where a candidate was asked: exact counts by millisecond of virtual time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    by_ms: BTreeMap<u16, u64>,
    /// Commands of 65,536 ms or more, which have no counter each.
    beyond: u64,
    /// Commands without a latency.
    unmeasured: u64,
}

/// A percentile of the latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentile {
    /// ms.
    pub ms: u32,
    /// Whether it is a lower bound: latencies of 65,536 ms and more are not distinguished.
    pub at_least: bool,
}

impl SweepCounts {
    /// Counts one outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        let class = outcome.divergence;
        self.classes.add(class);
        self.effects.add_all(outcome);
        if !class.asked() {
            return;
        }
        let timeout = ReasonCode::from(KnownReason::Timeout);
        if outcome.verdict() == Some((CorridorStatus::FallbackDeterministic, &timeout)) {
            self.timeouts += 1;
            self.cut_off += u64::from(is_cut_off(outcome));
        }
        self.waits.add(wait_ms(outcome));
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Self { classes, effects, timeouts, cut_off, waits } = other;
        self.classes.merge(classes);
        self.effects.merge(effects);
        self.timeouts += timeouts;
        self.cut_off += cut_off;
        self.waits.merge(waits);
    }

    /// Commands for which a candidate was asked, without `unrecorded` ones.
    pub fn asked(&self) -> u64 {
        self.classes.iter().filter(|(class, _)| class.asked()).map(|(_, count)| count).sum()
    }

    /// Commands of a class.
    pub fn of(&self, class: Divergence) -> u64 {
        self.classes.of(class)
    }
}

/// Virtual time of all attempts against the budget, ms; `None` where no attempt was made.
fn budget_step(outcome: &Outcome) -> Option<(u64, Option<u64>)> {
    outcome.decided.as_ref()?.trace.steps().iter().find_map(|step| {
        if let Step::Budget { total_ms, budget_ms } = *step { Some((total_ms, budget_ms)) } else { None }
    })
}

/// How long the user waited for the candidate, ms: the attempts, or the budget where they took longer. `None` where the
/// recording does not say.
fn wait_ms(outcome: &Outcome) -> Option<u64> {
    match budget_step(outcome) {
        Some((total_ms, budget_ms)) => Some(budget_ms.map_or(total_ms, |budget| budget.min(total_ms))),
        // An injected candidate does not pass the budget; its latency, if any, is in the risk line.
        None => u64::try_from(outcome.decided.as_ref()?.risk.as_ref()?.latency_ms?).ok(),
    }
}

/// Whether a timeout was recorded, rather than caused by this budget.
fn is_cut_off(outcome: &Outcome) -> bool {
    let is_within = budget_step(outcome).is_some_and(|(total, budget)| budget.is_none_or(|budget| total <= budget));
    let timed_out = AttemptResult::Failed(CallError::Timeout);
    let attempts = outcome.decided.iter().flat_map(|decided| decided.trace.steps());
    is_within
        && attempts.into_iter().any(|step| {
            matches!(step, Step::Attempt { task: LlmTask::PartialTrustShopping, result, .. } if *result == timed_out)
        })
}

impl Waits {
    fn add(&mut self, ms: Option<u64>) {
        match ms.map(u16::try_from) {
            Some(Ok(ms)) => *self.by_ms.entry(ms).or_default() += 1,
            Some(Err(_)) => self.beyond += 1,
            None => self.unmeasured += 1,
        }
    }

    fn merge(&mut self, other: &Self) {
        let Self { by_ms, beyond, unmeasured } = other;
        for (ms, count) in by_ms {
            *self.by_ms.entry(*ms).or_default() += count;
        }
        self.beyond += beyond;
        self.unmeasured += unmeasured;
    }

    /// Commands with a latency.
    pub fn measured(&self) -> u64 {
        self.by_ms.values().sum::<u64>() + self.beyond
    }

    /// Commands without one.
    pub const fn unmeasured(&self) -> u64 {
        self.unmeasured
    }

    /// The latency of nearest rank that `percent` per cent (1 to 100) of the commands do not exceed; `None` without a
    /// command.
    pub(super) fn percentile(&self, percent: u32) -> Option<Percentile> {
        let rank = nearest_rank(percent, self.measured())?;
        let mut seen = 0;
        let found = self.by_ms.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        Some(match found {
            Some((ms, _)) => Percentile { ms: (*ms).into(), at_least: false },
            None => Percentile { ms: 1 << 16, at_least: true },
        })
    }
}

#[cfg(test)]
mod tests;
