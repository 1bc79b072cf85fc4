//! What a settlement is asked to do: accept or reject, which changes, and what becomes of entries without a command.

use crate::model::wire::wire_enum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

wire_enum! {
    /// What was done with a pending change.
    SettlementAction, "action of the ledger" {
        /// Golden now says what was found.
        Accept = "accept",
        /// Golden stays as it is.
        Reject = "reject",
    }
}

wire_enum! {
    /// How much was settled at once.
    SettlementScope, "scope of the ledger" {
        /// Everything that was pending for one corpus.
        Whole = "whole",
        /// Some cases.
        Cases = "cases",
        /// Those of one group.
        Group = "group",
    }
}

/// Whether accepting a change removes an entry that has no command any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphans {
    /// No: it stays in golden, and the change stays pending.
    Kept,
    /// Yes.
    Pruned,
}

/// Which pending changes of one golden file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cases {
    /// All of them.
    Whole,
    /// Those of these command ids.
    Only(BTreeSet<String>),
    /// Those of one group, as they were seen.
    Group {
        /// Fingerprint of the group, hex.
        fingerprint: String,
        /// Digest of its members in this file, as [`GroupPart::members`](crate::golden::GroupPart::members).
        members: String,
    },
}

impl Cases {
    /// How much that is, as the ledger says it.
    pub(in crate::golden) const fn scope(&self) -> SettlementScope {
        match self {
            Self::Whole => SettlementScope::Whole,
            Self::Only(_) => SettlementScope::Cases,
            Self::Group { .. } => SettlementScope::Group,
        }
    }

    /// The fingerprint of the group.
    pub(in crate::golden) fn group(&self) -> Option<String> {
        match self {
            Self::Whole | Self::Only(_) => None,
            Self::Group { fingerprint, .. } => Some(fingerprint.clone()),
        }
    }
}
