//! From a batch of lines to counts and records: the work of one worker.

use super::add::add_fields;
use super::clock::{Course, Hours};
use super::compatible::CompatibleCounts;
use super::line::{Latency, Line, Reading, read};
use super::record::{Flag, Record};
use crate::bulk::Smallest;
use crate::corpus::Batch;
use crate::model::shown_name;
use std::borrow::Cow;

/// Examples that are kept of each finding.
pub(super) const EXAMPLES: usize = 5;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Lines count if their time is in this window. Microseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Its beginning, inclusive.
    pub since: Option<i64>,
    /// Its end, exclusive.
    pub until: Option<i64>,
}

impl Window {
    pub(super) const fn is_open(self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    pub(super) fn contains(self, time: i64) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// Lines of each kind. They add up to `read`, with those that count as records and `blank` and `parse_errors`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LineCounts {
    /// All lines.
    pub read: u64,
    /// White space, or nothing.
    pub blank: u64,
    /// Lines that are not JSON objects. They have no time, and count whatever the window is.
    pub parse_errors: u64,
    /// Of these, lines of more than 1 MiB, which are not parsed.
    pub too_long: u64,
    /// JSON objects that count: those in the window.
    pub records: u64,
    /// JSON objects outside the window.
    pub outside_window: u64,
    /// JSON objects without a readable `timestamp`. With a window, they do not count.
    pub undated: u64,
    /// Records without a readable `command_id`, which are in no rate.
    pub without_id: u64,
    /// Records whose command was counted by another line.
    pub repeated: u64,
    /// JSON objects that hold what no risk line may hold.
    pub not_private: u64,
    /// Records whose `sampled` flag was recomputed.
    pub flags_recomputed: u64,
    /// Of these, records whose flag differs.
    pub flags_that_differ: u64,
}

impl LineCounts {
    pub(super) fn merge(&mut self, other: &Self) {
        add_fields!(
            self,
            other,
            [
                read,
                blank,
                parse_errors,
                too_long,
                records,
                outside_window,
                undated,
                without_id,
                repeated,
                not_private,
                flags_recomputed,
                flags_that_differ
            ]
        );
    }
}

/// The result of one batch.
#[derive(Debug, Default)]
pub(super) struct ScannedBatch {
    /// The number of its log.
    pub(super) log: usize,
    pub(super) bytes: u64,
    pub(super) lines: LineCounts,
    pub(super) compatible: CompatibleCounts,
    pub(super) latencies: Vec<Latency<'static>>,
    pub(super) records: Vec<Record>,
    pub(super) hours: Hours,
    /// The earliest and the latest time.
    pub(super) times: Option<(i64, i64)>,
    pub(super) course: Course,
    /// The first lines that are not JSON objects.
    pub(super) broken: Vec<u64>,
    /// The first lines that hold what no risk line may hold.
    pub(super) not_private: Vec<u64>,
    /// The smallest ids whose flag differs.
    pub(super) differing: Smallest<String, EXAMPLES>,
    /// Whether the last line ends in a line feed.
    pub(super) is_ended: bool,
    /// Whether the last line does not end, and is no JSON object.
    pub(super) is_cut_off: bool,
    /// Whether the log begins with a byte order mark.
    pub(super) has_byte_order_mark: bool,
    pub(super) last_hour: Option<i64>,
}

impl ScannedBatch {
    /// Reads a batch of the log with the number `log`.
    pub(super) fn of(log: usize, batch: &Batch, window: Window) -> Self {
        let mut part = Self { log, bytes: batch.len() as u64, is_ended: batch.is_ended(), ..Self::default() };
        let mut is_broken = false;
        for (number, line) in batch.lines() {
            let broken_before = part.lines.parse_errors;
            part.lines.read += 1;
            match line.as_ref().map(|line| read(line)) {
                Err(_) => {
                    part.lines.too_long += 1;
                    part.broken(number);
                }
                Ok(Reading::Blank) => part.lines.blank += 1,
                Ok(Reading::Broken) => {
                    part.has_byte_order_mark |=
                        number == 1 && line.as_ref().is_ok_and(|line| line.starts_with(BYTE_ORDER_MARK));
                    part.broken(number);
                }
                Ok(Reading::Record(line)) => part.object(line, number, window),
            }
            is_broken = part.lines.parse_errors > broken_before;
        }
        part.is_cut_off = is_broken && !part.is_ended;
        part
    }

    fn broken(&mut self, number: u64) {
        self.lines.parse_errors += 1;
        self.compatible.parse_errors += 1;
        if self.broken.len() < EXAMPLES {
            self.broken.push(number);
        }
    }

    fn object(&mut self, line: Line, number: u64, window: Window) {
        if !line.is_clean {
            self.lines.not_private += 1;
            if self.not_private.len() < EXAMPLES {
                self.not_private.push(number);
            }
        }
        match line.time {
            None => {
                self.lines.undated += 1;
                if !window.is_open() {
                    return;
                }
            }
            Some(time) if window.contains(time) => self.dated(time, number),
            Some(_) => {
                self.lines.outside_window += 1;
                return;
            }
        }
        self.record(line);
    }

    fn dated(&mut self, time: i64, number: u64) {
        self.course.add(time, number);
        self.times = Some(self.times.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        let hour = Hours::of(time);
        if self.last_hour.replace(hour) != Some(hour) {
            self.hours.add(time);
        }
    }

    fn record(&mut self, line: Line) {
        self.lines.records += 1;
        let compatible = &mut self.compatible;
        compatible.records += 1;
        compatible.sampled += u64::from(line.sampled == Some(true));
        compatible.statuses.add(line.status.as_status(), 1);
        let reason = line.reason.as_reason().map(|reason| compatible.reasons.add(reason, 1));
        if let Some(found) = line.mismatches {
            compatible.diffs += 1;
            compatible.intent += u64::from(found.intent);
            compatible.entity_key += u64::from(found.entity_key);
        }
        match Record::new(&line, reason) {
            None => self.lines.without_id += 1,
            Some(record) => {
                self.lines.flags_recomputed += u64::from(record.is(Flag::Judged));
                if record.is(Flag::Differs) {
                    self.lines.flags_that_differ += 1;
                    self.differing.add_ref(&*shown_name(line.id.as_deref().unwrap_or_default()));
                }
                self.records.push(record);
            }
        }
        self.latencies.extend(line.latency.map(Latency::owned));
    }
}

impl Latency<'_> {
    fn owned(self) -> Latency<'static> {
        match self {
            Self::Flag(flag) => Latency::Flag(flag),
            Self::Whole(ms) => Latency::Whole(ms),
            Self::Beyond(digits) => Latency::Beyond(Cow::Owned(digits.into_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_includes_its_beginning_and_not_its_end() {
        let window = Window { since: Some(5), until: Some(7) };
        assert_eq!([4, 5, 6, 7].map(|time| window.contains(time)), [false, true, true, false]);
        assert!(Window::default().is_open() && !window.is_open());
    }
}
