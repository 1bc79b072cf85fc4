//! The job of an analysis, and facts about logs and lines beside their metrics.

use super::clock::{Course, Hours};
use super::scan::{EXAMPLES, LineCounts, Window};
use crate::bulk::Smallest;
use crate::corpus::CorpusInput;
use std::path::Path;

/// Which logs to analyse, and how.
pub struct AnalysisJob<'a> {
    /// The logs, in the order in which names first appear in the compatible metrics; nothing else depends on it.
    pub logs: &'a [CorpusInput],
    /// Which lines count.
    pub window: Window,
    /// The latency that a timeout counts as, in ms.
    pub budget_ms: u32,
    /// Worker threads.
    pub threads: usize,
    /// The current time, in microseconds since 1970 UTC.
    pub now: i64,
    /// The folder for temporary files.
    pub directory: &'a Path,
    /// Called with the number of bytes that were read since the last call.
    pub progress: &'a dyn Fn(u64),
}

/// Facts about one log.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts")]
pub(super) struct LogFacts {
    pub(super) name: String,
    pub(super) is_missing: bool,
    pub(super) is_ended: bool,
    pub(super) is_cut_off: bool,
    pub(super) has_byte_order_mark: bool,
    pub(super) course: Course,
}

/// Facts about all logs and lines, beside their metrics.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) logs: Vec<LogFacts>,
    pub(super) lines: LineCounts,
    pub(super) hours: Hours,
    /// The earliest and the latest time.
    pub(super) times: Option<(i64, i64)>,
    pub(super) broken: Locations,
    pub(super) not_private: Locations,
    pub(super) differing: Smallest<String, EXAMPLES>,
}

/// The first few locations of lines, by file and number.
#[derive(Debug, Default)]
pub(super) struct Locations(Smallest<(String, u64), EXAMPLES>);

impl Locations {
    pub(super) fn add(&mut self, file: &str, lines: &[u64]) {
        for line in lines {
            self.0.add((file.to_owned(), *line));
        }
    }

    /// Each as `file:line`.
    pub(super) fn shown(&self) -> Vec<String> {
        self.0.iter().map(|(file, line)| format!("{file}:{line}")).collect()
    }
}
