//! Events in records, which every rule of the gate counts.

use crate::stats::Count;
use serde::{Deserialize, Serialize};

/// Events in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Records with the event.
    pub events: u64,
    /// Records that lack what the rule needs; none of them is in `events`.
    pub unknown: u64,
    /// All records, unknown ones included.
    pub records: u64,
}

impl Records {
    /// Records without unknown ones.
    #[must_use]
    pub const fn known(events: u64, records: u64) -> Self {
        Self { events, unknown: 0, records }
    }

    /// With unknown records counted as events.
    pub(super) fn at_worst(self) -> Count {
        count(self.events + self.unknown, self.records)
    }

    /// With unknown records counted as no events.
    pub(super) fn at_best(self) -> Count {
        count(self.events, self.records)
    }
}

/// A summary that was edited by hand may have impossible counts: then every record is an event.
fn count(events: u64, records: u64) -> Count {
    let records = records.min(Count::MAX_RECORDS);
    Count::new(events.min(records), records).unwrap_or(Count::NONE)
}
