//! Integrity of a stored run: the length and the digest of each file are compared with `run.json`.
//!
//! Readers of a run check each file while they read it. Damage is a value with the name of the file.

use super::error::RunError;
use super::record::{FILES, FileDigest, RECORD, RunRecord};
use crate::bulk::Hashing;
use crate::summary::{SUMMARY_FORMAT, Summary};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Something that is wrong with a file of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The name of the file in the folder of the run.
    pub file: &'static str,
    /// What is wrong, as the rest of a sentence that begins with the name.
    pub problem: String,
}

impl Damage {
    fn new(file: &'static str, problem: impl Into<String>) -> Self {
        Self { file, problem: problem.into() }
    }

    /// As the reason why the run cannot be used.
    #[must_use]
    pub fn into_error(self, run: &Path) -> RunError {
        RunError::Run { path: run.join(self.file), problem: self.problem }
    }
}

/// The readable parts of a run, and all damage.
#[derive(Debug, Default)]
pub struct Inspected {
    /// The record, and the SHA-256 of its file, hex; `None` where it cannot be read.
    pub record: Option<(RunRecord, String)>,
    /// The summary; `None` where it cannot be read.
    pub summary: Option<Summary>,
    /// By file, the record first; empty for an intact run.
    pub damage: Vec<Damage>,
}

/// Reads a run and checks all of its files. Only the record and the summary are kept in memory, and nothing is written.
#[must_use]
pub fn inspect_run(run: &Path) -> Inspected {
    let mut found = Inspected::default();
    let record = read_small(run, RECORD).and_then(|bytes| {
        let record = RunRecord::parse(&bytes).map_err(|problem| Damage::new(RECORD, problem))?;
        Ok((record, bytes))
    });
    match record {
        Ok((record, bytes)) => {
            found.damage.extend(record.flaw(&bytes, run).map(|problem| Damage::new(RECORD, problem)));
            found.record = Some((record, crate::bulk::digest(&bytes)));
        }
        Err(damage) => found.damage.push(damage),
    }
    for file in FILES {
        let expected = found.record.as_ref().and_then(|(record, _)| record.files.get(file));
        let wrong = match expected {
            Some(expected) => check_file(run, file, expected).err(),
            // Without a record only its presence can be checked.
            None => regular(run, file).err(),
        };
        found.damage.extend(wrong);
    }
    match read_small(run, "summary.json").and_then(|bytes| parse_summary(&bytes)) {
        Ok(summary) => {
            let differs = found.record.as_ref().is_some_and(|(record, _)| !agree(record, &summary));
            found.damage.extend(differs.then(|| Damage::new(RECORD, "and summary.json are of different runs")));
            found.summary = Some(summary);
        }
        // Another damage of the file was reported above.
        Err(damage) if found.damage.iter().all(|known| known.file != damage.file) => found.damage.push(damage),
        Err(_) => {}
    }
    found
}

/// All damage of the run in the folder `run`: see [`Inspected::damage`].
#[must_use]
pub fn check_run(run: &Path) -> Vec<Damage> {
    inspect_run(run).damage
}

/// Record and summary of an intact run.
///
/// # Errors
///
/// [`RunError::Run`] with the first damage.
pub fn open_run(run: &Path) -> Result<(RunRecord, Summary), RunError> {
    match inspect_run(run) {
        Inspected { record: Some((record, _)), summary: Some(summary), damage } if damage.is_empty() => {
            Ok((record, summary))
        }
        Inspected { damage, .. } => Err(damage
            .into_iter()
            .next()
            .unwrap_or_else(|| Damage::new(RECORD, "cannot be read: replay again"))
            .into_error(run)),
    }
}

/// The record of a stored run, whose other files are not checked.
///
/// # Errors
///
/// [`RunError::Run`] where it is missing, of another format, or edited.
pub fn read_record(run: &Path) -> Result<RunRecord, RunError> {
    let read = || {
        let bytes = read_small(run, RECORD)?;
        let record = RunRecord::parse(&bytes).map_err(|problem| Damage::new(RECORD, problem))?;
        match record.flaw(&bytes, run) {
            Some(problem) => Err(Damage::new(RECORD, problem)),
            None => Ok(record),
        }
    };
    read().map_err(|damage: Damage| damage.into_error(run))
}

