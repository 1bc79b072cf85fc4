//! What is known of logs and lines beside their metrics, and which of them are asked for.

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
    pub(super) differing: Smallest<String, EXAMPLES>,
}

/// The first few places of something, by file and line.
#[derive(Debug, Default)]
pub(super) struct Places(Smallest<(String, u64), EXAMPLES>);

impl Places {
    pub(super) fn add(&mut self, file: &str, lines: &[u64]) {
        for line in lines {
            self.0.add((file.to_owned(), *line));
        }
    }

    /// `file:line`, each.
    pub(super) fn shown(&self) -> Vec<String> {
        self.0.iter().map(|(file, line)| format!("{file}:{line}")).collect()
    }
}
