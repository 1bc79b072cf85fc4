//! The single steps on disk: lock, write beside the target, flush, rename.
//!
//! Each function that changes the disk is one step, at which tests let the process fail or die.

use super::super::error::GoldenError;
use super::super::format::{Position, diagnose};
use crate::bulk::sha256_of;
use crate::disk::{self, Step};
use crate::model::Location;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Ending of the names of staged files; with `.new`, so that one rule of version control ignores all of them.
pub(super) const STAGED: &str = ".part.new";

/// Held while the store is changed. The system releases it when the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, GoldenError> {
        between_steps()?;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(GoldenError::io("open", path))?;
        disk::lock(&file, path).map_err(GoldenError::io("lock", path))?;
        Ok(Self { _file: file })
    }
}

/// Creates a folder, and its entry in the parent folder. A dangling link says where it is created.
pub(super) fn create_folder(path: &Path) -> Result<(), GoldenError> {
    if path.is_dir() {
        return Ok(());
    }
    between_steps()?;
    disk::create_folder(&real(path)?).map_err(GoldenError::io("create", path))
}

/// An open file each write into which is a step.
#[derive(Debug)]
pub(super) struct StepFile {
    file: File,
    path: PathBuf,
}

impl Write for StepFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        disk::step(Step::Write, &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The new content of a file, under a temporary name until it is renamed onto its target. Deleted when dropped.
pub(super) type StagedFile = NamedTempFile<StepFile>;

/// A new staged file in `folder`, locked as long as it is open so that [`sweep`] sees that it is in use. It has the permissions
/// of any new file, since others read its target.
pub(super) fn stage(folder: &Path, prefix: &str) -> Result<StagedFile, GoldenError> {
    between_steps()?;
    let prefix = format!("{prefix}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(STAGED);
    disk::step(Step::Create, folder).map_err(GoldenError::io("write into", folder))?;
    let create = |path: &Path| {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        Ok(StepFile { file, path: path.to_owned() })
    };
    let part = builder.make_in(folder, create).map_err(GoldenError::io("write into", folder))?;
    disk::lock(&part.as_file().file, part.path()).map_err(GoldenError::io("lock", part.path()))?;
    Ok(part)
}

/// Removes the staged files of killed processes in `folder`. The caller holds the lock of the store.
pub(super) fn sweep(folder: &Path) -> Result<(), GoldenError> {
    for path in abandoned(folder)? {
        remove(&path)?;
    }
    Ok(())
}

/// As [`sweep`], for the staged files of one file.
pub(super) fn sweep_of(folder: &Path, file: &str) -> Result<(), GoldenError> {
    let is_of_file = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(file).is_some_and(|rest| rest.starts_with('.'))
    };
    for path in abandoned(folder)?.into_iter().filter(is_of_file) {
        remove(&path)?;
    }
    Ok(())
}

/// Staged files that no process is writing any more.
pub(super) fn abandoned(folder: &Path) -> Result<Vec<PathBuf>, GoldenError> {
    let names = file_names(folder)?;
    let staged = names.into_iter().filter(|name| name.ends_with(STAGED)).map(|name| folder.join(name));
    let is_free = |path: &PathBuf| File::open(path).is_ok_and(|part| part.try_lock_shared().is_ok());
    Ok(staged.filter(is_free).collect())
}

/// The names in `folder`, ascending, without those that are not Unicode; none where it does not exist.
pub(super) fn file_names(folder: &Path) -> Result<Vec<String>, GoldenError> {
    Ok(all_names(folder)?.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

/// Flushes `part` to disk and renames it to `target`, which is either the old file or the new one at any moment.
pub(super) fn install(part: StagedFile, target: &Path) -> Result<(), GoldenError> {
    flush(&part)?;
    between_steps()?;
    disk::step(Step::Rename, target).map_err(GoldenError::io("replace", target))?;
    part.persist(target).map_err(|error| GoldenError::io("replace", target)(error.error))?;
    target.parent().map_or(Ok(()), sync_folder)
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), GoldenError> {
    between_steps()?;
    disk::rename(from, to).map_err(GoldenError::io("replace", to))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file; whether it existed.
pub(super) fn remove(path: &Path) -> Result<bool, GoldenError> {
    let was_there = unlink(path)?;
    if was_there {
        path.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(was_there)
}

/// As [`remove`], without a flush.
pub(super) fn unlink(path: &Path) -> Result<bool, GoldenError> {
    between_steps()?;
    match disk::remove(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(GoldenError::io("remove", path)(error)),
    }
}

/// Flushes the names in a folder; only Unix needs that.
pub(super) fn sync_folder(path: &Path) -> Result<(), GoldenError> {
    between_steps()?;
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    disk::sync_folder(path).map_err(GoldenError::io("flush", path))
}

/// Opens a file; `None` where it does not exist. Devices and pipes are refused, since reading them may not end.
pub(super) fn open(path: &Path) -> Result<Option<File>, GoldenError> {
    let is_strange = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    if fs::metadata(path).is_ok_and(is_strange) {
        return Err(GoldenError::io("open", path)(io::Error::new(io::ErrorKind::InvalidInput, "this is no file")));
    }
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(GoldenError::io("open", path)(error)),
    }
}

/// The digest of a file; `None` where it does not exist.
pub(super) fn digest(path: &Path) -> Result<Option<String>, GoldenError> {
    let Some(file) = open(path)? else { return Ok(None) };
    sha256_of(file).map(Some).map_err(GoldenError::io("read", path))
}

/// What a JSON file holds, and its text; `None` where there is no file.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<(T, String)>, GoldenError> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(GoldenError::io("read", path))?;
    let found = serde_json::from_str(&text).map_err(|_| {
        let (offset, flaw) = diagnose::<T>(&text);
        let Position { line, column } = Position::START.after(text.as_bytes().get(..offset).unwrap_or_default());
        let file = path.display().to_string();
        GoldenError::Unreadable { location: Location { file, line, column: Some(column) }, flaw }
    })?;
    Ok(Some((found, text)))
}

/// Called before each step. Tests inject a kill or a fault here.
pub(super) fn between_steps() -> Result<(), GoldenError> {
    if is_killed() {
        return Err(GoldenError::io("go on with", Path::new("test"))(io::Error::other("killed")));
    }
    Ok(())
}

/// As [`file_names`], with names that are not Unicode.
pub(super) fn all_names(folder: &Path) -> Result<Vec<std::ffi::OsString>, GoldenError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(GoldenError::io("list", folder)(error)),
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
    let mut names = names.collect::<io::Result<Vec<_>>>().map_err(GoldenError::io("list", folder))?;
    names.sort_unstable();
    Ok(names)
}

/// The path behind any links, whether the file exists or not.
pub(super) fn real(path: &Path) -> Result<PathBuf, GoldenError> {
    disk::end_of_links(path).map_err(GoldenError::io("follow", path))
}

/// Fails for a file that this process may not write, and for something that is no file.
pub(super) fn check_replaceable(path: &Path) -> Result<(), GoldenError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            Err(GoldenError::io("replace", path)(io::Error::new(io::ErrorKind::InvalidInput, "this is no file")))
        }
        // A rename checks the permissions of the folder only; a read-only file has to keep its content.
        Ok(_) => OpenOptions::new().write(true).open(path).map(drop).map_err(GoldenError::io("replace", path)),
        Err(_) => Ok(()),
    }
}

