//! Streaming lines in batches: whole lines, bounded memory, a cap on the length of a line and on the lines of a batch.
//!
//! The result of a line may take more memory than the line, so the number of lines is limited as well: two megabytes of gzip can
//! hold two thousand million line ends.

use super::error::{CorpusError, LineError};
use super::input::OpenInput;
use super::parse::MAX_LINE_BYTES;
use crate::model::Location;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// About how many bytes a batch holds: they should stay in a worker's cache.
const BATCH_BYTES: usize = 1 << 18;
/// The most lines of a batch.
const BATCH_LINES: usize = 1 << 12;

/// When a batch is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// When it is full: for files.
    Whole,
    /// As soon as there is a whole line: for a filter whose peer waits for each answer.
    Available,
}

/// Some lines of an input.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// 1-based number of the first line.
    first_line: u64,
    /// SHA-256 of a line that is too long and was not kept; the batch is this line alone.
    overlong: Option<[u8; 32]>,
}

impl Batch {
    /// The lines with their 1-based numbers, without line ends; an overlong line is an error.
    pub fn lines(&self) -> impl Iterator<Item = (u64, Result<&[u8], LineError>)> {
        let overlong = self.overlong.map(|_| {
            let help = "a recording has at most 1 MiB; remove it";
            (self.first_line, Err(LineError::whole("is longer than 1 MiB", help)))
        });
        let mut rest = self.bytes.as_slice();
        let mut number = self.first_line;
        let lines = std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            number += 1;
            Some((number - 1, Ok(line)))
        });
        overlong.into_iter().chain(lines)
    }

    /// Whether the last line ends in a line feed, which it may not in a file that is still being written. True for an overlong
    /// line, whose end was not kept.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.overlong.is_some() || self.bytes.ends_with(b"\n")
    }

    /// SHA-256 of a line of this batch, without its line end; `line` is as [`Batch::lines`] gave it, `None` where it was
    /// too long.
    #[must_use]
    pub fn digest_of(&self, line: Option<&[u8]>) -> [u8; 32] {
        match (line, self.overlong) {
            (None, Some(digest)) => digest,
            (line, _) => Sha256::digest(line.unwrap_or_default()).into(),
        }
    }

    /// Bytes held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the batch holds no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.overlong.is_none()
    }
}

/// Reads an input batch by batch.
pub struct BatchReader {
    reader: Box<dyn Read + Send>,
    name: String,
    fill: Fill,
    /// What was read.
    bytes: Vec<u8>,
    /// How much of it was handed out.
    taken: usize,
    next_line: u64,
    /// While the rest of a line that is too long is dropped: the digest of what was dropped.
    skipping: Option<Sha256>,
    at_end: bool,
    /// An error of reading, reported after the whole lines before it.
    failure: Option<io::Error>,
}

impl BatchReader {
    /// Reads `input`; `name` is for messages.
    #[must_use]
    pub fn new(input: OpenInput, name: String, fill: Fill) -> Self {
        Self::of(input.reader, name, fill)
    }

    /// Reads what `reader` gives; `name` is for messages.
    #[must_use]
    pub fn of(reader: Box<dyn Read + Send>, name: String, fill: Fill) -> Self {
        Self {
            reader,
            name,
            fill,
            bytes: Vec::new(),
            taken: 0,
            next_line: 1,
            skipping: None,
            at_end: false,
            failure: None,
        }
    }

