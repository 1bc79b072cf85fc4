//! A settlement that was interrupted: what it is, and who may complete or undo it.
//!
//! Nothing completes it by the way. The same again completes it; the opposite of the same undoes it and is carried out
//! instead; whatever else would change the folder is refused. Who only reads sees what was there before it.

use super::super::error::GoldenError;
use super::super::ledger::SettlementAction;
use super::cases::Cases;
use super::journal::{Journal, Settlement, Way};
use super::settle::{Orphans, Settled};
use super::{SnapshotName, Store, disk};
use std::fmt;

/// A settlement that was begun, and neither completed nor undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// What was to be done.
    pub action: SettlementAction,
    /// Whether entries without a command were to go as well.
    pub orphans: Orphans,
    /// When it was begun, RFC 3339.
    pub at: String,
    /// Who began it.
    pub who: String,
    /// Which changes of which golden file, in the order in which they were asked for.
    pub requests: Vec<(SnapshotName, Cases)>,
    /// Whether a reason was given.
    pub has_reason: bool,
    /// Whether somebody has begun to undo it.
    pub undoing: bool,
    /// What [`Store::complete_interrupted`] would do now.
    pub repair: Repair,
    /// How many files were replaced already.
    pub replaced: usize,
    /// How many there are: golden and pending files, the ledger, and the list of what is pending.
    pub files: usize,
}

/// Which way a repair goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// It completes the settlement.
    Completes,
    /// It undoes it: somebody has begun to, or what it needs is gone.
    Undoes,
    /// It forgets it, and leaves every file as it is: they were changed since, so that it can go neither way.
    Forgets,
}

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

/// As the rest of a sentence about the repair.
impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completes => "completes it",
            Self::Undoes => "undoes it",
            Self::Forgets => "forgets it and leaves every file as it is, since its files were changed by hand",
        })
    }
}

/// How many golden files are named; more fill a screen.
const NAMED: usize = 5;

/// As `accept of cases of strict/household, strict/mix, which mara began at 2026-05-01T12:00:00Z`.
impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.requests.iter().map(|(name, _)| name.to_string()).collect();
        names.dedup();
        let scope = match self.requests.first() {
            Some((_, Cases::Only(_))) => "cases of ",
            Some((_, Cases::Group { .. })) => "a group in ",
            Some((_, Cases::Whole)) | None => "",
        };
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        write!(f, "{} of {scope}{}", self.action, names.join(", "))?;
        if more > 0 {
            write!(f, " and {more} more")?;
        }
        write!(f, ", which {} began at {}", self.who, self.at)
    }
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

impl Interrupted {
    fn of(journal: &Journal, settlement: &Settlement, store: &Store) -> Result<Self, GoldenError> {
        let mut replaced = 0;
        for file in &journal.files {
            replaced += usize::from(file.is_replaced(store)?);
        }
        let repair = if !journal.undoing && journal.can_go(store, Way::Forward)? {
            Repair::Completes
        } else if journal.can_go(store, Way::Back)? {
            Repair::Undoes
        } else {
            Repair::Forgets
        };
        let entries = settlement.settled.iter().filter_map(|settled| settled.entry.as_ref());
        Ok(Self {
            action: settlement.action,
            orphans: settlement.orphans,
            at: settlement.at.clone(),
            who: settlement.who.clone(),
            requests: settlement.requests.clone(),
            has_reason: entries.into_iter().any(|entry| entry.reason.is_some()),
            undoing: journal.undoing,
            repair,
            replaced,
            files: journal.files.len(),
        })
    }
}

impl Journal {
    /// The settlement that is under way or interrupted; `None` where a replay publishes.
    pub(super) fn interrupted(&self, store: &Store) -> Result<Option<Interrupted>, GoldenError> {
        self.settlement.as_ref().map(|settlement| Interrupted::of(self, settlement, store)).transpose()
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
        let interrupted = Interrupted::of(&journal, &settlement, self)?;
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
        let interrupted = Interrupted::of(&journal, &settlement, self)?;
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
