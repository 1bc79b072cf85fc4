//! Where a replay puts its run.

use super::destination::{Content, Kept};
use super::exit::Failure;
use super::output::Output;
use super::project::Project;
use crate::replay::ReplayError;
use crate::run::Staging;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folder of runs; of a check that cannot write there, a folder that goes with this value.
pub(super) struct StoreFolder {
    path: PathBuf,
    temporary: Option<TempDir>,
    /// Folders that this replay made, the innermost first.
    made: Vec<PathBuf>,
    /// Whether something there could not be written.
    failed: Cell<bool>,
}

impl StoreFolder {
    /// Finds out whether runs can be stored. A replay needs that; a check says that they cannot, and goes on.
    pub(super) fn open(project: &Project, check: bool, output: &Output) -> Result<Self, Failure> {
        let path = project.runs();
        if project.named_store.is_some() {
            Kept::of(project, None, None).refuse("--store", &path, Content::Other)?;
        }
        let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let made = path.ancestors().take_while(missing).map(Path::to_owned).collect();
        let store = Self { path, temporary: None, made, failed: Cell::new(false) };
        match Staging::new(&store.path) {
            Ok(_) => Ok(store),
            Err(error) if check => {
                Self::tell(&error.into(), output);
                Self::temporary()
            }
            Err(error) => {
                store.unmake();
                Err(error.into())
            }
        }
    }

    /// A folder that goes with this value.
    pub(super) fn temporary() -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(|error| Failure::temporary(&error))?;
        let path = folder.path().to_owned();
        Ok(Self { path, temporary: Some(folder), made: Vec::new(), failed: Cell::new(false) })
    }

    /// Takes note of an error of a replay that writes there.
    pub(super) fn note(&self, error: impl Into<ReplayError>) -> ReplayError {
        let error = error.into();
        let is_here = error.unusable().is_some_and(|path| path.starts_with(&self.path));
        self.failed.set(self.failed.get() || is_here);
        error
    }

    /// Whether a check could go on elsewhere: something could not be written there, and it was not yet elsewhere.
    pub(super) const fn is_lost(&self) -> bool {
        self.failed.get() && self.temporary.is_none()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is put there is gone when the program ends.
    pub(super) const fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Removes the folders that were made for a run that came to nothing; those that hold anything stay.
    pub(super) fn unmake(&self) {
        for folder in &self.made {
            let _ = std::fs::remove_dir(folder);
        }
    }

    /// Says that a run cannot be stored, and that this stops nothing.
    pub(super) fn tell(error: &Failure, output: &Output) {
        output.diagnostic(&error.shown().replacen("error: ", "note: ", 1));
        output.note("note: the run of this check is not stored; what it finds is told all the same");
    }

    /// Says that a run is stored, and another one is still the latest.
    pub(super) fn tell_old(error: &Failure, run: &Path, output: &Output) {
        output.diagnostic(&error.shown().replacen("error: ", "note: ", 1));
        output.note(&format!("note: stored {}; the latest run is still the one before", run.display()));
    }
}
