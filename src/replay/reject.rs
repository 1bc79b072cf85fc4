//! Lines that are set aside under `--keep-going`: counted, the first few described, and all of them listed where a list was
//! asked for. Nothing of a line is kept but its digest, and nothing is held for more than a batch of lines.

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
    /// Its command id stands on this line already.
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

/// The list of all lines that were set aside, as JSON Lines in a temporary file.
#[derive(Debug)]
pub struct RejectList {
    out: Mutex<BufWriter<File>>,
    /// Where the list will be, for messages.
    path: PathBuf,
}

/// How far a list was when a corpus was begun.
pub(super) struct Begun(u64);

impl RejectList {
    /// A list in `file`, which is empty; `path` is what messages call it.
    #[must_use]
    pub fn new(file: File, path: &Path) -> Self {
        Self { out: Mutex::new(BufWriter::with_capacity(1 << 16, file)), path: path.to_owned() }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> Result<T, ReplayError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut out).map_err(ReplayError::io("write what is set aside for", &self.path))
    }

    /// Remembers how far the list is.
    pub(super) fn begin(&self) -> Result<Begun, ReplayError> {
        self.with(Seek::stream_position).map(Begun)
    }

    /// Drops what came after: the corpus is read once more.
    pub(super) fn rewind(&self, Begun(length): &Begun) -> Result<(), ReplayError> {
        self.with(|out| {
            out.seek(SeekFrom::Start(*length))?;
            out.get_ref().set_len(*length)
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
        self.with(|out| {
            serde_json::to_writer(&mut *out, &reject)?;
            out.write_all(b"\n")
        })
    }

    /// The file, from its beginning.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Io`].
    pub fn finish(self) -> Result<File, ReplayError> {
        let finish = |out: BufWriter<File>| {
            let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            Ok(file)
        };
        let out = self.out.into_inner().unwrap_or_else(PoisonError::into_inner);
        finish(out).map_err(ReplayError::io("write what is set aside for", &self.path))
    }
}
