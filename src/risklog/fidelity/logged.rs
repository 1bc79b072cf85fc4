//! The side of the logs: a record of fixed size for each line that counts, and counts of the others.

use super::super::add::add_fields;
use super::super::breakdown::Breakdown;
use super::super::distinct::CommandRecord;
use super::super::line::{Line, Reading, read};
use super::super::scan::Window;
use super::line_facts::{LineFacts, Names};
use crate::corpus::Batch;
use crate::model::IdDigest;
use serde::Serialize;
use std::cmp::Ordering;

/// Lines of the logs by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogLines {
    /// All lines.
    pub read: u64,
    /// White space, or nothing.
    pub blank: u64,
    /// Lines that are not JSON objects, or longer than 1 MiB. They have no time, and count whatever the window is.
    pub parse_errors: u64,
    /// JSON objects that count: those in the window.
    pub records: u64,
    /// JSON objects outside the window.
    pub outside_window: u64,
    /// JSON objects without a readable `timestamp`. With a window, they do not count.
    pub undated: u64,
    /// Records without a readable `command_id`, which cannot be joined.
    pub without_id: u64,
    /// Records whose command was compared with another line.
    pub repeated: u64,
}

/// One line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Logged {
    id: u128,
    time: i64,
    pub(super) facts: LineFacts,
    /// Whether the command is in the sample at the line's own rate; `None` where the rate is no number.
    pub(super) is_due: Option<bool>,
}

impl Logged {
    pub(super) fn new(line: &Line, names: &mut Names) -> Option<Self> {
        let digest = IdDigest::of(line.id.as_deref()?);
        Some(Self {
            id: digest.key(),
            // The largest value, so that dated lines sort before undated ones.
            time: line.time.unwrap_or(i64::MAX),
            facts: LineFacts::new(line, names),
            is_due: line.sample_rate.map(|rate| digest.bucket().is_sampled_at(rate)),
        })
    }

    pub(super) fn renumbered(self, numbers: &[u32]) -> Self {
        Self { facts: self.facts.renumbered(numbers), ..self }
    }
}

impl CommandRecord for Logged {
    const STORED: usize = 16 + 8 + 1 + LineFacts::STORED;

    fn id(&self) -> u128 {
        self.id
    }

    /// By time.
    fn cmp_lines(&self, other: &Self, names: &Breakdown) -> Ordering {
        let key = |logged: &Self| (logged.time, logged.is_due);
        key(self).cmp(&key(other)).then_with(|| self.facts.cmp_by_name(&other.facts, names))
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.time.to_le_bytes());
        bytes.push(self.is_due.map_or(2, u8::from));
        self.facts.store(bytes);
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (is_due, rest) = rest.split_first()?;
        Some(Self {
            id: u128::from_be_bytes(*id),
            time: i64::from_le_bytes(*time),
            facts: LineFacts::from_bytes(rest)?,
            is_due: (*is_due < 2).then_some(*is_due == 1),
        })
    }
}

/// The result of one batch of a log.
pub(super) struct LogBatch {
    /// The number of its log.
    pub(super) log: usize,
    pub(super) bytes: u64,
    pub(super) lines: LogLines,
    pub(super) names: Names,
    pub(super) records: Vec<Logged>,
    /// Whether the last line ends in a line feed.
    pub(super) is_ended: bool,
}

impl LogBatch {
    pub(super) fn of(log: usize, batch: &Batch, window: Window) -> Self {
        let (bytes, is_ended) = (batch.len() as u64, batch.is_ended());
        let (lines, names, records) = (LogLines::default(), Names::new(), Vec::new());
        let mut part = Self { log, bytes, lines, names, records, is_ended };
        for (_, line) in batch.lines() {
            part.lines.read += 1;
            match line.map_or(Reading::Broken, read) {
                Reading::Blank => part.lines.blank += 1,
                Reading::Broken => part.lines.parse_errors += 1,
                Reading::Record(line) => part.object(&line, window),
            }
        }
        part
    }

    fn object(&mut self, line: &Line, window: Window) {
        let counts = &mut self.lines;
        match line.time {
            None => {
                counts.undated += 1;
                if !window.is_open() {
                    return;
                }
            }
            Some(time) if window.contains(time) => {}
            Some(_) => {
                counts.outside_window += 1;
                return;
            }
        }
        counts.records += 1;
        match Logged::new(line, &mut self.names) {
            None => counts.without_id += 1,
            Some(logged) => self.records.push(logged),
        }
    }
}

impl LogLines {
    pub(super) fn merge(&mut self, other: &Self) {
        add_fields!(self, other, [read, blank, parse_errors, records, outside_window, undated, without_id, repeated]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_record_is_read_back() {
        for line in [
            r#"{"command_id":"a"}"#,
            r#"{"command_id":"a","status":"error","reason_code":"x y","sampled":true,"sample_rate":1,"llm_summary":{}}"#,
            r#"{"command_id":"a","timestamp":"1969-01-01T00:00:00Z","sample_rate":0,"baseline_summary":{"a":1}}"#,
        ] {
            let Reading::Record(line) = read(line.as_bytes()) else { panic!("{line}") };
            let logged = Logged::new(&line, &mut Names::new()).unwrap();
            let mut bytes = Vec::new();
            logged.store(&mut bytes);
            assert_eq!((bytes.len(), Logged::from_bytes(&bytes)), (Logged::STORED, Some(logged)));
        }
    }
}
