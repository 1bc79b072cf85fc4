//! The journal: what a settlement will do, on disk before it does it, so that an interrupted one is completed.

use super::super::error::GoldenError;
use super::super::format::{Position, diagnose};
use super::super::ledger::{self, Attempt, LedgerEntry};
use super::Store;
use super::disk;
use super::name::{SnapshotName, is_file_name};
use crate::model::Location;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A settlement that was decided and may not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) entry: LedgerEntry,
    pub(super) deed: Deed,
    /// Changes that are still pending afterwards.
    pub(super) left: u64,
}

/// What happens to the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Deed {
    /// The pending file becomes golden.
    Promote { sha256: String },
    /// A prepared file becomes golden; `last`: nothing is left pending, and the pending file goes.
    Replace { prepared: String, sha256: String, last: bool },
    /// A prepared file becomes the pending file.
    Revise { prepared: String, sha256: String },
    /// The pending file goes.
    Drop,
    /// Both files go: golden would be left without an entry.
    Retire,
}

/// A file to rename, with its digest.
struct Install<'a> {
    from: PathBuf,
    to: PathBuf,
    sha256: &'a str,
}

impl Journal {
    /// Carries the settlement out: ledger, files, and the journal goes last. Each step may have been done before.
    pub(super) fn carry_out(&self, store: &Store, name: &SnapshotName, attempt: Attempt) -> Result<(), GoldenError> {
        disk::between_steps()?;
        ledger::append(&store.ledger_path(), &self.entry, attempt)?;
        disk::sync_folder(store.root())?;
        disk::between_steps()?;
        if let Some(Install { from, to, .. }) = self.install(store, name)
            && (attempt == Attempt::First || from.exists())
        {
            disk::rename(&from, &to)?;
        }
        disk::between_steps()?;
        if self.deed == Deed::Retire {
            disk::remove(&store.golden_path(name))?;
        }
        if matches!(self.deed, Deed::Drop | Deed::Retire | Deed::Replace { last: true, .. }) {
            disk::remove(&store.pending_path(name))?;
        }
        disk::between_steps()?;
        disk::remove(&store.journal_path())?;
        disk::between_steps()
    }

    fn install(&self, store: &Store, name: &SnapshotName) -> Option<Install<'_>> {
        let (golden, pending) = (store.golden_path(name), store.pending_path(name));
        match &self.deed {
            Deed::Promote { sha256 } => Some(Install { from: pending, to: golden, sha256 }),
            Deed::Replace { prepared, sha256, .. } => {
                Some(Install { from: golden.with_file_name(prepared), to: golden, sha256 })
            }
            Deed::Revise { prepared, sha256 } => {
                Some(Install { from: golden.with_file_name(prepared), to: pending, sha256 })
            }
            Deed::Drop | Deed::Retire => None,
        }
    }

    /// Whether what the journal speaks of is still there, on either side of its rename.
    fn is_possible(&self, store: &Store, name: &SnapshotName) -> Result<bool, GoldenError> {
        let Some(Install { from, to, sha256 }) = self.install(store, name) else { return Ok(true) };
        match disk::digest(&from)? {
            Some(digest) => Ok(digest == sha256),
            None => Ok(disk::digest(&to)?.as_deref() == Some(sha256)),
        }
    }

    /// Writes the journal; from here on the settlement is decided.
    pub(super) fn begin(&self, store: &Store) -> Result<(), GoldenError> {
        let path = store.journal_path();
        let text = serde_json::to_vec(self).map_err(std::io::Error::from).map_err(GoldenError::io("write", &path))?;
        let mut part = disk::part(store.root(), "journal")?;
        part.write_all(&text).map_err(GoldenError::io("write", part.path()))?;
        disk::install_part(part, &path)
    }
}

/// Completes what an interrupted process began, and says what that was. The caller holds the lock.
pub(super) fn recover(store: &Store) -> Result<Option<Journal>, GoldenError> {
    let path = store.journal_path();
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(GoldenError::io("read", &path))?;
    let journal: Journal = serde_json::from_str(&text).map_err(|_| damaged(&path, &text))?;
    let name = SnapshotName::new(&journal.entry.rules, &journal.entry.corpus)?;
    if let Deed::Replace { prepared, .. } | Deed::Revise { prepared, .. } = &journal.deed
        && !is_file_name(prepared)
    {
        return Err(GoldenError::Name { what: "prepared file", name: prepared.clone() });
    }
    if !journal.is_possible(store, &name)? {
        // Somebody has changed the files by hand since; what they did stands.
        disk::remove(&path)?;
        return Ok(None);
    }
    journal.carry_out(store, &name, Attempt::Again)?;
    Ok(Some(journal))
}

fn damaged(path: &Path, text: &str) -> GoldenError {
    let (offset, flaw) = diagnose::<Journal>(text);
    let Position { line, column } = Position::START.after(text.as_bytes().get(..offset).unwrap_or_default());
    let file = path.display().to_string();
    GoldenError::Unreadable { location: Location { file, line, column: Some(column) }, flaw }
}
