//! The errors of a replay.

use crate::corpus::CorpusError;
use crate::decide::Unusable;
use crate::run::RunError;
use std::io;
use std::path::{Path, PathBuf};

/// A replay that could not be finished; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The run cannot be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A decider cannot be used.
    #[error(transparent)]
    Decider(#[from] Unusable),
    /// A temporary file or an output cannot be written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl ReplayError {
    /// The file or folder of this program that cannot be read or written, if that is the error.
    #[must_use]
    pub fn unusable(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. } | Self::Run(RunError::Io { path, .. }) | Self::Decider(Unusable::Io { path, .. }) => {
                Some(path)
            }
            Self::Corpus(_) | Self::Run(_) | Self::Decider(_) => None,
        }
    }

    /// For `map_err`.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
