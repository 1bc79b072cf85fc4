//! The structure of a change: what changes are grouped by, and how much each kind of them matters.

use super::entry::Entry;
use super::field::{Field, fields_changed, worst_between};
use crate::bulk::digest;
use crate::model::wire::wire_enum;
use crate::model::{CorridorStatus, ReasonCode};
use crate::outcome::{Divergence, Effect};
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
    /// What a change amounts to, the most severe first.
    Severity, "severity" {
        /// An invariant is broken that was not.
        NewlyBroken = "newly_broken",
        /// The corridor is wrong where it was not, or where nobody looked.
        NewlyRegressed = "newly_regressed",
        /// A command is gone.
        Missing = "missing",
        /// The user gets other items, or gets them onto other lists, or the candidate does something else to them.
        Items = "items",
        /// A decision does or says something else, with the same items.
        Decision = "decision",
        /// The same decisions are judged otherwise.
        Class = "class",
        /// Another way through the corridor, with the same decisions.
        Refusal = "refusal",
        /// Other words alone, or the same in another spelling.
        Wording = "wording",
        /// A new command, neither broken nor regressed.
        Added = "added",
    }
}

impl Severity {
    /// Whether nobody may accept it without saying why: it takes something away, or makes something wrong.
    #[must_use]
    pub fn needs_reason(self) -> bool {
        self <= Self::Missing
    }
}

/// One side of a change, as far as it is grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The divergence class.
    pub class: Divergence,
    /// Where the corridor ended; `None` while it is off.
    pub status: Option<CorridorStatus>,
    /// Why; `None` while it is off.
    pub reason: Option<ReasonCode>,
    /// The worst that the candidate did to the baseline's items. The worst alone: by every combination of effects, one
    /// cause would make a group for each.
    pub effect: Option<Effect>,
}

impl Side {
    fn of(entry: &Entry) -> Self {
        let effect = entry.effects.worst();
        Self { class: entry.class, status: entry.status, reason: entry.reason.clone(), effect }
    }
}

/// What changes are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shape {
    /// How it relates to golden.
    pub kind: ChangeKind,
    /// What golden says; `None` where the entry is added.
    pub before: Option<Side>,
    /// What is found now; `None` where the entry is missing.
    pub after: Option<Side>,
    /// Which fields differ; empty unless changed.
    pub fields: Vec<Field>,
    /// The worst that happens to the user's items from what they got to what they get now; `None` unless changed.
    pub items: Option<Effect>,
}

impl Shape {
    pub(super) fn changed(before: &Entry, after: &Entry) -> Self {
        Self {
            kind: ChangeKind::Changed,
            before: Some(Side::of(before)),
            after: Some(Side::of(after)),
            fields: fields_changed(before, after),
            items: worst_between(before.decision_that_counts(), after.decision_that_counts()),
        }
    }

    pub(super) fn added(after: &Entry) -> Self {
        let after = Some(Side::of(after));
        Self { kind: ChangeKind::Added, before: None, after, fields: Vec::new(), items: None }
    }

    pub(super) fn missing(before: &Entry) -> Self {
        let before = Some(Side::of(before));
        Self { kind: ChangeKind::Missing, before, after: None, fields: Vec::new(), items: None }
    }

    /// What it amounts to.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let class = |side: &Option<Side>| side.as_ref().map(|side| side.class);
        let (before, after) = (class(&self.before), class(&self.after));
        let has = |test: &dyn Fn(&Field) -> bool| self.fields.iter().any(test);
        let is_harm = |effect: &Option<Effect>| effect.is_some_and(|effect| effect != Effect::SpellingChanged);
        let effect = |side: &Option<Side>| side.as_ref().is_some_and(|side| is_harm(&side.effect));
        let other_effects = has(&|field| *field == Field::Effects) && (effect(&self.before) || effect(&self.after));
        if after == Some(Divergence::Broken) && before != after {
            Severity::NewlyBroken
        } else if after == Some(Divergence::Regressed) && before != after {
            Severity::NewlyRegressed
        } else {
            match self.kind {
                ChangeKind::Missing => Severity::Missing,
                ChangeKind::Added => Severity::Added,
                ChangeKind::Changed if is_harm(&self.items) || other_effects => Severity::Items,
                ChangeKind::Changed if has(&|field| field.is_of_decision() && !field.is_wording()) => {
                    Severity::Decision
                }
                ChangeKind::Changed if has(&|field| *field == Field::Class) => Severity::Class,
                ChangeKind::Changed if has(&|field| !field.is_wording() && *field != Field::Effects) => {
                    Severity::Refusal
                }
                ChangeKind::Changed => Severity::Wording,
            }
        }
    }

    /// SHA-256 of the structure, hex: the same for the same kind of change in any snapshot, at any time.
    ///
    /// It is that of the structure as JSON, in the order of the fields.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "strings and lists of them: there is nothing that JSON cannot hold"
    )]
    pub fn fingerprint(&self) -> String {
        digest(&serde_json::to_vec(self).expect("a structure is written to memory"))
    }
}
