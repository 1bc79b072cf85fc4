//! The golden files of a Git revision, read with Git, to compare the working tree with them.

use super::super::exit::Failure;
use super::super::file::{SHOWN_DIGITS, shortened};
use super::git::{self, Blob};
use crate::bulk::sha256_of;
use crate::golden::{GoldenReader, LedgerEntry, SnapshotName};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A golden folder as it was in a revision.
pub(super) struct Base {
    folder: PathBuf,
    /// The commit, hex.
    commit: String,
    /// The revision as it was typed.
    revision: String,
    /// Paths in the folder, ascending.
    files: BTreeSet<String>,
}

impl Base {
    /// Looks the revision up in the repository that `folder` is in.
    pub(super) fn open(folder: &Path, revision: &str) -> Result<Self, Failure> {
        let wanted = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &wanted];
        let commit = git::run(folder, &arguments)?.map_err(|refusal| {
            let what = if refusal.is_unknown_revision() { "finds no commit" } else { "cannot look for the commit" };
            refusal.failure(format!("Git {what} `{revision}` for {}", folder.display()), folder)
        })?;
        let commit = commit.trim().to_owned();
        let listed = git::run(folder, &["ls-tree", "-r", "-z", "--name-only", &commit])?.map_err(|refusal| {
            let message = format!("Git cannot list what {} holds in `{revision}`", folder.display());
            refusal.failure(message, folder)
        })?;
        let files = listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        Ok(Self { folder: folder.to_owned(), commit, revision: revision.to_owned(), files })
    }

    /// `golden at main (4f0c1d2e)`.
    pub(super) fn shown(&self) -> String {
        format!("golden at {} ({})", self.revision, shortened(&self.commit, SHOWN_DIGITS))
    }

    pub(super) fn snapshots(&self) -> Result<Vec<SnapshotName>, Failure> {
        let mut names = Vec::new();
        for file in &self.files {
            let parts = file.split_once('/').and_then(|(rules, file)| Some((rules, file.strip_suffix(".json")?)));
            if let Some((rules, corpus)) = parts.filter(|(_, corpus)| !corpus.contains('/')) {
                names.push(SnapshotName::new(rules, corpus)?);
            }
        }
        names.sort();
        Ok(names)
    }

    /// A golden file; `None` where the revision does not have it.
    pub(super) fn golden(&self, name: &SnapshotName) -> Result<Option<GoldenReader<BufReader<Blob>>>, Failure> {
        let path = format!("{name}.json");
        let reader = self.blob(&path)?;
        let shown = format!("{}:{path}", self.revision);
        Ok(reader.map(|blob| GoldenReader::new(BufReader::with_capacity(1 << 17, blob), shown)))
    }

    /// SHA-256 of a golden file, hex; `None` where the revision does not have it.
    pub(super) fn digest(&self, name: &SnapshotName) -> Result<Option<String>, Failure> {
        let Some(blob) = self.blob(&format!("{name}.json"))? else { return Ok(None) };
        let unreadable = |error| Failure::system(format!("cannot read {}:{name}.json", self.revision), &error);
        sha256_of(blob).map(Some).map_err(unreadable)
    }

    /// The lines of the ledger; none where the revision has no ledger.
    pub(super) fn ledger(&self) -> Result<Vec<LedgerEntry>, Failure> {
        let Some(blob) = self.blob("LEDGER.jsonl")? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for line in BufReader::new(blob).split(b'\n') {
            let unreadable = |error| Failure::system(format!("cannot read {}:LEDGER.jsonl", self.revision), &error);
            // Damaged lines of the revision are skipped; damaged lines of the working tree are reported elsewhere.
            entries.extend(serde_json::from_slice(&line.map_err(unreadable)?));
        }
        Ok(entries)
    }

    fn blob(&self, path: &str) -> Result<Option<Blob>, Failure> {
        if !self.files.contains(path) {
            return Ok(None);
        }
        Blob::open(&self.folder, &format!("{}:./{path}", self.commit))
    }
}
