//! The folder in which a replay stores its runs.

use super::destination::{Content, Protected};
use super::exit::Failure;
use super::output::Output;
use super::project::Project;
use crate::replay::ReplayError;
use crate::run::Staging;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folder of runs; for a check that cannot write there, a temporary folder that is removed with this value.
pub(super) struct StoreFolder {
    path: PathBuf,
    temporary: Option<TempDir>,
    /// Folders that this replay created, the innermost first.
    made: Vec<PathBuf>,
    /// Whether a write into the folder failed.
    failed: Cell<bool>,
}

impl StoreFolder {
    /// Opens the folder. If runs cannot be stored there, a replay fails, and a check reports it and continues.
    pub(super) fn open(project: &Project, check: bool, output: &Output) -> Result<Self, Failure> {
        let path = project.runs();
        if project.named_store.is_some() {
            Protected::of(project, None, None).refuse("--store", &path, Content::Other)?;
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

    /// A temporary folder that is removed with this value.
    pub(super) fn temporary() -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(|error| Failure::temporary(&error))?;
        let path = folder.path().to_owned();
        Ok(Self { path, temporary: Some(folder), made: Vec::new(), failed: Cell::new(false) })
    }

    /// Records whether an error of the replay is about this folder, and returns the error.
    pub(super) fn note(&self, error: impl Into<ReplayError>) -> ReplayError {
        let error = error.into();
        let is_here = error.unusable().is_some_and(|path| path.starts_with(&self.path));
        self.failed.set(self.failed.get() || is_here);
        error
    }

    /// Whether a check may be repeated in a temporary folder: a write failed here, and this is not a temporary folder.
    pub(super) const fn is_lost(&self) -> bool {
        self.failed.get() && self.temporary.is_none()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the folder is removed when the program ends.
    pub(super) const fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Removes the folders that were created for a run that was not stored, if they are empty.
    pub(super) fn unmake(&self) {
        for folder in &self.made {
            let _ = std::fs::remove_dir(folder);
        }
    }

    /// Reports that the run of a check cannot be stored.
    pub(super) fn tell(error: &Failure, output: &Output) {
        output.diagnostic(&error.shown().replacen("error: ", "note: ", 1));
        output.note("note: the run of this check is not stored; its findings are reported all the same");
    }

    /// Reports that a run is stored, but could not become the latest.
    pub(super) fn tell_old(error: &Failure, run: &Path, output: &Output) {
        output.diagnostic(&error.shown().replacen("error: ", "note: ", 1));
        output.note(&format!("note: stored {}; the latest run is still the one before", run.display()));
    }
}
