//! Bounds of a quantile from the order of the values alone.
//!
//! Source: Conover 1999, *Practical Nonparametric Statistics* (confidence bounds of a quantile by order statistics). They
//! hold for one look; whether a quantile is below a limit is decided as a rate, that of values above the limit.

use super::binomial;
use super::bisect::first;
use super::count::Count;
use super::rate::{Alpha, Rate};

/// Ranks, from 1, of the values that bound a quantile, each side at `alpha`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranks {
    /// The largest rank whose value is at most the quantile; `None` where no value is known to be.
    pub lower: Option<u64>,
    /// The smallest rank whose value is at least the quantile; `None` where no value is known to be.
    pub upper: Option<u64>,
}

/// The ranks that bound the quantile `level` of `values` values: with `X` binomial of `values` and `level`, the smallest
/// `u` with `P(X >= u) <= alpha` and the largest `l` with `P(X < l) <= alpha`.
///
/// An upper bound of the 0.95 quantile at 5 % takes 59 values. `None` on both sides without a value, and for more than
/// [`Count::MAX_RECORDS`].
#[must_use]
pub fn ranks(level: Rate, values: u64, alpha: Alpha) -> Ranks {
    let tail = |tail: fn(Count, Rate) -> f64, rank| Count::new(rank, values).map(|count| tail(count, level));
    let last = values.min(Count::MAX_RECORDS);
    let upper = first(last, |rank| tail(binomial::at_least, rank).is_some_and(|tail| tail <= alpha.get()));
    let too_high = |rank| tail(binomial::at_most, rank).is_none_or(|tail| tail > alpha.get());
    Ranks { lower: first(last, too_high).filter(|&rank| rank > 0), upper }
}

/// The rank, from 1, of the quantile `percent` (1 to 100) among `values` values by nearest rank: the smallest value that at
/// least `percent` per cent of the values do not exceed. `None` without a value.
#[must_use]
pub fn nearest_rank(percent: u32, values: u64) -> Option<u64> {
    // Computed separately, so that no product overflows.
    let (hundreds, rest) = (values / 100, values % 100);
    let percent = u64::from(percent);
    (values > 0).then(|| hundreds * percent + (rest * percent).div_ceil(100))
}
