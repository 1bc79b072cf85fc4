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

mod cases;
mod disk;
mod draft;
mod flaws;
mod interrupted;
mod journal;
mod manifest;
mod name;
mod pending;
mod settle;
mod survey;
#[cfg(test)]
mod tests;

use super::chain::Chain;
use super::error::GoldenError;
use super::format::GoldenReader;
use super::ledger::LedgerReader;
pub use cases::Cases;
pub use flaws::GoldenFlaw;
pub use interrupted::{Interrupted, Repair, Repaired, Resumed};
use journal::Journal;
pub use name::SnapshotName;
pub use pending::{FinishedPending, Pending, PendingChanges, PendingWriter};
pub use settle::{Orphans, Settled, Signature};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Reads a golden file from disk.
pub type FileReader = GoldenReader<BufReader<File>>;

/// A golden folder. It need not exist until something is written into it.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// The lock of a folder in which nothing is half done.
#[derive(Debug)]
struct Locked {
    _lock: disk::Lock,
}

impl Store {
    /// The store in `root`, e.g. `golden`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a snapshot is.
    #[must_use]
    pub fn golden_path(&self, name: &SnapshotName) -> PathBuf {
        self.folder(name).join(format!("{}.json", name.corpus()))
    }

    /// Where its pending file is.
    #[must_use]
    pub fn pending_path(&self, name: &SnapshotName) -> PathBuf {
        self.folder(name).join(format!("{}{PENDING}", name.corpus()))
    }

    /// Where the ledger is.
    #[must_use]
    pub fn ledger_path(&self) -> PathBuf {
        self.root.join("LEDGER.jsonl")
    }

    /// Opens a snapshot; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn golden(&self, name: &SnapshotName) -> Result<Option<FileReader>, GoldenError> {
        let path = self.golden_path(name);
        let file = disk::open(&path)?;
        Ok(file.map(|file| GoldenReader::new(BufReader::with_capacity(1 << 17, file), path)))
    }

    /// The corpora that have a snapshot under a rule set, in ascending order.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn corpora(&self, rules: &str) -> Result<Vec<String>, GoldenError> {
        let files = disk::file_names(&self.root.join(rules))?;
        // A link that leads nowhere is no file yet.
        let is_there = |corpus: &&str| self.root.join(rules).join(format!("{corpus}.json")).exists();
        let corpora = files.iter().filter_map(|file| file.strip_suffix(".json")).filter(is_there);
        Ok(corpora.map(str::to_owned).collect())
    }

    /// SHA-256 of a snapshot's file, hex; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn digest(&self, name: &SnapshotName) -> Result<Option<String>, GoldenError> {
        let path = self.golden_path(name);
        let file = disk::open(&path)?;
        file.map(|file| crate::bulk::sha256_of(file).map_err(GoldenError::io("read", &path))).transpose()
    }

    /// The ledger from its beginning; `None` where nothing was ever settled.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn ledger(&self) -> Result<Option<LedgerReader>, GoldenError> {
        let path = self.ledger_path();
        Ok(disk::open(&path)?.map(|file| LedgerReader::new(file, path)))
    }

    /// Reads the ledger to its end.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Ledger`] for the first line that is damaged; [`GoldenError::Io`].
    pub fn check_ledger(&self) -> Result<(), GoldenError> {
        self.ledger()?.into_iter().flatten().try_for_each(|line| line.map(drop))
    }

    /// Whether the ledger says that there is a snapshot, as far as it can be read.
    #[must_use]
    pub fn had_golden(&self, name: &SnapshotName) -> bool {
        let mut chain = Chain::default();
        for entry in self.ledger().ok().flatten().into_iter().flatten().flatten() {
            if chain.follow(&entry).is_err() {
                break;
            }
        }
        chain.ends().any(|(known, digest)| known == name && digest.is_some())
    }

    fn folder(&self, name: &SnapshotName) -> PathBuf {
        self.root.join(name.rules())
    }

    fn journal_path(&self) -> PathBuf {
        self.root.join(".journal.new")
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join(".lock")
    }

    fn may_be_pending(&self, name: &SnapshotName) -> bool {
        self.pending_path(name).exists() || self.journal_path().exists()
    }

    /// Takes the lock of a folder, whatever is in it.
    fn lock_alone(&self) -> Result<disk::Lock, GoldenError> {
        disk::Lock::take(&self.lock_path())
    }

    /// Takes the lock for a change. A replay that did not get to its end has not happened, and is undone here; a settlement
    /// that was interrupted is left to those who asked for it.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Interrupted`], [`GoldenError::Io`], and those of a journal.
    fn lock(&self) -> Result<Locked, GoldenError> {
        let lock = self.lock_alone()?;
        if let Some(mut journal) = Journal::read(self)? {
            if let Some(interrupted) = journal.interrupted(self)? {
                return Err(GoldenError::Interrupted(Box::new(interrupted)));
            }
            journal.unpublish(self)?;
        }
        disk::sweep(&self.root)?;
        Ok(Locked { _lock: lock })
    }
}

/// How the name of a pending file ends, behind that of the corpus.
const PENDING: &str = ".json.new";
