//! What keeps decisions from elsewhere from being used.

use crate::corpus::CorpusError;
use crate::model::Location;
use std::io;
use std::path::PathBuf;

/// Decisions that cannot be read, or do not fit the recordings.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] CorpusError),
    /// There is no room for what has to be kept.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, e.g. `write in`.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line that is no decision line, or does not fit its recording.
    #[error("{location}: {problem}")]
    Line {
        /// Where in the file of decisions.
        location: Location,
        /// What is wrong.
        problem: String,
    },
    /// A file that lacks a line.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl ForeignError {
    /// For `map_err`.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
