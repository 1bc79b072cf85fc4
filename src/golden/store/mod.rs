//! The golden folder: `<rule set>/<corpus>.json`, beside each its pending file `<corpus>.json.new`, and the ledger.
//!
//! A pending file is complete: it is golden as it would be if all changes were accepted. The pending changes are the
//! difference between the two files and are stored nowhere else.
//!
//! The pending files that a replay has written are listed with their digests in `.pending.new`. Only these can be settled: a
//! pending file that was edited, or comes from elsewhere, is refused.
//!
//! # All or nothing, at any moment
//!
//! A settlement changes several files: golden and pending files, the ledger, the list of pending files. So does a replay that
//! publishes. Both do it in these steps, under the lock:
//!
//! 1. The new content of each file is written and flushed beside it. The ledger is copied, with its new lines.
//! 2. Each file that will be replaced or removed gets a second name beside it, which keeps its content.
//! 3. The journal (`.journal.new`) is written: every file, with its digests before and after.
//! 4. One after the other, the new files are renamed onto the old ones: golden, pending files, ledger, list.
//! 5. The journal is removed.
//! 6. The second names are removed. Those that are left are removed by the next process that changes the folder.
//!
//! A kill before 3 changes nothing, a kill after 5 changes everything. A step that fails is undone at once, and the error says
//! that nothing was changed. After a kill in between, or if undoing fails too, the journal stays, and can be completed or
//! undone:
//!
//! | what comes next | an interrupted settlement | an interrupted replay |
//! |---|---|---|
//! | the same settlement ([`Store::resume`]) | is completed, with its first signature | is undone |
//! | its opposite (the same changes) | is undone; then the opposite is carried out | is undone |
//! | any other settlement, or a replay that writes | makes them fail ([`GoldenError::Interrupted`]) | is undone |
//! | [`Store::complete_interrupted`] | is completed; undone where undoing has begun | is undone |
//! | a reader of pending changes | stays: the reader sees what was pending before | the same |
//!
//! Golden files are read as they are. Where a file of the journal was changed by hand since, so that it has neither digest,
//! the journal can be neither completed nor undone; then only [`Store::complete_interrupted`] removes the journal, and leaves
//! the files as they are.
//!
//! # Several processes
//!
//! A process that changes the folder holds the advisory lock on `.lock`, an empty file that stays. Readers take no lock and
//! write nothing: an open file does not change, and two files are opened again where one was replaced in between. Version
//! control has to ignore `.lock` and `*.new`.
//!
//! # Links, permissions
//!
//! Links to files and folders are followed and stay, also dangling ones; only the link to a removed pending file is removed
//! with it. A new file has the permissions of the file that it replaces, and default ones where there is none. A file that may
//! not be written is not replaced either, although a rename could. A hard link to a replaced file keeps the old content.

mod choice;
mod disk;
mod draft;
mod flaws;
mod folder;
mod interrupted;
mod journal;
mod manifest;
mod name;
mod pending;
mod resume;
mod settle;
mod settled;
mod survey;
#[cfg(test)]
mod tests;

pub use flaws::GoldenFlaw;
pub use folder::Store;
pub use interrupted::{Interrupted, Repair};
pub use name::{NotAName, SnapshotName};
pub use pending::{FinishedPending, Pending, PendingWriter};
pub use resume::{Repaired, Resumed};
pub use settle::Signature;
pub use settled::Settled;
