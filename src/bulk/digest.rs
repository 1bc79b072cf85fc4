//! SHA-256 of bytes that are read or written.

use crate::model::hex;
use sha2::{Digest, Sha256};
use std::io::{self, BufReader, Read, Write};

/// Passes bytes through, in either direction, and digests them.
#[derive(Debug)]
pub struct Hashing<T> {
    /// The reader or writer.
    pub inner: T,
    sha256: Sha256,
}

impl<T> Hashing<T> {
    /// Begins a digest.
    pub fn new(inner: T) -> Self {
        Self { inner, sha256: Sha256::new() }
    }

    /// The digest of everything so far, 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.sha256.clone().finalize())
    }
}

/// SHA-256 of `bytes`, 64 hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.sha256.update(&buffer[..length]);
        Ok(length)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let length = self.inner.write(buffer)?;
        self.sha256.update(&buffer[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// SHA-256 of a whole stream, 64 hexadecimal digits.
pub fn sha256_of(source: impl Read) -> io::Result<String> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut BufReader::with_capacity(1 << 16, source), &mut hashing)?;
    Ok(hashing.hex())
}
