//! Errors of writing and reading a stored run.

use std::io;
use std::path::PathBuf;

/// A stored run that cannot be written, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the run cannot be written or read.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// The action that failed, e.g. `write`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A stored run is missing or damaged.
    #[error("{}: {problem}", path.display())]
    Run {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl RunError {
    /// For `map_err`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
