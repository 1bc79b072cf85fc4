//! How many more records it takes to prove that a rate is below its limit, if no further event occurs.
//!
//! The answer is a minimum: each further event raises it. It is finite even where the observed rate is far above the limit;
//! whether the limit is refuted is computed by [`limit_refuted`](super::mixture::limit_refuted).

use super::bisect::first;
use super::count::Count;
use super::rate::{Alpha, Limit, Rate, float};
use super::{binomial, mixture};

/// The smallest number of clean records after which [`mixture::limit_proven`] holds; 0 where it holds already, `None`
/// where the records would exceed [`Count::MAX_RECORDS`]. Rises with the events.
#[must_use]
pub fn any_look(count: Count, limit: Limit, alpha: Alpha) -> Option<u64> {
    clean_until(count, |count| mixture::limit_proven(count, limit, alpha))
}

/// The smallest number of clean records after which [`binomial::limit_proven`] holds; 0 where it holds already, `None`
/// where the records would exceed [`Count::MAX_RECORDS`]. Rises with the events.
#[must_use]
pub fn one_look(count: Count, limit: Limit, alpha: Alpha) -> Option<u64> {
    clean_until(count, |count| binomial::limit_proven(count, limit, alpha))
}

/// The search needs tests that, once they hold, hold for any larger number of clean records. Both do.
fn clean_until(count: Count, holds: impl Fn(Count) -> bool) -> Option<u64> {
    first(Count::MAX_RECORDS - count.records(), |more| count.after_clean(more).is_some_and(&holds))
}

/// The number of commands among which `records` records are expected, at `rate` records per command: `records / rate`,
/// rounded up. `None` where that exceeds [`Count::MAX_RECORDS`], as with rate 0 and at least one record.
#[must_use]
pub fn commands_for(records: u64, rate: Rate) -> Option<u64> {
    if records == 0 {
        return Some(0);
    }
    let commands = float(records) / rate.get();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most 2^53")]
    (commands <= float(Count::MAX_RECORDS)).then(|| commands.ceil() as u64)
}
