//! Replays one corpus under all rule sets: batches of lines in, sorted outcomes out.

use super::ask::{keep_smallest, outcomes};
use super::duplicates::LeftOut;
use super::error::ReplayError;
use super::evaluate::{Evaluated, Evaluation};
use super::reject::{BadLine, RejectList, SetAside};
use super::spill;
use crate::bulk::{Sorted, Sorter, Spill, ordered};
use crate::corpus::{Batch, BatchReader, CorpusError, CorpusInput, Fill, InputDigest, Priority, Sampler, parse_line};
use crate::decide::{Asked, Decider, Undecided};
use crate::model::{Action, IdDigest, Intent, Location};
use crate::run::{SampleSize, Selector, Staging};
use crate::summary::{Counts, Tally};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes of outcomes in memory per rule set; more are spilled to disk.
pub(super) const HELD_BYTES: usize = 24 << 20;

/// One corpus to replay.
pub struct CorpusJob<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its recordings. Read more than once for a sample, and if duplicates are set aside.
    pub input: &'a CorpusInput,
    /// Its name in messages.
    pub label: &'a str,
    /// What to replay of it.
    pub selection: &'a Selector,
    /// Stages of the rollout, ascending.
    pub rates: &'a [f64],
    /// Set bad lines aside instead of stopping at the first.
    pub keep_going: bool,
    /// The list of all lines that are set aside.
    pub rejects: Option<&'a RejectList>,
    /// Worker threads, 1 or more.
    pub threads: usize,
    /// By decider: whether golden entries are wanted.
    pub golden: &'a [bool],
}

/// The result of one corpus.
#[derive(Debug)]
pub struct CorpusResult {
    /// By decider.
    pub deciders: Vec<DeciderResult>,
    /// Recordings in the corpus, selected or not.
    pub read: u64,
    /// Lines that were set aside.
    pub set_aside: SetAside,
    /// SHA-256 of the corpus as stored, hex.
    pub digest: String,
}

/// The result of one decider over a corpus.
#[derive(Debug)]
pub struct DeciderResult {
    /// The counts.
    pub counts: Counts,
    /// Golden entries in ascending order of their ids; empty if they were not wanted.
    pub entries: Sorted<String>,
}

/// Replays a corpus through `deciders` and appends the outcomes to `stagings`, one each.
///
/// # Errors
///
/// [`ReplayError`]. Then the stagings are incomplete and have to be dropped.
pub fn replay_corpus(
    job: &CorpusJob,
    deciders: &[&dyn Decider],
    stagings: &mut [Staging],
    progress: &dyn Fn(u64),
) -> Result<CorpusResult, ReplayError> {
    let sampled = job.selection.sample().map(|sample| sample_ids(job, deciders, sample)).transpose()?;
    let marks: Vec<_> = stagings.iter().map(Staging::mark).collect();
    without_duplicates(job, |left_out| {
        for (staging, mark) in stagings.iter_mut().zip(&marks) {
            staging.rewind(mark)?;
        }
        let evaluation = Evaluation {
            corpus: job.name,
            deciders,
            rates: job.rates,
            selection: job.selection,
            sampled: sampled.as_ref(),
            left_out,
            digests: job.rejects.is_some(),
            golden: job.golden,
        };
        let mut attempt = Attempt::new(job, stagings);
        attempt.read_all(&evaluation, progress)?;
        attempt.finish(stagings)
    })
}

