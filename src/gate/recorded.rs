//! What a stored replay says, as the rules need it.

use super::judge::{Question, Records};
use super::policy::{Policy, RulePolicy};
use super::rule::RuleId;
use crate::outcome::Divergence;
use crate::stats::{Count, Rate};
use crate::summary::{Evidence, EvidenceCounts, Reach, Role, Summary};

/// The counts of a replay by what they may be used for.
#[derive(Clone, Debug)]
pub(super) struct Recorded<'a> {
    summary: &'a Summary,
    /// Over representative corpora.
    pub(super) representative: Evidence,
    /// Over adversarial corpora.
    adversarial: Evidence,
    /// Everything counts as a sample, because somebody says so.
    assume_representative: bool,
}

impl<'a> Recorded<'a> {
    pub(super) fn of(summary: &'a Summary, assume_representative: bool) -> Self {
        Self {
            summary,
            representative: evidence(summary, Role::Representative),
            adversarial: evidence(summary, Role::Adversarial),
            assume_representative,
        }
    }

    /// All representative recordings.
    pub(super) fn seen(&self) -> EvidenceCounts {
        let mut all = self.representative.captured;
        all.merge(&self.representative.written);
        all
    }

    /// Those that are a sample of production.
    pub(super) fn sample(&self) -> EvidenceCounts {
        if self.assume_representative { self.seen() } else { self.representative.captured }
    }

    /// The rules about the replay.
    pub(super) fn questions(&self, policy: &Policy) -> Vec<Question> {
        let rules = &policy.rule;
        let everything = self.summary.recordings();
        let whole = |rule, policy, class| exact(rule, policy, Records::known(self.summary.of_class(class), everything));
        let rate = |rule, rule_policy, of: fn(&EvidenceCounts) -> Records| {
            let (seen, sample) = (self.seen(), self.sample());
            let (from, records) = match of(&sample).records {
                0 => (seen.recordings, of(&seen).records),
                records => (sample.recordings, records),
            };
            Question {
                rule,
                policy: rule_policy,
                seen: of(&seen),
                sample: of(&sample),
                min: policy.replay.min_records,
                per_command: share(records, from),
                constant: None,
            }
        };
        vec![
            whole(RuleId::Broken, rules.broken, Divergence::Broken),
            whole(RuleId::Errored, rules.errored, Divergence::Errored),
            rate(RuleId::ItemsLost, rules.items_lost, |counts| Records::known(counts.items_lost, counts.accepted)),
            rate(RuleId::Regressed, rules.regressed, |counts| Records::known(counts.regressed, counts.labelled)),
            rate(RuleId::ItemReplaced, rules.item_replaced, |counts| {
                Records::known(counts.name_changed, counts.accepted)
            }),
            exact(RuleId::HazardRegressed, rules.hazard_regressed, self.hazards()),
            rate(RuleId::ListDropped, rules.list_dropped, |counts| {
                Records::known(counts.list_dropped, counts.accepted)
            }),
            rate(RuleId::ChangedUnlabelled, rules.changed_unlabelled, |counts| {
                Records::known(counts.unlabelled, counts.accepted)
            }),
            rate(RuleId::Unrecorded, rules.unrecorded, |counts| Records::known(counts.unrecorded, counts.asked)),
            exact(RuleId::Coverage, rules.coverage, self.coverage()),
        ]
    }

    fn hazards(&self) -> Records {
        let mut all = self.adversarial.captured;
        all.merge(&self.adversarial.written);
        Records { events: all.regressed, unknown: all.unlabelled + all.unrecorded, records: all.asked }
    }

    fn coverage(&self) -> Records {
        let of = |state| self.summary.coverage.iter().filter(|row| row.state == state).count() as u64;
        let missed = of(Reach::NotReached);
        Records::known(missed, missed + of(Reach::Reached))
    }
}

/// A rule of which not one record may be an event: it is no estimate, and needs no sample.
fn exact(rule: RuleId, policy: RulePolicy, records: Records) -> Question {
    Question { rule, policy, seen: records, sample: records, min: 0, per_command: None, constant: None }
}

fn evidence(summary: &Summary, role: Role) -> Evidence {
    let mut all = Evidence::default();
    let corpora = summary.corpora.iter().filter(|corpus| corpus.role == role);
    corpora.for_each(|corpus| all.merge(&corpus.counts.evidence));
    all
}

fn share(part: u64, whole: u64) -> Option<Rate> {
    Count::new(part, whole).and_then(Count::rate).filter(|rate| *rate > Rate::ZERO)
}
