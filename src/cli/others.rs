//! Whose decisions are meant: an explanation is of this program's own path, and a run may hold those of another
//! implementation.

use super::project::Project;
use crate::golden::{SnapshotName, Store};
use crate::run::{RunRecord, stored_records};
use crate::summary::Decisions;

/// Digits of a run's name that are shown.
const DIGITS: usize = 8;

/// What is known of decisions that are not our own.
pub(super) enum Others {
    /// There are none.
    None,
    /// A stored run holds some for commands of the same corpus: the beginning of its name.
    Run(String),
    /// What is pending was found in such.
    Pending,
}

impl Others {
    /// Those of the newest stored run of this corpus that has some.
    pub(super) fn of_corpus(corpus: &str, project: &Project) -> Self {
        let holds = |record: &RunRecord| record.inputs.corpora.iter().any(|inputs| inputs.name == corpus);
        let mut records = stored_records(&project.runs()).into_iter();
        let found = records.find(|(_, record)| is_foreign(record) && holds(record));
        found.map_or(Self::None, |(name, _)| Self::Run(short(&name)))
    }

    /// Those in which what is pending beside this golden file was found.
    pub(super) fn of_pending(name: &SnapshotName, store: &Store) -> Option<Self> {
        let pending = store.pending().ok()?;
        let found = pending.iter().find(|pending| pending.name() == name)?;
        (found.decisions().ok()? == Decisions::Foreign).then_some(Self::Pending)
    }

    /// As a sentence for the top of an explanation.
    pub(super) fn said(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Run(name) => Some(format!(
                "this is how this program's own path decides; the decisions of run {name} are those of another implementation, and are not explained here"
            )),
            Self::Pending => Some(
                "this is how this program's own path decides; what is pending comes from decisions of another implementation, and is not explained here"
                    .to_owned(),
            ),
        }
    }
}

fn is_foreign(record: &RunRecord) -> bool {
    record.inputs.decisions == Decisions::Foreign
}

fn short(name: &str) -> String {
    name.get(..DIGITS).unwrap_or(name).to_owned()
}
