//! The steps on disk that everything else is made of: lock, write beside, flush, rename.

use super::super::error::GoldenError;
use super::super::hash::sha256_of;
use crate::disk::{self, Step};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// End of the name of every file that is being written; `.new`, so that one rule keeps them all out of version control.
pub(super) const PART: &str = ".part.new";

/// Held while the store is changed. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, GoldenError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(GoldenError::io("open", path))?;
        disk::lock(&file, path).map_err(GoldenError::io("lock", path))?;
        Ok(Self { _file: file })
    }
}

/// Creates a folder, and the entry in the folder above it.
pub(super) fn create_folder(path: &Path) -> Result<(), GoldenError> {
    disk::create_folder(path).map_err(GoldenError::io("create", path))
}

/// A new file in `folder`, locked as long as it is open so that [`sweep`] knows it is in use. Gone when dropped.
pub(super) fn part(folder: &Path, prefix: &str) -> Result<NamedTempFile, GoldenError> {
    let prefix = format!("{prefix}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(PART);
    // What a temporary file becomes is read by others: the permissions of any new file, not those of a secret.
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    disk::step(Step::Create, folder).map_err(GoldenError::io("write into", folder))?;
    let part = builder.tempfile_in(folder).map_err(GoldenError::io("write into", folder))?;
    disk::lock(part.as_file(), part.path()).map_err(GoldenError::io("lock", part.path()))?;
    Ok(part)
}

/// Removes what killed processes left half-written in `folder`. The caller holds the lock of the store.
pub(super) fn sweep(folder: &Path) -> Result<(), GoldenError> {
    for file in file_names(folder)? {
        if file.ends_with(PART) {
            let path = folder.join(file);
            if File::open(&path).is_ok_and(|part| part.try_lock().is_ok()) {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

/// The names of everything in `folder`, ascending; none where it does not exist. Names that are not Unicode are not ours.
pub(super) fn file_names(folder: &Path) -> Result<Vec<String>, GoldenError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(GoldenError::io("list", folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(GoldenError::io("list", folder))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Flushes `part` to disk and renames it to `target`, which is the old file or the new one at any moment.
pub(super) fn install_part(part: NamedTempFile, target: &Path) -> Result<(), GoldenError> {
    disk::sync(part.as_file(), part.path()).map_err(GoldenError::io("flush", part.path()))?;
    disk::step(Step::Rename, target).map_err(GoldenError::io("replace", target))?;
    part.persist(target).map_err(|error| GoldenError::io("replace", target)(error.error))?;
    target.parent().map_or(Ok(()), sync_folder)
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), GoldenError> {
    disk::rename(from, to).map_err(GoldenError::io("replace", to))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file that may be gone already; whether it was there.
pub(super) fn remove(path: &Path) -> Result<bool, GoldenError> {
    match disk::remove(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_folder).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(GoldenError::io("remove", path)(error)),
    }
}

/// Flushes the names in a folder; elsewhere than on Unix the system does so by itself.
pub(super) fn sync_folder(path: &Path) -> Result<(), GoldenError> {
    disk::sync_folder(path).map_err(GoldenError::io("flush", path))
}

/// Opens a file that may not be there.
pub(super) fn open(path: &Path) -> Result<Option<File>, GoldenError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(GoldenError::io("open", path)(error)),
    }
}

/// The digest of a file that may not be there.
pub(super) fn digest(path: &Path) -> Result<Option<String>, GoldenError> {
    let Some(file) = open(path)? else { return Ok(None) };
    sha256_of(file).map(Some).map_err(GoldenError::io("read", path))
}

/// Between two steps of a settlement. In tests, a kill can happen here.
pub(super) fn between_steps() -> Result<(), GoldenError> {
    if is_killed() {
        return Err(GoldenError::io("go on with", Path::new("test"))(io::Error::other("killed")));
    }
    Ok(())
}

#[cfg(test)]
use super::tests::kill::is_due as is_killed;

#[cfg(not(test))]
const fn is_killed() -> bool {
    false
}
