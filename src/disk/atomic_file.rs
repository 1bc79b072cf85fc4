//! A file that appears when it is complete, or not at all.
//!
//! Where the system supports it (Linux, most file systems), the file has no name until it is complete, so that nothing is left of it
//! however the process ends. Elsewhere it has a hidden name beside its target and is locked while it is written: the next writer of
//! the same target removes hidden files that are not locked.

use super::step::Step;
use super::steps::{end_of_links, folder_of, inherit, lock, remove, step, sync, sync_folder};
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// Ending of hidden names.
const ENDING: &str = ".part";

/// A file that becomes the one at `target` when it is [installed](Self::install). Where it is dropped before, nothing is left.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    /// `None` where it has no name.
    name: Option<TempPath>,
    /// With symbolic links resolved.
    target: PathBuf,
}

impl AtomicFile {
    /// Begins a file for `path`, or for the target of a symbolic link there. It gets the permissions of the file that it replaces (and
    /// its owner, where that is allowed), or those of a new file. `path` itself is not changed.
    pub fn of(path: &Path) -> io::Result<Self> {
        let target = end_of_links(path)?;
        sweep(&target);
        step(Step::Create, &target)?;
        let (file, name) = match unnamed(folder_of(&target)) {
            Some(file) => (file, None),
            None => named(&target)?,
        };
        lock(&file, &target)?;
        inherit(&file, &target)?;
        Ok(Self { file, name, target })
    }

    /// Flushes the file to disk and puts it in its place, where it replaces an existing file. On an error that file is unchanged.
    pub fn install(self) -> io::Result<()> {
        let Self { file, name, target } = self;
        let folder = folder_of(&target);
        sync(&file, &target)?;
        step(Step::Rename, &target)?;
        let name = match name {
            Some(name) => name,
            None if link(&file, &target).is_ok() => {
                settle_name(folder);
                return Ok(());
            }
            // Only a file with a name can replace another.
            None => builder(&hidden(&target)).make_in(folder, |path| link(&file, path))?.into_temp_path(),
        };
        name.persist(&target).map_err(|error| error.error)?;
        settle_name(folder);
        Ok(())
    }

    /// The same where no file exists yet; otherwise [`io::ErrorKind::AlreadyExists`].
    pub fn install_new(self) -> io::Result<()> {
        let Self { file, name, target } = self;
        sync(&file, &target)?;
        step(Step::Rename, &target)?;
        match name {
            Some(name) => name.persist_noclobber(&target).map_err(|error| error.error)?,
            None => link(&file, &target)?,
        }
        settle_name(folder_of(&target));
        Ok(())
    }
}

/// Flushes the name of an installed file. A failure is ignored: the file is in its place, and only a crash of the machine could undo it.
fn settle_name(folder: &Path) {
    let _ = sync_folder(folder);
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        step(Step::Write, &self.target)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file without a name; `None` where the system has none.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};
    // `link` needs it.
    if !Path::new(OWN_FILES).is_dir() {
        return None;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    open(folder, flags, Mode::from_raw_mode(MODE)).ok().map(File::from)
}

/// Gives a file without a name one, which must be free.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let own = format!("{OWN_FILES}/{}", file.as_raw_fd());
    Ok(linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Where Linux shows a process its open files.
#[cfg(target_os = "linux")]
const OWN_FILES: &str = "/proc/self/fd";

#[cfg(not(target_os = "linux"))]
const fn unnamed(_folder: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_file: &File, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file with a hidden name beside `target`.
fn named(target: &Path) -> io::Result<(File, Option<TempPath>)> {
    let (file, name) = builder(&hidden(target)).tempfile_in(folder_of(target))?.into_parts();
    Ok((file, Some(name)))
}

/// The permissions of a new file, before the umask; `tempfile` would make it private.
#[cfg(unix)]
const MODE: u32 = 0o666;

fn builder(prefix: &OsString) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(ENDING);
    #[cfg(unix)]
    {
        let permissions: Permissions = std::os::unix::fs::PermissionsExt::from_mode(MODE);
        builder.permissions(permissions);
    }
    builder
}

/// How hidden names of a file begin.
fn hidden(target: &Path) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(target.file_name().unwrap_or_default());
    hidden.push(".");
    hidden
}

/// Removes hidden files that killed processes left of `target`, as far as that is possible.
fn sweep(target: &Path) {
    let hidden = hidden(target);
    let begins = |name: &OsString| name.as_encoded_bytes().starts_with(hidden.as_encoded_bytes());
    for entry in fs::read_dir(folder_of(target)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if begins(&name) && name.as_encoded_bytes().ends_with(ENDING.as_bytes()) {
            let is_held = File::open(entry.path()).is_ok_and(|part| part.try_lock().is_err());
            if !is_held {
                let _ = remove(&entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut part = AtomicFile::of(path)?;
        part.write_all(bytes)?;
        part.install()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn an_installed_file_replaces_its_target_and_a_dropped_one_leaves_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        let mut dropped = AtomicFile::of(&path).unwrap();
        dropped.write_all(b"three").unwrap();
        drop(dropped);
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"two".to_vec(), vec!["x".to_owned()]));
    }

    #[test]
    fn a_file_with_a_hidden_name_does_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let (file, name) = named(&path).unwrap();
        let mut part = AtomicFile { file, name, target: path.clone() };
        part.write_all(b"one").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        part.install().unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"one".to_vec(), vec!["x".to_owned()]));
    }

    #[test]
    fn hidden_files_without_a_lock_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(folder.path().join(".x.abc123.part"), "left by a killed process").unwrap();
        fs::write(folder.path().join(".y.abc123.part"), "of another file").unwrap();
        let (held, name) = named(&path).unwrap();
        held.lock().unwrap();
        write(&path, b"new").unwrap();
        let name = name.unwrap();
        let mut expected =
            vec![name.file_name().unwrap().to_str().unwrap().to_owned(), ".y.abc123.part".to_owned(), "x".to_owned()];
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected);
    }

    #[test]
    fn a_new_file_is_never_written_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let new = || AtomicFile::of(&path)?.install_new();
        new().unwrap();
        assert_eq!(new().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [real, link, dangling] = ["real", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
        symlink("real", &link).unwrap();
        symlink("made", &dangling).unwrap();
        write(&link, b"new").unwrap();
        write(&dangling, b"new").unwrap();
        assert!(link.is_symlink() && dangling.is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::read(folder.path().join("made")).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        symlink("circle", folder.path().join("circle")).unwrap();
        assert!(write(&folder.path().join("circle"), b"new").is_err());
    }
}
