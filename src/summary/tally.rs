//! Counts outcomes on every worker, and merges the counts. The order does not matter.

use super::coverage::VerdictCounts;
use super::evidence::{EvidenceBySource, FirstIds};
use super::exposure::{ClassCounts, EffectCounts, NamedCase, Stage, WorstCases};
use crate::model::{IdDigest, Source};
use crate::outcome::{Divergence, EntityCount, Outcome, entities};
use serde::{Deserialize, Serialize};

/// The counts of a corpus, before users are counted.
#[derive(Clone, Debug)]
pub struct Tally {
    rates: Vec<f64>,
    pub(super) counts: Counts,
    pub(super) users: Users,
}

/// The counts of one corpus, as they are in a summary.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Recordings that were replayed.
    pub recordings: u64,
    /// By source; without recordings that name none.
    pub sources: SourceCounts,
    /// Recordings with a label that names an action.
    pub labelled: u64,
    /// By divergence class; sums to `recordings`.
    pub classes: ClassCounts,
    /// Accepted decisions by effect on the items.
    pub effects: EffectCounts,
    /// The worst cases.
    pub worst: WorstCases,
    /// Recordings that were not comparable, the smallest ids first.
    pub unrecorded: FirstIds,
    /// Who is exposed at each rate.
    pub stages: Vec<Stage>,
    /// The baseline's and the corridor's accuracy where labels allow it.
    pub accuracy: Accuracy,
    /// The counts from which rates may be estimated, by source.
    pub evidence: EvidenceBySource,
    /// Terminal states; without commands that were decided with the switch off.
    #[serde(skip)]
    pub verdicts: VerdictCounts,
}

/// Recordings by source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounts {
    /// Written by a person.
    pub authored: u64,
    /// Taken from a running system.
    pub captured: u64,
    /// Made by the generator.
    pub generated: u64,
}

impl SourceCounts {
    fn merge(&mut self, other: Self) {
        let Self { authored, captured, generated } = other;
        self.authored += authored;
        self.captured += captured;
        self.generated += generated;
    }
}

/// Agreement with labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Recordings whose label names an intent.
    pub intent_labelled: u64,
    /// Of those, the baseline found it.
    pub intent_right: u64,
    /// Labelled recordings on which the baseline's decision is right.
    pub baseline_right: u64,
    /// Labelled recordings on which the decision that counts is right.
    pub corridor_right: u64,
    /// The baseline's items against the labels'.
    pub baseline_entities: EntityTotals,
    /// The items of the decision that counts against the labels'.
    pub corridor_entities: EntityTotals,
}

impl Accuracy {
    fn merge(&mut self, other: Self) {
        let Self {
            intent_labelled,
            intent_right,
            baseline_right,
            corridor_right,
            baseline_entities,
            corridor_entities,
        } = other;
        self.intent_labelled += intent_labelled;
        self.intent_right += intent_right;
        self.baseline_right += baseline_right;
        self.corridor_right += corridor_right;
        self.baseline_entities.merge(baseline_entities);
        self.corridor_entities.merge(corridor_entities);
    }
}

/// Sums over labelled items: precision is `matched / proposed`, recall is `matched / labelled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityTotals {
    /// Items in decisions.
    pub proposed: u64,
    /// Items in labels.
    pub labelled: u64,
    /// Items that agree.
    pub matched: u64,
}

impl EntityTotals {
    fn add(&mut self, count: EntityCount) {
        let EntityCount { proposed, labelled, matched } = count;
        self.merge(Self { proposed, labelled, matched });
    }

    fn merge(&mut self, other: Self) {
        let Self { proposed, labelled, matched } = other;
        self.proposed += proposed;
        self.labelled += labelled;
        self.matched += matched;
    }
}

/// `part / whole`; `None` where the whole is 0.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[expect(clippy::disallowed_types, reason = "millions of users; the map is only counted, so its order does not matter")]
type UserMap = std::collections::HashMap<u64, u8>;

/// The first stage at which a command of each user is exposed.
#[derive(Clone, Debug, Default)]
pub(super) struct Users(UserMap);

