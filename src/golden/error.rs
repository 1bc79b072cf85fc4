//! Why golden could not be read, compared or settled.
//!
//! Messages name fields and places in a file, never values: a golden file holds the text of users.

use super::flaw::Flaw;
use super::store::{Interrupted, NotAName};
use crate::model::Location;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a golden operation failed. A difference from golden is no error.
#[derive(Debug, Error)]
pub enum GoldenError {
    /// A file operation failed. The previous files are unchanged.
    #[error("cannot {action} `{path}`")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operation, e.g. `read`.
        action: &'static str,
        /// The error of the system.
        source: io::Error,
    },
    /// A golden, pending or journal file is damaged.
    #[error("{location}: {flaw}")]
    Unreadable {
        /// Where, to the line.
        location: Location,
        /// What is wrong there.
        flaw: Flaw,
    },
    /// A line of the ledger is damaged; the other lines are not.
    #[error("{location}: {flaw}")]
    Ledger {
        /// Where.
        location: Location,
        /// What is wrong there.
        flaw: Flaw,
    },
    /// A caller wrote or compared entries that do not ascend strictly by command id.
    #[error("entries do not ascend by command id, or one comes twice")]
    OutOfOrder,
    /// The current entries could not be read to their end.
    #[error("cannot read the current entries")]
    Current(#[source] io::Error),
    /// The bytes of a current entry are no entry: a bug of the caller.
    #[error("a current entry is not one: {0}")]
    NotAnEntry(Flaw),
    /// The receiver of the changes failed.
    #[error("cannot pass on a change")]
    Sink(#[source] io::Error),
    /// A name that no file or folder of the store can have.
    #[error(transparent)]
    Name(#[from] NotAName),
    /// A new golden file whose name is not portable: some file system cannot hold it, or mixes it up with another one.
    #[error("golden cannot have a corpus `{}`: {problem}", .name.escape_debug())]
    Unportable {
        /// Name of the corpus.
        name: String,
        /// Why not.
        problem: String,
    },
    /// A settlement without a valid date, or without a person.
    #[error("a settlement needs {0}")]
    Unsigned(&'static str),
    /// There is no pending file for this golden file.
    #[error("nothing is pending for `{0}`")]
    NothingPending(PathBuf),
    /// Cases were named that have no pending change. Nothing was settled.
    #[error("not pending for `{path}`: {}", Listed(.cases))]
    NotPending {
        /// The golden file.
        path: PathBuf,
        /// The command ids, ascending.
        cases: Vec<String>,
    },
    /// The members of the group in this golden file have changed since the user saw it. Nothing was settled.
    #[error("the members of the group in `{0}` have changed")]
    Regrouped(PathBuf),
    /// Entries without a command were named, and removing them was not allowed. Nothing was settled.
    #[error("`{path}` has entries without a command among these: {count}")]
    NeedsPruning {
        /// The golden file.
        path: PathBuf,
        /// How many.
        count: u64,
    },
    /// Changes that need a reason were accepted without one. Nothing was settled.
    #[error("newly regressed, newly broken or missing without a reason, in `{path}`: {count}")]
    NeedsReason {
        /// The golden file.
        path: PathBuf,
        /// How many.
        count: u64,
    },
    /// This pending file was edited, or was not written by a replay. Nothing was settled.
    #[error("`{0}` was not written by a replay: it was edited, or comes from elsewhere")]
    Edited(PathBuf),
    /// Two files to be changed are the same file, by their links. Nothing was settled.
    #[error("`{path}` and `{other}` are one file")]
    SameFile {
        /// The second path.
        path: PathBuf,
        /// The first path.
        other: PathBuf,
    },
    /// Another settlement is interrupted, and has to be completed or undone first. Nothing was changed.
    #[error("a settlement is interrupted: {0}")]
    Interrupted(Box<Interrupted>),
    /// The files of an interrupted settlement were changed by hand since: it can be neither completed nor undone.
    #[error("the interrupted settlement of `{0}` can be neither completed nor undone: its files were changed since")]
    Overtaken(PathBuf),
    /// It failed, and everything is as it was.
    #[error("it failed, and nothing was changed in golden")]
    Unchanged(#[source] Box<GoldenError>),
    /// It failed half-way, and so did undoing it.
    #[error("it failed half-way, and could not be undone: it is interrupted")]
    HalfDone(#[source] Box<GoldenError>),
    /// This golden file was replaced during the comparison, so the pending file is outdated.
    #[error("`{0}` was replaced during the comparison")]
    Replaced(PathBuf),
}

impl GoldenError {
    /// What the user can do about it; `None` where nothing.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("make room, and repeat the command")
            }
            Self::Unreadable { flaw, .. } => Some(flaw.help()),
            Self::Ledger { flaw: Flaw::ConflictMarker, .. } => {
                Some("keep the lines of both sides, and remove the markers")
            }
            Self::Ledger { flaw: Flaw::NoLineEnd, .. } => {
                Some("compare the line with version control, and add its line end")
            }
            Self::Ledger { .. } => {
                Some("restore the line from version control, or remove it if it was never committed")
            }
            Self::Name(_) => Some("a name is one part of a path, without separators, and not `.` or `..`"),
            Self::Unportable { .. } => {
                Some("rename the corpus, and replay it; golden is checked out on other systems as well")
            }
            Self::NothingPending(_) | Self::NotPending { .. } => Some("`corridor pending` lists what is pending"),
            Self::Regrouped(_) => Some("look again: `corridor pending` lists the groups as they are"),
            Self::NeedsPruning { .. } => Some("--prune removes them from golden"),
            Self::NeedsReason { .. } => Some("look at them first, then say why they are right: --reason \"…\""),
            Self::Replaced(_) => Some("replay again"),
            Self::Edited(_) => Some("replay again: what is settled is what a replay found"),
            Self::SameFile { .. } => Some("settle them one after the other, or give each a file of its own"),
            Self::Interrupted(_) => Some("`corridor pending` says how to complete or undo it"),
            Self::Overtaken(_) => Some("`corridor check --repair` forgets it, and leaves the files as they are"),
            Self::Unchanged(source) => Some(source.help().unwrap_or("repair what is named, and repeat the command")),
            Self::HalfDone(_) => {
                Some("repair what is named; then repeat the command, or let `corridor check --repair` end it")
            }
            Self::Io { .. }
            | Self::OutOfOrder
            | Self::Current(_)
            | Self::NotAnEntry(_)
            | Self::Sink(_)
            | Self::Unsigned(_) => None,
        }
    }

    /// For `map_err` before anything was changed: wraps an I/O error in [`Self::Unchanged`].
    pub(super) fn unchanged(self) -> Self {
        if matches!(self, Self::Io { .. }) { Self::Unchanged(Box::new(self)) } else { self }
    }

    /// For `map_err`: the system failed to `action` the `path`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), action, source }
    }
}

/// The first five of a list, and how many more there are.
struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        for (place, case) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}`{}`", if place == 0 { "" } else { ", " }, case.escape_debug())?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
