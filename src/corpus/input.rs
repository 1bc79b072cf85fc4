//! Opening a corpus: plain, gzip, zstd, or standard input; with the digest of what was read.

use super::compression::{decompressed, promise_of};
use super::error::CorpusError;
use crate::model::{Location, hex};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the recordings of a corpus are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorpusInput {
    /// A file; compression is recognised by its first bytes.
    File(PathBuf),
    /// The first bytes of a file that may have grown since.
    Beginning {
        /// The file.
        path: PathBuf,
        /// How many bytes, as stored.
        bytes: u64,
    },
    /// Standard input; as a file.
    Stdin,
}

/// The digest of everything that was read so far, as stored (before decompression).
#[derive(Clone, Debug, Default)]
pub struct InputDigest(Arc<Mutex<Sha256>>);

impl InputDigest {
    /// Lower-case hex of the SHA-256; meaningful once the input was read to its end.
    #[must_use]
    pub fn hex(&self) -> String {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        hex(&state.finalize())
    }
}

struct Hashing<R> {
    inner: R,
    digest: InputDigest,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut state = self.digest.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.update(&buffer[..count]);
        Ok(count)
    }
}

/// An opened input: its bytes after decompression.
pub struct OpenInput {
    /// The decompressed bytes.
    pub reader: Box<dyn Read + Send>,
    /// Digest of the stored bytes.
    pub digest: InputDigest,
}

impl CorpusInput {
    /// How the input is named in messages.
    #[must_use]
    pub fn display_name(&self) -> String {
        match self {
            Self::File(path) | Self::Beginning { path, .. } => path.display().to_string(),
            Self::Stdin => "<stdin>".to_owned(),
        }
    }

    /// The corpus name of a file: its stem without `.jsonl`, `.gz`, `.zst`. Standard input has none.
    #[must_use]
    pub fn corpus_name(&self) -> Option<String> {
        let (Self::File(path) | Self::Beginning { path, .. }) = self else { return None };
        let name = path.file_name()?.to_string_lossy().into_owned();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        Some(name.strip_suffix(".jsonl").unwrap_or(name).to_owned())
    }

    /// Whether it can be read a second time: not so for standard input and pipes.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        match self {
            Self::Stdin => false,
            // A missing file or a directory is reported when it is opened.
            Self::File(path) | Self::Beginning { path, .. } => {
                path.metadata().is_ok_and(|metadata| metadata.is_file() || metadata.is_dir())
            }
        }
    }

    /// How many bytes there are to read, where that is known before: not so for compressed files and standard input.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::File(path) | Self::Beginning { path, .. } if promise_of(path).is_some() => None,
            Self::Beginning { bytes, .. } => Some(*bytes),
            Self::File(path) => path.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()),
            Self::Stdin => None,
        }
    }

    /// Opens the input.
    pub fn open(&self) -> Result<OpenInput, CorpusError> {
        let digest = InputDigest::default();
        let reader = self.reader(Some(&digest))?;
        Ok(OpenInput { reader, digest })
    }

    /// Opens the input without a digest, which costs as much time as reading.
    pub fn open_undigested(&self) -> Result<Box<dyn Read + Send>, CorpusError> {
        self.reader(None)
    }

    /// The bytes as they are stored, compressed or not.
    pub fn open_as_stored(&self) -> Result<Box<dyn Read + Send>, CorpusError> {
        Ok(match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(open(path)?),
            Self::Beginning { path, bytes } => Box::new(open(path)?.take(*bytes)),
        })
    }

    fn reader(&self, digest: Option<&InputDigest>) -> Result<Box<dyn Read + Send>, CorpusError> {
        let raw = self.open_as_stored()?;
        let path = match self {
            Self::Stdin => None,
            Self::File(path) | Self::Beginning { path, .. } => Some(path.as_path()),
        };
        let read = match digest {
            Some(digest) => decompressed(Hashing { inner: raw, digest: digest.clone() }, path),
            None => decompressed(raw, path),
        };
        read.map_err(|source| {
            let location = Location { file: self.display_name(), line: 1, column: None };
            CorpusError::Read { location, source }
        })
    }
}

fn open(path: &Path) -> Result<File, CorpusError> {
    let open = |source| CorpusError::Open { path: path.to_owned(), source };
    let file = File::open(path).map_err(open)?;
    if file.metadata().map_err(open)?.is_dir() { Err(CorpusError::Directory(path.to_owned())) } else { Ok(file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_is_called_by_its_stem() {
        for (path, name) in
            [("a/b.jsonl", "b"), ("b.jsonl.gz", "b"), ("b.c.jsonl.zst", "b.c"), ("b.json", "b.json"), ("b", "b")]
        {
            assert_eq!(CorpusInput::File(PathBuf::from(path)).corpus_name().as_deref(), Some(name));
        }
        assert_eq!(CorpusInput::Stdin.corpus_name(), None);
    }
}
