//! Reads the outcomes and risk lines of a stored run side by side, and checks that they are consistent.
//!
//! A receipt may depend on the result, so it must be what a replay wrote: outcomes are in the order of their corpus, each has its
//! risk line, and there are as many as the summary counts. Files that were cut off or edited are errors, not disagreements.

use super::super::distinct::Distinct;
use super::super::error::RiskLogError;
use super::chunk::{Chunk, ChunkReader};
use super::error::FidelityError;
use super::job::FidelityJob;
use super::line_facts::Names;
use super::stored::{OutcomeRecord, RiskRecord, RunChunk, Stored, outcomes, risks};
use crate::bulk::{ordered, spawned};
use crate::run::{CheckedFile, RunRecord, check_run, read_record, read_summary};
use crate::summary::Summary;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// Chunks of a file that may be pending until those of the other file are read.
const WAITING: usize = 8;

/// A run that was read to its end.
pub(super) struct ReadRun {
    pub(super) record: RunRecord,
    pub(super) commands: Distinct<Stored>,
}

pub(super) fn read(job: &FidelityJob, names: &mut Names) -> Result<ReadRun, FidelityError> {
    let record = read_record(job.run)?;
    let summary = read_summary(job.run, &record)?;
    let commands = read_lines(job, &record, &summary, names).map_err(|error| {
        // The inconsistency may have been found in the intact file; report the damaged one.
        let damage = check_run(job.run).into_iter().next();
        damage.map_or(error, |damage| damage.into_error(job.run).into())
    })?;
    Ok(ReadRun { record, commands })
}

fn read_lines(
    job: &FidelityJob,
    record: &RunRecord,
    summary: &Summary,
    names: &mut Names,
) -> Result<Distinct<Stored>, FidelityError> {
    let corpora: Vec<&str> = summary.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
    let open = |name| CheckedFile::open(job.run, record, name);
    let (outcomes_path, risk_path) = (job.run.join("outcomes.jsonl"), job.run.join("risk.jsonl"));
    let corpora = corpora.as_slice();
    let pairing = |outcomes, risks| Pairing {
        outcomes: Lines::new(outcomes, &outcomes_path),
        risks: Lines::new(risks, &risk_path),
        counts: vec![0; corpora.len()],
        last: None,
        commands: Distinct::new(job.directory),
    };
    let on_threads = |names: &mut Names| -> Result<_, FidelityError> {
        let (of_outcomes, of_risks) = (open("outcomes.jsonl")?, open("risk.jsonl")?);
        Ok(thread::scope(|scope| {
            let threads = job.threads.div_ceil(2);
            let (give_outcomes, taken_outcomes) = sync_channel(WAITING);
            let (give_risks, taken_risks) = sync_channel(WAITING);
            let outcomes =
                spawned(scope, move || feed(of_outcomes, threads, |chunk| outcomes(chunk, corpora), &give_outcomes))?;
            let risk = spawned(scope, move || feed(of_risks, threads, risks, &give_risks))?;
            let mut pairing =
                pairing(Box::new(move || taken_outcomes.recv().ok()), Box::new(move || taken_risks.recv().ok()));
            let paired = pairing.run(job, names);
            // This closes the channels, so that threads which are still sending stop.
            let (counts, commands) = pairing.finish();
            let read = [outcomes, risk].map(|feeder| feeder.join().unwrap_or_else(|panic| resume_unwind(panic)));
            Some((read, paired, counts, commands))
        }))
    };
    let read_beside = if job.threads > 1 { on_threads(names)? } else { None };
    // With one thread, or where none could be started, both files are read on this thread.
    let (read, paired, counts, commands) = if let Some(read) = read_beside {
        read
    } else {
        let mut outcome_chunks = Chunks::new(open("outcomes.jsonl")?);
        let mut risk_chunks = Chunks::new(open("risk.jsonl")?);
        let mut pairing = pairing(
            Box::new(|| outcome_chunks.next(|chunk| outcomes(chunk, corpora))),
            Box::new(|| risk_chunks.next(risks)),
        );
        let paired = pairing.run(job, names);
        let (counts, commands) = pairing.finish();
        ([outcome_chunks.finish(), risk_chunks.finish()], paired, counts, commands)
    };
    let [of_outcomes, of_risks] = read;
    // A read error looks like a file that was cut off, so it is reported first.
    of_outcomes.and(of_risks)?;
    paired?;
    check_counts(summary, &counts, &outcomes_path)?;
    Ok(commands)
}

/// The chunks of a file, read on the thread that asks for them.
struct Chunks {
    reader: ChunkReader<CheckedFile>,
    failure: Option<FidelityError>,
}

impl Chunks {
    fn new(file: CheckedFile) -> Self {
        let path = file.path().to_owned();
        Self { reader: ChunkReader::new(file, path), failure: None }
    }

    /// The next chunk; `None` at the end or after a read error.
    fn next<T>(&mut self, work: impl Fn(&Chunk) -> RunChunk<T>) -> Option<RunChunk<T>> {
        match self.reader.next_chunk() {
            Ok(chunk) => chunk.as_ref().map(work),
            Err(error) => {
                self.failure = Some(error);
                None
            }
        }
    }

