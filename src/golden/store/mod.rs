//! The golden folder: `<rule set>/<corpus>.json`, what is pending beside each as `<corpus>.json.new`, and the ledger.
//!
//! A pending file is complete: it is golden as it would be if everything were accepted. What is pending is always the
//! difference between the two files and stored nowhere else, so a change that is settled on one side is settled.
//!
//! What a replay has written is listed with its digest in `.pending.new`: only that can be settled. A pending file that was
//! edited, or comes from elsewhere, is refused.
//!
//! # All or nothing, at any moment
//!
//! A settlement changes several files: golden and pending files, the ledger, the list of what is pending. So does a replay
//! that publishes. Both do it in these steps, under the lock:
//!
//! 1. Each file that is to be is written and flushed beside the one whose place it takes. The ledger is one of them: it is
//!    copied, with its new lines.
//! 2. Each file that goes is given a second name beside it, so that what it holds stays.
//! 3. The journal (`.journal.new`) is written: every file, with its digests before and after.
//! 4. One after the other, the new files are renamed onto the old ones: golden, pending files, ledger, list.
//! 5. The journal is removed: now it is done.
//! 6. The second names are removed. What stays is swept away by whoever next changes the folder.
//!
//! Killed before 3 or after 5, nothing or everything has happened. A step that fails is followed by going back at once, and
//! the error says that nothing was changed. Killed in between, or if going back fails too, the journal stays, and from any
//! moment it is possible to go on and to go back:
//!
//! | what comes next | an interrupted settlement | an interrupted replay |
//! |---|---|---|
//! | the same settlement ([`Store::resume`]) | is completed, as it was signed at first | is undone |
//! | its opposite (the same changes) | is undone; then the opposite is carried out | is undone |
//! | any other settlement, or a replay that writes | is refused ([`GoldenError::Interrupted`]) | is undone |
//! | [`Store::complete_interrupted`] | is completed; undone where that was begun | is undone |
//! | whoever only reads pending changes | is looked past: they see what was pending before | the same |
//!
//! Golden itself is read as it stands. Where somebody has changed a file of the journal by hand since, so that it has
//! neither of its digests, it can be neither completed nor undone; then only [`Store::complete_interrupted`] forgets the
//! journal, and leaves the files as they are.
//!
//! # Several processes
//!
//! Whoever changes the folder holds the advisory lock on `.lock`, an empty file that stays. Readers need none, and write
//! nothing: a file that was opened is what it was, and two files are opened again where one was replaced in between. `.lock`
//! and `*.new` must be kept out of version control.
//!
//! # Links, permissions
//!
//! A file that is a link is followed, and the link stays, also where it leads nowhere yet; so are folders. The link of a
//! file that is removed goes with it. The new file has
//! the permissions of the one it replaces, and the usual ones where there is none. A file that may not be written is not
//! replaced either, although a rename would. Another name of the same file (a hard link) keeps what it was.

mod choice;
mod disk;
mod draft;
mod flaws;
mod folder;
mod interrupted;
mod journal;
mod lock;
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
pub use folder::{FileReader, Store};
pub use interrupted::{Interrupted, Repair};
pub use name::{NotAName, SnapshotName};
pub use pending::{FinishedPending, Pending, PendingChanges, PendingWriter};
pub use resume::{Repaired, Resumed};
pub use settle::Signature;
pub use settled::Settled;
