//! A settlement that was interrupted, and what a repair would do.

use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::name::SnapshotName;
use std::fmt;

/// A settlement that was begun, and neither completed nor undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// Accept or reject.
    pub action: SettlementAction,
    /// Whether entries without a command are removed as well.
    pub orphans: Orphans,
    /// When it was begun, RFC 3339.
    pub at: String,
    /// Who began it.
    pub who: String,
    /// Which changes of which golden file, in the order of the request.
    pub requests: Vec<(SnapshotName, Cases)>,
    /// Whether a reason was given.
    pub has_reason: bool,
    /// Whether somebody has begun to undo it.
    pub undoing: bool,
    /// What `corridor check --repair` would do now.
    pub repair: Repair,
    /// How many files have already been replaced.
    pub replaced: usize,
    /// How many files it replaces: golden and pending files, the ledger, and the list of pending files.
    pub files: usize,
}

/// What a repair does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// It completes the settlement.
    Completes,
    /// It undoes it: undoing has begun, or a file that is needed to complete it is missing.
    Undoes,
    /// It removes the journal and leaves every file as it is: files were changed since, so that neither is possible.
    Forgets,
}

/// As a predicate: `completes it`.
impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completes => "completes it",
            Self::Undoes => "undoes it",
            Self::Forgets => "forgets it and leaves every file as it is, since its files were changed by hand",
        })
    }
}

/// How many golden files are named.
const NAMED: usize = 5;

/// As `accept of cases of strict/household, strict/mix, which mara began at 2026-05-01T12:00:00Z`.
impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.requests.iter().map(|(name, _)| name.to_string()).collect();
        names.dedup();
        let scope = match self.requests.first() {
            Some((_, Cases::Only(_))) => "cases of ",
            Some((_, Cases::Group { .. })) => "a group in ",
            Some((_, Cases::Whole)) | None => "",
        };
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        write!(f, "{} of {scope}{}", self.action, names.join(", "))?;
        if more > 0 {
            write!(f, " and {more} more")?;
        }
        write!(f, ", which {} began at {}", self.who, self.at)
    }
}
