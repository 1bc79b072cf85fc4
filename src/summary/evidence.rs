//! The counts from which rates may be estimated, separately for captured and written recordings, and the circumstances of
//! captures.
//!
//! Only captured recordings show how often something happens in production; written ones show that it can happen. The two are
//! never added up.

use super::capture::CaptureDays;
use super::exposure::EffectCounts;
use crate::bulk::Smallest;
use crate::model::{Day, Intent, Source, shown_name, utc_microseconds};
use crate::outcome::{Divergence, Effect, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Evidence counts by source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceBySource {
    /// Of captured recordings.
    pub captured: EvidenceCounts,
    /// Of all others: authored, generated, and without a source.
    pub written: EvidenceCounts,
    /// The smallest circumstances of captured recordings. More than one means that recordings of several systems are mixed.
    pub captures: Captures,
    /// How many recordings were captured on which day.
    #[serde(default)]
    pub capture_days: CaptureDays,
    /// By the baseline's intent.
    pub intents: BTreeMap<Intent, IntentCounts>,
}

/// The counts that the rules of the gate need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceCounts {
    /// Recordings.
    pub recordings: u64,
    /// Recordings for which a candidate was asked, including those that are not comparable.
    pub asked: u64,
    /// Of those, recordings that are not comparable.
    pub unrecorded: u64,
    /// Accepted candidates.
    pub accepted: u64,
    /// Of those, recordings with a label that names an action.
    pub labelled: u64,
    /// Of those, the baseline was right and the corridor is wrong.
    pub regressed: u64,
    /// Of those, the baseline was wrong and the corridor is right.
    pub improved: u64,
    /// `regressed` by the most severe effect; without those that have no effect on items.
    pub regressed_by: EffectCounts,
    /// Accepted candidates that lost an item.
    pub items_lost: u64,
    /// Accepted candidates that renamed an item.
    pub name_changed: u64,
    /// Accepted candidates that dropped a list.
    pub list_dropped: u64,
    /// Accepted candidates that differ in more than spelling, without a label.
    pub unlabelled: u64,
}

/// Commands of one intent, for a projection to another mix of intents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentCounts {
    /// Commands for which it is known whether the corridor did harm: all but `unrecorded` and `broken` ones and those
    /// `unlabelled` ones that differ in more than spelling.
    pub known: u64,
    /// Of those, regressed ones.
    pub regressed: u64,
}

/// The circumstances of a capture. Recordings of different circumstances do not estimate the same rate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Circumstance {
    /// Version of the system that decided.
    pub system_version: String,
    /// The model that answered.
    pub model: String,
    /// Digest of the prompt that was used.
    pub prompt_digest: String,
}

/// The smallest few circumstances, which show whether there is more than one.
pub type Captures = Smallest<Circumstance, NAMED>;

/// The smallest few ids.
pub(super) type FirstIds = Smallest<String, NAMED>;

/// How many ids or circumstances are kept.
const NAMED: usize = 5;

/// Commands that are in several corpora: each is evidence once, but was counted in each corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// How many.
    pub commands: u64,
    /// The smallest few of their ids.
    pub examples: FirstIds,
}

impl Repeated {
    /// Counts one more.
    pub fn add(&mut self, id: &str) {
        self.commands += 1;
        self.examples.add_ref(id);
    }
}

impl EvidenceBySource {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        let is_captured = outcome.recording.source == Some(Source::Captured);
        if is_captured { &mut self.captured } else { &mut self.written }.add(outcome);
        if let Some(captured) = &outcome.recording.captured {
            self.captures.add(Circumstance {
                system_version: shown_name(&captured.system_version).into_owned(),
                model: shown_name(&captured.model).into_owned(),
                prompt_digest: shown_name(&captured.prompt_digest).into_owned(),
            });
            // The reader has checked the date-time.
            if let Some(moment) = utc_microseconds(&captured.at) {
                self.capture_days.add(Day::of(moment), 1);
            }
        }
        if let Some(decided) = &outcome.decided {
            self.intents.entry(decided.intent).or_default().add(outcome);
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Self { captured, written, captures, capture_days, intents } = other;
        self.captured.merge(captured);
        self.written.merge(written);
        self.captures.merge(captures);
        self.capture_days.merge(capture_days);
        for (intent, counts) in intents {
            self.intents.entry(*intent).or_default().merge(*counts);
        }
    }
}

impl EvidenceCounts {
    fn add(&mut self, outcome: &Outcome) {
        let class = outcome.divergence;
        let has = |effect| u64::from(outcome.effects.count(effect) > 0);
        self.recordings += 1;
        self.unrecorded += u64::from(class == Divergence::Unrecorded);
        self.asked += u64::from(class.asked() || class == Divergence::Unrecorded);
        if !class.accepted() {
            return;
        }
        self.accepted += 1;
        self.labelled += u64::from(outcome.score.is_some());
        self.improved += u64::from(class == Divergence::Improved);
        self.unlabelled += u64::from(is_unknown(outcome));
        self.items_lost += has(Effect::ItemsLost);
        self.name_changed += has(Effect::NameChanged);
        self.list_dropped += has(Effect::ListDropped);
        if class == Divergence::Regressed {
            self.regressed += 1;
            if let Some(effect) = outcome.effects.worst() {
                self.regressed_by.add(effect);
            }
        }
    }

    /// Whether the counts are consistent: no part is larger than its whole.
    pub const fn is_possible(&self) -> bool {
        let Self {
            recordings,
            asked,
            unrecorded,
            accepted,
            labelled,
            regressed,
            improved,
            regressed_by: _,
            items_lost: lost,
            name_changed: renamed,
            list_dropped: dropped,
            unlabelled,
        } = *self;
        recordings < 1 << 53
            && asked <= recordings
            && unrecorded <= asked
            && accepted <= asked - unrecorded
            && labelled <= accepted
            && regressed <= labelled
            && improved <= labelled - regressed
            && lost <= accepted
            && renamed <= accepted
            && dropped <= accepted
            && unlabelled <= accepted
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            recordings,
            asked,
            unrecorded,
            accepted,
            labelled,
            regressed,
            improved,
            regressed_by,
            items_lost,
            name_changed,
            list_dropped,
            unlabelled,
        } = other;
        self.recordings += recordings;
        self.asked += asked;
        self.unrecorded += unrecorded;
        self.accepted += accepted;
        self.labelled += labelled;
        self.regressed += regressed;
        self.improved += improved;
        self.regressed_by.merge(regressed_by);
        self.items_lost += items_lost;
        self.name_changed += name_changed;
        self.list_dropped += list_dropped;
        self.unlabelled += unlabelled;
    }
}

impl IntentCounts {
    fn merge(&mut self, other: Self) {
        let Self { known, regressed } = other;
        self.known += known;
        self.regressed += regressed;
    }

    fn add(&mut self, outcome: &Outcome) {
        match outcome.divergence {
            Divergence::Unrecorded | Divergence::Broken => {}
            Divergence::Unlabelled => self.known += u64::from(!is_unknown(outcome)),
            Divergence::Outside
            | Divergence::FellBack
            | Divergence::Errored
            | Divergence::Agreed
            | Divergence::Improved
            | Divergence::BothRight
            | Divergence::BothWrong => self.known += 1,
            Divergence::Regressed => {
                self.known += 1;
                self.regressed += 1;
            }
        }
    }
}

/// Whether an accepted candidate without a label differs in more than spelling.
fn is_unknown(outcome: &Outcome) -> bool {
    outcome.divergence == Divergence::Unlabelled && !outcome.effects.is_spelling_alone()
}
