//! Running all checks over corpora, on all cores and in bounded memory, and over the state space.

use super::bench::Bench;
use super::canary::{self, Tallies};
use super::check::Part;
use super::counts::CheckCounts;
use super::fault::{Fault, faults};
use super::implementation::{Implementation, Ours};
use super::job::{VerifyCorpus, VerifyJob};
use super::off::OffEnvironment;
use super::state::Space;
use super::view::{Verification, VerifiedCorpus};
use super::{line, matrix, off, queue, scope, sink};
use crate::bulk::ordered;
use crate::corpus::{BatchReader, CorpusError, Fill, LineError, parse_line};
use crate::decide::Settings;
use crate::model::{IdDigest, Location, Recording};
use std::collections::{BTreeMap, VecDeque};

/// Recordings per item of work: each is decided some hundred times.
const CHUNK: usize = 8;

/// Verifies the corridor of this build.
///
/// # Errors
///
/// [`CorpusError`]: a corpus that cannot be read.
pub fn verify(job: &VerifyJob) -> Result<Verification, CorpusError> {
    let (counts, corpora) = run_checks(job, &Ours, 1)?;
    Ok(Verification::new(job, &counts, corpora))
}

/// The counts of all checks of an implementation; of the state space, one combination in `every` is driven.
pub(super) fn run_checks(
    job: &VerifyJob,
    implementation: &dyn Implementation,
    every: usize,
) -> Result<(CheckCounts, Vec<VerifiedCorpus>), CorpusError> {
    let bench = Bench::new(implementation, job.rules, job.conditions);
    let checks = Checks::new(&bench, job.parts);
    let mut counts = CheckCounts::default();
    let mut tallies = Tallies::new();
    let mut corpora = Vec::new();
    for corpus in job.corpora {
        corpora.push(checks.over(corpus, job, &mut tallies, &mut counts)?);
    }
    canary::published(&bench, &tallies, job.publications, &mut counts);
    let space = Space::new(job.rules, every);
    let mut units = 0..if job.parts.contains(&Part::States) { space.units() } else { 0 };
    ordered(
        || Ok::<_, CorpusError>(units.next()),
        job.threads,
        |unit| space.drive(implementation, unit),
        |found| {
            counts.merge(found);
            Ok(())
        },
    )?;
    Ok((counts, corpora))
}

/// The checks of recordings, with what they share.
struct Checks<'a> {
    bench: &'a Bench<'a>,
    parts: &'a [Part],
    off: Vec<OffEnvironment>,
    other_intents: Vec<(&'static str, Settings)>,
    faults: Vec<Fault>,
    as_deployed: Settings,
}

/// Some lines of a corpus, with their numbers.
type Chunk = Vec<(u64, Result<Vec<u8>, LineError>)>;

/// The result of all checks for a chunk.
struct ChunkResult {
    counts: CheckCounts,
    tallies: Tallies,
    ids: Vec<(u64, IdDigest)>,
    bad: Option<(u64, LineError)>,
    bytes: u64,
}

impl<'a> Checks<'a> {
    fn new(bench: &'a Bench<'a>, parts: &'a [Part]) -> Self {
        let conditions = bench.conditions;
        Self {
            off: off::environments(conditions),
            other_intents: scope::other_intents(conditions),
            faults: faults(),
            as_deployed: Settings::from_environment(&conditions.environment, &conditions.policy),
            bench,
            parts,
        }
    }

    fn over(
        &self,
        corpus: &VerifyCorpus,
        job: &VerifyJob,
        tallies: &mut Tallies,
        counts: &mut CheckCounts,
    ) -> Result<VerifiedCorpus, CorpusError> {
        let input = corpus.input.open()?;
        let digest = input.digest.clone();
        let mut reader = BatchReader::new(input, corpus.label.clone(), Fill::Whole);
        let mut chunks: VecDeque<Chunk> = VecDeque::new();
        let at = |line, column| Location { file: corpus.label.clone(), line, column };
        let mut lines_of = BTreeMap::new();
        let next = || -> Result<Option<Chunk>, CorpusError> {
            while chunks.is_empty() {
                let Some(batch) = reader.next_batch()? else { return Ok(None) };
                let lines: Vec<_> = batch.lines().map(|(number, line)| (number, line.map(<[u8]>::to_vec))).collect();
                chunks.extend(lines.chunks(CHUNK).map(<[_]>::to_vec));
            }
            Ok(chunks.pop_front())
        };
        let sink = |found: ChunkResult| {
            let ChunkResult { counts: more, tallies: planted, ids, bad, bytes } = found;
            if let Some((line, error)) = bad {
                return Err(CorpusError::Line { location: at(line, error.column), error: Box::new(error) });
            }
            for (line, id) in ids {
                if let Some(first) = lines_of.insert(id, line) {
                    return Err(CorpusError::Duplicate { location: at(line, Some(1)), first });
                }
            }
            counts.merge(more);
            for (of, tally) in planted {
                match tallies.get_mut(&of) {
                    Some(known) => known.merge(tally),
                    None => drop(tallies.insert(of, tally)),
                }
            }
            (job.progress)(bytes);
            Ok(())
        };
        ordered(next, job.threads, |chunk| self.examine(&corpus.name, chunk), sink)?;
        if lines_of.is_empty() {
            return Err(CorpusError::Empty(corpus.label.clone()));
        }
        Ok(VerifiedCorpus { name: corpus.name.clone(), recordings: lines_of.len() as u64, digest: digest.hex() })
    }

    fn examine(&self, corpus: &str, chunk: Chunk) -> ChunkResult {
        let mut found = ChunkResult {
            counts: CheckCounts::default(),
            tallies: Tallies::new(),
            ids: Vec::new(),
            bad: None,
            bytes: 0,
        };
        for (number, line) in chunk {
            found.bytes += line.as_ref().map_or(0, Vec::len) as u64 + 1;
            match line.as_deref().map_err(Clone::clone).and_then(parse_line) {
                Ok(recording) => {
                    found.ids.push((number, IdDigest::of(&recording.command.command_id)));
                    self.recording(corpus, &recording, &mut found);
                }
                Err(error) => {
                    found.bad = Some((number, error));
                    return found;
                }
            }
        }
        found
    }

    fn recording(&self, corpus: &str, recording: &Recording, found: &mut ChunkResult) {
        let (bench, counts) = (self.bench, &mut found.counts);
        let case = bench.case(corpus, recording, counts);
        for part in self.parts {
            match part {
                Part::Ac1 => off::check(bench, &self.off, &case, counts),
                Part::Ac2 => scope::check(bench, &self.other_intents, &case, counts),
                Part::Ac3 => {
                    matrix::check(bench, &self.faults, &case, counts);
                    sink::check(bench, &case, counts);
                    queue::check(bench, &case, counts);
                }
                Part::Ac4 => {
                    line::check(bench, &self.as_deployed, &case, counts);
                    canary::check(bench, &case, &mut found.tallies, counts);
                }
                // Not a check of recordings.
                Part::States => {}
            }
        }
    }
}
