//! Errors of comparing logs with a run. A disagreement is never an error.

use super::super::error::RiskLogError;
use crate::model::Location;
use crate::run::RunError;
use std::io;
use std::path::{Path, PathBuf};

/// A log or a run cannot be read, or the run is not as its replay wrote it.
#[derive(Debug, thiserror::Error)]
pub enum FidelityError {
    /// A log cannot be read, or a temporary file cannot be written or read.
    #[error(transparent)]
    Log(#[from] RiskLogError),
    /// There is no run, or it is of another format.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A file of the run cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line of the run is not as a replay wrote it.
    #[error("{location}: {problem}")]
    Line {
        /// Where.
        location: Location,
        /// What is wrong with it.
        problem: String,
    },
    /// Files of the run are inconsistent.
    #[error("{}: {problem}", path.display())]
    Parts {
        /// The file that shows it.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl FidelityError {
    /// For `map_err`.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(super) fn line(path: &Path, line: u64, problem: impl Into<String>) -> Self {
        let location = Location { file: path.display().to_string(), line, column: None };
        Self::Line { location, problem: problem.into() }
    }
}
