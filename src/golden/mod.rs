//! Golden snapshots: what every recorded command led to when somebody last looked and agreed.
//!
//! Entries come from [outcomes](crate::outcome); what leaves is a list of changes, and what changed hands when somebody
//! accepts or rejects them. A snapshot may hold a million entries, so nothing here holds more than a few at a time:
//! files are read, compared and written as ascending streams.
//!
//! - [`Entry`]: what golden keeps of an outcome, and its canonical bytes.
//! - [`GoldenReader`], [`GoldenWriter`]: the file.
//! - [`compare`]: current entries against golden; each [`Change`] with the [`Shape`] that [`Groups`] groups by.
//! - [`Store`]: the folder with pending files, [settling](Store::settle) them, the ledger.
//!
//! There is no clock here and no environment: who settles, and when, comes with a [`Signature`]; whether anything may be
//! written (not under CI) is the caller's decision.

mod chain;
mod change;
mod compare;
mod entry;
mod error;
mod field;
mod flaw;
mod format;
mod group;
mod ledger;
mod settlement;
mod shape;
mod store;
#[cfg(test)]
mod tests;

pub use chain::Chain;
pub use change::{Change, ChangeCounts, Difference};
pub use compare::{Comparison, Keyed, Scope, compare, differences, entries_of};
pub use entry::Entry;
pub use error::GoldenError;
pub use field::{Field, fields_changed};
pub use flaw::Flaw;
pub use format::{GoldenEntry, GoldenReader, GoldenWriter, MAX_ENTRY_BYTES};
pub use group::{Group, GroupName, GroupPart, Groups, REPRESENTATIVES};
pub use ledger::{LedgerEntry, LedgerReader};
pub use settlement::{Cases, Orphans, SettlementAction, SettlementScope};
pub use shape::{ChangeKind, Severity, Shape, Side};
pub use store::{
    FileReader, FinishedPending, GoldenFlaw, Interrupted, NotAName, Pending, PendingChanges, PendingWriter, Repair,
    Repaired, Resumed, Settled, Signature, SnapshotName, Store,
};
