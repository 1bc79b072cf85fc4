//! What the timestamps of a log show: hours without lines, and steps back in time.

use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000_000;
/// Bits of a chunk of hours: about six weeks.
const CHUNK: i64 = 1024;

/// The hours with lines, one bit each: at most 11 MB for any timestamps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hours(BTreeMap<i64, [u64; 16]>);

/// Consecutive hours without lines, between two with lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// The first hour without lines, in microseconds since 1970 UTC.
    pub(super) from: i64,
    pub(super) hours: u64,
}

/// All gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    pub(super) count: u64,
    pub(super) hours: u64,
    /// The longest ones, longest first; of equal ones the earlier first.
    pub(super) longest: Vec<Gap>,
}

impl Gaps {
    /// Gaps that are listed.
    pub(super) const NAMED: usize = 5;
}

impl Hours {
    /// The hour of a time.
    pub(super) const fn of(time: i64) -> i64 {
        time.div_euclid(HOUR)
    }

    pub(super) fn add(&mut self, time: i64) {
        let hour = Self::of(time);
        let (word, bit) = place(hour.rem_euclid(CHUNK));
        self.0.entry(hour.div_euclid(CHUNK)).or_default()[word] |= bit;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let Self(hours) = other;
        for (chunk, theirs) in hours {
            let ours = self.0.entry(*chunk).or_default();
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours |= theirs);
        }
    }

    fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(chunk, words)| {
            (0..CHUNK)
                .filter(|hour| {
                    let (word, bit) = place(*hour);
                    words[word] & bit != 0
                })
                .map(move |hour| chunk * CHUNK + hour)
        })
    }

    pub(super) fn gaps(&self) -> Gaps {
        let mut gaps = Gaps::default();
        let mut before = None;
        for hour in self.iter() {
            let next = before.replace(hour).map_or(hour, |before: i64| before + 1);
            let hours = hour.abs_diff(next);
            if hours > 0 {
                gaps.count += 1;
                gaps.hours += hours;
                let place = gaps.longest.partition_point(|longer| longer.hours >= hours);
                gaps.longest.insert(place, Gap { from: next * HOUR, hours });
                gaps.longest.truncate(Gaps::NAMED);
            }
        }
        gaps
    }
}

/// The word and the bit for an hour of a chunk, `0..CHUNK`.
#[expect(clippy::expect_used, reason = "an hour of a chunk is not negative")]
fn place(hour: i64) -> (usize, u64) {
    (usize::try_from(hour / 64).expect("one of sixteen words"), 1 << (hour % 64))
}

/// The times of consecutive lines of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    first: Option<i64>,
    last: Option<i64>,
    /// Lines whose time is before that of the dated line above them.
    pub(super) steps_back: u64,
    /// The largest of these steps, in microseconds.
    pub(super) largest: u64,
    /// The line of the first one.
    pub(super) line: Option<u64>,
    first_line: u64,
}

impl Course {
    /// Adds the time of the next dated line.
    pub(super) fn add(&mut self, time: i64, line: u64) {
        if self.first.is_none() {
            (self.first, self.first_line) = (Some(time), line);
        }
        self.step(time, line);
        self.last = Some(time);
    }

    fn step(&mut self, time: i64, line: u64) {
        if let Some(last) = self.last.filter(|last| *last > time) {
            self.steps_back += 1;
            self.largest = self.largest.max(last.abs_diff(time));
            self.line = self.line.or(Some(line));
        }
    }

    /// Adds the lines that follow.
    pub(super) fn append(&mut self, next: &Self) {
        let Self { first, last, steps_back, largest, line, first_line } = *next;
        let Some(first) = first else { return };
        if self.first.is_none() {
            *self = *next;
            return;
        }
        self.step(first, first_line);
        self.steps_back += steps_back;
        self.largest = self.largest.max(largest);
        self.line = self.line.or(line);
        self.last = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_without_lines_between_lines_are_gaps() {
        let mut hours = Hours::default();
        assert_eq!(hours.gaps(), Gaps::default());
        for hour in [-2000, -3, -2, 0, 1, 1030] {
            hours.add(hour * HOUR + HOUR / 2);
        }
        let gaps = hours.gaps();
        assert_eq!((gaps.count, gaps.hours), (3, 1996 + 1 + 1028));
        let named: Vec<_> = gaps.longest.iter().map(|gap| (gap.from / HOUR, gap.hours)).collect();
        assert_eq!(named, [(-1999, 1996), (2, 1028), (-1, 1)]);
    }

    proptest! {
        #[test]
        fn a_course_in_two_parts_is_the_whole_course(times in prop::collection::vec(0..20_i64, 0..30), cut in 0..31_usize) {
            let course = |range: std::ops::Range<usize>| {
                let mut course = Course::default();
                range.for_each(|place| course.add(times[place], place as u64));
                course
            };
            let cut = cut.min(times.len());
            let whole = course(0..times.len());
            let mut pieces = course(0..cut);
            pieces.append(&course(cut..times.len()));
            prop_assert_eq!(pieces, whole);
            let back: Vec<_> = times.windows(2).map(|pair| pair[0] - pair[1]).filter(|step| *step > 0).collect();
            prop_assert_eq!(whole.steps_back, back.len() as u64);
            prop_assert_eq!(whole.largest, back.iter().max().map_or(0, |step| step.unsigned_abs()));
        }
    }
}