    fn finish(self) -> Result<(), FidelityError> {
        self.failure.map_or(Ok(()), Err)
    }
}

fn check_counts(summary: &Summary, counts: &[u64], path: &Path) -> Result<(), FidelityError> {
    for (corpus, count) in summary.corpora.iter().zip(counts) {
        let expected = corpus.counts.recordings;
        if expected != *count {
            let problem = format!("has {count} outcomes of corpus {}, and summary.json counts {expected}", corpus.name);
            return Err(FidelityError::Parts { path: path.to_owned(), problem });
        }
    }
    Ok(())
}

/// Reads a file and sends its chunks, in order.
fn feed<T: Send>(
    file: CheckedFile,
    threads: usize,
    work: impl Fn(&Chunk) -> RunChunk<T> + Sync,
    chunks: &SyncSender<RunChunk<T>>,
) -> Result<(), FidelityError> {
    let path = file.path().to_owned();
    let mut reader = ChunkReader::new(file, path);
    let outcome = ordered(
        || reader.next_chunk().map_err(Some),
        threads,
        |chunk| work(&chunk),
        // The receiver is closed: an error was found already.
        |part| chunks.send(part).map_err(|_| None),
    );
    match outcome {
        Err(Some(error)) => Err(error),
        Ok(()) | Err(None) => Ok(()),
    }
}

/// Returns the chunks of a file, in order; `None` at the end or after a read error.
type NextChunk<'a, T> = Box<dyn FnMut() -> Option<RunChunk<T>> + 'a>;

/// The lines of a file, one by one.
struct Lines<'a, T> {
    next_chunk: NextChunk<'a, T>,
    path: &'a Path,
    chunk: std::vec::IntoIter<T>,
    /// The numbers of the current chunk's names.
    numbers: Vec<u32>,
    bad: Option<(u64, &'static str)>,
}

impl<'a, T> Lines<'a, T> {
    fn new(next_chunk: NextChunk<'a, T>, path: &'a Path) -> Self {
        Self { next_chunk, path, chunk: Vec::new().into_iter(), numbers: Vec::new(), bad: None }
    }

    /// The next line; `None` at the end or after a read error.
    fn next(&mut self, job: &FidelityJob, names: &mut Names) -> Result<Option<T>, FidelityError> {
        loop {
            if let Some(line) = self.chunk.next() {
                return Ok(Some(line));
            }
            if let Some((line, problem)) = self.bad {
                return Err(FidelityError::line(self.path, line, problem));
            }
            let Some(part) = (self.next_chunk)() else { return Ok(None) };
            (job.progress)(part.bytes);
            self.numbers = names.append(&part.names);
            self.chunk = part.lines.into_iter();
            self.bad = part.bad;
        }
    }

    fn number(&self, of: u32) -> u32 {
        self.numbers[of as usize]
    }
}

/// Outcomes and risk lines, side by side.
struct Pairing<'a> {
    outcomes: Lines<'a, OutcomeRecord>,
    risks: Lines<'a, RiskRecord>,
    /// Outcomes by corpus.
    counts: Vec<u64>,
    /// Corpus and id of the previous outcome.
    last: Option<(usize, u128)>,
    commands: Distinct<Stored>,
}

impl Pairing<'_> {
    /// Outcomes by corpus, and the commands.
    fn finish(self) -> (Vec<u64>, Distinct<Stored>) {
        (self.counts, self.commands)
    }

    fn run(&mut self, job: &FidelityJob, names: &mut Names) -> Result<(), FidelityError> {
        while let Some(found) = self.outcomes.next(job, names)? {
            let place = (found.corpus, found.id);
            if self.last.replace(place).is_some_and(|last| last >= place) {
                let problem = "is not in the order in which a replay writes outcomes";
                return Err(FidelityError::line(self.outcomes.path, found.line, problem));
            }
            self.counts[found.corpus] += 1;
            let ending =
                found.ending.map(|(status, reason)| (self.outcomes.number(status), self.outcomes.number(reason)));
            let facts = match ending {
                None => None,
                Some(ending) => {
                    let Some(risk) = self.risks.next(job, names)? else {
                        let problem = format!("ends before the risk line of outcomes.jsonl:{}", found.line);
                        return Err(FidelityError::Parts { path: self.risks.path.to_owned(), problem });
                    };
                    let facts = risk.facts.renumbered(&self.risks.numbers);
                    if risk.id != found.id || (facts.status, facts.reason) != ending {
                        let problem = format!("is not the risk line of outcomes.jsonl:{}", found.line);
                        return Err(FidelityError::line(self.risks.path, risk.line, problem));
                    }
                    Some(facts)
                }
            };
            let commands = self.commands.add(Stored::new(&found, facts), names.table());
            commands.map_err(RiskLogError::temporary(job.directory))?;
        }
        match self.risks.next(job, names)? {
            None => Ok(()),
            Some(risk) => Err(FidelityError::line(self.risks.path, risk.line, "is a risk line without an outcome")),
        }
    }
}
