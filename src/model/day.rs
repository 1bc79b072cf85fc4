//! Days of the calendar in UTC, for ages and counts by date.

use super::time::{utc_microseconds, utc_text};
use serde::{Deserialize, Serialize};

/// A day in UTC, of the years 0 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i32);

impl Day {
    /// 0000-01-01, in days from 1970-01-01.
    const FIRST: i32 = -719_528;
    /// 9999-12-31.
    const LAST: i32 = 2_932_896;

    /// The day `days` after 1970-01-01, clamped to the calendar: an offset can lead beyond it.
    #[must_use]
    pub fn new(days: i32) -> Self {
        Self(days.clamp(Self::FIRST, Self::LAST))
    }

    /// The day of a moment, in microseconds since 1970 UTC.
    #[must_use]
    pub fn of(microseconds: i64) -> Self {
        let days = microseconds.div_euclid(86_400_000_000);
        Self::new(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The day `days` before, at least the first of the calendar.
    #[must_use]
    pub fn before(self, days: u16) -> Self {
        Self::new(self.0.saturating_sub(i32::from(days)))
    }
}

impl std::fmt::Display for Day {
    /// As RFC 3339 writes a date: `2026-02-10`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = utc_text(i64::from(self.0) * 86_400_000_000);
        f.write_str(text.split('T').next().unwrap_or_default())
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = utc_microseconds(&format!("{text}T00:00:00Z"));
        moment.map(Self::of).ok_or_else(|| serde::de::Error::custom("must be a date, such as 2026-02-10"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_printed_as_dates() {
        for (days, date) in [(-1, "1969-12-31"), (0, "1970-01-01"), (20_494, "2026-02-10")] {
            assert_eq!(Day::new(days).to_string(), date);
        }
        assert_eq!([i32::MIN, i32::MAX].map(|days| Day::new(days).to_string()), ["0000-01-01", "9999-12-31"]);
        assert_eq!([i64::MIN, i64::MAX].map(|moment| Day::of(moment).to_string()), ["0000-01-01", "9999-12-31"]);
        assert_eq!(Day::of(86_400_000_000 - 1), Day::new(0));
        assert_eq!(Day::of(-1), Day::new(-1));
        assert_eq!(Day::new(20_494).before(41), Day::new(20_453));
        assert_eq!(Day::new(Day::FIRST).before(u16::MAX), Day::new(Day::FIRST));
    }

    #[test]
    fn a_text_that_is_no_date_is_refused() {
        for bad in ["", "2026-02-30", "2026-2-10", "2026-02-10T10:00:00Z"] {
            assert!(serde_json::from_value::<Day>(bad.into()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_day_is_read_as_it_is_written(days in Day::FIRST..=Day::LAST) {
            let day = Day::new(days);
            prop_assert_eq!(serde_json::from_value::<Day>(serde_json::to_value(day).unwrap()).unwrap(), day);
        }
    }
}
