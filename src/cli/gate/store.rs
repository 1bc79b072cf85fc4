//! The folder of receipts: read as a whole, and append-only.

use super::super::exit::Failure;
use crate::disk::{self, AtomicFile};
use crate::gate::{Chain, Receipt, Tampered};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of receipts; locked, if it is open for writing, as long as this value lives.
pub(in crate::cli) struct Receipts {
    folder: PathBuf,
    lock: Option<File>,
}

impl Receipts {
    /// Opens the folder, which need not exist; locks it if it will be written to.
    pub(in crate::cli) fn open(folder: PathBuf, writes: bool) -> Result<Self, Failure> {
        let lock = match File::open(&folder) {
            Ok(_) if !writes => None,
            Ok(lock) if cfg!(unix) => {
                disk::lock(&lock, &folder).map_err(unusable("lock", &folder))?;
                Some(lock)
            }
            Ok(_) => None,
            Err(error) if is_not_there(&error) => None,
            Err(error) => return Err(unusable("open", &folder)(error)),
        };
        Ok(Self { folder, lock })
    }

    /// The chain of receipts, or everything that is wrong with it.
    pub(in crate::cli) fn chain(&self) -> Result<Result<Chain, Vec<Tampered>>, Failure> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if is_not_there(&error) => return Ok(Ok(Chain::default())),
            Err(error) => return Err(unusable("list", &self.folder)(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(unusable("list", &self.folder))?.path();
            let name = file_name(&path);
            // Incomplete files of killed processes begin with a dot.
            if path.extension().is_some_and(|extension| extension == "json") && !name.starts_with('.') {
                // Reading a pipe would block. Anything but a regular file counts as an unreadable receipt.
                let is_file = path.metadata().is_ok_and(|found| found.is_file());
                let bytes = if is_file { fs::read(&path).map_err(unusable("read", &path))? } else { Vec::new() };
                files.push((name, bytes));
            }
        }
        files.sort_unstable();
        Ok(Chain::link(&files))
    }

    /// Writes a receipt atomically, never over another one.
    pub(super) fn add(&self, receipt: &Receipt) -> Result<PathBuf, Failure> {
        let folder = &self.folder;
        let sealed = receipt.clone().sealed().map_err(|error| unusable("write in", folder)(error.into()))?;
        let bytes = sealed.to_bytes().map_err(|error| unusable("write in", folder)(error.into()))?;
        let path = folder.join(sealed.file_name());
        let write = || {
            disk::create_folder(folder)?;
            // If the folder did not exist, it is not locked yet, and another process may have created it as well.
            let first = if self.lock.is_none() && cfg!(unix) { Some(File::open(folder)?) } else { None };
            first.as_ref().map_or(Ok(()), |first| disk::lock(first, folder))?;
            let number = format!("{:04}-", sealed.sequence);
            for entry in fs::read_dir(folder)? {
                if entry?.file_name().to_string_lossy().starts_with(&number) {
                    return Err(io::Error::other("another receipt was written meanwhile: ask again"));
                }
            }
            let mut file = AtomicFile::of(&path)?;
            file.write_all(&bytes)?;
            file.install_new()
        };
        write().map_err(unusable("write", &path))?;
        Ok(path)
    }
}

/// Whether there is no such folder. That it cannot be written to is reported after the verdict.
fn is_not_there(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn unusable<'a>(what: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Failure + 'a {
    move |error| Failure::system(format!("cannot {what} {}", path.display()), &error)
}

/// The last part of a path.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
