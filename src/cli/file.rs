//! Atomic writes, digests and canonical paths of files.

use super::exit::Failure;
use crate::bulk::sha256_of;
use crate::disk::{AtomicFile, end_of_links};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Writes the file at `path` atomically: on an error the old file stays, and no temporary file is left.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    // A device or a pipe would be replaced by a file.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Failure::input(format!("{} is not a regular file", path.display())));
    }
    let written = || {
        let mut file = BufWriter::with_capacity(1 << 18, AtomicFile::of(path)?);
        write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.install()
    };
    written().map_err(|error: io::Error| Failure::system(format!("cannot write {}", path.display()), &error))
}

/// SHA-256 of a file, or of its first bytes, hex.
pub(super) fn digest_of(path: &Path, bytes: Option<u64>) -> io::Result<String> {
    sha256_of(File::open(path)?.take(bytes.unwrap_or(u64::MAX)))
}

/// The first `digits` of a digest or of the name of a run.
pub(super) fn shortened(digest: &str, digits: usize) -> &str {
    digest.get(..digits).unwrap_or(digest)
}

/// Digits of a run's name that are shown, and the fewest by which a run can be named.
pub(super) const SHOWN_DIGITS: usize = 8;

/// Digits of a digest in a suggested command, and where two may be confused.
pub(super) const MORE_DIGITS: usize = 12;

/// Whether a name is a SHA-256 in hex, as the folder of a run has it.
pub(super) fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// When a file was last modified; `None` if it does not exist.
pub(super) fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|found| found.modified()).ok()
}

/// The canonical path of a file that need not exist yet, with all links resolved: equal for all names of one file.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let path = end_of_links(path).unwrap_or_else(|_| path.to_owned());
    let path = std::path::absolute(&path).unwrap_or(path);
    let known = |above: &Path| Some(above.canonicalize().ok()?.join(path.strip_prefix(above).ok()?));
    path.ancestors().find_map(known).unwrap_or_else(|| path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn all_names_of_a_file_resolve_to_one_path_even_if_it_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().canonicalize().unwrap();
        fs::create_dir(here.join("a")).unwrap();
        for path in ["a/../x", "./x", "a/./../x"] {
            assert_eq!(resolved(&here.join(path)), here.join("x"), "{path}");
            assert_eq!(resolved(&here.join("none").join("y")), here.join("none/y"));
        }
    }
}
