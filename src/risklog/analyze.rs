//! The driver: logs in, metrics out, on all cores and in bounded memory.
//!
//! A reader feeds batches of lines to workers, and what they make of them is added up in the order of the lines: the
//! compatible metrics name statuses in the order of their first appearance, and time can go back. Everything else does
//! not depend on an order. Distinct commands are counted at the end.

use super::clock::{Course, Hours};
use super::compatible::{Compatible, CompatibleCounts};
use super::distinct::Distinct;
use super::error::RiskLogError;
use super::rank::Ranks;
use super::record::Record;
use super::scan::{EXAMPLES, LineCounts, Part, Window, keep_smallest};
use super::source::LogReader;
use super::tally::Tallies;
use super::view::Honest;
use crate::bulk::ordered;
use crate::corpus::CorpusInput;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Which logs to analyse, and how.
pub struct AnalysisJob<'a> {
    /// The logs, in the order in which names first appear in the compatible metrics; nothing else depends on it.
    pub logs: &'a [CorpusInput],
    /// Which lines count.
    pub window: Window,
    /// What a timeout is taken for, in ms.
    pub budget_ms: u32,
    /// Worker threads.
    pub threads: usize,
    /// The present, in microseconds since 1970 UTC.
    pub now: i64,
    /// Where temporary files may be.
    pub directory: &'a Path,
    /// Is told how many bytes more were read.
    pub progress: &'a dyn Fn(u64),
}

/// Both sets of metrics.
#[derive(Debug)]
pub struct Analysis {
    /// Those of the deployed analyzer.
    pub compatible: Compatible,
    /// Those that can be believed.
    pub honest: Honest,
}

/// What is known of one log.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that are told one by one")]
pub(super) struct LogFacts {
    pub(super) name: String,
    pub(super) is_missing: bool,
    pub(super) is_ended: bool,
    pub(super) is_cut_off: bool,
    pub(super) has_byte_order_mark: bool,
    pub(super) course: Course,
}

/// Analyses risk logs. A log that is not there counts as empty.
///
/// # Errors
///
/// A log that is there and cannot be read to its end, or temporary files that cannot be written.
pub fn analyze(job: &AnalysisJob) -> Result<Analysis, RiskLogError> {
    let mut reader = LogReader::new(job.logs);
    let mut fold = Fold::new(job);
    let window = job.window;
    ordered(
        || reader.next_batch(),
        job.threads,
        |(log, batch)| Part::of(log, &batch, window),
        |part| {
            (job.progress)(part.bytes);
            fold.take(part).map_err(RiskLogError::temporary(job.directory))
        },
    )?;
    for missing in reader.missing() {
        if let Some(facts) = fold.seen.logs.get_mut(*missing) {
            facts.is_missing = true;
        }
    }
    fold.finish(job)
}

/// What is known of the lines, beside their metrics.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) logs: Vec<LogFacts>,
    pub(super) lines: LineCounts,
    pub(super) hours: Hours,
    /// The earliest and the latest time.
    pub(super) times: Option<(i64, i64)>,
    pub(super) broken: Places,
    pub(super) not_private: Places,
    pub(super) differing: BTreeSet<String>,
}

/// What all batches so far came to.
struct Fold {
    seen: Seen,
    compatible: CompatibleCounts,
    latencies: Ranks,
    distinct: Distinct<Record>,
}

impl Fold {
    fn new(job: &AnalysisJob) -> Self {
        let facts =
            |input: &CorpusInput| LogFacts { name: input.display_name(), is_ended: true, ..LogFacts::default() };
        Self {
            seen: Seen { logs: job.logs.iter().map(facts).collect(), ..Seen::default() },
            compatible: CompatibleCounts::default(),
            latencies: Ranks::new(job.directory),
            distinct: Distinct::new(job.directory),
        }
    }

    fn take(&mut self, part: Part) -> io::Result<()> {
        let seen = &mut self.seen;
        seen.lines.merge(&part.lines);
        seen.hours.merge(&part.hours);
        seen.times = match (seen.times, part.times) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (ours, theirs) => ours.or(theirs),
        };
        part.differing.iter().for_each(|id| keep_smallest(&mut seen.differing, id));
        if let Some(facts) = seen.logs.get_mut(part.log) {
            facts.is_ended = part.is_ended;
            facts.is_cut_off = part.is_cut_off;
            facts.has_byte_order_mark |= part.has_byte_order_mark;
            facts.course.append(&part.course);
            seen.broken.add(&facts.name, &part.broken);
            seen.not_private.add(&facts.name, &part.not_private);
        }
        let numbers = self.compatible.append(&part.compatible);
        for mut record in part.records {
            if let Some(number) = numbers.get(record.reason as usize) {
                record.reason = *number;
            }
            self.distinct.add(record, &self.compatible.reasons)?;
        }
        part.latencies.iter().try_for_each(|latency| self.latencies.add(latency))
    }

    fn finish(self, job: &AnalysisJob) -> Result<Analysis, RiskLogError> {
        let Self { seen, compatible, latencies, distinct } = self;
        let partitions = distinct.finish();
        let reasons = &compatible.reasons;
        let mut tallies = Tallies::new();
        let mut numbers = 0..partitions.count();
        let counted = ordered(
            || Ok(numbers.next()),
            job.threads,
            |number| {
                let mut part = Tallies::new();
                partitions.first_lines(number, reasons)?.iter().for_each(|record| part.add(record));
                Ok(part)
            },
            |part: io::Result<Tallies>| part.map(|part| tallies.merge(part)),
        );
        counted.map_err(RiskLogError::temporary(job.directory))?;
        let honest = Honest::new(seen, &tallies, reasons, job);
        let compatible = compatible.finish(latencies).map_err(RiskLogError::temporary(job.directory))?;
        Ok(Analysis { compatible, honest })
    }
}

/// The first few places of something, by file and line.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeSet<(String, u64)>);

impl Places {
    fn add(&mut self, file: &str, lines: &[u64]) {
        for line in lines {
            self.0.insert((file.to_owned(), *line));
            if self.0.len() > EXAMPLES {
                self.0.pop_last();
            }
        }
    }

    /// `file:line`, each.
    pub(super) fn shown(&self) -> Vec<String> {
        self.0.iter().map(|(file, line)| format!("{file}:{line}")).collect()
    }
}
