//! The journal: what is about to happen to several files, on disk before it happens, with all that is needed to go either
//! way from any moment in between.

use super::super::error::GoldenError;
use super::super::flaw::Flaw;
use super::super::format::{Position, diagnose};
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::disk;
use super::folder::{PENDING, Store};
use super::interrupted::{Interrupted, Repair};
use super::name::{SnapshotName, is_file_name};
use super::settled::Settled;
use crate::model::Location;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Something that was decided and may not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    /// What is settled; nothing where a replay puts its pending files in their places.
    pub(super) settlement: Option<Settlement>,
    /// Whether it was decided to go back.
    pub(super) undoing: bool,
    /// In the order in which they are replaced.
    pub(super) files: Vec<Replacement>,
}

/// A settlement: what was asked for, by whom, and what comes of it.
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

/// One file that is replaced, made or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replacement {
    /// Path below the folder of the store, with `/`.
    pub(super) file: String,
    /// SHA-256 before, hex; nothing where there is no file.
    pub(super) before: Option<String>,
    /// SHA-256 after, hex; nothing where there will be no file.
    pub(super) after: Option<String>,
    /// Name of the file that takes its place, beside it.
    pub(super) prepared: Option<String>,
    /// Name under which the old file is kept, beside it.
    pub(super) kept: Option<String>,
}

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

impl Replacement {
    /// Where the file really is, behind any links.
    fn place(&self, store: &Store) -> Result<PathBuf, GoldenError> {
        disk::real(&store.root().join(&self.file))
    }

    /// Where a file beside it is.
    fn beside(&self, store: &Store, name: Option<&String>) -> Result<Option<PathBuf>, GoldenError> {
        name.map(|name| Ok(self.place(store)?.with_file_name(name))).transpose()
    }

    /// The file that holds what was there before, whichever way it went since.
    pub(super) fn before(&self, store: &Store) -> Result<Option<PathBuf>, GoldenError> {
        if self.before.is_none() {
            return Ok(None);
        }
        let kept = self.beside(store, self.kept.as_ref())?.filter(|kept| kept.exists());
        kept.map_or_else(|| self.place(store), Ok).map(Some)
    }

    /// Whether the file was replaced, as far as can be told without reading it.
    fn is_replaced(&self, store: &Store) -> Result<bool, GoldenError> {
        Ok(match self.beside(store, self.prepared.as_ref())? {
            Some(prepared) => !prepared.exists(),
            None => !self.place(store)?.exists(),
        })
    }

    /// What has to be done to go one way; `None` where that cannot be any more.
    fn step(&self, store: &Store, way: Way) -> Result<Option<Step>, GoldenError> {
        let (goal, start, source) = match way {
            Way::Forward => (&self.after, &self.before, &self.prepared),
            Way::Back => (&self.before, &self.after, &self.kept),
        };
        let found = disk::digest(&self.place(store)?)?;
        if found == *goal {
            return Ok(Some(Step::Done));
        }
        if found != *start {
            return Ok(None);
        }
        let Some(goal) = goal else { return Ok(Some(Step::Remove)) };
        let source = self.beside(store, source.as_ref())?;
        let digested = |source: PathBuf| Ok::<_, GoldenError>((disk::digest(&source)?, source));
        let source = source.map(digested).transpose()?;
        Ok(source.filter(|(digest, _)| digest.as_ref() == Some(goal)).map(|(_, source)| Step::Install(source)))
    }

    fn take(&self, store: &Store, step: &Step) -> Result<(), GoldenError> {
        match step {
            Step::Done => Ok(()),
            Step::Remove => disk::remove(&self.place(store)?).map(drop),
            Step::Install(source) => disk::rename(source, &self.place(store)?),
        }
    }

