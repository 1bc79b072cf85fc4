//! The single steps of writing to disk, each announced with [`step`] before it is taken.

#[cfg(debug_assertions)]
use super::fault;
use super::step::Step;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// To be called before each step on `path`. Does nothing, unless a test wants the step to fail.
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

/// Waits for the lock of a file or folder that is open, and holds it as long as `file` lives.
pub fn lock(file: &File, path: &Path) -> io::Result<()> {
    step(Step::Lock, path)?;
    file.lock()
}

/// Writes all of `bytes` into the file at `path`, which is open.
///
/// # Errors
///
/// What the system says; a part of `bytes` may be written.
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

/// A test kills processes, never a machine: it would wait for the disk for minutes, and learn nothing from it.
fn is_test() -> bool {
    #[cfg(debug_assertions)]
    return cfg!(test) || fault::is_armed();
    #[cfg(not(debug_assertions))]
    false
}

/// Flushes the name of the file or folder at `path`.
pub fn sync_name(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

/// Renames a file or folder onto `to`, which is the old one or the new one at any moment.
///
/// # Errors
///
/// What the system says; then nothing has changed.
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
    sync_name(path)
}

/// Gives `file` the permissions of the one at `target`, where there is one, and its owner where that is allowed.
pub fn inherit(file: &File, target: &Path) -> io::Result<()> {
    let Ok(found) = fs::metadata(target) else { return Ok(()) };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (found.uid(), found.gid()) {
            // Only the superuser may give a file away; anybody else's stays their own.
            let _ = std::os::unix::fs::fchown(file, Some(found.uid()), Some(found.gid()));
        }
    }
    step(Step::Write, target)?;
    file.set_permissions(found.permissions())
}

/// The folder that `path` is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Links that are followed before they are taken for a circle, as Linux does.
const MAX_LINKS: usize = 40;

/// Where what is written to `path` has to go: at the end of symbolic links, also where nothing is there yet.
///
/// # Errors
///
/// What the system says, and where the links go in a circle.
pub fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {}
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
        // A relative link is seen from its own folder; an absolute one replaces all of it.
        path = folder_of(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}