    /// The next batch; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`CorpusError::Read`] with the line that was begun.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, CorpusError> {
        loop {
            if let Some(batch) = self.cut() {
                return Ok(Some(batch));
            }
            if let Some(source) = self.failure.take() {
                let location = Location { file: self.name.clone(), line: self.next_line, column: None };
                return Err(CorpusError::Read { location, source });
            }
            if self.at_end {
                return Ok(None);
            }
            // The whole lines that were read before a failure are good.
            self.failure = self.read_more().err();
        }
    }

    fn read_more(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let before = self.bytes.len();
        match self.fill {
            Fill::Whole => {
                // One allocation for the whole batch, with room for what the reader asks for at its end.
                self.bytes.reserve(BATCH_BYTES + 64);
                (&mut self.reader).take(BATCH_BYTES as u64).read_to_end(&mut self.bytes)?;
            }
            Fill::Available => {
                let mut piece = [0; 1 << 14];
                let count = loop {
                    match self.reader.read(&mut piece) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        outcome => break outcome?,
                    }
                };
                self.bytes.extend_from_slice(&piece[..count]);
            }
        }
        self.at_end = self.bytes.len() == before;
        Ok(())
    }

    /// Takes whole lines off what was read; `None` when more has to be read.
    fn cut(&mut self) -> Option<Batch> {
        let rest = &self.bytes[self.taken..];
        if let Some(mut digest) = self.skipping.take() {
            let end = memchr::memchr(b'\n', rest);
            digest.update(&rest[..end.unwrap_or(rest.len())]);
            self.taken += end.map_or(rest.len(), |end| end + 1);
            if end.is_none() && !self.at_end {
                self.skipping = Some(digest);
                return None;
            }
            self.next_line += 1;
            let overlong = Some(digest.finalize().into());
            return Some(Batch { bytes: Vec::new(), first_line: self.next_line - 1, overlong });
        }
        let (mut end, mut lines) = (0, 0);
        let whole = memchr::memchr_iter(b'\n', rest).map(|at| at + 1);
        let unended = (self.at_end && !rest.is_empty()).then_some(rest.len());
        for next in whole.chain(unended).take(BATCH_LINES) {
            if next - end > MAX_LINE_BYTES + usize::from(rest.get(next - 1) == Some(&b'\n')) {
                break;
            }
            // The end of the file after a line end begins no line.
            lines += u64::from(next > end);
            end = next;
        }
        if end == 0 {
            // The line that was begun is too long already.
            if rest.len() > MAX_LINE_BYTES {
                self.skipping = Some(Sha256::new());
                return self.cut();
            }
            return None;
        }
        let bytes = self.take(end);
        self.next_line += lines;
        Some(Batch { bytes, first_line: self.next_line - lines, overlong: None })
    }

    /// Hands `count` bytes out, without a copy where that is most of what was read.
    fn take(&mut self, count: usize) -> Vec<u8> {
        if self.taken == 0 && count > self.bytes.len() / 2 {
            let rest = self.bytes.split_off(count);
            return std::mem::replace(&mut self.bytes, rest);
        }
        self.taken += count;
        self.bytes[self.taken - count..self.taken].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::input::InputDigest;
    use proptest::prelude::*;

    /// Gives its bytes out in pieces of a fixed size.
    struct Pieces(Vec<u8>, usize);
    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn lines_of(text: &[u8], piece: usize, fill: Fill) -> Vec<(u64, Option<Vec<u8>>)> {
        let input = OpenInput { reader: Box::new(Pieces(text.to_vec(), piece)), digest: InputDigest::default() };
        let mut reader = BatchReader::new(input, "test".to_owned(), fill);
        let mut lines = Vec::new();
        while let Some(batch) = reader.next_batch().unwrap() {
            lines.extend(batch.lines().map(|(number, line)| (number, line.ok().map(<[u8]>::to_vec))));
        }
        lines
    }

    proptest! {
        #[test]
        fn batches_hold_every_line_once_for_pieces_of_any_size(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'a')], 0..200), piece in 1usize..40
        ) {
            let mut expected: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            if expected.last().is_some_and(Vec::is_empty) { expected.pop(); }
            for fill in [Fill::Whole, Fill::Available] {
                let lines = lines_of(&text, piece, fill);
                prop_assert!(lines.iter().map(|(number, _)| *number).eq(1..=expected.len() as u64));
                prop_assert!(lines.iter().map(|(_, line)| line.clone().unwrap()).eq(expected.iter().cloned()));
            }
        }
    }

    #[test]
    fn a_batch_of_short_lines_is_short() {
        let input = OpenInput { reader: Box::new(io::repeat(b'\n').take(100_000)), digest: InputDigest::default() };
        let mut reader = BatchReader::new(input, "test".to_owned(), Fill::Whole);
        let mut next = 1;
        while let Some(batch) = reader.next_batch().unwrap() {
            let numbers: Vec<_> = batch.lines().map(|(number, _)| number).collect();
            assert!(numbers.len() <= BATCH_LINES && batch.len() == numbers.len() && numbers[0] == next);
            next += numbers.len() as u64;
        }
        assert_eq!(next, 100_001);
    }

    #[test]
    fn the_digest_of_a_line_of_any_length_is_that_of_its_bytes() {
        let long = vec![b'x'; 3 * MAX_LINE_BYTES];
        let text = [b"a\r\n".as_slice(), &long, b"\n\nlast"].concat();
        let expected: Vec<[u8; 32]> =
            [b"a\r".as_slice(), &long, b"", b"last"].iter().map(|line| Sha256::digest(line).into()).collect();
        for piece in [1 << 12, 1 << 20, 1 << 24] {
            let input = OpenInput { reader: Box::new(Pieces(text.clone(), piece)), digest: InputDigest::default() };
            let mut reader = BatchReader::new(input, "test".to_owned(), Fill::Whole);
            let mut found = Vec::new();
            while let Some(batch) = reader.next_batch().unwrap() {
                found.extend(batch.lines().map(|(_, line)| batch.digest_of(line.ok())));
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_set_apart_and_the_others_are_read() {
        let long = vec![b'x'; MAX_LINE_BYTES + 1];
        let fits = vec![b'y'; MAX_LINE_BYTES];
        for text in [
            [b"a\n".as_slice(), &long, b"\nb\n", &fits, b"\nc"].concat(),
            [b"a\n".as_slice(), &long, &long, &long, b"\nb\n", &fits, b"\nc\n"].concat(),
        ] {
            for piece in [1 << 12, 1 << 20, 1 << 24] {
                let lines = lines_of(&text, piece, Fill::Whole);
                let shapes: Vec<_> =
                    lines.iter().map(|(number, line)| (*number, line.as_ref().map(Vec::len))).collect();
                assert_eq!(shapes, [(1, Some(1)), (2, None), (3, Some(1)), (4, Some(MAX_LINE_BYTES)), (5, Some(1))]);
            }
        }
        assert_eq!(lines_of(&long, 1 << 20, Fill::Available), [(1, None)]);
    }
}
