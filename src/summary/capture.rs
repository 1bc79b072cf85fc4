//! Captured recordings by day, from which the age of a corpus can be computed later.
//!
//! A summary is a function of its inputs and reads no clock, so it keeps days instead of ages: the earliest ones, since these
//! become too old first. Of a corpus with more days than are kept, the latest are not counted here.

use crate::model::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Captured recordings by day, in UTC, for the earliest 4,000 days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<CaptureDay>", into = "Vec<CaptureDay>")]
pub struct CaptureDays(BTreeMap<Day, u64>);

/// The captured recordings of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureDay {
    /// In UTC.
    pub day: Day,
    /// How many.
    pub recordings: u64,
}

/// Captured recordings from before some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older {
    /// How many.
    pub recordings: u64,
    /// There may be more, on days that were not kept.
    pub at_least: bool,
    /// When the first of them was captured.
    pub oldest: Day,
}

impl CaptureDays {
    /// Almost eleven years without a gap.
    const KEPT: usize = 4000;

    pub(super) fn add(&mut self, day: Day, recordings: u64) {
        *self.0.entry(day).or_default() += recordings;
        // A day that is dropped has 4,000 earlier days, so it is dropped again whenever it is added: kept days are complete.
        if self.0.len() > Self::KEPT {
            self.0.pop_last();
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Self(days) = other;
        for (day, recordings) in days {
            self.add(*day, *recordings);
        }
    }

    /// Recordings that were captured before `day`; `None` without any.
    pub fn before(&self, day: Day) -> Option<Older> {
        let (oldest, _) = self.0.first_key_value().filter(|(oldest, _)| **oldest < day)?;
        let recordings = self.0.range(..day).map(|(_, recordings)| recordings).sum();
        let is_full = self.0.len() == Self::KEPT;
        let at_least = is_full && self.0.last_key_value().is_some_and(|(last, _)| *last < day);
        Some(Older { recordings, at_least, oldest: *oldest })
    }
}

impl From<Vec<CaptureDay>> for CaptureDays {
    fn from(days: Vec<CaptureDay>) -> Self {
        let mut counts = Self::default();
        for CaptureDay { day, recordings } in days {
            counts.add(day, recordings);
        }
        counts
    }
}

impl From<CaptureDays> for Vec<CaptureDay> {
    fn from(days: CaptureDays) -> Self {
        days.0.into_iter().map(|(day, recordings)| CaptureDay { day, recordings }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(days: impl IntoIterator<Item = i32>) -> CaptureDays {
        let mut counts = CaptureDays::default();
        days.into_iter().for_each(|day| counts.add(Day::new(day), 1));
        counts
    }

    #[test]
    fn recordings_before_a_day_are_older() {
        let days = counted([30, 10, 20, 10]);
        let before = |day| days.before(Day::new(day)).map(|older| (older.recordings, older.at_least));
        assert_eq!(
            [10, 11, 20, 21, 31].map(before),
            [None, Some(2), Some(2), Some(3), Some(4)].map(|n| n.map(|n| (n, false)))
        );
        assert_eq!(days.before(Day::new(99)).unwrap().oldest, Day::new(10));
        assert_eq!(CaptureDays::default().before(Day::new(99)), None);
    }

    #[test]
    fn beyond_the_days_that_are_kept_a_count_is_a_lower_bound() {
        let kept = i32::try_from(CaptureDays::KEPT).unwrap();
        let days = counted((0..kept + 500).rev());
        let before = |day| days.before(Day::new(day)).map(|older| (older.recordings, older.at_least)).unwrap();
        assert_eq!(before(kept - 1), (3999, false));
        assert_eq!(before(kept + 500), (4000, true));
        assert!(!counted(0..kept - 1).before(Day::new(kept)).unwrap().at_least);
    }

    #[test]
    fn days_are_written_as_dates_with_counts() {
        let days = counted([20_494, 0, 20_494]);
        let written = serde_json::to_string(&days).unwrap();
        assert_eq!(written, r#"[{"day":"1970-01-01","recordings":1},{"day":"2026-02-10","recordings":2}]"#);
        assert_eq!(serde_json::from_str::<CaptureDays>(&written).unwrap(), days);
    }

    proptest! {
        #[test]
        fn neither_order_nor_division_changes_the_days(days in prop::collection::vec(0..9000_i32, 4000..9000), cut in 0..4000_usize) {
            let mut parts = counted(days[cut..].iter().rev().copied());
            parts.merge(&counted(days[..cut].iter().copied()));
            prop_assert_eq!(parts, counted(days));
        }
    }
}
