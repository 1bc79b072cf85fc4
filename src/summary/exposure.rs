//! Exposure at each stage of the rollout: commands, users, divergence classes and effects.

use crate::bulk::Smallest;
use crate::model::Each;
use crate::model::wire::wire_enum;
use crate::outcome::{Divergence, Effect, Outcome};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Worst cases that are named per stage.
const NAMED: usize = 5;

/// Declares a count for each variant of an enum.
macro_rules! counts_by {
    ($(#[$meta:meta])* $name:ident, $key:ty) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Each<$key, u64>);

        impl $name {
            /// The count of one variant.
            pub fn of(&self, key: $key) -> u64 {
                self.0[key]
            }

            /// Counts one more.
            pub fn add(&mut self, key: $key) {
                self.0[key] += 1;
            }

            /// Adds all of `other`.
            pub fn merge(&mut self, other: &Self) {
                let Self(counts) = other;
                self.0.merge(counts, |count, other| *count += other);
            }

            /// These counts minus `part`, which is contained in them.
            #[must_use]
            pub fn without(mut self, part: &Self) -> Self {
                let Self(counts) = part;
                self.0.merge(counts, |count, part| *count = count.saturating_sub(*part));
                self
            }

            /// Every variant with its count, zeros included, in the order of declaration.
            pub fn iter(&self) -> impl Iterator<Item = ($key, u64)> + '_ {
                self.0.iter().map(|(key, count)| (key, *count))
            }
        }
    };
}

counts_by! {
    /// Commands by divergence class.
    ClassCounts, Divergence
}

counts_by! {
    /// Accepted decisions by effect; a decision with two effects counts in both.
    EffectCounts, Effect
}

impl ClassCounts {
    /// All commands.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Commands whose candidate was accepted.
    pub fn accepted(&self) -> u64 {
        self.iter().filter(|(class, _)| class.accepted()).map(|(_, count)| count).sum()
    }
}

impl EffectCounts {
    /// Counts the effects of one outcome.
    pub(super) fn add_all(&mut self, outcome: &Outcome) {
        outcome.effects.iter().for_each(|(effect, _)| self.add(effect));
    }
}

wire_enum! {
    /// How severe a case is for the user, the worst first.
    Severity, "severity" {
        /// An invariant is broken.
        Broken = "broken",
        /// The baseline was right, the corridor is wrong.
        Regressed = "regressed",
        /// Both are wrong, differently.
        BothWrong = "both_wrong",
        /// The decision changed, and there is no label.
        Unlabelled = "unlabelled",
    }
}

/// A severe case, by its command id; without text of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCase {
    /// How severe it is.
    pub severity: Severity,
    /// The worst effect on the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The caller's identifier.
    pub command_id: String,
}

impl NamedCase {
    /// The case of an outcome, if it is severe enough to be named.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let severity = match outcome.divergence {
            Divergence::Broken => Severity::Broken,
            Divergence::Regressed => Severity::Regressed,
            Divergence::BothWrong => Severity::BothWrong,
            Divergence::Unlabelled if !outcome.effects.is_spelling_alone() => Severity::Unlabelled,
            Divergence::Unlabelled
            | Divergence::Outside
            | Divergence::FellBack
            | Divergence::Errored
            | Divergence::Agreed
            | Divergence::Improved
            | Divergence::BothRight
            | Divergence::Unrecorded => return None,
        };
        Some(Self { severity, effect: outcome.effects.worst(), command_id: outcome.command_id().to_owned() })
    }

    /// The order: by severity, then by effect (cases without one last), then by id.
    fn rank(&self) -> (Severity, bool, Option<Effect>, &str) {
        (self.severity, self.effect.is_none(), self.effect, &self.command_id)
    }
}

impl PartialOrd for NamedCase {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NamedCase {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The worst of many cases, the worst first.
pub(super) type WorstCases = Smallest<NamedCase, NAMED>;

/// One stage of the rollout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Sample rate, 0..=1.
    pub rate: f64,
    /// Commands for which a candidate is asked at this rate, by class.
    pub classes: ClassCounts,
    /// Distinct users among them.
    pub users: u64,
    /// Accepted decisions with each effect on the items.
    pub effects: EffectCounts,
    /// The worst of them.
    pub worst: WorstCases,
}

impl Stage {
    /// An empty stage.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            classes: ClassCounts::default(),
            users: 0,
            effects: EffectCounts::default(),
            worst: WorstCases::default(),
        }
    }

    /// Commands that are exposed at this rate.
    pub fn exposed(&self) -> u64 {
        self.classes.total()
    }

    /// Counts one exposed command.
    pub fn add(&mut self, outcome: &Outcome, case: Option<&NamedCase>) {
        self.classes.add(outcome.divergence);
        self.effects.add_all(outcome);
        if let Some(case) = case {
            self.worst.add_ref(case);
        }
    }

    /// Adds all of `other` but the users, who are counted once over the whole corpus.
    pub fn merge(&mut self, other: &Self) {
        let Self { rate: _, classes, users: _, effects, worst } = other;
        self.classes.merge(classes);
        self.effects.merge(effects);
        self.worst.merge(worst);
    }
}
