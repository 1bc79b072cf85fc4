//! The steps on disk that everything else is made of: lock, write beside, flush, rename.
//!
//! Whatever changes the disk here is one step, which can fail or be the last one of a process; tests let each do so.

use super::super::error::GoldenError;
use crate::bulk::sha256_of;
use crate::disk::{self, Step};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
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
        between_steps()?;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(GoldenError::io("open", path))?;
        disk::lock(&file, path).map_err(GoldenError::io("lock", path))?;
        Ok(Self { _file: file })
    }
}

/// Creates a folder, and the entry in the folder above it. A link to one that is not there leads to where it is made.
pub(super) fn create_folder(path: &Path) -> Result<(), GoldenError> {
    if path.is_dir() {
        return Ok(());
    }
    between_steps()?;
    disk::create_folder(&real(path)?).map_err(GoldenError::io("create", path))
}

/// A file that is being written: each write into it is a step.
#[derive(Debug)]
pub(super) struct PartFile {
    file: File,
    path: PathBuf,
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        disk::step(Step::Write, &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file with a name of its own until it gets its place. Gone when dropped.
pub(super) type Part = NamedTempFile<PartFile>;

/// A new part in `folder`, locked as long as it is open so that [`sweep`] knows it is in use. It has the permissions of any
/// new file, since others read what becomes of it.
pub(super) fn part(folder: &Path, prefix: &str) -> Result<Part, GoldenError> {
    between_steps()?;
    let prefix = format!("{prefix}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(PART);
    disk::step(Step::Create, folder).map_err(GoldenError::io("write into", folder))?;
    let create = |path: &Path| {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        Ok(PartFile { file, path: path.to_owned() })
    };
    let part = builder.make_in(folder, create).map_err(GoldenError::io("write into", folder))?;
    disk::lock(&part.as_file().file, part.path()).map_err(GoldenError::io("lock", part.path()))?;
    Ok(part)
}

/// Removes what killed processes left half-written in `folder`. The caller holds the lock of the store.
pub(super) fn sweep(folder: &Path) -> Result<(), GoldenError> {
    for path in abandoned(folder)? {
        remove(&path)?;
    }
    Ok(())
}

/// As [`sweep`], of the parts of one file.
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

/// What nobody is writing any more, and nobody finished.
pub(super) fn abandoned(folder: &Path) -> Result<Vec<PathBuf>, GoldenError> {
    let names = file_names(folder)?;
    let parts = names.into_iter().filter(|name| name.ends_with(PART)).map(|name| folder.join(name));
    let is_free = |path: &PathBuf| File::open(path).is_ok_and(|part| part.try_lock_shared().is_ok());
    Ok(parts.filter(is_free).collect())
}

/// The names of everything in `folder`, ascending; none where it does not exist. Names that are not Unicode are not ours.
pub(super) fn file_names(folder: &Path) -> Result<Vec<String>, GoldenError> {
    Ok(all_names(folder)?.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

/// Flushes `part` to disk and renames it to `target`, which is the old file or the new one at any moment.
pub(super) fn install_part(part: Part, target: &Path) -> Result<(), GoldenError> {
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

/// Removes a file that may be gone already; whether it was there.
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

/// Flushes the names in a folder; elsewhere than on Unix the system does so by itself.
pub(super) fn sync_folder(path: &Path) -> Result<(), GoldenError> {
    between_steps()?;
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    disk::sync_folder(path).map_err(GoldenError::io("flush", path))
}

/// Opens a file that may not be there. What is no file, and might never end, is refused.
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

/// The digest of a file that may not be there.
pub(super) fn digest(path: &Path) -> Result<Option<String>, GoldenError> {
    let Some(file) = open(path)? else { return Ok(None) };
    sha256_of(file).map(Some).map_err(GoldenError::io("read", path))
}

/// Before each step. In tests, a kill or a fault can happen here.
pub(super) fn between_steps() -> Result<(), GoldenError> {
    if is_killed() {
        return Err(GoldenError::io("go on with", Path::new("test"))(io::Error::other("killed")));
    }
    Ok(())
}

/// As [`file_names`], whatever the names are made of.
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

/// Where `path` leads: the file behind any links, whether it is there or not.
pub(super) fn real(path: &Path) -> Result<PathBuf, GoldenError> {
    disk::end_of_links(path).map_err(GoldenError::io("follow", path))
}

/// Refuses what may not be replaced: a file that this process may not write, or something that is no file.
pub(super) fn check_replaceable(path: &Path) -> Result<(), GoldenError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            Err(GoldenError::io("replace", path)(io::Error::new(io::ErrorKind::InvalidInput, "this is no file")))
        }
        // A rename asks the folder only; whoever made the file read-only meant its content.
        Ok(_) => OpenOptions::new().write(true).open(path).map(drop).map_err(GoldenError::io("replace", path)),
        Err(_) => Ok(()),
    }
}

/// Gives `part` the permissions of the file that it will replace, and its owner where that is allowed.
pub(super) fn inherit(part: &Part, target: &Path) -> Result<(), GoldenError> {
    between_steps()?;
    disk::inherit(&part.as_file().file, target).map_err(GoldenError::io("set the permissions of", part.path()))
}

/// Flushes what was written into a part.
pub(super) fn flush(part: &Part) -> Result<(), GoldenError> {
    between_steps()?;
    disk::sync(&part.as_file().file, part.path()).map_err(GoldenError::io("flush", part.path()))
}

/// A second name for the file at `path`, beside it, or a copy where the file system has no second names. What the file
/// holds stays under that name when the file is replaced.
pub(super) fn keep(path: &Path, prefix: &str) -> Result<PathBuf, GoldenError> {
    between_steps()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let prefix_dot = format!("{prefix}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix_dot).suffix(PART);
    let kept = if let Ok(linked) = builder.make_in(folder, |name| fs::hard_link(path, name)) {
        linked.into_temp_path()
    } else {
        let mut copy = part(folder, prefix)?;
        let mut source = File::open(path).map_err(GoldenError::io("read", path))?;
        io::copy(&mut source, &mut copy).map_err(GoldenError::io("copy", path))?;
        inherit(&copy, path)?;
        flush(&copy)?;
        copy.into_temp_path()
    };
    kept.keep().map_err(|error| GoldenError::io("keep", path)(error.error))
}

/// Removes what is not needed any more. What stays because it cannot be removed is swept away later.
pub(super) fn forget(path: &Path) {
    if between_steps().is_ok() {
        let _ = disk::remove(path);
    }
}

/// Whether a process holds the lock at this moment. Nothing is written and nothing waited for.
pub(super) fn is_held(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

#[cfg(test)]
use super::tests::kill::is_due as is_killed;

#[cfg(not(test))]
const fn is_killed() -> bool {
    false
}
