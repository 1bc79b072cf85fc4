//! The folder: where each file is, and readers of golden and of the ledger.

use super::super::chain::Chain;
use super::super::error::GoldenError;
use super::super::format::GoldenReader;
use super::super::ledger::LedgerReader;
use super::disk;
use super::name::SnapshotName;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Reads a golden file from disk.
pub(super) type FileReader = GoldenReader<BufReader<File>>;

/// A reader of `file`, which errors call `path`.
pub(super) fn file_reader(file: File, path: &Path) -> FileReader {
    GoldenReader::new(BufReader::with_capacity(1 << 17, file), path)
}

/// How the name of a pending file ends, behind that of the corpus.
pub(super) const PENDING: &str = ".json.new";

/// A golden folder. It need not exist until something is written into it.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
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
    pub fn golden_path(&self, name: &SnapshotName) -> PathBuf {
        self.folder(name).join(format!("{}.json", name.corpus()))
    }

    /// Where its pending file is.
    pub fn pending_path(&self, name: &SnapshotName) -> PathBuf {
        self.folder(name).join(format!("{}{PENDING}", name.corpus()))
    }

    /// Where the ledger is.
    pub fn ledger_path(&self) -> PathBuf {
        self.root.join("LEDGER.jsonl")
    }

    /// Opens a snapshot; `None` where it does not exist.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn golden(&self, name: &SnapshotName) -> Result<Option<GoldenReader<BufReader<File>>>, GoldenError> {
        let path = self.golden_path(name);
        Ok(disk::open(&path)?.map(|file| file_reader(file, &path)))
    }

    /// The corpora that have a snapshot under a rule set, in ascending order.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn corpora(&self, rules: &str) -> Result<Vec<String>, GoldenError> {
        let files = disk::file_names(&self.root.join(rules))?;
        // A dangling link is not a file yet.
        let is_there = |corpus: &&str| self.root.join(rules).join(format!("{corpus}.json")).exists();
        let corpora = files.iter().filter_map(|file| file.strip_suffix(".json")).filter(is_there);
        Ok(corpora.map(str::to_owned).collect())
    }

    /// SHA-256 of a snapshot's file, hex; `None` where it does not exist.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn digest(&self, name: &SnapshotName) -> Result<Option<String>, GoldenError> {
        disk::digest(&self.golden_path(name))
    }

    /// The ledger from its beginning; `None` where it does not exist.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn ledger(&self) -> Result<Option<LedgerReader>, GoldenError> {
        let path = self.ledger_path();
        Ok(disk::open(&path)?.map(|file| LedgerReader::new(file, path)))
    }

    /// Checks every line of the ledger.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Ledger`] for the first damaged line; [`GoldenError::Io`].
    pub fn check_ledger(&self) -> Result<(), GoldenError> {
        self.ledger()?.into_iter().flatten().try_for_each(|line| line.map(drop))
    }

    /// Whether a snapshot exists after the last readable line of the ledger.
    pub fn had_golden(&self, name: &SnapshotName) -> bool {
        let mut chain = Chain::default();
        for entry in self.ledger().ok().flatten().into_iter().flatten().flatten() {
            if chain.follow(&entry).is_err() {
                break;
            }
        }
        chain.ends().any(|(known, digest)| known == name && digest.is_some())
    }

    pub(super) fn folder(&self, name: &SnapshotName) -> PathBuf {
        self.root.join(name.rules())
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.root.join(".journal.new")
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.root.join(".lock")
    }

    pub(super) fn may_be_pending(&self, name: &SnapshotName) -> bool {
        self.pending_path(name).exists() || self.journal_path().exists()
    }

    /// Takes the lock of the folder, without looking for a journal.
    pub(super) fn lock_alone(&self) -> Result<disk::Lock, GoldenError> {
        disk::Lock::take(&self.lock_path())
    }
}