    /// Removes what is not needed any more when everything is done.
    pub(super) fn forget(&self, store: &Store) {
        for name in [&self.prepared, &self.kept] {
            if let Ok(Some(path)) = self.beside(store, name.as_ref())
                && path.exists()
            {
                disk::forget(&path);
            }
        }
        // A pending file is gone for good, and takes the link to it along. A link in place of a golden file stays: it says where
        // the next one is made.
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

enum Step {
    Done,
    Remove,
    Install(PathBuf),
}

impl Journal {
    /// The journal of the store, where there is one.
    pub(super) fn read(store: &Store) -> Result<Option<Self>, GoldenError> {
        let path = store.journal_path();
        let Some(mut file) = disk::open(&path)? else { return Ok(None) };
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(GoldenError::io("read", &path))?;
        let journal: Self = serde_json::from_str(&text).map_err(|_| damaged(&path, &text))?;
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

    /// Writes the journal; from here on everything in it can be completed, and undone.
    fn write(&self, store: &Store) -> Result<(), GoldenError> {
        let path = store.journal_path();
        let text = serde_json::to_vec(self).map_err(io::Error::from).map_err(GoldenError::io("write", &path))?;
        let mut part = disk::part(store.root(), "journal")?;
        part.write_all(&text).map_err(GoldenError::io("write", part.path()))?;
        disk::install_part(part, &path)
    }

    /// Does all of it, or, where the disk refuses, none of it. The caller holds the lock.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Unchanged`]; [`GoldenError::HalfDone`] where it could not be undone either, and the journal stays.
    pub(super) fn carry_out(mut self, store: &Store) -> Result<(), GoldenError> {
        let done = self.write(store).and_then(|()| {
            for change in &self.files {
                let prepared = change.beside(store, change.prepared.as_ref())?;
                change.take(store, &prepared.map_or(Step::Remove, Step::Install))?;
            }
            self.finish(store)
        });
        done.map_err(|error| match self.go(store, Way::Back) {
            Ok(true) => GoldenError::Unchanged { source: Box::new(error) },
            Ok(false) | Err(_) => GoldenError::HalfDone { source: Box::new(error) },
        })
    }

    /// The steps of all files; `None` where it cannot go this way any more.
    fn steps(&self, store: &Store, way: Way) -> Result<Option<Vec<Step>>, GoldenError> {
        self.files.iter().map(|change| change.step(store, way)).collect()
    }

    /// Whether it could go all the way.
    fn can_go(&self, store: &Store, way: Way) -> Result<bool, GoldenError> {
        self.steps(store, way).map(|steps| steps.is_some())
    }

    /// Goes all the way, from wherever it stopped; whether that can be.
    pub(super) fn go(&mut self, store: &Store, way: Way) -> Result<bool, GoldenError> {
        let Some(steps) = self.steps(store, way)? else { return Ok(false) };
        if way == Way::Back && !self.undoing && steps.iter().any(|step| !matches!(step, Step::Done)) {
            self.undoing = true;
            // Where there is no room for it, it stays as it was, and can still be undone.
            let _ = self.write(store);
        }
        for (change, step) in self.files.iter().zip(&steps) {
            change.take(store, step)?;
        }
        self.finish(store).map(|()| true)
    }

    /// A replay that did not get to its end has not happened: what was pending before it is pending again. What cannot be
    /// had again is removed, and found again by the next replay.
    pub(super) fn unpublish(&mut self, store: &Store) -> Result<(), GoldenError> {
        if self.go(store, Way::Back)? {
            return Ok(());
        }
        for change in &self.files {
            let step = change.step(store, Way::Back)?.unwrap_or(Step::Remove);
            change.take(store, &step)?;
        }
        self.finish(store)
    }

    /// Everything is where it should be: only the journal is left, and what it kept.
    pub(super) fn finish(&self, store: &Store) -> Result<(), GoldenError> {
        disk::unlink(&store.journal_path())?;
        // It is done. A machine that stops before that is on disk brings the journal back, and every step of it is found done.
        let _ = disk::sync_folder(store.root());
        self.files.iter().for_each(|change| change.forget(store));
        Ok(())
    }

    /// The settlement that is under way or interrupted; `None` where a replay publishes.
    pub(super) fn interrupted(&self, store: &Store) -> Result<Option<Interrupted>, GoldenError> {
        self.settlement.as_ref().map(|settlement| self.interrupted_as(settlement, store)).transpose()
    }

    /// The same for a journal that holds `settlement`.
    pub(super) fn interrupted_as(&self, settlement: &Settlement, store: &Store) -> Result<Interrupted, GoldenError> {
        let mut replaced = 0;
        for file in &self.files {
            replaced += usize::from(file.is_replaced(store)?);
        }
        let repair = if !self.undoing && self.can_go(store, Way::Forward)? {
            Repair::Completes
        } else if self.can_go(store, Way::Back)? {
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

fn damaged(path: &Path, text: &str) -> GoldenError {
    let (offset, flaw) = diagnose::<Journal>(text);
    let Position { line, column } = Position::START.after(text.as_bytes().get(..offset).unwrap_or_default());
    let file = path.display().to_string();
    GoldenError::Unreadable { location: Location { file, line, column: Some(column) }, flaw }
}
