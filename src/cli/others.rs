//! Foreign decisions beside an explanation. `explain` explains this program's decision; if a stored run or the pending changes
//! hold decisions of another implementation, it says that those are not explained.

use super::file::{SHOWN_DIGITS, shortened};
use super::project::Project;
use crate::golden::{SnapshotName, Store};
use crate::run::{RunRecord, stored_records};
use crate::summary::Decisions;

/// Where foreign decisions of a corpus are.
pub(super) enum Others {
    /// Nowhere.
    None,
    /// In a stored run of the same corpus: the first digits of its name.
    Run(String),
    /// In the pending changes.
    Pending,
}

impl Others {
    /// Finds the newest stored run of this corpus with foreign decisions.
    pub(super) fn of_corpus(corpus: &str, project: &Project) -> Self {
        let holds = |record: &RunRecord| record.inputs.corpora.iter().any(|inputs| inputs.name == corpus);
        let mut records = stored_records(&project.runs()).into_iter();
        let found = records.find(|(_, record)| is_foreign(record) && holds(record));
        found.map_or(Self::None, |(name, _)| Self::Run(shortened(&name, SHOWN_DIGITS).to_owned()))
    }

    /// Whether the pending changes of this golden file come from foreign decisions.
    pub(super) fn of_pending(name: &SnapshotName, store: &Store) -> Option<Self> {
        let pending = store.pending().ok()?;
        let found = pending.iter().find(|pending| pending.name() == name)?;
        (found.decisions().ok()? == Decisions::Foreign).then_some(Self::Pending)
    }

    /// The sentence at the top of an explanation.
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
