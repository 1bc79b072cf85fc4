//! One batch of lines to outcomes: parse, decide, classify, write down. Pure but for what a path reads.

use super::duplicates::{LeftOut, first_of};
use super::reject::{BadLine, Why};
use super::spill::Record;
use crate::bulk::Spill;
use crate::corpus::{Batch, LineError, parse_line};
use crate::decide::{DecisionPath, RiskLine, Scratch};
use crate::golden::Entry;
use crate::model::{IdDigest, Recording};
use crate::outcome::Outcome;
use crate::summary::Tally;
use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How every batch of a corpus is evaluated.
pub(super) struct Evaluation<'a> {
    /// Name of the corpus.
    pub(super) corpus: &'a str,
    /// One path per rule set.
    pub(super) paths: &'a [&'a dyn DecisionPath],
    /// Stages of the rollout, ascending.
    pub(super) rates: &'a [f64],
    /// What to replay.
    pub(super) selection: &'a crate::run::Selector,
    /// The sampled commands, where the selection asks for a sample.
    pub(super) sampled: Option<&'a BTreeSet<IdDigest>>,
    /// Lines that are left out: duplicates that were set aside.
    pub(super) left_out: &'a LeftOut,
    /// Whether lines that are set aside are digested.
    pub(super) digests: bool,
    /// Whether golden entries are wanted, by path.
    pub(super) golden: &'a [bool],
}

/// What a batch came to.
pub(super) struct Evaluated {
    /// By path.
    pub(super) paths: Vec<PathBatch>,
    /// Lines that are left out or no recordings, in order.
    pub(super) bad: Vec<BadLine>,
    /// Recordings that were read, selected or not.
    pub(super) read: u64,
    /// Bytes of the batch, for the progress bar.
    pub(super) bytes: u64,
}

/// One path's outcomes over a batch.
pub(super) struct PathBatch {
    pub(super) tally: Tally,
    bytes: Vec<u8>,
    records: Vec<RecordRange>,
    /// Golden entries by command id.
    pub(super) entries: Vec<(String, Vec<u8>)>,
}

struct RecordRange {
    digest: IdDigest,
    line: u64,
    outcome: Range<usize>,
    risk: Range<usize>,
}

impl PathBatch {
    /// Hands the records over.
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
    pub(super) fn evaluate(&self, batch: &Batch) -> Evaluated {
        let mut evaluated = Evaluated { paths: Vec::new(), bad: Vec::new(), read: 0, bytes: batch.len() as u64 };
        evaluated.paths.extend(self.paths.iter().map(|_| PathBatch {
            tally: Tally::new(self.rates),
            bytes: Vec::with_capacity(batch.len() * 2),
            records: Vec::new(),
            entries: Vec::new(),
        }));
        for (number, line) in batch.lines() {
            match recording_on(batch, number, line, self.left_out, self.digests) {
                Ok(recording) => {
                    evaluated.read += 1;
                    self.decide(&recording, number, &mut evaluated.paths);
                }
                Err(bad) => evaluated.bad.push(*bad),
            }
        }
        evaluated
    }

    fn decide(&self, recording: &Recording, line: u64, batches: &mut [PathBatch]) {
        let digest = IdDigest::of(&recording.command.command_id);
        let is_sampled = self.sampled.is_none_or(|sampled| sampled.contains(&digest));
        if !is_sampled || !self.selection.takes_recording(recording) {
            return;
        }
        for ((path, batch), golden) in self.paths.iter().zip(batches).zip(self.golden) {
            let mut scratch = Scratch::default();
            let outcome = judge(*path, recording, digest, &mut scratch);
            if self.selection.takes_outcome(&outcome) {
                batch.add(outcome, line, self.corpus, *golden);
            }
        }
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

/// Decides one recording; a panic that escapes the path is an outcome too.
pub(super) fn judge<'a>(
    path: &'a dyn DecisionPath,
    recording: &'a Recording<'a>,
    digest: IdDigest,
    scratch: &'a mut Scratch,
) -> Outcome<'a> {
    let decide = AssertUnwindSafe(move || {
        // Moved, not borrowed again: the decision borrows from it for longer than this call.
        let scratch = scratch;
        path.decide(recording, &digest, scratch)
    });
    match catch_unwind(decide) {
        Ok(decided) => Outcome::new(recording, digest, decided),
        Err(_panic) => Outcome::panicked(recording, digest),
    }
}

impl PathBatch {
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
