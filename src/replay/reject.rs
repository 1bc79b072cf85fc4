//! Lines that are set aside under `--keep-going`: counted, the first few described, and all of them listed where a list was
//! asked for. Only the digest of a line is kept, and only while its batch is in work.

use super::error::ReplayError;
use crate::corpus::{Batch, CorpusError, LineError};
use crate::model::{Location, hex};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Lines set aside of one corpus that are described; the others are counted.
pub const DESCRIBED: usize = 20;

/// Why a line is set aside.
#[derive(Debug)]
pub(super) enum Why {
    /// It is no recording.
    NoRecording(LineError),
    /// This earlier line has the same command id.
    Duplicate(u64),
}

/// A line that is set aside, or that ends a replay.
#[derive(Debug)]
pub(super) struct BadLine {
    /// 1-based.
    pub(super) line: u64,
    pub(super) why: Why,
    /// SHA-256 of the line, where it is to be listed.
    digest: Option<[u8; 32]>,
}

impl BadLine {
    /// Line `line` of a batch with this text, `None` where it was too long to be kept; digested only where that is wanted.
    pub(super) fn new(batch: &Batch, line: u64, text: Option<&[u8]>, why: Why, is_listed: bool) -> Self {
        Self { line, why, digest: is_listed.then(|| batch.digest_of(text)) }
    }

    /// The error that it is in the file called `label`.
    pub(super) fn error(self, label: &str) -> CorpusError {
        let at = |column| Location { file: label.to_owned(), line: self.line, column };
        match self.why {
            Why::NoRecording(error) => CorpusError::Line { location: at(error.column), error: Box::new(error) },
            Why::Duplicate(first) => CorpusError::Duplicate { location: at(Some(1)), first },
        }
    }
}

/// Lines that were set aside.
#[derive(Debug, Default)]
pub struct SetAside {
    /// All of them.
    pub count: u64,
    /// The first [`DESCRIBED`], in their order.
    pub described: Vec<CorpusError>,
}

impl SetAside {
    /// Takes a line of the file called `label`, and lists it.
    pub(super) fn add(&mut self, bad: BadLine, label: &str, list: Option<&RejectList>) -> Result<(), ReplayError> {
        if let Some(list) = list {
            list.add(&bad, label)?;
        }
        self.count += 1;
        if self.described.len() < DESCRIBED {
            self.described.push(bad.error(label));
        }
        Ok(())
    }
}

/// One line of the list.
#[derive(Serialize)]
struct Reject<'a> {
    source: &'a str,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// Largest size of a list in bytes, without its last line: about a million lines. A small archive may contain any number of
/// bad lines.
const LONGEST_LIST: u64 = 256 << 20;

/// The last line of a list that is full.
#[derive(Serialize)]
struct Unlisted {
    not_listed: u64,
    reason: &'static str,
}

/// The list of all lines that were set aside, as JSON Lines in a temporary file.
#[derive(Debug)]
pub struct RejectList {
    out: Mutex<Listed>,
    limit: u64,
    /// The final path of the list, for messages.
    path: PathBuf,
}

/// A list that is being written.
#[derive(Debug)]
struct Listed {
    out: BufWriter<File>,
    length: u64,
    /// Lines that had no room. After the first of these no line is listed, so that the list has no gaps.
    left_out: u64,
}

/// The state of a list when a corpus was begun.
pub(super) struct Begun {
    length: u64,
    left_out: u64,
}

impl RejectList {
    /// A list in `file`, which is empty; `path` is what messages call it.
    #[must_use]
    pub fn new(file: File, path: &Path) -> Self {
        Self::limited(file, path, LONGEST_LIST)
    }

    fn limited(file: File, path: &Path, limit: u64) -> Self {
        let out = Listed { out: BufWriter::with_capacity(1 << 16, file), length: 0, left_out: 0 };
        Self { out: Mutex::new(out), limit, path: path.to_owned() }
    }

    /// Lines that found no room in the list, which takes 256 MiB at most; they are counted in the last line.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).left_out
    }

    fn with<T>(&self, act: impl FnOnce(&mut Listed) -> io::Result<T>) -> Result<T, ReplayError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut out).map_err(ReplayError::io("write what is set aside for", &self.path))
    }

    /// The current state of the list.
    pub(super) fn begin(&self) -> Result<Begun, ReplayError> {
        self.with(|Listed { length, left_out, .. }| Ok(Begun { length: *length, left_out: *left_out }))
    }

    /// Drops what was listed since: the corpus is read again.
    pub(super) fn rewind(&self, begun: &Begun) -> Result<(), ReplayError> {
        self.with(|list| {
            (list.length, list.left_out) = (begun.length, begun.left_out);
            list.out.seek(SeekFrom::Start(begun.length))?;
            list.out.get_ref().set_len(begun.length)
        })
    }

    fn add(&self, bad: &BadLine, source: &str) -> Result<(), ReplayError> {
        let BadLine { line, why, digest } = bad;
        let sha256 = digest.map(|digest| hex(&digest));
        let reject = match why {
            Why::NoRecording(error) => Reject {
                source,
                line: *line,
                column: error.column,
                field: error.field.as_deref(),
                reason: &error.problem,
                help: error.help,
                first_line: None,
                sha256,
            },
            Why::Duplicate(first) => Reject {
                source,
                line: *line,
                column: None,
                field: Some("command.command_id"),
                reason: "command_id occurs twice in this corpus",
                help: None,
                first_line: Some(*first),
                sha256,
            },
        };
        self.with(|list| {
            let mut line = serde_json::to_vec(&reject)?;
            line.push(b'\n');
            let length = list.length + line.len() as u64;
            if list.left_out > 0 || length > self.limit {
                list.left_out += 1;
                return Ok(());
            }
            list.length = length;
            list.out.write_all(&line)
        })
    }

    /// The file, from its beginning.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Io`].
    pub fn finish(self) -> Result<File, ReplayError> {
        let finish = |Listed { mut out, left_out, .. }: Listed| {
            if left_out > 0 {
                let last = Unlisted { not_listed: left_out, reason: "a list takes 256 MiB at most" };
                serde_json::to_writer(&mut out, &last)?;
                out.write_all(b"\n")?;
            }
            let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            Ok(file)
        };
        let out = self.out.into_inner().unwrap_or_else(PoisonError::into_inner);
        finish(out).map_err(ReplayError::io("write what is set aside for", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_list_that_is_full_says_how_many_lines_it_left_out() {
        let list = RejectList::limited(tempfile::tempfile().unwrap(), Path::new("rejects"), 300);
        let add = |count: u64| {
            for line in 2..2 + count {
                list.add(&BadLine { line, why: Why::Duplicate(1), digest: None }, "x").unwrap();
            }
        };
        let begun = list.begin().unwrap();
        add(9);
        assert_eq!(list.left_out(), 7);
        list.rewind(&begun).unwrap();
        assert_eq!(list.left_out(), 0);
        add(5);
        let mut text = String::new();
        list.finish().unwrap().read_to_string(&mut text).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found: Vec<_> = lines.iter().map(|line| (line["line"].as_u64(), line["not_listed"].as_u64())).collect();
        assert_eq!(found, [(Some(2), None), (Some(3), None), (None, Some(3))], "{text}");
    }
}
