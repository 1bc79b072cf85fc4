//! Writes a golden file, entry by entry.

use super::super::error::GoldenError;
use super::super::flaw::Flaw;
use super::MAX_ENTRY_BYTES;
use std::io::Write;
use std::path::PathBuf;

/// Writes entries in canonical form. A file that was not [finished](Self::finish) is not a golden file.
#[derive(Debug)]
pub struct GoldenWriter<W> {
    out: W,
    path: PathBuf,
    last: Option<String>,
}

impl<W: Write> GoldenWriter<W> {
    /// A writer into `out`, which errors call `path`.
    pub fn new(out: W, path: impl Into<PathBuf>) -> Self {
        Self { out, path: path.into(), last: None }
    }

    /// Writes one entry, given as its [canonical bytes](crate::golden::Entry::canonical).
    ///
    /// # Errors
    ///
    /// [`GoldenError::OutOfOrder`] unless `command_id` comes after the one before; [`GoldenError::Io`];
    /// [`GoldenError::NotAnEntry`] beyond the largest size of an entry.
    pub fn write(&mut self, command_id: &str, entry: &[u8]) -> Result<(), GoldenError> {
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(GoldenError::NotAnEntry(Flaw::TooLong(MAX_ENTRY_BYTES)));
        }
        let separator: &[u8] = match &self.last {
            Some(last) if last.as_str() >= command_id => return Err(GoldenError::OutOfOrder),
            Some(_) => b",\n  ",
            None => b"[\n  ",
        };
        let written = self.out.write_all(separator).and_then(|()| self.out.write_all(entry));
        written.map_err(GoldenError::io("write", &self.path))?;
        let last = self.last.get_or_insert_default();
        last.clear();
        last.push_str(command_id);
        Ok(())
    }

    /// Closes the array, flushes, and gives the output back.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn finish(mut self) -> Result<W, GoldenError> {
        let closing: &[u8] = if self.last.is_some() { b"\n]\n" } else { b"[]\n" };
        let written = self.out.write_all(closing).and_then(|()| self.out.flush());
        written.map_err(GoldenError::io("write", &self.path))?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_entries_is_written_as_serde_would() {
        let mut writer = GoldenWriter::new(Vec::new(), "x");
        assert_eq!(GoldenWriter::new(Vec::new(), "x").finish().unwrap(), b"[]\n");
        writer.write("A", b"{}").unwrap();
        writer.write("a", b"{}").unwrap();
        assert_eq!(writer.finish().unwrap(), b"[\n  {},\n  {}\n]\n");
    }

    #[test]
    fn ids_that_do_not_ascend_are_refused() {
        let mut writer = GoldenWriter::new(Vec::new(), "x");
        writer.write("b", b"{}").unwrap();
        assert!(matches!(writer.write("b", b"{}"), Err(GoldenError::OutOfOrder)));
        assert!(matches!(writer.write("a", b"{}"), Err(GoldenError::OutOfOrder)));
        writer.write("я", b"{}").unwrap();
    }
}
