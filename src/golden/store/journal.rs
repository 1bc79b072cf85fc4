//! The journal: which files are about to be replaced, written to disk before that, with all that is needed to complete or undo
//! it from any moment in between.

use super::super::error::GoldenError;
use super::super::flaw::Flaw;
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::disk;
use super::folder::{PENDING, Store};
use super::interrupted::{Interrupted, Repair};
use super::name::{SnapshotName, is_file_name};
use super::settled::Settled;
use crate::model::Location;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A settlement or a publication of pending files that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    /// The settlement; `None` where a replay publishes its pending files.
    pub(super) settlement: Option<Settlement>,
    /// Whether undoing has begun.
    pub(super) undoing: bool,
    /// In the order in which they are replaced.
    pub(super) files: Vec<Replacement>,
}

/// A settlement: the request, who made it, and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settlement {
    pub(super) action: SettlementAction,
    pub(super) orphans: Orphans,
    pub(super) at: String,
    pub(super) who: String,
    pub(super) requests: Vec<(SnapshotName, Cases)>,
    pub(super) settled: Vec<Settled>,
}

/// One file that is replaced, created or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replacement {
    /// Path below the folder of the store, with `/`.
    pub(super) file: String,
    /// SHA-256 before, hex; `None` where there is no file.
    pub(super) before: Option<String>,
    /// SHA-256 after, hex; `None` where there will be no file.
    pub(super) after: Option<String>,
    /// Name of the staged file beside it that replaces it.
    pub(super) prepared: Option<String>,
    /// Name beside it under which the old file is kept.
    pub(super) kept: Option<String>,
}

/// Whether a journal is completed or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Complete,
    Undo,
}

impl Replacement {
    /// The path of the file, behind any links.
    fn place(&self, store: &Store) -> Result<PathBuf, GoldenError> {
        disk::real(&store.root().join(&self.file))
    }

    /// The path of a file beside it.
    fn beside(&self, store: &Store, name: Option<&String>) -> Result<Option<PathBuf>, GoldenError> {
        name.map(|name| Ok(self.place(store)?.with_file_name(name))).transpose()
    }

    /// The path at which the old content can be read, whether the file was replaced since or not.
    pub(super) fn before(&self, store: &Store) -> Result<Option<PathBuf>, GoldenError> {
        if self.before.is_none() {
            return Ok(None);
        }
        let kept = self.beside(store, self.kept.as_ref())?.filter(|kept| kept.exists());
        kept.map_or_else(|| self.place(store), Ok).map(Some)
    }

    /// Whether the file was replaced, by the existence of files alone.
    fn is_replaced(&self, store: &Store) -> Result<bool, GoldenError> {
        Ok(match self.beside(store, self.prepared.as_ref())? {
            Some(prepared) => !prepared.exists(),
            None => !self.place(store)?.exists(),
        })
    }

    /// What is left to be done in one direction; `None` where that is not possible any more.
    fn operation(&self, store: &Store, direction: Direction) -> Result<Option<Operation>, GoldenError> {
        let (goal, start, source) = match direction {
            Direction::Complete => (&self.after, &self.before, &self.prepared),
            Direction::Undo => (&self.before, &self.after, &self.kept),
        };
        let found = disk::digest(&self.place(store)?)?;
        if found == *goal {
            return Ok(Some(Operation::Nothing));
        }
        if found != *start {
            return Ok(None);
        }
        let Some(goal) = goal else { return Ok(Some(Operation::Remove)) };
        let source = self.beside(store, source.as_ref())?;
        let digested = |source: PathBuf| Ok::<_, GoldenError>((disk::digest(&source)?, source));
        let source = source.map(digested).transpose()?;
        Ok(source.filter(|(digest, _)| digest.as_ref() == Some(goal)).map(|(_, source)| Operation::Rename(source)))
    }

    fn execute(&self, store: &Store, operation: &Operation) -> Result<(), GoldenError> {
        match operation {
            Operation::Nothing => Ok(()),
            Operation::Remove => disk::remove(&self.place(store)?).map(drop),
            Operation::Rename(source) => disk::rename(source, &self.place(store)?),
        }
    }

    /// Removes the files that are not needed any more at the end.
    pub(super) fn forget(&self, store: &Store) {
        for name in [&self.prepared, &self.kept] {
            if let Ok(Some(path)) = self.beside(store, name.as_ref())
                && path.exists()
            {
                disk::forget(&path);
            }
        }
        // The link to a removed pending file is removed as well. A link in place of a golden file stays: it says where the next
        // one is created.
        let path = store.root().join(&self.file);
        let is_settled = self.file.ends_with(PENDING) && self.after.is_none() && self.before.is_some();
        if is_settled && is_dangling(&path) {
            disk::forget(&path);
        }
    }
}

fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

enum Operation {
    Nothing,
    Remove,
    Rename(PathBuf),
}

impl Journal {
    /// The journal of the store, where there is one.
    pub(super) fn read(store: &Store) -> Result<Option<Self>, GoldenError> {
        let path = store.journal_path();
        let Some((journal, _)) = disk::read_json::<Self>(&path)? else { return Ok(None) };
        let is_ours = |file: &str| {
            let parts = file.split('/').collect::<Vec<_>>();
            (1..=2).contains(&parts.len()) && parts.iter().all(|part| is_file_name(part))
        };
        for change in &journal.files {
            let names = [&change.prepared, &change.kept].into_iter().flatten();
            if !is_ours(&change.file) || !names.clone().all(|name| is_file_name(name)) {
                let location = Location { file: path.display().to_string(), line: 1, column: None };
                let problem = "names a file that cannot be one of golden".to_owned();
                let flaw = Flaw::Field { field: "files".to_owned(), problem };
                return Err(GoldenError::Unreadable { location, flaw });
            }
        }
        Ok(Some(journal))
    }

