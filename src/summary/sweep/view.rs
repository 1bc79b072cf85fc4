//! The table of a sweep: a row for each configuration, by role.

use super::SweepCounts;
use crate::decide::{Environment, RuleSet};
use crate::outcome::{Divergence, Effect};
use crate::summary::{ClassCounts, EffectCounts, Role, ratio};
use serde::Serialize;

/// The same recordings under several configurations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sweep {
    /// Version of the program that replayed.
    pub tool_version: String,
    /// The effective variables, without the budget where it differs between rows. Secrets are not recorded.
    pub environment: Environment,
    /// The filters; empty where everything was replayed. Filters of outcomes are applied to each row separately.
    pub filters: Vec<String>,
    /// What a reader has to know, e.g. that the policy does not load.
    pub notes: Vec<String>,
    /// The corpora, in ascending order of names.
    pub corpora: Vec<SweptCorpus>,
    /// By role; only roles that have a corpus.
    pub roles: Vec<SweptRole>,
}

/// One corpus of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SweptCorpus {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Whether the role is declared; an undeclared corpus is `edge`.
    pub role_declared: bool,
    /// Recordings in the corpus, selected or not.
    pub read: u64,
    /// Lines that were set aside as bad.
    pub set_aside: u64,
}

/// The corpora of one role, added up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweptRole {
    /// The role.
    pub role: Role,
    /// One for each configuration: by rule set, then by ascending budget.
    pub rows: Vec<SweptRow>,
}

/// One configuration over the corpora of a role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweptRow {
    /// The acceptance rules.
    pub rules: RuleSet,
    /// The budget of a candidate, ms, 1 or more; `None` is no limit.
    pub timeout_ms: Option<u64>,
    /// Commands.
    pub recordings: u64,
    /// Commands for which a candidate was asked, without `unrecorded` ones.
    pub asked: u64,
    /// Of those, commands whose candidate was accepted.
    pub accepted: u64,
    /// `accepted / asked`, 0..=1; `None` where none was asked.
    pub acceptance: Option<f64>,
    /// Of `accepted`: the baseline was right, the corridor is wrong.
    pub regressed: u64,
    /// Of `accepted`: the baseline was wrong, the corridor is right.
    pub improved: u64,
    /// Of `accepted`: candidates that lost an item.
    pub items_lost: u64,
    /// Of `asked`: commands that fell back because of a timeout.
    pub timeouts: u64,
    /// Of `timeouts`: those of the recording itself, within the budget.
    pub cut_off: u64,
    /// Commands whose recording lacks the answer: never evidence.
    pub unrecorded: u64,
    /// How long users waited.
    pub latency: SweptLatency,
    /// All commands by divergence class.
    pub classes: ClassCounts,
    /// Accepted decisions by effect.
    pub effects: EffectCounts,
}

/// How long users waited for a candidate, in virtual time; a timeout counts as the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SweptLatency {
    /// What 95 % of `commands` do not exceed, ms, by nearest rank; `None` without a command.
    pub p95_ms: Option<u32>,
    /// Whether `p95_ms` is a lower bound: latencies of 65,536 ms and more are not distinguished.
    pub at_least: bool,
    /// Of `asked`: commands with a latency.
    pub commands: u64,
    /// Of `asked`: commands without one.
    pub unmeasured: u64,
}

impl SweptRow {
    /// The row of a configuration.
    pub fn new(rules: RuleSet, timeout_ms: Option<u64>, counts: &SweepCounts) -> Self {
        let (asked, accepted) = (counts.asked(), counts.classes.accepted());
        let p95 = counts.waits.percentile(95);
        Self {
            rules,
            timeout_ms,
            recordings: counts.classes.total(),
            asked,
            accepted,
            acceptance: ratio(accepted, asked),
            regressed: counts.of(Divergence::Regressed),
            improved: counts.of(Divergence::Improved),
            items_lost: counts.effects.of(Effect::ItemsLost),
            timeouts: counts.timeouts,
            cut_off: counts.cut_off,
            unrecorded: counts.of(Divergence::Unrecorded),
            latency: SweptLatency {
                p95_ms: p95.map(|p95| p95.ms),
                at_least: p95.is_some_and(|p95| p95.at_least),
                commands: counts.waits.measured(),
                unmeasured: counts.waits.unmeasured(),
            },
            classes: counts.classes,
            effects: counts.effects,
        }
    }
}

impl Sweep {
    /// Commands that were decided, over all rows: 0 where there was nothing to replay.
    pub fn decided(&self) -> u64 {
        self.rows().map(|row| row.recordings).sum()
    }

    /// Commands of class `broken`, over all rows.
    pub fn broken(&self) -> u64 {
        self.rows().map(|row| row.classes.of(Divergence::Broken)).sum()
    }

    fn rows(&self) -> impl Iterator<Item = &SweptRow> {
        self.roles.iter().flat_map(|role| &role.rows)
    }
}