/// Reads a corpus with `attempt`, which gets the lines to leave out and returns the duplicates that it found, `(first line,
/// later line)`. If duplicates may be set aside, the corpus is read again without them: the first line of an id counts.
pub(super) fn without_duplicates<T>(
    job: &CorpusJob,
    mut attempt: impl FnMut(&LeftOut) -> Result<(T, Vec<(u64, u64)>), ReplayError>,
) -> Result<T, ReplayError> {
    let mut left_out: Vec<(u64, u64)> = Vec::new();
    let begun = job.rejects.map(RejectList::begin).transpose()?;
    loop {
        if let (Some(rejects), Some(begun)) = (job.rejects, &begun) {
            rejects.rewind(begun)?;
        }
        let (found, duplicates) = attempt(left_out.as_slice())?;
        match duplicates.iter().min_by_key(|(_, line)| *line) {
            None => return Ok(found),
            Some((first, line)) if !job.keep_going => {
                let location = Location { file: job.label.to_owned(), line: *line, column: Some(1) };
                return Err(CorpusError::Duplicate { location, first: *first }.into());
            }
            Some(_) => {
                left_out.extend(duplicates.into_iter().map(|(first, line)| (line, first)));
                left_out.sort_unstable();
            }
        }
    }
}

impl CorpusJob<'_> {
    /// Sets lines aside with `--keep-going`; otherwise the first one is the error.
    pub(super) fn set_aside(&self, bad: Vec<BadLine>, set_aside: &mut SetAside) -> Result<(), ReplayError> {
        for bad in bad {
            if !self.keep_going {
                return Err(bad.error(self.label).into());
            }
            set_aside.add(bad, self.label, self.rejects)?;
        }
        Ok(())
    }

    pub(super) fn open(&self) -> Result<(BatchReader, InputDigest), CorpusError> {
        let input = self.input.open()?;
        let digest = input.digest.clone();
        Ok((BatchReader::new(input, self.label.to_owned(), Fill::Whole), digest))
    }
}

/// Picks the sample in one pass over the corpus, stratified by the baseline's intent and action.
fn sample_ids(
    job: &CorpusJob,
    deciders: &[&dyn Decider],
    sample: SampleSize,
) -> Result<BTreeSet<IdDigest>, ReplayError> {
    let Some(decider) = deciders.first() else { return Ok(BTreeSet::new()) };
    let (mut reader, _) = job.open()?;
    let mut sampler: Sampler<(Option<Intent>, Option<Action>)> = Sampler::new(sample.size);
    let strata = |batch: Batch| {
        let recordings = batch.lines().filter_map(|(number, line)| Some((number, line.and_then(parse_line).ok()?)));
        let taken = recordings.filter(|(_, recording)| job.selection.takes_recording(recording));
        let asked: Vec<_> = taken.map(|(number, recording)| Asked::new(number, recording)).collect();
        let mut strata = Vec::with_capacity(asked.len());
        let lacking = outcomes(*decider, &asked, |asked, outcome| {
            let found = outcome.decided.as_ref();
            let stratum = (found.map(|found| found.intent), found.map(|found| found.baseline.action));
            strata.push((stratum, Priority::new(sample.seed, outcome.command_id(), asked.digest)));
        })?;
        match lacking {
            Some(lacking) => Err(decider.identity().unusable(lacking)),
            None => Ok(strata),
        }
    };
    ordered(
        || reader.next_batch().map_err(ReplayError::from),
        job.threads,
        strata,
        |strata| {
            for (stratum, priority) in strata? {
                sampler.add(stratum, priority);
            }
            Ok(())
        },
    )?;
    Ok(sampler.pick())
}

/// For `map_err`: temporary files have no names, so the error names their directory.
pub(super) fn spilled(directory: &Path) -> impl FnOnce(std::io::Error) -> ReplayError {
    ReplayError::io("keep temporary outcomes in", directory)
}

/// One reading of the corpus.
struct Attempt<'a> {
    job: &'a CorpusJob<'a>,
    deciders: Vec<DeciderAttempt>,
    set_aside: SetAside,
    read: u64,
    digest: String,
    /// The folder of runs, for messages.
    directory: PathBuf,
}

/// The result of one decider so far.
struct DeciderAttempt {
    outcomes: Spill,
    tally: Tally,
    entries: Sorter<String>,
    /// The smallest lack of a usable decision.
    lacking: Option<Undecided>,
}

