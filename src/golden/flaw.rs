//! What can be wrong with a golden file, a pending file, the journal or the ledger.
//!
//! Messages name fields, never values: these files hold the text of users.

use std::fmt;
use thiserror::Error;

/// What is wrong with a file, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The file opens with a byte order mark.
    #[error("the file opens with a byte order mark")]
    ByteOrderMark,
    /// A merge was left unfinished.
    #[error("a conflict marker of an unfinished merge")]
    ConflictMarker,
    /// The file ends before its array does.
    #[error("the file ends before its array does")]
    Truncated,
    /// The last line of a ledger has no line end.
    #[error("the last line has no line end: it may have been cut off")]
    NoLineEnd,
    /// There is text behind the array.
    #[error("there is text after the end of the array")]
    Trailing,
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// An entry longer than the maximum: a bracket or quote is missing.
    #[error("an entry does not end within {} MiB", .0 >> 20)]
    TooLong(usize),
    /// Not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// Valid JSON with a wrong field.
    #[error("{}{problem}", Prefix(.field))]
    Field {
        /// Path of the field, e.g. `baseline.payload.job_type`; empty for the whole object.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The entry is not in the order of ids.
    #[error("`command_id`: the entry does not come after the one before it; entries ascend by the bytes of the id")]
    Unsorted,
    /// The id is that of the previous entry.
    #[error("`command_id`: the entry has the id of the one before it")]
    Duplicate,
}

impl Flaw {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::ByteOrderMark => "save the file as UTF-8 without a byte order mark",
            Self::ConflictMarker => "take either side of the merge, replay, and accept what is right",
            Self::Truncated | Self::TooLong(_) | Self::NoLineEnd => {
                "restore the file from version control; a pending file can be removed and replayed"
            }
            Self::Trailing | Self::NotUtf8 | Self::Syntax(_) | Self::Field { .. } => {
                "undo the edit, or remove the file, replay, and accept what is right"
            }
            Self::Unsorted => "move the entry to its place, or remove the file, replay, and accept what is right",
            Self::Duplicate => "remove one of the two entries",
        }
    }
}

struct Prefix<'a>(&'a str);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "`{}`: ", self.0) }
    }
}