/// The summary of a stored run with this record.
///
/// # Errors
///
/// [`RunError::Run`] where it is damaged.
pub fn read_summary(run: &Path, record: &RunRecord) -> Result<Summary, RunError> {
    let file = "summary.json";
    let expected = record.file(run, file)?;
    let read = || {
        regular_of(run, file, expected.bytes)?;
        let bytes = read_small(run, file)?;
        if FileDigest::of(&bytes) != *expected {
            return Err(Damage::new(file, OTHER));
        }
        parse_summary(&bytes)
    };
    read().map_err(|damage: Damage| damage.into_error(run))
}

const OTHER: &str = "is not what the replay wrote, its SHA-256 is another: replay again";

/// A reader of a file of a run; reading the end fails where length or digest differ from the record.
pub struct CheckedFile {
    file: Hashing<File>,
    path: PathBuf,
    expected: FileDigest,
    read: u64,
}

impl CheckedFile {
    /// Opens a file of a run, whose length has to be that in the record.
    pub fn open(run: &Path, record: &RunRecord, name: &'static str) -> Result<Self, RunError> {
        let expected = record.file(run, name)?;
        Self::new(run, name, expected).map_err(|damage| damage.into_error(run))
    }

    fn new(run: &Path, name: &'static str, expected: &FileDigest) -> Result<Self, Damage> {
        regular_of(run, name, expected.bytes)?;
        let path = run.join(name);
        let file = File::open(&path).map_err(|error| Damage::new(name, format!("cannot be read: {error}")))?;
        Ok(Self { file: Hashing::new(file), path, expected: expected.clone(), read: 0 })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Read for CheckedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        let is_end = count == 0 && !buffer.is_empty();
        if is_end && (self.read != self.expected.bytes || self.file.hex() != self.expected.sha256) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, OTHER));
        }
        Ok(count)
    }
}

fn check_file(run: &Path, name: &'static str, expected: &FileDigest) -> Result<(), Damage> {
    let mut file = CheckedFile::new(run, name, expected)?;
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(Damage::new(name, OTHER)),
            Err(error) => return Err(Damage::new(name, format!("cannot be read: {error}"))),
        }
    }
}

/// The length of a regular file. A link may lead anywhere, and reading a pipe would block.
fn regular(run: &Path, name: &'static str) -> Result<u64, Damage> {
    let found = match run.join(name).symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Damage::new(name, "is missing: replay again"));
        }
        Err(error) => return Err(Damage::new(name, format!("cannot be read: {error}"))),
    };
    if found.is_symlink() {
        Err(Damage::new(name, "is a symbolic link, and no file that a replay wrote: replay again"))
    } else if found.is_file() {
        Ok(found.len())
    } else {
        Err(Damage::new(name, "is not a regular file: replay again"))
    }
}

fn regular_of(run: &Path, name: &'static str, bytes: u64) -> Result<(), Damage> {
    let found = regular(run, name)?;
    match found.cmp(&bytes) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less if found == 0 => {
            Err(Damage::new(name, format!("is empty, and the replay wrote {bytes} bytes: replay again")))
        }
        std::cmp::Ordering::Less => {
            Err(Damage::new(name, format!("is cut off, {found} of {bytes} bytes are left: replay again")))
        }
        std::cmp::Ordering::Greater => {
            let more = found - bytes;
            Err(Damage::new(name, format!("is {more} bytes longer than the replay wrote it: replay again")))
        }
    }
}

fn read_small(run: &Path, name: &'static str) -> Result<Vec<u8>, Damage> {
    regular(run, name)?;
    std::fs::read(run.join(name)).map_err(|error| Damage::new(name, format!("cannot be read: {error}")))
}

fn parse_summary(bytes: &[u8]) -> Result<Summary, Damage> {
    let wrong = |problem: String| Damage::new("summary.json", problem);
    let summary: Summary = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(format!("is no summary that this program reads (line {line}, column {column}): replay again"))
    })?;
    if summary.format == SUMMARY_FORMAT {
        Ok(summary)
    } else {
        Err(wrong(format!("is of format {}, this program reads {SUMMARY_FORMAT}: replay again", summary.format)))
    }
}

/// Whether record and summary are of the same run.
fn agree(record: &RunRecord, summary: &Summary) -> bool {
    record.inputs.rules == summary.rules
        && record.inputs.decisions == summary.decisions
        && record.incomplete_because == summary.incomplete_because
}

/// Whether the run in `target` is intact and has the same record as the finished one in `made`.
pub(super) fn is_same_run(made: &Path, target: &Path) -> bool {
    let record = |run: &Path| read_small(run, RECORD).ok();
    record(made).is_some_and(|one| record(target).is_some_and(|other| one == other)) && check_run(target).is_empty()
}
