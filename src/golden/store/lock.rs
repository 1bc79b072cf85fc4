//! The lock that whoever changes the folder holds.

use super::super::error::GoldenError;
use super::disk;
use super::folder::Store;
use super::journal::Journal;

/// The lock of a folder in which no settlement and no replay is unfinished.
#[derive(Debug)]
pub(super) struct Locked {
    pub(super) _lock: disk::Lock,
}

impl Store {
    /// Takes the lock for a change. Undoes a replay that was killed while it published; refuses where a settlement was
    /// interrupted, which only whoever asked for it completes or undoes.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Interrupted`], [`GoldenError::Io`], and those of a journal.
    pub(super) fn lock(&self) -> Result<Locked, GoldenError> {
        let lock = self.lock_alone()?;
        if let Some(mut journal) = Journal::read(self)? {
            if let Some(interrupted) = journal.interrupted(self)? {
                return Err(GoldenError::Interrupted(Box::new(interrupted)));
            }
            journal.unpublish(self)?;
        }
        disk::sweep(self.root())?;
        Ok(Locked { _lock: lock })
    }
}
