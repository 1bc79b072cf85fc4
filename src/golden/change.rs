//! What differs between golden and an outcome.
//!
//! A *change* compares one command at two times. How the corridor relates to the baseline within one run is its
//! [`Divergence`](crate::outcome::Divergence), which is here only a value that may have changed.

use super::entry::Entry;
use super::shape::{ChangeKind, Shape};
use serde::{Deserialize, Serialize};

/// One entry that differs from golden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The caller's identifier.
    pub command_id: String,
    /// What it is grouped by.
    pub shape: Shape,
    /// The entry in golden, unaltered; `None` where it is added.
    pub before: Option<Vec<u8>>,
    /// The entry now, canonical; `None` where it is missing.
    pub after: Option<Vec<u8>>,
}

impl Change {
    /// Both sides, parsed; `None` for a side that does not have the command.
    pub fn entries(&self) -> (Option<Entry<'_>>, Option<Entry<'_>>) {
        fn parsed(side: Option<&Vec<u8>>) -> Option<Entry<'_>> {
            serde_json::from_slice(side?).ok()
        }
        (parsed(self.before.as_ref()), parsed(self.after.as_ref()))
    }
}

/// How many entries differ from golden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeCounts {
    /// Golden has another outcome.
    pub changed: u64,
    /// Golden does not have them.
    pub added: u64,
    /// The corpus does not have them.
    pub missing: u64,
}

impl ChangeCounts {
    /// Counts `count` more.
    pub fn add(&mut self, kind: ChangeKind, count: u64) {
        match kind {
            ChangeKind::Changed => self.changed += count,
            ChangeKind::Added => self.added += count,
            ChangeKind::Missing => self.missing += count,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        let Self { changed, added, missing } = self;
        changed + added + missing
    }
}
