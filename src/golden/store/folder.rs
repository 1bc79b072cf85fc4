//! The folder as it stands: where each file is, and what is in golden and in the ledger.

use super::super::chain::Chain;
use super::super::error::GoldenError;
use super::super::format::GoldenReader;
use super::super::ledger::LedgerReader;
use super::disk;
use super::name::SnapshotName;
use crate::bulk::sha256_of;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Reads a golden file from disk.
pub type FileReader = GoldenReader<BufReader<File>>;

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
        file.map(|file| sha256_of(file).map_err(GoldenError::io("read", &path))).transpose()
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

    /// Takes the lock of a folder, whatever is in it.
    pub(super) fn lock_alone(&self) -> Result<disk::Lock, GoldenError> {
        disk::Lock::take(&self.lock_path())
    }
}
