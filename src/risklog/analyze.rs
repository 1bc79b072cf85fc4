//! The driver: logs in, metrics out, on all cores and in bounded memory.
//!
//! A reader feeds batches of lines to workers, and what they make of them is added up in the order of the lines: the
//! compatible metrics name statuses in the order of their first appearance, and time can go back. Everything else does
//! not depend on an order. Distinct commands are counted at the end.

use super::compatible::{Compatible, CompatibleCounts};
use super::distinct::Distinct;
use super::error::RiskLogError;
use super::findings::findings;
use super::rank::Ranks;
use super::record::Record;
use super::scan::Part;
use super::seen::{AnalysisJob, LogFacts, Seen};
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
    /// Those that can be believed.
    pub honest: Honest,
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
        fold.seen.logs[*missing].is_missing = true;
    }
    fold.finish(job)
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
        let Part {
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
        let seen = &mut self.seen;
        seen.lines.merge(&lines);
        seen.hours.merge(&hours);
        seen.times = match (seen.times, times) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (ours, theirs) => ours.or(theirs),
        };
        seen.differing.merge(&differing);
        let facts = &mut seen.logs[log];
        facts.is_ended = is_ended;
        facts.is_cut_off = is_cut_off;
        facts.has_byte_order_mark |= has_byte_order_mark;
        facts.course.append(&course);
        seen.broken.add(&facts.name, &broken);
        seen.not_private.add(&facts.name, &not_private);
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
        let Self { mut seen, compatible, latencies, distinct } = self;
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
        let mut honest = Honest::new(&mut seen, &tallies, reasons, job);
        honest.findings = findings(&honest, &seen);
        let compatible = compatible.finish(latencies).map_err(RiskLogError::temporary(job.directory))?;
        Ok(Analysis { compatible, honest })
    }
}
