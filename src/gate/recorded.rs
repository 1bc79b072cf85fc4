//! The counts of a stored replay that the rules need.

use super::records::Records;
use crate::outcome::Divergence;
use crate::summary::{EvidenceBySource, EvidenceCounts, Reach, Role, Summary};

/// The counts of a replay by role.
#[derive(Clone, Debug)]
pub(super) struct Recorded<'a> {
    summary: &'a Summary,
    /// Over representative corpora.
    pub(super) representative: EvidenceBySource,
    /// Over adversarial corpora.
    adversarial: EvidenceBySource,
    /// Written recordings count as a sample of production, by declaration.
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

    /// Commands of a class among the commands of all corpora.
    pub(super) fn of_class(&self, class: Divergence) -> Records {
        Records::known(self.summary.of_class(class), self.summary.recordings())
    }

    /// Adversarial commands that became harm.
    pub(super) fn hazards(&self) -> Records {
        let mut all = self.adversarial.captured;
        all.merge(&self.adversarial.written);
        Records { events: all.regressed, unknown: all.unlabelled + all.unrecorded, records: all.asked }
    }

    /// Open terminal states that no command reached.
    pub(super) fn coverage(&self) -> Records {
        let of = |state| self.summary.coverage.iter().filter(|row| row.state == state).count() as u64;
        let missed = of(Reach::NotReached);
        Records::known(missed, missed + of(Reach::Reached))
    }
}

fn evidence(summary: &Summary, role: Role) -> EvidenceBySource {
    let mut all = EvidenceBySource::default();
    let corpora = summary.corpora.iter().filter(|corpus| corpus.role == role);
    corpora.for_each(|corpus| all.merge(&corpus.counts.evidence));
    all
}
