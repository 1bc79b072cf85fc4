//! Streaming lines in batches: whole lines, bounded memory, a cap on the length of a line.

use super::error::{CorpusError, LineError};
use super::input::OpenInput;
use super::parse::MAX_LINE_BYTES;
use crate::model::Location;
use std::io::{self, Read};

/// Bytes that a batch holds, about: what a worker makes of it should stay in its cache.
const BATCH_BYTES: usize = 1 << 18;

/// When a batch is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// When it is full: for files.
    Whole,
    /// As soon as there is a whole line: for a filter whose peer waits for answers.
    Available,
}

/// Some lines of an input.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// 1-based number of the first line.
    first_line: u64,
    /// The batch is one line that is too long, of which nothing was kept.
    overlong: bool,
}

impl Batch {
    /// The lines with their 1-based numbers, without line ends; an overlong line is an error.
    pub fn lines(&self) -> impl Iterator<Item = (u64, Result<&[u8], LineError>)> {
        let overlong = self.overlong.then(|| {
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

    /// Whether the last line ends in a line feed; not so at the end of a file that is still being written. What an
    /// overlong line ends in was not kept.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.overlong || self.bytes.ends_with(b"\n")
    }

    /// Bytes held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the batch holds no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.overlong
    }
}

/// Reads an input batch by batch.
pub struct BatchReader {
    reader: Box<dyn Read + Send>,
    name: String,
    fill: Fill,
    /// The begun line at the end of what was read.
    carry: Vec<u8>,
    next_line: u64,
    /// Dropping the rest of a line that is too long.
    skipping: bool,
    at_end: bool,
    /// Reading has failed; told when the whole lines before are taken.
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
        Self { reader, name, fill, carry: Vec::new(), next_line: 1, skipping: false, at_end: false, failure: None }
    }

    /// The next batch; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`CorpusError::Read`] with the line that was begun.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, CorpusError> {
        let mut bytes = std::mem::take(&mut self.carry);
        loop {
            if let Some(batch) = self.cut(&mut bytes) {
                return Ok(Some(batch));
            }
            if let Some(source) = self.failure.take() {
                let location = Location { file: self.name.clone(), line: self.next_line, column: None };
                return Err(CorpusError::Read { location, source });
            }
            if self.at_end {
                return Ok(None);
            }
            // What was read before a failure is in `bytes`: its whole lines are good.
            self.failure = self.read_more(&mut bytes).err();
        }
    }

    fn read_more(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let before = bytes.len();
        match self.fill {
            Fill::Whole => {
                // One allocation for the whole batch, with room for what the reader asks for at its end.
                bytes.reserve(BATCH_BYTES + 64);
                (&mut self.reader).take(BATCH_BYTES as u64).read_to_end(bytes)?;
            }
            Fill::Available => {
                let mut piece = [0; 1 << 14];
                let count = loop {
                    match self.reader.read(&mut piece) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        outcome => break outcome?,
                    }
                };
                bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
            }
        }
        self.at_end = bytes.len() == before;
        Ok(())
    }

    /// Takes whole lines off `bytes` and keeps the rest for the next batch; `None` when more has to be read.
    fn cut(&mut self, bytes: &mut Vec<u8>) -> Option<Batch> {
        if self.skipping {
            let end = memchr::memchr(b'\n', bytes);
            if end.is_none() && !self.at_end {
                bytes.clear();
                return None;
            }
            self.carry = end.and_then(|end| bytes.get(end + 1..)).unwrap_or_default().to_vec();
            self.skipping = false;
            self.next_line += 1;
            return Some(Batch { bytes: Vec::new(), first_line: self.next_line - 1, overlong: true });
        }
        let end = match memchr::memrchr(b'\n', bytes) {
            Some(end) => end + 1,
            None if self.at_end && !bytes.is_empty() => bytes.len(),
            None => {
                self.skipping = bytes.len() > MAX_LINE_BYTES;
                return None;
            }
        };
        let first_line = self.next_line;
        if let Some(before) = overlong_line_in(bytes, end) {
            // What stands before the overlong line is a batch of its own; the line follows in the next one.
            self.carry = bytes.get(before..).unwrap_or_default().to_vec();
            bytes.truncate(before);
            if bytes.is_empty() {
                let mut rest = std::mem::take(&mut self.carry);
                self.skipping = true;
                return self.cut(&mut rest);
            }
        } else {
            self.carry = bytes.get(end..).unwrap_or_default().to_vec();
            bytes.truncate(end);
        }
        self.next_line += memchr::memchr_iter(b'\n', bytes).count() as u64 + u64::from(!bytes.ends_with(b"\n"));
        Some(Batch { bytes: std::mem::take(bytes), first_line, overlong: false })
    }
}

/// The start of the first line in `bytes[..end]` that is too long; cheap where no line can be.
fn overlong_line_in(bytes: &[u8], end: usize) -> Option<usize> {
    if end <= MAX_LINE_BYTES {
        return None;
    }
    let mut start = 0;
    for line_end in memchr::memchr_iter(b'\n', bytes.get(..end)?).chain([end]) {
        if line_end - start.min(line_end) > MAX_LINE_BYTES {
            return Some(start);
        }
        start = line_end + 1;
    }
    None
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
        fn batches_hold_every_line_once_whatever_the_pieces(
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
