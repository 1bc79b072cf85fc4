//! Golden snapshots: the outcome of every recorded command that somebody has last accepted.
//!
//! Entries are made from [outcomes](crate::outcome) and compared with golden; the differences are pending until somebody
//! accepts or rejects them. A snapshot may have a million entries, so that files are read, compared and written as ascending
//! streams, and only a few entries are in memory at a time.
//!
//! - [`Entry`]: the part of an outcome that is in golden, and its canonical bytes.
//! - [`GoldenReader`], [`GoldenWriter`]: the file.
//! - [`compare`]: compares current entries with golden; [`Groups`] groups each [`Change`] by its [`Shape`].
//! - [`Store`]: the folder with golden files, pending files and the ledger; [settles](Store::settle) changes.
//!
//! This module reads neither clock nor environment: a [`Signature`] says who settles, and when; the caller decides whether
//! anything may be written (not under CI).

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
pub use change::{Change, ChangeCounts};
pub use compare::{Comparison, Keyed, Scope, compare, differences, entries_of};
pub use entry::Entry;
pub use error::GoldenError;
pub use field::{Field, fields_changed};
pub use flaw::Flaw;
pub use format::{GoldenEntry, GoldenReader, GoldenWriter};
pub use group::{Group, GroupName, GroupPart, Groups};
pub use ledger::{LedgerEntry, LedgerReader};
pub use settlement::{Cases, Orphans, SettlementAction, SettlementScope};
pub use shape::{ChangeKind, Severity, Shape, Side};
pub use store::{
    FinishedPending, GoldenFlaw, Interrupted, NotAName, Pending, PendingWriter, Repair, Repaired, Resumed, Settled,
    Signature, SnapshotName, Store,
};
