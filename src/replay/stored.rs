//! The outcomes of a stored run, by corpus and in the order of golden, in bounded memory.

use super::error::ReplayError;
use super::merge::{EntrySorter, SortedEntries};
use super::run::{read_record, read_summary};
use crate::golden::{Entry, GoldenError};
use crate::outcome::OutcomeLine;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Bytes of outcomes that are held while a stored run is read, over all corpora.
const HELD_BYTES: usize = 64 << 20;

/// What a run found for one corpus.
#[derive(Debug)]
pub struct StoredCorpus {
    /// Its name.
    pub name: String,
    /// Command id and line, ascending by command id.
    pub outcomes: SortedEntries,
}

/// The corpora of a stored run, in the order in which it lists them, each with its outcomes.
///
/// # Errors
///
/// [`ReplayError::Io`], and [`ReplayError::Run`] with the line that is no outcome of the run.
pub fn stored_corpora(run: &Path) -> Result<Vec<StoredCorpus>, ReplayError> {
    let path = run.join("outcomes.jsonl");
    let names: Vec<_> = read_record(run)?.inputs.corpora.into_iter().map(|corpus| corpus.name).collect();
    let limit = HELD_BYTES / names.len().max(1);
    let mut sorters: Vec<_> = names.iter().map(|_| EntrySorter::new(run, limit)).collect();
    let mut counts = vec![0_u64; names.len()];
    let file = File::open(&path).map_err(ReplayError::io("read", &path))?;
    for (number, line) in (1_u64..).zip(BufReader::with_capacity(1 << 17, file).lines()) {
        let line = line.map_err(ReplayError::io("read", &path))?;
        let problem =
            || ReplayError::Run { path: path.clone(), problem: format!("line {number} is no outcome of this run") };
        let outcome: OutcomeLine = serde_json::from_str(&line).map_err(|_| problem())?;
        let place = names.iter().position(|name| *name == *outcome.corpus).ok_or_else(problem)?;
        let id = outcome.command_id.to_string();
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        let sorter = sorters.get_mut(place).ok_or_else(problem)?;
        sorter.add((id, line.into_bytes())).map_err(ReplayError::io("write temporary files in", run))?;
    }
    let (summary, _) = read_summary(run)?;
    for (name, count) in names.iter().zip(&counts) {
        let told = summary.corpora.iter().find(|corpus| corpus.name == *name).map(|corpus| corpus.counts.recordings);
        if told != Some(*count) {
            let problem = format!("has {count} outcomes of `{name}`, and summary.json another number: replay again");
            return Err(ReplayError::Run { path, problem });
        }
    }
    let corpora = names.into_iter().zip(sorters);
    Ok(corpora.map(|(name, sorter)| StoredCorpus { name, outcomes: sorter.finish() }).collect())
}

impl StoredCorpus {
    /// The golden entries of the outcomes: command id and canonical bytes.
    pub fn entries(self) -> impl Iterator<Item = Result<(String, Vec<u8>), GoldenError>> {
        let entry = |(id, line): (String, Vec<u8>)| {
            let outcome: OutcomeLine = serde_json::from_slice(&line)?;
            Ok((id, Entry::from(outcome).canonical()?))
        };
        self.outcomes.map(move |outcome| outcome.and_then(entry).map_err(GoldenError::Current))
    }
}

/// The outcome of a stored line.
///
/// # Errors
///
/// What is wrong with it, as invalid data.
pub fn parse_outcome(line: &[u8]) -> io::Result<OutcomeLine<'_>> {
    Ok(serde_json::from_slice(line)?)
}