    /// Writes the journal; from then on, it can be completed or undone.
    fn write(&self, store: &Store) -> Result<(), GoldenError> {
        let path = store.journal_path();
        let text = serde_json::to_vec(self).map_err(io::Error::from).map_err(GoldenError::io("write", &path))?;
        let mut part = disk::stage(store.root(), "journal")?;
        part.write_all(&text).map_err(GoldenError::io("write", part.path()))?;
        disk::install(part, &path)
    }

    /// Replaces all files, or none where a step fails. The caller holds the lock.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Unchanged`]; [`GoldenError::HalfDone`] where it could not be undone either, and the journal stays.
    pub(super) fn carry_out(mut self, store: &Store) -> Result<(), GoldenError> {
        let done = self.write(store).and_then(|()| {
            for change in &self.files {
                let prepared = change.beside(store, change.prepared.as_ref())?;
                change.execute(store, &prepared.map_or(Operation::Remove, Operation::Rename))?;
            }
            self.finish(store)
        });
        done.map_err(|error| match self.apply(store, Direction::Undo) {
            Ok(true) => GoldenError::Unchanged(Box::new(error)),
            Ok(false) | Err(_) => GoldenError::HalfDone(Box::new(error)),
        })
    }

    /// What is left to be done for each file; `None` where that direction is not possible any more.
    fn operations(&self, store: &Store, direction: Direction) -> Result<Option<Vec<Operation>>, GoldenError> {
        self.files.iter().map(|change| change.operation(store, direction)).collect()
    }

    /// Completes or undoes it, from wherever it stopped; `false` where that is not possible.
    pub(super) fn apply(&mut self, store: &Store, direction: Direction) -> Result<bool, GoldenError> {
        let Some(operations) = self.operations(store, direction)? else { return Ok(false) };
        let is_done = operations.iter().all(|operation| matches!(operation, Operation::Nothing));
        if direction == Direction::Undo && !self.undoing && !is_done {
            self.undoing = true;
            // If this fails, the old journal stays, which can still be undone.
            let _ = self.write(store);
        }
        for (change, operation) in self.files.iter().zip(&operations) {
            change.execute(store, operation)?;
        }
        self.finish(store).map(|()| true)
    }

    /// Undoes a publication that was interrupted: what was pending before is pending again. A pending file that cannot be
    /// restored is removed, and the next replay writes it again.
    pub(super) fn unpublish(&mut self, store: &Store) -> Result<(), GoldenError> {
        if self.apply(store, Direction::Undo)? {
            return Ok(());
        }
        for change in &self.files {
            let operation = change.operation(store, Direction::Undo)?.unwrap_or(Operation::Remove);
            change.execute(store, &operation)?;
        }
        self.finish(store)
    }

    /// Removes the journal and the files that it kept, when all files are replaced or restored.
    pub(super) fn finish(&self, store: &Store) -> Result<(), GoldenError> {
        disk::unlink(&store.journal_path())?;
        // If the machine stops before this is on disk, the journal is back, and every operation in it is already done.
        let _ = disk::sync_folder(store.root());
        self.files.iter().for_each(|change| change.forget(store));
        Ok(())
    }

    /// The settlement of this journal; `None` where a replay publishes.
    pub(super) fn interrupted(&self, store: &Store) -> Result<Option<Interrupted>, GoldenError> {
        self.settlement.as_ref().map(|settlement| self.interrupted_as(settlement, store)).transpose()
    }

    /// As [`interrupted`](Self::interrupted), for a journal with this `settlement`.
    pub(super) fn interrupted_as(&self, settlement: &Settlement, store: &Store) -> Result<Interrupted, GoldenError> {
        let mut replaced = 0;
        for file in &self.files {
            replaced += usize::from(file.is_replaced(store)?);
        }
        let repair = if !self.undoing && self.operations(store, Direction::Complete)?.is_some() {
            Repair::Completes
        } else if self.operations(store, Direction::Undo)?.is_some() {
            Repair::Undoes
        } else {
            Repair::Forgets
        };
        let entries = settlement.settled.iter().filter_map(|settled| settled.entry.as_ref());
        Ok(Interrupted {
            action: settlement.action,
            orphans: settlement.orphans,
            at: settlement.at.clone(),
            who: settlement.who.clone(),
            requests: settlement.requests.clone(),
            has_reason: entries.into_iter().any(|entry| entry.reason.is_some()),
            undoing: self.undoing,
            repair,
            replaced,
            files: self.files.len(),
        })
    }
}

impl Store {
    /// Takes the lock for a change. Undoes a replay that was killed while it published. Fails where a settlement is
    /// interrupted, which has to be completed or undone first.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Interrupted`], [`GoldenError::Io`], and those of a journal.
    pub(super) fn lock(&self) -> Result<disk::Lock, GoldenError> {
        let lock = self.lock_alone()?;
        if let Some(mut journal) = Journal::read(self)? {
            if let Some(interrupted) = journal.interrupted(self)? {
                return Err(GoldenError::Interrupted(Box::new(interrupted)));
            }
            journal.unpublish(self)?;
        }
        disk::sweep(self.root())?;
        Ok(lock)
    }
}
