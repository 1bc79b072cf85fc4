//! Completes or undoes an interrupted settlement.
//!
//! The same settlement, requested again, completes it. The opposite settlement of the same changes undoes it, and is then
//! carried out. Every other change of the folder is refused. Readers see what was pending before the settlement.

use super::super::error::GoldenError;
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::disk;
use super::folder::Store;
use super::interrupted::Interrupted;
use super::journal::{Direction, Journal, Settlement};
use super::name::SnapshotName;
use super::settled::Settled;

/// What [`Store::resume`] did with an interrupted settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It is completed, as it was first requested.
    Completed(Interrupted, Vec<Settled>),
    /// It is undone; the new request is still to be carried out.
    Undone(Interrupted),
}

/// What [`Store::complete_interrupted`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// The settlement is completed.
    Completed(Interrupted, Vec<Settled>),
    /// The settlement is undone: undoing had begun, or a file that is needed to complete it is missing.
    Undone(Interrupted),
    /// The journal is removed, and every file stays as it is: files were changed since, so that the settlement could neither be
    /// completed nor undone.
    Dropped(Interrupted),
    /// A replay was killed while it published its pending files: what was pending before is pending again.
    Unpublished,
}

impl Settlement {
    /// Whether a request names the same changes.
    fn is_of(&self, action: SettlementAction, requests: &[(SnapshotName, Cases)], orphans: Orphans) -> bool {
        // `orphans` matters only where whole files are accepted: of named cases and groups, all or none are settled.
        let is_whole = requests.iter().any(|(_, cases)| *cases == Cases::Whole);
        let both_accept = action == SettlementAction::Accept && self.action == SettlementAction::Accept;
        self.requests == requests && !(both_accept && is_whole && self.orphans != orphans)
    }
}

impl Store {
    /// The interrupted settlement, if any; a settlement that a process is carrying out is not interrupted. Takes no lock and
    /// writes nothing.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`], [`GoldenError::Unreadable`] and [`GoldenError::Name`] of its journal.
    pub fn interrupted(&self) -> Result<Option<Interrupted>, GoldenError> {
        let Some(journal) = Journal::read(self)? else { return Ok(None) };
        if disk::is_held(&self.lock_path()) {
            return Ok(None);
        }
        journal.interrupted(self)
    }

    /// Completes the interrupted settlement where the request is the same, or undoes it where the request is the opposite for the
    /// same changes (and is still to be carried out); `None` where nothing is interrupted.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Interrupted`] where it is neither; [`GoldenError::Overtaken`] where it can be neither completed nor
    /// undone, because somebody has changed its files since; [`GoldenError::Io`], with the settlement still interrupted.
    pub fn resume(
        &self,
        action: SettlementAction,
        requests: &[(SnapshotName, Cases)],
        orphans: Orphans,
    ) -> Result<Option<Resumed>, GoldenError> {
        if !self.journal_path().exists() {
            return Ok(None);
        }
        let _lock = self.lock_alone()?;
        let Some(mut journal) = Journal::read(self)? else { return Ok(None) };
        let Some(settlement) = journal.settlement.clone() else { return Ok(None) };
        let interrupted = journal.interrupted_as(&settlement, self)?;
        if !settlement.is_of(action, requests, orphans) {
            return Err(GoldenError::Interrupted(Box::new(interrupted)));
        }
        if settlement.action == action && !journal.undoing && journal.apply(self, Direction::Complete)? {
            return Ok(Some(Resumed::Completed(interrupted, settlement.settled)));
        }
        if journal.apply(self, Direction::Undo)? {
            return Ok(Some(Resumed::Undone(interrupted)));
        }
        Err(GoldenError::Overtaken(self.journal_path()))
    }

    /// Completes an interrupted settlement, or undoes it where undoing has begun; undoes an interrupted publication. `None` where
    /// nothing is interrupted. Also removes the staged files of killed processes.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`], with the settlement still interrupted; [`GoldenError::Unreadable`] and [`GoldenError::Name`] of
    /// its journal.
    pub fn complete_interrupted(&self) -> Result<Option<Repaired>, GoldenError> {
        if !self.root().is_dir() {
            return Ok(None);
        }
        let _lock = self.lock_alone()?;
        let repaired = Journal::read(self)?.map(|journal| self.repair(journal)).transpose()?;
        disk::sweep(self.root())?;
        for rules in disk::file_names(self.root())? {
            let folder = self.root().join(rules);
            if folder.is_dir() {
                disk::sweep(&folder)?;
            }
        }
        Ok(repaired)
    }

    fn repair(&self, mut journal: Journal) -> Result<Repaired, GoldenError> {
        let Some(settlement) = journal.settlement.clone() else {
            return journal.unpublish(self).map(|()| Repaired::Unpublished);
        };
        let interrupted = journal.interrupted_as(&settlement, self)?;
        if !journal.undoing && journal.apply(self, Direction::Complete)? {
            return Ok(Repaired::Completed(interrupted, settlement.settled));
        }
        if journal.apply(self, Direction::Undo)? {
            return Ok(Repaired::Undone(interrupted));
        }
        journal.finish(self)?;
        Ok(Repaired::Dropped(interrupted))
    }
}
