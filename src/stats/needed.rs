//! How many more records it takes to prove that a rate is below its limit, if no further event occurs.
//!
//! The answer is the least that could do: an event on the way raises it. It is finite whatever has been seen, also where
//! the observed rate is far above the limit; that the limit is refuted by now is for
//! [`limit_refuted`](super::mixture::limit_refuted) to say.

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

/// Both tests, once they hold, hold for any larger number of clean records: that is what makes the search right.
fn clean_until(count: Count, holds: impl Fn(Count) -> bool) -> Option<u64> {
    first(Count::MAX_RECORDS - count.records(), |more| count.after_clean(more).is_some_and(&holds))
}

/// Of how many commands `records` are to be expected if each becomes one at `rate`: `records / rate`, rounded up. `None`
/// where that exceeds [`Count::MAX_RECORDS`], as with rate 0 and at least one record.
#[must_use]
pub fn commands_for(records: u64, rate: Rate) -> Option<u64> {
    if records == 0 {
        return Some(0);
    }
    let commands = float(records) / rate.get();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most 2^53")]
    (commands <= float(Count::MAX_RECORDS)).then(|| commands.ceil() as u64)
}
