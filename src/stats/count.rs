//! A number of events in a number of records.

use super::rate::{Rate, float};

/// Events in records: `events <= records <= Count::MAX_RECORDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    events: u64,
    records: u64,
}

impl Count {
    /// No record.
    pub const NONE: Self = Self { events: 0, records: 0 };

    /// 2^53. Above it, not every count is a 64-bit float.
    pub const MAX_RECORDS: u64 = 1 << 53;

    /// `None` with more events than records, or more records than [`Self::MAX_RECORDS`].
    #[must_use]
    pub const fn new(events: u64, records: u64) -> Option<Self> {
        if events <= records && records <= Self::MAX_RECORDS { Some(Self { events, records }) } else { None }
    }

    /// `k`, the records with an event.
    #[must_use]
    pub const fn events(self) -> u64 {
        self.events
    }

    /// `n`, all records.
    #[must_use]
    pub const fn records(self) -> u64 {
        self.records
    }

    /// `n - k`, the records without an event.
    #[must_use]
    pub const fn clean(self) -> u64 {
        self.records - self.events
    }

    /// `k / n`; `None` without a record.
    #[must_use]
    pub fn rate(self) -> Option<Rate> {
        (self.records > 0).then(|| Rate::clamped(float(self.events) / float(self.records)))
    }

    /// The same events after `more` records without one; `None` past [`Self::MAX_RECORDS`].
    #[must_use]
    pub(super) const fn after_clean(self, more: u64) -> Option<Self> {
        match self.records.checked_add(more) {
            Some(records) => Self::new(self.events, records),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_events_than_records() {
        assert_eq!(Count::new(2, 1), None);
        assert_eq!(Count::new(0, Count::MAX_RECORDS + 1), None);
        let count = Count::new(1, 1).unwrap();
        assert_eq!(count.after_clean(2), Count::new(1, 3));
        assert_eq!(count.after_clean(Count::MAX_RECORDS), None);
        assert_eq!(count.after_clean(u64::MAX), None);
    }

    #[test]
    fn no_record_has_no_rate() {
        assert_eq!(Count::new(0, 0).unwrap().rate(), None);
        assert_eq!(Count::new(3, 3).unwrap().rate(), Some(Rate::ONE));
    }
}
