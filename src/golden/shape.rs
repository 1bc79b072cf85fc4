//! The structure of a change, by which changes are grouped, and its severity.

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
        /// Golden has another outcome.
        Changed = "changed",
        /// Golden does not have it.
        Added = "added",
        /// Golden has it, and the corpus does not.
        Missing = "missing",
    }
}

wire_enum! {
    /// How severe a change is, the most severe first.
    Severity, "severity" {
        /// An invariant is broken that was not.
        NewlyBroken = "newly_broken",
        /// The corridor is wrong where it was not, or where golden has no outcome.
        NewlyRegressed = "newly_regressed",
        /// A command is missing from the corpus.
        Missing = "missing",
        /// The user gets other items or lists, or the candidate has another effect on the items.
        Items = "items",
        /// A decision differs in more than wording, with the same items.
        Decision = "decision",
        /// The same decisions are in another divergence class.
        Class = "class",
        /// Another status or reason, with the same decisions.
        Refusal = "refusal",
        /// Only the wording or the spelling differs.
        Wording = "wording",
        /// A new command, neither broken nor regressed.
        Added = "added",
    }
}

impl Severity {
    /// Whether it is accepted only with a reason: a command is missing, or something became wrong.
    #[must_use]
    pub fn needs_reason(self) -> bool {
        self <= Self::Missing
    }
}

/// What changes are grouped by, of one side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The divergence class.
    pub class: Divergence,
    /// Where the corridor ended; `None` while it is off.
    pub status: Option<CorridorStatus>,
    /// Why; `None` while it is off.
    pub reason: Option<ReasonCode>,
    /// The worst effect of the candidate on the baseline's items. Grouping by all effects would split one cause into many
    /// groups.
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
    /// In golden; `None` where the entry is added.
    pub before: Option<Side>,
    /// Now; `None` where the entry is missing.
    pub after: Option<Side>,
    /// Which fields differ; empty unless changed.
    pub fields: Vec<Field>,
    /// The worst effect on the items that the user gets, from golden to now; `None` unless changed.
    pub items: Option<Effect>,
}

impl Shape {
    /// The shape of a change; `None` where both sides are equal.
    pub(super) fn of(before: Option<&Entry>, after: Option<&Entry>) -> Option<Self> {
        let (kind, fields, items) = match (before, after) {
            (before, after) if before == after => return None,
            (Some(before), Some(after)) => {
                let items = worst_between(before.decision_that_counts(), after.decision_that_counts());
                (ChangeKind::Changed, fields_changed(before, after), items)
            }
            (None, _) => (ChangeKind::Added, Vec::new(), None),
            (Some(_), None) => (ChangeKind::Missing, Vec::new(), None),
        };
        Some(Self { kind, before: before.map(Side::of), after: after.map(Side::of), fields, items })
    }

    /// How severe it is.
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

    /// SHA-256 of the structure as JSON, hex: the same for the same kind of change in any snapshot, at any time.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "strings and lists of them: JSON can hold all of it"
    )]
    pub fn fingerprint(&self) -> String {
        digest(&serde_json::to_vec(self).expect("a structure is written to memory"))
    }
}
