//! Turns one batch of lines into outcomes: parse, decide, classify, serialise. Pure, except for what a decider reads.

use super::ask::outcomes;
use super::duplicates::{LeftOut, first_of};
use super::reject::{BadLine, Why};
use super::spill::Record;
use crate::bulk::Spill;
use crate::corpus::{Batch, LineError, parse_line};
use crate::decide::{Asked, Decider, RiskLine, Undecided, Unusable};
use crate::golden::Entry;
use crate::model::{IdDigest, Recording};
use crate::outcome::Outcome;
use crate::summary::Tally;
use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

/// What is the same for every batch of a corpus.
pub(super) struct Evaluation<'a> {
    /// Name of the corpus.
    pub(super) corpus: &'a str,
    /// One decider per rule set.
    pub(super) deciders: &'a [&'a dyn Decider],
    /// Stages of the rollout, ascending.
    pub(super) rates: &'a [f64],
    /// What to replay.
    pub(super) selection: &'a crate::run::Selector,
    /// The sampled commands; `None` without a sample.
    pub(super) sampled: Option<&'a BTreeSet<IdDigest>>,
    /// Lines that are left out: duplicates that were set aside.
    pub(super) left_out: &'a LeftOut,
    /// Whether lines that are set aside are digested.
    pub(super) digests: bool,
    /// Whether golden entries are wanted, by decider.
    pub(super) golden: &'a [bool],
}

/// The result of a batch.
pub(super) struct Evaluated {
    /// By decider.
    pub(super) deciders: Vec<DeciderBatch>,
    /// Lines that are duplicates or no recordings, in order.
    pub(super) bad: Vec<BadLine>,
    /// Recordings that were read, selected or not.
    pub(super) read: u64,
    /// Bytes of the batch, for the progress bar.
    pub(super) bytes: u64,
}

/// One decider's outcomes over a batch.
pub(super) struct DeciderBatch {
    pub(super) tally: Tally,
    bytes: Vec<u8>,
    records: Vec<RecordRange>,
    /// Golden entries by command id.
    pub(super) entries: Vec<(String, Vec<u8>)>,
    /// The smallest lack of a usable decision.
    pub(super) lacking: Option<Undecided>,
}

struct RecordRange {
    digest: IdDigest,
    line: u64,
    outcome: Range<usize>,
    risk: Range<usize>,
}

impl DeciderBatch {
    /// Adds the records to `spill`.
    pub(super) fn store(&self, spill: &mut Spill) -> io::Result<()> {
        self.records.iter().try_for_each(|record| {
            let RecordRange { digest, line, outcome, risk } = record;
            let (outcome, risk) = (&self.bytes[outcome.clone()], &self.bytes[risk.clone()]);
            Record { digest: *digest, line: *line, outcome, risk }.store(spill)
        })
    }
}

impl Evaluation<'_> {
    /// Evaluates every line of a batch.
    pub(super) fn evaluate(&self, batch: &Batch) -> Result<Evaluated, Unusable> {
        let (mut bad, mut read, mut asked) = (Vec::new(), 0, Vec::new());
        for (number, line) in batch.lines() {
            match recording_on(batch, number, line, self.left_out, self.digests) {
                Ok(recording) => {
                    read += 1;
                    asked.push(Asked::new(number, recording));
                }
                Err(found) => bad.push(*found),
            }
        }
        asked.retain(|asked| self.takes(asked));
        let decided = self.deciders.iter().zip(self.golden).map(|(decider, golden)| {
            let mut found = DeciderBatch {
                tally: Tally::new(self.rates),
                bytes: Vec::with_capacity(batch.len() * 2),
                records: Vec::new(),
                entries: Vec::new(),
                lacking: None,
            };
            found.lacking = outcomes(*decider, &asked, |asked, outcome| {
                if self.selection.takes_outcome(&outcome) {
                    found.add(outcome, asked.number, self.corpus, *golden);
                }
            })?;
            Ok(found)
        });
        let deciders = decided.collect::<Result<_, Unusable>>()?;
        Ok(Evaluated { deciders, bad, read, bytes: batch.len() as u64 })
    }

    fn takes(&self, asked: &Asked) -> bool {
        let is_sampled = self.sampled.is_none_or(|sampled| sampled.contains(&asked.digest));
        is_sampled && self.selection.takes_recording(&asked.recording)
    }
}

/// The recording on line `number` of a batch, unless it is left out.
pub(super) fn recording_on<'a>(
    batch: &Batch,
    number: u64,
    line: Result<&'a [u8], LineError>,
    left_out: &LeftOut,
    digests: bool,
) -> Result<Recording<'a>, Box<BadLine>> {
    let text = line.as_ref().ok().copied();
    let read = match first_of(left_out, number) {
        Some(first) => Err(Why::Duplicate(first)),
        None => line.and_then(parse_line).map_err(Why::NoRecording),
    };
    read.map_err(|why| Box::new(BadLine::new(batch, number, text, why, digests)))
}

impl DeciderBatch {
    fn add(&mut self, outcome: Outcome, line: u64, corpus: &str, golden: bool) {
        self.tally.add(&outcome);
        let digest = outcome.digest;
        if golden {
            self.entries.push((outcome.command_id().to_owned(), Entry::of(&outcome).canonical()));
        }
        let start = self.bytes.len();
        let command = &outcome.recording.command;
        if let Some(risk) = outcome.decided.as_ref().and_then(|decided| decided.risk.as_ref()) {
            self.write_line(&RiskLine::new(&command.command_id, &command.timestamp, risk));
        }
        let middle = self.bytes.len();
        self.write_line(&outcome.into_line(corpus));
        let end = self.bytes.len();
        self.records.push(RecordRange { digest, line, outcome: middle..end, risk: start..middle });
    }

    #[expect(clippy::expect_used, reason = "outcomes and risk lines hold nothing that JSON cannot hold")]
    fn write_line(&mut self, line: &impl serde::Serialize) {
        serde_json::to_writer(&mut self.bytes, line).expect("a line is written to memory");
        self.bytes.push(b'\n');
    }
}
