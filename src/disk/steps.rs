//! The single steps of writing to disk; each calls [`step`] first.

#[cfg(debug_assertions)]
use super::fault;
use super::step::Step;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// To be called before each step on `path`: the error that a test injects, or nothing.
#[inline]
pub fn step(step: Step, path: &Path) -> io::Result<()> {
    #[cfg(debug_assertions)]
    return fault::strike(step, path);
    #[cfg(not(debug_assertions))]
    {
        let _ = (step, path);
        Ok(())
    }
}

/// Waits for the lock of an open file or folder, and keeps it as long as `file` lives.
pub fn lock(file: &File, path: &Path) -> io::Result<()> {
    step(Step::Lock, path)?;
    file.lock()
}

/// Writes all of `bytes` into the open file at `path`; on an error, possibly a part.
pub fn write_all(mut file: &File, bytes: &[u8], path: &Path) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    step(Step::Write, path)?;
    file.write_all(bytes)
}

/// Flushes a file to disk.
pub fn sync(file: &File, path: &Path) -> io::Result<()> {
    step(Step::Sync, path)?;
    if is_test() { Ok(()) } else { file.sync_all() }
}

/// Flushes the names in a folder; elsewhere than on Unix the system does so by itself.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    step(Step::Sync, folder)?;
    if cfg!(unix) && !is_test() { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Whether flushing is skipped: tests kill processes, never the machine, and flushing would take minutes.
fn is_test() -> bool {
    #[cfg(debug_assertions)]
    return cfg!(test) || fault::is_armed();
    #[cfg(not(debug_assertions))]
    false
}

/// Renames a file or folder onto `to`, atomically.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step(Step::Rename, to)?;
    fs::rename(from, to)
}

/// Removes a file.
pub fn remove(path: &Path) -> io::Result<()> {
    step(Step::Remove, path)?;
    fs::remove_file(path)
}

/// Creates a folder and those above it, where they are missing.
pub fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    step(Step::Create, path)?;
    fs::create_dir_all(path)?;
    sync_folder(folder_of(path))
}

/// Gives `file` the permissions of the one at `target`, where there is one, and its owner where that is allowed.
pub fn inherit(file: &File, target: &Path) -> io::Result<()> {
    let Ok(found) = fs::metadata(target) else { return Ok(()) };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (found.uid(), found.gid()) {
            // Only the superuser may change the owner; otherwise it stays.
            let _ = std::os::unix::fs::fchown(file, Some(found.uid()), Some(found.gid()));
        }
    }
    step(Step::Write, target)?;
    file.set_permissions(found.permissions())
}

/// The folder of `path`.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Links that are followed before they count as a circle, as in Linux.
const MAX_LINKS: usize = 40;

/// `path` with symbolic links resolved, also where no file exists yet. Links in a circle are an error.
pub fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {}
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
        // Relative links are relative to their own folder; `join` replaces all of it with an absolute one.
        path = folder_of(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}
