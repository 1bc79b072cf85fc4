//! Reads a golden file, entry by entry.

use super::super::entry::Entry;
use super::super::error::GoldenError;
use super::super::flaw::Flaw;
use super::entry_diagnosis::diagnose_entry;
use super::scan::{Position, Scanner, Stop};
use crate::model::Location;
use std::io::BufRead;
use std::path::PathBuf;

/// One entry with its bytes in the file, checked to be an [`Entry`](crate::golden::Entry).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenEntry {
    /// The caller's identifier.
    pub command_id: String,
    /// From `{` to `}`, unaltered: canonical unless somebody has edited the file.
    pub bytes: Vec<u8>,
    /// Where it begins, 1-based.
    pub line: u64,
}

/// Reads entries, checks each, and checks that they ascend. Ends after the first error.
#[derive(Debug)]
pub struct GoldenReader<R> {
    scanner: Scanner<R>,
    path: PathBuf,
    last: Option<String>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Entries,
    Done,
}

impl<R: BufRead> GoldenReader<R> {
    /// A reader of `source`, which errors call `path`.
    pub fn new(source: R, path: impl Into<PathBuf>) -> Self {
        Self { scanner: Scanner::new(source), path: path.into(), last: None, stage: Stage::Opening }
    }

    /// Where the bytes come from.
    pub(in crate::golden) const fn source(&self) -> &R {
        self.scanner.source()
    }

    fn read(&mut self) -> Result<Option<GoldenEntry>, Stop> {
        let scanner = &mut self.scanner;
        if self.stage == Stage::Opening {
            match scanner.peek()? {
                Some(byte @ b'[') => scanner.skip(byte),
                Some(0xef | 0xfe | 0xff) => return Err(Stop::Flaw(scanner.position, Flaw::ByteOrderMark)),
                byte => return Err(scanner.misplaced(byte, Flaw::Syntax("expected an array of entries".to_owned()))),
            }
        }
        match (self.stage, scanner.peek()?) {
            (_, Some(byte @ b']')) => {
                scanner.skip(byte);
                return match scanner.peek()? {
                    None => Ok(None),
                    byte @ Some(_) => Err(scanner.misplaced(byte, Flaw::Trailing)),
                };
            }
            (Stage::Entries, Some(byte @ b',')) => scanner.skip(byte),
            (Stage::Entries | Stage::Done, byte) => {
                return Err(scanner.misplaced(byte, Flaw::Syntax("expected `,` or `]`".to_owned())));
            }
            (Stage::Opening, _) => {}
        }
        self.stage = Stage::Entries;
        match scanner.peek()? {
            Some(b'{') => {}
            byte => return Err(scanner.misplaced(byte, Flaw::Syntax("expected an entry".to_owned()))),
        }
        let start = scanner.position;
        let mut bytes = Vec::new();
        scanner.element(&mut bytes)?;
        self.check(start, bytes).map(Some).map_err(|(position, flaw)| Stop::Flaw(position, flaw))
    }

    fn check(&mut self, start: Position, bytes: Vec<u8>) -> Result<GoldenEntry, (Position, Flaw)> {
        let at = |offset| start.after(bytes.get(..offset).unwrap_or(&bytes));
        let text = std::str::from_utf8(&bytes).map_err(|error| (at(error.valid_up_to()), Flaw::NotUtf8))?;
        let entry: Entry = serde_json::from_str(text).map_err(|_| {
            let (offset, flaw) = diagnose_entry(text);
            (at(offset), flaw)
        })?;
        let command_id = entry.command_id.0.into_owned();
        if let Some(last) = &self.last {
            match last.cmp(&command_id) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err((start, Flaw::Duplicate)),
                std::cmp::Ordering::Greater => return Err((start, Flaw::Unsorted)),
            }
        }
        self.last = Some(command_id.clone());
        Ok(GoldenEntry { command_id, bytes, line: start.line })
    }
}

impl<R: BufRead> Iterator for GoldenReader<R> {
    type Item = Result<GoldenEntry, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stage == Stage::Done {
            return None;
        }
        let read = self.read().map_err(|stop| match stop {
            Stop::Io(source) => GoldenError::Io { path: self.path.clone(), action: "read", source },
            Stop::Flaw(Position { line, column }, flaw) => {
                let file = self.path.display().to_string();
                GoldenError::Unreadable { location: Location { file, line, column: Some(column) }, flaw }
            }
        });
        if !matches!(read, Ok(Some(_))) {
            self.stage = Stage::Done;
        }
        read.transpose()
    }
}
