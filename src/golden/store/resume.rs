//! Who may complete or undo a settlement that was interrupted.
//!
//! The same settlement, asked for again, completes it. The opposite one of the same changes undoes it, and is then carried
//! out. Everything else that would change the folder is refused. Readers see the folder as it was before the settlement.

use super::super::error::GoldenError;
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::disk;
use super::folder::Store;
use super::interrupted::Interrupted;
use super::journal::{Journal, Settlement, Way};
use super::name::SnapshotName;
use super::settled::Settled;

/// What became of an interrupted settlement when it was asked for again, or its opposite was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It is done, as it was asked for at first.
    Completed(Interrupted, Vec<Settled>),
    /// It has not happened; what was asked for now is still to be done.
    Undone(Interrupted),
}

/// What [`Store::complete_interrupted`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// The settlement is done.
    Completed(Interrupted, Vec<Settled>),
    /// The settlement has not happened: somebody had begun to undo it, or what it needs is gone.
    Undone(Interrupted),
    /// The settlement is forgotten, and every file stays as it is: somebody has changed them since, so that it could neither
    /// be completed nor undone.
    Dropped(Interrupted),
    /// A replay was killed while it put its pending files in their places: what was pending before is pending again.
    Unpublished,
}

impl Settlement {
    /// Whether the same changes are meant.
    fn is_of(&self, action: SettlementAction, requests: &[(SnapshotName, Cases)], orphans: Orphans) -> bool {
        // Of named cases and groups all or none are settled; of a whole file the entries without a command may stay.
        let is_whole = requests.iter().any(|(_, cases)| *cases == Cases::Whole);
        let both_accept = action == SettlementAction::Accept && self.action == SettlementAction::Accept;
        self.requests == requests && !(both_accept && is_whole && self.orphans != orphans)
    }
}

impl Store {
    /// The settlement that was interrupted, where there is one. Takes no lock and writes nothing. One that a living process
    /// is at is not interrupted.
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

    /// Goes on with what was interrupted, where it is what is asked for now (it is completed) or the opposite of the same
    /// changes (it is undone, and what is asked for now is still to be done); `None` where nothing was interrupted.
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
        if settlement.action == action && !journal.undoing && journal.go(self, Way::Forward)? {
            return Ok(Some(Resumed::Completed(interrupted, settlement.settled)));
        }
        if journal.go(self, Way::Back)? {
            return Ok(Some(Resumed::Undone(interrupted)));
        }
        Err(GoldenError::Overtaken { path: self.journal_path() })
    }

    /// Completes what was interrupted, whatever it is, or undoes it where that was begun; `None` where there is nothing to
    /// complete. What killed processes left half-written goes as well.
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
        if !journal.undoing && journal.go(self, Way::Forward)? {
            return Ok(Repaired::Completed(interrupted, settlement.settled));
        }
        if journal.go(self, Way::Back)? {
            return Ok(Repaired::Undone(interrupted));
        }
        journal.finish(self)?;
        Ok(Repaired::Dropped(interrupted))
    }
}
