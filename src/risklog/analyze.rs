//! The driver: logs in, metrics out, on all cores and in bounded memory.
//!
//! A reader gives batches of lines to workers, and their results are added up in the order of the lines, on which two
//! metrics depend: the compatible ones list statuses in the order of their first appearance, and steps back in time are
//! found. Distinct commands are counted at the end.

use super::compatible::{Compatible, CompatibleCounts};
use super::distinct::Distinct;
use super::error::RiskLogError;
use super::facts::{AnalysisJob, Facts, LogFacts};
use super::findings::findings;
use super::rank::Ranks;
use super::record::Record;
use super::scan::ScannedBatch;
use super::source::LogReader;
use super::tally::Tallies;
use super::view::Honest;
use crate::bulk::ordered;
use crate::corpus::CorpusInput;
use serde::Serialize;
use std::io;

/// Both sets of metrics.
#[derive(Debug, Serialize)]
pub struct Analysis {
    /// Those of the deployed analyzer.
    pub compatible: Compatible,
    /// The honest ones.
    pub honest: Honest,
}

/// Analyses risk logs. A missing log counts as empty.
///
/// # Errors
///
/// A log exists and cannot be read to its end, or temporary files cannot be written.
pub fn analyze(job: &AnalysisJob) -> Result<Analysis, RiskLogError> {
    let mut reader = LogReader::new(job.logs);
    let mut fold = Fold::new(job);
    let window = job.window;
    ordered(
        || reader.next_batch(),
        job.threads,
        |(log, batch)| ScannedBatch::of(log, &batch, window),
        |part| {
            (job.progress)(part.bytes);
            fold.take(part).map_err(RiskLogError::temporary(job.directory))
        },
    )?;
    for missing in reader.missing() {
        fold.facts.logs[*missing].is_missing = true;
    }
    fold.finish(job)
}

/// The sums of all batches so far.
struct Fold {
    facts: Facts,
    compatible: CompatibleCounts,
    latencies: Ranks,
    distinct: Distinct<Record>,
}

impl Fold {
    fn new(job: &AnalysisJob) -> Self {
        let of_log =
            |input: &CorpusInput| LogFacts { name: input.display_name(), is_ended: true, ..LogFacts::default() };
        Self {
            facts: Facts { logs: job.logs.iter().map(of_log).collect(), ..Facts::default() },
            compatible: CompatibleCounts::default(),
            latencies: Ranks::new(job.directory),
            distinct: Distinct::new(job.directory),
        }
    }

    fn take(&mut self, part: ScannedBatch) -> io::Result<()> {
        let ScannedBatch {
            log,
            bytes: _,
            lines,
            compatible,
            latencies,
            records,
            hours,
            times,
            course,
            broken,
            not_private,
            differing,
            is_ended,
            is_cut_off,
            has_byte_order_mark,
            last_hour: _,
        } = part;
        let facts = &mut self.facts;
        facts.lines.merge(&lines);
        facts.hours.merge(&hours);
        facts.times = match (facts.times, times) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (ours, theirs) => ours.or(theirs),
        };
        facts.differing.merge(&differing);
        let of_log = &mut facts.logs[log];
        of_log.is_ended = is_ended;
        of_log.is_cut_off = is_cut_off;
        of_log.has_byte_order_mark |= has_byte_order_mark;
        of_log.course.append(&course);
        facts.broken.add(&of_log.name, &broken);
        facts.not_private.add(&of_log.name, &not_private);
        let numbers = self.compatible.append(&compatible);
        for mut record in records {
            if let Some(number) = numbers.get(record.reason as usize) {
                record.reason = *number;
            }
            self.distinct.add(record, &self.compatible.reasons)?;
        }
        latencies.iter().try_for_each(|latency| self.latencies.add(latency))
    }

    fn finish(self, job: &AnalysisJob) -> Result<Analysis, RiskLogError> {
        let Self { mut facts, compatible, latencies, distinct } = self;
        let partitions = distinct.finish().map_err(RiskLogError::temporary(job.directory))?;
        let reasons = &compatible.reasons;
        let mut tallies = Tallies::new();
        let mut numbers = 0..=u8::MAX;
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
        let mut honest = Honest::new(&mut facts, &tallies, reasons, job);
        honest.findings = findings(&honest, &facts);
        let compatible = compatible.finish(latencies).map_err(RiskLogError::temporary(job.directory))?;
        Ok(Analysis { compatible, honest })
    }
}
