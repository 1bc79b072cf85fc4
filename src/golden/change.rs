//! What differs between golden and an outcome.
//!
//! This is the axis *change*: the same command, then and now. How the corridor relates to the baseline within one run
//! is the other axis, [`Divergence`], and appears here only as a value that may have changed.

use super::entry::Entry;
use crate::model::wire::wire_enum;
use crate::model::{CorridorStatus, ReasonCode};
use crate::outcome::Divergence;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// How an entry relates to golden.
    ChangeKind, "kind of change" {
        /// Golden says something else.
        Changed = "changed",
        /// Golden does not have it.
        Added = "added",
        /// Golden has it, and the corpus does not.
        Missing = "missing",
    }
}

wire_enum! {
    /// A field of an entry.
    Field, "field of an entry" {
        /// What the user said.
        Text = "text",
        /// The deterministic decision.
        Baseline = "baseline",
        /// Where the corridor ended.
        Status = "status",
        /// Why.
        Reason = "reason",
        /// The decision that counts.
        Decision = "decision",
        /// The divergence class.
        Class = "class",
        /// What the candidate did to the items.
        Effects = "effects",
    }
}

wire_enum! {
    /// What a change amounts to, the most severe first.
    Severity, "severity" {
        /// An invariant is broken that was not.
        NewlyBroken = "newly_broken",
        /// The corridor is wrong where it was not, or where nobody looked.
        NewlyRegressed = "newly_regressed",
        /// A command is gone.
        Missing = "missing",
        /// Any other change of class.
        Class = "class",
        /// Other effects, in the same class.
        Effects = "effects",
        /// Another decision, with the same class and effects.
        Decision = "decision",
        /// Another status or reason alone.
        Reason = "reason",
        /// Another text alone.
        Text = "text",
        /// A new command, neither broken nor regressed.
        Added = "added",
    }
}

/// The fields that differ, in key order. Both are entries of the same command.
#[must_use]
pub fn fields_changed(before: &Entry, after: &Entry) -> Vec<Field> {
    let differs = |field: &Field| match field {
        Field::Text => before.text != after.text,
        Field::Baseline => before.baseline != after.baseline,
        Field::Status => before.status != after.status,
        Field::Reason => before.reason != after.reason,
        Field::Decision => before.decision != after.decision,
        Field::Class => before.class != after.class,
        Field::Effects => before.effects != after.effects,
    };
    Field::ALL.iter().copied().filter(differs).collect()
}

/// Class and verdict of an entry: one side of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// The divergence class.
    pub class: Divergence,
    /// Where the corridor ended; `None` while it is off.
    pub status: Option<CorridorStatus>,
    /// Why; `None` while it is off.
    pub reason: Option<ReasonCode>,
}

impl Side {
    fn of(entry: &Entry) -> Self {
        Self { class: entry.class, status: entry.status, reason: entry.reason.clone() }
    }
}

/// What changes are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// How it relates to golden.
    pub kind: ChangeKind,
    /// What golden says; `None` where the entry is added.
    pub before: Option<Side>,
    /// What is found now; `None` where the entry is missing.
    pub after: Option<Side>,
    /// Which fields differ; empty unless changed.
    pub fields: Vec<Field>,
}

impl Shape {
    pub(super) fn changed(before: &Entry, after: &Entry) -> Self {
        let fields = fields_changed(before, after);
        Self { kind: ChangeKind::Changed, before: Some(Side::of(before)), after: Some(Side::of(after)), fields }
    }

    pub(super) fn added(after: &Entry) -> Self {
        Self { kind: ChangeKind::Added, before: None, after: Some(Side::of(after)), fields: Vec::new() }
    }

    pub(super) fn missing(before: &Entry) -> Self {
        Self { kind: ChangeKind::Missing, before: Some(Side::of(before)), after: None, fields: Vec::new() }
    }

    /// What it amounts to.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let class = |side: &Option<Side>| side.as_ref().map(|side| side.class);
        let (before, after) = (class(&self.before), class(&self.after));
        let has = |fields: &[Field]| fields.iter().any(|field| self.fields.contains(field));
        if after == Some(Divergence::Broken) && before != after {
            Severity::NewlyBroken
        } else if after == Some(Divergence::Regressed) && before != after {
            Severity::NewlyRegressed
        } else {
            match self.kind {
                ChangeKind::Missing => Severity::Missing,
                ChangeKind::Added => Severity::Added,
                ChangeKind::Changed if has(&[Field::Class]) => Severity::Class,
                ChangeKind::Changed if has(&[Field::Effects]) => Severity::Effects,
                ChangeKind::Changed if has(&[Field::Baseline, Field::Decision]) => Severity::Decision,
                ChangeKind::Changed if has(&[Field::Status, Field::Reason]) => Severity::Reason,
                ChangeKind::Changed => Severity::Text,
            }
        }
    }
}

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
    /// Counts one more.
    pub fn add(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Changed => self.changed += 1,
            ChangeKind::Added => self.added += 1,
            ChangeKind::Missing => self.missing += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.changed + self.added + self.missing
    }
}
