//! Errors of reading a corpus, each with its place and what to do about it.

use crate::model::Location;
use std::io;
use std::path::PathBuf;

/// A corpus, or a line of one, that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The file cannot be opened.
    #[error("cannot open corpus {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A directory in place of a file.
    #[error("{} is a directory, not a corpus file", .0.display())]
    Directory(PathBuf),
    /// Reading failed: a broken archive, a device error.
    #[error("{location}: cannot read on")]
    Read {
        /// The last line that was begun.
        location: Location,
        /// What the system or the decompressor says.
        source: io::Error,
    },
    /// It holds no recording.
    #[error("{0} is empty: a corpus holds at least one recording")]
    Empty(String),
    /// A line that is no recording.
    #[error("{location}: {error}")]
    Line {
        /// Where.
        location: Location,
        /// What is wrong with it.
        error: Box<LineError>,
    },
    /// The same command id on two lines.
    #[error("{location}: command_id occurs twice in this corpus, first on line {first}")]
    Duplicate {
        /// The second occurrence.
        location: Location,
        /// Line of the first.
        first: u64,
    },
}

/// What is wrong with one line. It holds no text of the line, because errors end up in logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// 1-based, in characters.
    pub column: Option<u64>,
    /// Path of the field, e.g. `command.context.household.members[0].user_id`.
    pub field: Option<String>,
    /// What is wrong, e.g. `invalid type: integer, expected a string`.
    pub problem: String,
    /// What to do about it, where that is not obvious.
    pub help: Option<&'static str>,
}

impl LineError {
    /// An error of a whole line.
    pub(super) fn whole(problem: &str, help: &'static str) -> Self {
        Self { column: Some(1), field: None, problem: problem.to_owned(), help: Some(help) }
    }
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.problem)
    }
}
