//! Reads a file of a run in chunks of whole lines, with the number and the offset of each line.
//!
//! The batches of `corpus` limit a line to the length of a recording; a line that a replay writes about a recording may be several
//! times as long.

use super::error::FidelityError;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

/// Approximate size of a chunk in bytes.
const CHUNK: usize = 1 << 18;
/// Bytes of the longest line: far beyond what a replay writes about a recording of 1 MiB.
const LONGEST: u64 = 1 << 25;

/// Some lines of a file.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// 1-based.
    first_line: u64,
    /// Offset of the first line in the file, in bytes.
    offset: u64,
}

impl Chunk {
    /// The lines with their line feeds, their numbers, and their offsets in the file.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&[u8], u64, u64)> {
        let lines = (self.first_line..).zip(self.bytes.split_inclusive(|byte| *byte == b'\n'));
        lines.scan(self.offset, |offset, (number, line)| {
            let begin = *offset;
            *offset += line.len() as u64;
            Some((line, number, begin))
        })
    }

    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Reads a file from its beginning to its end.
pub(super) struct ChunkReader<R> {
    reader: BufReader<R>,
    path: PathBuf,
    next_line: u64,
    offset: u64,
}

impl<R: Read> ChunkReader<R> {
    /// Reads `file`, whose path is `path`.
    pub(super) fn new(file: R, path: PathBuf) -> Self {
        Self { reader: BufReader::with_capacity(CHUNK, file), path, next_line: 1, offset: 0 }
    }

    /// The next chunk; `None` at the end.
    pub(super) fn next_chunk(&mut self) -> Result<Option<Chunk>, FidelityError> {
        let mut bytes = Vec::with_capacity(CHUNK + (CHUNK >> 2));
        let (first_line, offset) = (self.next_line, self.offset);
        while bytes.len() < CHUNK {
            let line = (&mut self.reader).take(LONGEST).read_until(b'\n', &mut bytes);
            match line.map_err(FidelityError::read(&self.path))? {
                0 => break,
                _ => self.next_line += 1,
            }
        }
        self.offset += bytes.len() as u64;
        Ok((!bytes.is_empty()).then_some(Chunk { bytes, first_line, offset }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_every_line_once_with_its_number_and_its_place() {
        let lines: Vec<String> = (0..3000).map(|number| "x".repeat(number % 700) + "\n").collect();
        let text = lines.concat() + "cut off";
        let mut reader = ChunkReader::new(text.as_bytes(), PathBuf::from("lines"));
        let (mut number, mut chunks) = (0, 0);
        while let Some(chunk) = reader.next_chunk().unwrap() {
            chunks += 1;
            for (line, found, offset) in chunk.lines() {
                number += 1;
                let begin = usize::try_from(offset).unwrap();
                assert_eq!((found, line), (number, &text.as_bytes()[begin..begin + line.len()]));
                assert!(begin == 0 || text.as_bytes()[begin - 1] == b'\n');
            }
        }
        assert!(chunks > 2);
        assert_eq!(number, 3001);
    }
}
