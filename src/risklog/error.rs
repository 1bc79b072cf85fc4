//! Errors of reading a risk log. What a line holds is never an error: it is counted.

use crate::corpus::CorpusError;
use std::io;
use std::path::{Path, PathBuf};

/// A risk log or a temporary file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RiskLogError {
    /// The file exists and cannot be opened.
    #[error("cannot open risk log {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The path is a folder.
    #[error("{} is a folder, not a risk log", .0.display())]
    Directory(PathBuf),
    /// Reading failed before the end: a broken archive, a device error.
    #[error("cannot read on")]
    Read(#[source] CorpusError),
    /// A temporary file cannot be written or read.
    #[error("cannot keep temporary data in {}", directory.display())]
    Temporary {
        /// The folder of temporary files.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl RiskLogError {
    /// For `map_err`, where temporary files in `directory` are written or read.
    pub(super) fn temporary(directory: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Temporary { directory: directory.to_owned(), source }
    }
}

impl From<CorpusError> for RiskLogError {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::Open { path, source } => Self::Open { path, source },
            CorpusError::Directory(path) => Self::Directory(path),
            error @ (CorpusError::Read { .. }
            | CorpusError::Empty(_)
            | CorpusError::Line { .. }
            | CorpusError::Duplicate { .. }) => Self::Read(error),
        }
    }
}
