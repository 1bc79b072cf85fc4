//! The lock of the folder, which every process that changes it holds.

use super::super::error::GoldenError;
use super::disk;
use super::folder::Store;
use super::journal::Journal;

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
