//! The result of a settlement.

use super::super::change::ChangeCounts;
use super::super::ledger::LedgerEntry;
use super::name::SnapshotName;
use serde::{Deserialize, Serialize};

/// The result of a settlement in one golden file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// Which golden file.
    pub name: SnapshotName,
    /// How many changes were settled.
    pub changes: ChangeCounts,
    /// How many are still pending; at 0 the pending file is removed.
    pub left: u64,
    /// The line of the ledger; `None` where there was no change to settle.
    pub entry: Option<LedgerEntry>,
}
