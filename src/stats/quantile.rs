//! Bounds of a quantile from the order of the values alone, some of which are only known to be at least so much.
//!
//! A latency that ran into its limit was not measured: it is censored. Left out, the slow ones are missing, and no quantile
//! can exceed the limit; taken as the limit, none can either. Here such a value bounds from below what it bounds, and
//! bounds nothing from above.
//!
//! Source: Conover 1999, *Practical Nonparametric Statistics* (confidence bounds of a quantile by order statistics). They
//! hold for one look; whether a quantile is below a limit is decided as a rate, that of values above the limit.

use super::binomial;
use super::bisect::first;
use super::count::Count;
use super::rate::{Alpha, Rate, float};

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

/// The index, from 0, at which the deployed analyzer takes the quantile: `(values - 1) * level`, truncated. `None` without a
/// value.
#[must_use]
pub fn deployed_index(level: Rate, values: u64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it truncates; never below 0")]
    values.checked_sub(1).map(|last| (float(last) * level.get()) as u64)
}

/// The rank, from 1, of the quantile `percent` (1 to 100) by nearest rank: the smallest value that at least so many per cent
/// of `values` values do not exceed. `None` without a value.
#[must_use]
pub fn nearest_rank(percent: u32, values: u64) -> Option<u64> {
    // Apart, so that no count overflows.
    let (hundreds, rest) = (values / 100, values % 100);
    let percent = u64::from(percent);
    (values > 0).then(|| hundreds * percent + (rest * percent).div_ceil(100))
}

/// Values in order, and how many more are only known to be at least `limit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values<T> {
    measured: Vec<T>,
    censored: u64,
    limit: T,
}

/// What is known of a value: at least the one and, unless it is censored, at most the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// At least this.
    pub at_least: T,
    /// At most this; `None` where there is no telling.
    pub at_most: Option<T>,
}

/// A quantile and its bounds, each side at its `alpha`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantile<T> {
    /// The value at [`deployed_index`].
    pub value: Known<T>,
    /// At most the quantile; `None` where there are too few values.
    pub lower: Option<T>,
    /// At least the quantile; `None` where there are too few values, or too many censored ones.
    pub upper: Option<T>,
}

impl<T: Copy + Ord> Values<T> {
    /// `measured` in any order, and the number of values that are at least `limit`.
    #[must_use]
    pub fn new(mut measured: Vec<T>, censored: u64, limit: T) -> Self {
        measured.sort_unstable();
        Self { measured, censored, limit }
    }

    /// All values, measured or censored.
    #[must_use]
    pub fn len(&self) -> u64 {
        (self.measured.len() as u64).saturating_add(self.censored)
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The quantile `level`; `None` without a value.
    #[must_use]
    pub fn quantile(&self, level: Rate, alpha: Alpha) -> Option<Quantile<T>> {
        let ranks = ranks(level, self.len(), alpha);
        Some(Quantile {
            value: self.at(deployed_index(level, self.len())?)?,
            lower: ranks.lower.and_then(|rank| self.at(rank - 1)).map(|known| known.at_least),
            upper: ranks.upper.and_then(|rank| self.at(rank.checked_sub(1)?)).and_then(|known| known.at_most),
        })
    }

    /// What is known of the value at `index`, from 0, in the order of all. At the least, every censored value is the limit;
    /// at the most, each is above all measured ones.
    fn at(&self, index: u64) -> Option<Known<T>> {
        let measured = |index: u64| usize::try_from(index).ok().and_then(|index| self.measured.get(index)).copied();
        let below = self.measured.partition_point(|value| *value < self.limit) as u64;
        let at_least = if index < below {
            measured(index)
        } else if index - below < self.censored {
            Some(self.limit)
        } else {
            measured(index - self.censored)
        };
        at_least.map(|at_least| Known { at_least, at_most: measured(index) })
    }
}
