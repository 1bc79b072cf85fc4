//! What differs between golden and an outcome.
//!
//! This is the axis *change*: the same command, then and now. How the corridor relates to the baseline within one run
//! is the other axis, [`Divergence`](crate::outcome::Divergence), and appears here only as a value that may have changed.

use super::entry::Entry;
use super::shape::{ChangeKind, Shape};
use serde::{Deserialize, Serialize};

/// The two sides of a change, as bytes of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Golden says something else.
    Changed {
        /// In golden, as it stands there.
        before: Vec<u8>,
        /// Now, canonical.
        after: Vec<u8>,
    },
    /// Golden does not have it.
    Added {
        /// Now, canonical.
        after: Vec<u8>,
    },
    /// The corpus does not have it.
    Missing {
        /// In golden, as it stands there.
        before: Vec<u8>,
    },
}

/// One entry that is not as golden has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The caller's identifier.
    pub command_id: String,
    /// What it is grouped by.
    pub shape: Shape,
    /// Both sides.
    pub difference: Difference,
}

impl Change {
    /// Both sides; `None` for one that is not there.
    #[must_use]
    pub fn entries(&self) -> (Option<Entry<'_>>, Option<Entry<'_>>) {
        fn parse(bytes: &[u8]) -> Option<Entry<'_>> {
            serde_json::from_slice(bytes).ok()
        }
        match &self.difference {
            Difference::Changed { before, after } => (parse(before), parse(after)),
            Difference::Added { after } => (None, parse(after)),
            Difference::Missing { before } => (parse(before), None),
        }
    }
}

/// How many entries are not as golden has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeCounts {
    /// Golden says something else.
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
