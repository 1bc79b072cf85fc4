//! Finds where an entry ends by counting brackets and quotes in a stream of bytes.
//!
//! It stops at the first byte that JSON does not allow at its place, so that a missing quote does not make the scanner read
//! the rest of the file as one entry.

use super::super::flaw::Flaw;
use super::MAX_ENTRY_BYTES;
use std::io::{self, BufRead};

/// A place in a file; both parts are 1-based, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::golden) struct Position {
    pub(in crate::golden) line: u64,
    pub(in crate::golden) column: u64,
}

impl Position {
    pub(in crate::golden) const START: Self = Self { line: 1, column: 1 };

    fn advance(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else if byte & 0b1100_0000 != 0b1000_0000 {
            self.column += 1;
        }
    }

    /// The place behind `text`, which begins here.
    pub(in crate::golden) fn after(mut self, text: &[u8]) -> Self {
        for byte in text {
            self.advance(*byte);
        }
        self
    }
}

/// Why scanning stopped.
#[derive(Debug)]
pub(super) enum Stop {
    Io(io::Error),
    Flaw(Position, Flaw),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads a stream byte by byte and keeps its position.
#[derive(Debug)]
pub(super) struct Scanner<R> {
    source: R,
    /// Of the next byte.
    pub(super) position: Position,
}

impl<R: BufRead> Scanner<R> {
    pub(super) const fn new(source: R) -> Self {
        Self { source, position: Position::START }
    }

    pub(super) const fn source(&self) -> &R {
        &self.source
    }

    /// The next byte that is not white space, without consuming it; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            let chunk = fill(&mut self.source)?;
            let Some(&byte) = chunk.first() else { return Ok(None) };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.skip(byte),
                _ => return Ok(Some(byte)),
            }
        }
    }

    /// Consumes `byte`, which was peeked.
    pub(super) fn skip(&mut self, byte: u8) {
        self.position.advance(byte);
        self.source.consume(1);
    }

    /// The flaw of a `byte` that does not belong at the current position.
    pub(super) fn misplaced(&self, byte: Option<u8>, otherwise: Flaw) -> Stop {
        Stop::Flaw(self.position, flaw_of(byte, self.position, otherwise))
    }

    /// Reads the object or array that begins here into `element`, to its closing bracket.
    pub(super) fn element(&mut self, element: &mut Vec<u8>) -> Result<(), Stop> {
        let mut nesting = Nesting::default();
        loop {
            let chunk = fill(&mut self.source)?;
            if chunk.is_empty() {
                return Err(Stop::Flaw(self.position, Flaw::Truncated));
            }
            let mut used = 0;
            let mut closed = false;
            for &byte in chunk {
                match nesting.step(byte) {
                    Step::Inside => {}
                    Step::Closed => closed = true,
                    Step::Misplaced(problem) => {
                        let flaw = flaw_of(Some(byte), self.position, Flaw::Syntax(problem.to_owned()));
                        return Err(Stop::Flaw(self.position, flaw));
                    }
                }
                self.position.advance(byte);
                used += 1;
                if closed {
                    break;
                }
            }
            element.extend(chunk.iter().take(used));
            self.source.consume(used);
            if closed {
                return Ok(());
            }
            if element.len() > MAX_ENTRY_BYTES {
                return Err(Stop::Flaw(self.position, Flaw::TooLong(MAX_ENTRY_BYTES)));
            }
        }
    }
}

/// The next bytes; empty at the end.
fn fill<R: BufRead>(source: &mut R) -> io::Result<&[u8]> {
    // Two calls, since the borrow checker does not allow to return the buffer from within the loop.
    loop {
        match source.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    source.fill_buf()
}

fn flaw_of(byte: Option<u8>, position: Position, otherwise: Flaw) -> Flaw {
    match byte {
        None => Flaw::Truncated,
        // No JSON has these outside of strings, and strings do not span lines.
        Some(b'<' | b'=' | b'>' | b'|') if position.column == 1 => Flaw::ConflictMarker,
        Some(_) => otherwise,
    }
}

#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

enum Step {
    Inside,
    Closed,
    Misplaced(&'static str),
}

impl Nesting {
    fn step(&mut self, byte: u8) -> Step {
        if self.in_string {
            match byte {
                0x00..=0x1f => return Step::Misplaced("a control character inside a string"),
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return Step::Inside;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::Closed;
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'+' | b'-' | b'.' => {}
            _ if byte.is_ascii_alphanumeric() => {}
            _ => return Step::Misplaced("an unexpected character"),
        }
        Step::Inside
    }
}
