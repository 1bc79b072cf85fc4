//! The golden folder: `<rule set>/<corpus>.json`, what is pending beside each as `<corpus>.json.new`, and the ledger.
//!
//! A pending file is complete: it is golden as it would be if everything were accepted. What is pending is always the
//! difference between the two files and stored nowhere else, so a change that is settled on one side is settled.
//!
//! # A kill at any moment loses nothing
//!
//! Every file is written beside its target, flushed, and renamed onto it. A settlement touches several files, so it is
//! written into a journal first (`.journal.new`), complete with its line for the ledger, and then carried out:
//!
//! 1. the file that is to be, where it is not the pending file itself, is written and flushed beside its target;
//! 2. the journal is written: from here on the settlement is decided;
//! 3. the line is appended to the ledger;
//! 4. the new file is renamed onto its target;
//! 5. the pending file is removed, where nothing is left pending;
//! 6. the journal is removed.
//!
//! Killed before 2, nothing has happened, and what was half-written is swept away later. Killed after, the next process
//! that takes the lock completes the settlement before it does anything else; if it is the same command repeated, it
//! reports that as its own result. The ledger comes before golden, because a line is the only thing here that could not
//! be found out again; the journal keeps it from being written twice. A journal whose files somebody has changed by
//! hand in between is dropped: what is in the folder stands.
//!
//! # Several processes
//!
//! Whoever changes the folder holds the advisory lock on `.lock`, an empty file that stays. Readers of golden need none:
//! a file that was opened is what it was. `.lock` and `*.new` must be kept out of version control.

mod cases;
mod disk;
mod journal;
mod name;
mod pending;
mod settle;
#[cfg(test)]
mod tests;

use super::error::GoldenError;
use super::format::GoldenReader;
use super::ledger::LedgerReader;
pub use cases::Cases;
use journal::Journal;
pub use name::SnapshotName;
pub use pending::{Pending, PendingChanges, PendingWriter};
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

/// The lock, and the settlement that taking it completed.
#[derive(Debug)]
struct Locked {
    recovered: Option<Journal>,
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
        let mut corpora: Vec<String> =
            files.iter().filter_map(|file| file.strip_suffix(".json")).map(str::to_owned).collect();
        corpora.sort_unstable();
        Ok(corpora)
    }

    /// SHA-256 of a snapshot's file, hex; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn digest(&self, name: &SnapshotName) -> Result<Option<String>, GoldenError> {
        let path = self.golden_path(name);
        let file = disk::open(&path)?;
        file.map(|file| super::hash::sha256_of(file).map_err(GoldenError::io("read", &path))).transpose()
    }

    /// Begins a pending file. To be called before [`golden`](Self::golden): it completes what was interrupted, and
    /// notices when golden is replaced later on.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`], and what completing an interrupted settlement gives.
    pub fn begin_pending(&self, name: &SnapshotName) -> Result<PendingWriter<'_>, GoldenError> {
        PendingWriter::new(self, name)
    }

    /// Removes a pending file that a replay has overtaken: the whole corpus is as golden has it. Whether there was one.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn discard_stale(&self, name: &SnapshotName) -> Result<bool, GoldenError> {
        if !self.may_be_pending(name) {
            return Ok(false);
        }
        let _lock = self.lock()?;
        disk::sweep(&self.folder(name))?;
        disk::remove(&self.pending_path(name))
    }

    /// Everything that is pending, by rule set and corpus. Files are looked for, not read.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn pending(&self) -> Result<Vec<Pending<'_>>, GoldenError> {
        if self.journal_path().exists() {
            self.lock()?;
        }
        let mut pending = Vec::new();
        for rules in disk::file_names(&self.root)? {
            let folder = self.root.join(&rules);
            if !folder.is_dir() {
                continue;
            }
            for file in disk::file_names(&folder)? {
                let name = file.strip_suffix(PENDING).map(|corpus| SnapshotName::new(&rules, corpus));
                if let Some(Ok(name)) = name {
                    pending.push(Pending::new(self, name));
                }
            }
        }
        pending.sort_by(|one, other| one.name().cmp(other.name()));
        Ok(pending)
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

    fn folder(&self, name: &SnapshotName) -> PathBuf {
        self.root.join(name.rules())
    }

    fn journal_path(&self) -> PathBuf {
        self.root.join(".journal.new")
    }

    /// Saves a folder without anything pending from being locked, which would write into it.
    fn may_be_pending(&self, name: &SnapshotName) -> bool {
        self.pending_path(name).exists() || self.journal_path().exists()
    }

    /// Takes the lock and completes what was interrupted.
    fn lock(&self) -> Result<Locked, GoldenError> {
        let lock = disk::Lock::take(&self.root.join(".lock"))?;
        disk::sweep(&self.root)?;
        let recovered = journal::recover(self)?;
        Ok(Locked { recovered, _lock: lock })
    }
}

/// How the name of a pending file ends, behind that of the corpus.
const PENDING: &str = ".json.new";