impl<'a> Attempt<'a> {
    fn new(job: &'a CorpusJob<'a>, stagings: &[Staging]) -> Self {
        let decider = |staging: &Staging| DeciderAttempt {
            outcomes: Spill::new(staging.directory(), HELD_BYTES),
            tally: Tally::new(job.rates),
            entries: Sorter::new(staging.directory(), HELD_BYTES),
            lacking: None,
        };
        Self {
            job,
            deciders: stagings.iter().map(decider).collect(),
            set_aside: SetAside::default(),
            read: 0,
            digest: String::new(),
            directory: stagings
                .first()
                .and_then(|staging| staging.directory().parent())
                .unwrap_or(Path::new("."))
                .to_owned(),
        }
    }

    fn read_all(&mut self, evaluation: &Evaluation, progress: &dyn Fn(u64)) -> Result<(), ReplayError> {
        let (mut reader, digest) = self.job.open()?;
        let read = ordered(
            || reader.next_batch().map_err(ReplayError::from),
            self.job.threads,
            |batch| evaluation.evaluate(&batch),
            |evaluated| {
                let evaluated = evaluated?;
                progress(evaluated.bytes);
                self.take(evaluated)
            },
        );
        // Reported after everything was read, because only then the smallest is known; and before an error of the corpus.
        for (decider, attempt) in evaluation.deciders.iter().zip(&mut self.deciders) {
            if let Some(lacking) = attempt.lacking.take() {
                return Err(decider.identity().unusable(lacking).into());
            }
        }
        read?;
        if self.read == 0 && self.set_aside.count == 0 {
            return Err(CorpusError::Empty(self.job.label.to_owned()).into());
        }
        self.digest = digest.hex();
        Ok(())
    }

    fn take(&mut self, evaluated: Evaluated) -> Result<(), ReplayError> {
        let Evaluated { mut deciders, bad, read, bytes: _ } = evaluated;
        for (batch, attempt) in deciders.iter_mut().zip(&mut self.deciders) {
            keep_smallest(&mut attempt.lacking, batch.lacking.take());
        }
        self.job.set_aside(bad, &mut self.set_aside)?;
        self.read += read;
        for (batch, DeciderAttempt { outcomes, tally, entries, .. }) in deciders.into_iter().zip(&mut self.deciders) {
            batch.store(outcomes).map_err(spilled(&self.directory))?;
            tally.merge(batch.tally);
            batch.entries.into_iter().try_for_each(|entry| entries.add(entry)).map_err(spilled(&self.directory))?;
        }
        Ok(())
    }

    /// Sorts and appends the outcomes; also returns the duplicates, `(first line, later line)`.
    fn finish(self, stagings: &mut [Staging]) -> Result<(CorpusResult, Vec<(u64, u64)>), ReplayError> {
        let (mut results, mut duplicates) = (Vec::new(), Vec::new());
        for (attempt, staging) in self.deciders.into_iter().zip(stagings) {
            let DeciderAttempt { outcomes, tally, entries, lacking: _ } = attempt;
            let is_first = results.is_empty();
            let partitions = outcomes.finish();
            let mut numbers = 0..=u8::MAX;
            ordered(
                || Ok(numbers.next()),
                self.job.threads,
                |number| spill::Sorted::load(&partitions, number),
                |sorted| {
                    let sorted = sorted.map_err(spilled(&self.directory))?;
                    if is_first {
                        duplicates.extend(&sorted.duplicates);
                    }
                    Ok::<_, ReplayError>(staging.append(&sorted.outcomes, &sorted.risks)?)
                },
            )?;
            results.push(DeciderResult { counts: tally.finish(), entries: entries.finish() });
        }
        let result =
            CorpusResult { deciders: results, read: self.read, set_aside: self.set_aside, digest: self.digest };
        Ok((result, duplicates))
    }
}
