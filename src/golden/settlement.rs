//! What a settlement is asked to do: accept or reject, which changes, and whether entries without a command are removed.

use crate::model::wire::wire_enum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

wire_enum! {
    /// What was done with a pending change.
    SettlementAction, "action of the ledger" {
        /// Golden is replaced by what was found.
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

/// Whether accepting removes golden entries whose command is missing from the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphans {
    /// No: the entries stay in golden, and the changes stay pending.
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
    /// Those of one group, with the members that the user has seen.
    Group {
        /// Fingerprint of the group, hex.
        fingerprint: String,
        /// Digest of its members in this file, as [`GroupPart::members`](crate::golden::GroupPart::members).
        members: String,
    },
}

impl Cases {
    /// The scope that the ledger records.
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
