//! The outcomes of a stored run, by corpus and in the order of golden, in bounded memory.

use super::error::RunError;
use super::intact::{CheckedFile, read_record, read_summary};
use crate::bulk::{Sorted, Sorter};
use crate::golden::{Entry, GoldenError};
use crate::model::problem_of;
use crate::outcome::OutcomeLine;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Bytes of outcomes in memory while a stored run is read, over all corpora.
const HELD_BYTES: usize = 64 << 20;

/// The outcomes of one corpus.
#[derive(Debug)]
pub struct StoredCorpus {
    /// Its name.
    pub name: String,
    /// Command id and line, ascending by command id.
    pub outcomes: Sorted<String>,
}

/// The corpora of a stored run in its order, each with its outcomes. Outcomes beyond a limit go to temporary files in `directory`.
///
/// # Errors
///
/// [`RunError::Io`], and [`RunError::Run`] where the outcomes are not those that the replay wrote.
pub fn stored_corpora(run: &Path, directory: &Path) -> Result<Vec<StoredCorpus>, RunError> {
    let record = read_record(run)?;
    let file = CheckedFile::open(run, &record, "outcomes.jsonl")?;
    let path = file.path().to_owned();
    let summary = read_summary(run, &record)?;
    let names: Vec<_> = record.inputs.corpora.into_iter().map(|corpus| corpus.name).collect();
    let limit = HELD_BYTES / names.len().max(1);
    let mut sorters: Vec<_> = names.iter().map(|_| Sorter::new(directory, limit)).collect();
    let mut counts = vec![0_u64; names.len()];
    for (number, line) in (1_u64..).zip(BufReader::with_capacity(1 << 17, file).lines()) {
        let problem = |what: String| RunError::Run { path: path.clone(), problem: what };
        let line = line.map_err(|error| {
            // Either no UTF-8, or, at the end of the file, another digest.
            if error.kind() == io::ErrorKind::InvalidData {
                problem(format!("line {number} or one before it is not what the replay wrote: replay again"))
            } else {
                RunError::io("read", &path)(error)
            }
        })?;
        let problem = || problem(format!("line {number} is no outcome of this run: replay again"));
        let outcome: OutcomeLine = serde_json::from_str(&line).map_err(|_| problem())?;
        let place = names.iter().position(|name| *name == *outcome.corpus).ok_or_else(problem)?;
        let id = outcome.command_id.to_string();
        counts[place] += 1;
        sorters[place].add((id, line.into_bytes())).map_err(RunError::io("write temporary files in", directory))?;
    }
    for (name, count) in names.iter().zip(&counts) {
        let counted = summary.corpora.iter().find(|corpus| corpus.name == *name).map(|corpus| corpus.counts.recordings);
        if counted != Some(*count) {
            let problem = format!("has {count} outcomes of `{name}`, and summary.json another number: replay again");
            return Err(RunError::Run { path, problem });
        }
    }
    let corpora = names.into_iter().zip(sorters);
    Ok(corpora.map(|(name, sorter)| StoredCorpus { name, outcomes: sorter.finish() }).collect())
}

impl StoredCorpus {
    /// The golden entries of the outcomes: command id and canonical bytes.
    pub fn entries(self) -> impl Iterator<Item = Result<(String, Vec<u8>), GoldenError>> {
        let entry = |(id, line): (String, Vec<u8>)| {
            let outcome = parse_outcome(&line)?;
            Ok((id, Entry::from(outcome).canonical()))
        };
        self.outcomes.map(move |outcome| outcome.and_then(entry).map_err(GoldenError::Current))
    }
}

/// Parses a stored line; an error is [`io::ErrorKind::InvalidData`] without text of the line.
pub fn parse_outcome(line: &[u8]) -> io::Result<OutcomeLine<'_>> {
    // The parser's own message may repeat text of the line.
    serde_json::from_slice(line).map_err(|error| {
        let problem = format!("no outcome of a replay: {}", problem_of(&error));
        io::Error::new(io::ErrorKind::InvalidData, problem)
    })
}
