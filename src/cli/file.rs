//! Writing a file whole or not at all.

use super::exit::Failure;
use crate::replay::new_file_in;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes beside `path` and renames at the end: a file that is there is whole.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    // A link stays, and what it leads to is replaced; a device or a pipe would be replaced by a file.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if target.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Failure::input(format!("{} is not a regular file", path.display())));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || {
        let mut file = BufWriter::with_capacity(1 << 18, new_file_in(folder)?);
        write(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&target)?;
        Ok(())
    };
    written().map_err(|error: io::Error| Failure::input(format!("cannot write {}: {error}", path.display())))
}