impl Users {
    fn add(&mut self, user_id: &str, first_stage: usize) {
        let [b0, b1, b2, b3, b4, b5, b6, b7, ..] = IdDigest::of(user_id).0;
        let key = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7]);
        self.set(key, u8::try_from(first_stage).unwrap_or(u8::MAX));
    }

    fn set(&mut self, key: u64, stage: u8) {
        self.0.entry(key).and_modify(|first| *first = stage.min(*first)).or_insert(stage);
    }

    fn merge(&mut self, other: Self) {
        let Self(users) = other;
        if self.0.is_empty() {
            self.0 = users;
        } else {
            for (key, stage) in users {
                self.set(key, stage);
            }
        }
    }

    fn exposed_at(&self, stage: usize) -> u64 {
        self.0.values().filter(|first| usize::from(**first) <= stage).count() as u64
    }
}

impl Tally {
    /// An empty tally for the stages of `rates`, ascending; the last one should be 1.
    pub fn new(rates: &[f64]) -> Self {
        let counts = Counts { stages: rates.iter().map(|rate| Stage::new(*rate)).collect(), ..Counts::default() };
        Self { rates: rates.to_vec(), counts, users: Users::default() }
    }

    /// Counts one outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        let counts = &mut self.counts;
        counts.recordings += 1;
        match outcome.recording.source {
            Some(Source::Authored) => counts.sources.authored += 1,
            Some(Source::Captured) => counts.sources.captured += 1,
            Some(Source::Generated) => counts.sources.generated += 1,
            None => {}
        }
        counts.classes.add(outcome.divergence);
        counts.effects.add_all(outcome);
        counts.evidence.add(outcome);
        if let Some((status, reason)) = outcome.verdict() {
            match counts.verdicts.get_mut(&(status, reason.clone())) {
                Some(count) => *count += 1,
                None => drop(counts.verdicts.insert((status, reason.clone()), 1)),
            }
        }
        if outcome.divergence == Divergence::Unrecorded {
            counts.unrecorded.add_ref(outcome.command_id());
        }
        counts.add_accuracy(outcome);
        let case = NamedCase::of(outcome);
        if let Some(case) = &case {
            counts.worst.add_ref(case);
        }
        if outcome.divergence.asked() || outcome.divergence == Divergence::Unrecorded || case.is_some() {
            self.add_exposure(outcome, case.as_ref());
        }
    }

    fn add_exposure(&mut self, outcome: &Outcome, case: Option<&NamedCase>) {
        let bucket = outcome.digest.bucket();
        let first = self.rates.iter().position(|rate| bucket.is_sampled_at(*rate));
        let Some(first) = first else { return };
        self.counts.stages.iter_mut().skip(first).for_each(|stage| stage.add(outcome, case));
        self.users.add(&outcome.recording.command.user_id, first);
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: Self) {
        let Self { rates: _, counts, users } = other;
        self.counts.merge(&counts);
        self.users.merge(users);
    }

    /// The counts, with the users of each stage.
    pub fn finish(mut self) -> Counts {
        for (number, stage) in self.counts.stages.iter_mut().enumerate() {
            stage.users = self.users.exposed_at(number);
        }
        self.counts
    }
}

impl Counts {
    fn add_accuracy(&mut self, outcome: &Outcome) {
        let (Some(label), Some(decided)) = (&outcome.recording.label, &outcome.decided) else { return };
        let accuracy = &mut self.accuracy;
        if let Some(intent) = label.intent {
            accuracy.intent_labelled += 1;
            accuracy.intent_right += u64::from(intent == decided.intent);
        }
        if let Some(score) = outcome.score {
            self.labelled += 1;
            accuracy.baseline_right += u64::from(score.baseline);
            accuracy.corridor_right += u64::from(score.corridor);
        }
        if let Some(items) = &label.items {
            accuracy.baseline_entities.add(entities(&decided.baseline, items));
            accuracy.corridor_entities.add(entities(decided.decision(), items));
        }
    }

    /// Adds all of `other` but the users of its stages.
    fn merge(&mut self, other: &Self) {
        let Self {
            recordings,
            sources,
            labelled,
            classes,
            effects,
            worst,
            unrecorded,
            stages,
            accuracy,
            evidence,
            verdicts,
        } = other;
        self.recordings += recordings;
        self.sources.merge(*sources);
        self.labelled += labelled;
        self.classes.merge(classes);
        self.effects.merge(effects);
        self.worst.merge(worst);
        self.unrecorded.merge(unrecorded);
        self.stages.iter_mut().zip(stages).for_each(|(stage, other)| stage.merge(other));
        self.accuracy.merge(*accuracy);
        self.evidence.merge(evidence);
        for (verdict, count) in verdicts {
            *self.verdicts.entry(verdict.clone()).or_default() += count;
        }
    }
}