/// Gives `part` the permissions of the file that it will replace, and its owner where that is allowed.
pub(super) fn inherit(part: &StagedFile, target: &Path) -> Result<(), GoldenError> {
    between_steps()?;
    disk::inherit(&part.as_file().file, target).map_err(GoldenError::io("set the permissions of", part.path()))
}

/// Flushes a staged file to disk.
pub(super) fn flush(part: &StagedFile) -> Result<(), GoldenError> {
    between_steps()?;
    disk::sync(&part.as_file().file, part.path()).map_err(GoldenError::io("flush", part.path()))
}

/// Makes a hard link to the file at `path` beside it, or a copy where the file system has no hard links, so that its content
/// stays when the file is replaced.
pub(super) fn keep(path: &Path, prefix: &str) -> Result<PathBuf, GoldenError> {
    between_steps()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let prefix_dot = format!("{prefix}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix_dot).suffix(STAGED);
    let kept = if let Ok(linked) = builder.make_in(folder, |name| fs::hard_link(path, name)) {
        linked.into_temp_path()
    } else {
        let mut copy = stage(folder, prefix)?;
        let mut source = File::open(path).map_err(GoldenError::io("read", path))?;
        io::copy(&mut source, &mut copy).map_err(GoldenError::io("copy", path))?;
        inherit(&copy, path)?;
        flush(&copy)?;
        copy.into_temp_path()
    };
    kept.keep().map_err(|error| GoldenError::io("keep", path)(error.error))
}

/// Removes a file that is not needed any more. If that fails, a later [`sweep`] removes it.
pub(super) fn forget(path: &Path) {
    if between_steps().is_ok() {
        let _ = disk::remove(path);
    }
}

/// Whether a process holds the lock now. Does not write and does not wait.
pub(super) fn is_held(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

#[cfg(test)]
use super::tests::kill::is_due as is_killed;

#[cfg(not(test))]
const fn is_killed() -> bool {
    false
}
