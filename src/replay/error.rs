//! What keeps a replay from finishing.

use crate::corpus::CorpusError;
use std::io;
use std::path::PathBuf;

/// A replay that could not be finished; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// A file of the run cannot be written or read.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A stored run that is not there, or is not what it should be.
    #[error("{}: {problem}", path.display())]
    Run {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Decisions from elsewhere that do not fit the recordings.
    #[error("{location}: {problem}")]
    Decisions {
        /// Where in the file of decisions.
        location: crate::model::Location,
        /// What is wrong.
        problem: String,
    },
}

impl ReplayError {
    /// For `map_err`.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
