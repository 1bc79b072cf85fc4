//! Two answers to the same commands: where one was right and the other was wrong.
//!
//! Only the pairs that differ say which of the two is better. What is decided upon is the rate of regressions alone
//! ([`Pairs::regressions`]), which improvements never offset; the comparisons here are shown beside it.

use super::binomial;
use super::bisect::boundary;
use super::count::Count;
use super::rate::{Alpha, Rate, float};
use super::special::normal_deviate;

/// Pairs of answers by who was right: `worse + better <= all <= Count::MAX_RECORDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairs {
    worse: Count,
    better: Count,
}

impl Pairs {
    /// `worse`: the baseline was right and the candidate wrong. `better`: the reverse. `all`: these and the pairs in which
    /// both were right or both were wrong. `None` where that does not add up, or beyond [`Count::MAX_RECORDS`].
    #[must_use]
    pub fn new(worse: u64, better: u64, all: u64) -> Option<Self> {
        let pairs = Self { worse: Count::new(worse, all)?, better: Count::new(better, all)? };
        (better <= pairs.worse.clean()).then_some(pairs)
    }

    /// Regressions among all pairs.
    #[must_use]
    pub const fn regressions(self) -> Count {
        self.worse
    }

    /// Improvements among all pairs.
    #[must_use]
    pub const fn improvements(self) -> Count {
        self.better
    }
}

/// The p-values of McNemar's exact test, 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McNemar {
    /// Against "the candidate is not worse".
    pub worse: f64,
    /// Against "neither is worse", the smaller tail doubled.
    pub different: f64,
}

/// McNemar's exact test: of the pairs that differ, is more than half worse? Both p-values are 1 where none differs.
///
/// Binomial with `worse + better` records and rate 1/2. Source: McNemar 1947, *Note on the sampling error of the difference
/// between correlated proportions or percentages*.
#[must_use]
pub fn mcnemar(pairs: Pairs) -> McNemar {
    const HALF: Rate = Rate::clamped(0.5);
    let (worse, better) = (pairs.worse.events(), pairs.better.events());
    // Their sum is at most all pairs, so both are counts.
    let tail = |events| Count::new(events, worse + better).map_or(1.0, |count| binomial::at_least(count, HALF));
    let [worse, better] = [worse, better].map(tail);
    McNemar { worse, different: (2.0 * worse.min(better)).min(1.0) }
}

/// Tango's lower score bound, one-sided, of `(better - worse) / all`, the gain in being right; -1..=1.
///
/// The smallest gain `d` that the score statistic
///
/// ```text
/// (better - worse - n d) / sqrt(n (2 q + d (1 - d)))
/// ```
///
/// does not reject, `q` being the chance of a worse pair that is most likely under `d`. Falls with regressions, rises with
/// improvements; -1 without a pair. Unlike Wald's it works where no pair differs.
///
/// Source: Tango 1998, *Equivalence test and confidence interval for the difference in proportions for the paired-sample
/// design*.
#[must_use]
pub fn tango_lower(pairs: Pairs, alpha: Alpha) -> f64 {
    let (worse, better) = (float(pairs.worse.events()), float(pairs.better.events()));
    let n = float(pairs.worse.records());
    if pairs.worse.records() == 0 || pairs.worse.clean() == 0 {
        return -1.0;
    }
    let z = normal_deviate(alpha.get());
    let rejected = |gain: f64| {
        let linear = (2.0 * n + worse - better) * gain - better - worse;
        let constant = worse * gain * (1.0 - gain);
        // Rounding leads below 0 where both parts are equal.
        let root = (linear * linear + 8.0 * n * constant).max(0.0).sqrt();
        let likely = (root - linear) / (4.0 * n);
        let variance = n * (2.0 * likely + gain * (1.0 - gain));
        better - worse - n * gain > z * variance.max(0.0).sqrt()
    };
    boundary(-1.0, (better - worse) / n, rejected).0
}

/// A lower bound, one-sided, of `(better - worse) / all` that is exact and wide; -1..=1, and -1 without a pair.
///
/// The lower Clopper-Pearson bound of the improvements less the upper one of the regressions, each at `alpha / 2`.
#[must_use]
pub fn exact_lower(pairs: Pairs, alpha: Alpha) -> f64 {
    let each = alpha.split(2);
    binomial::lower_bound(pairs.better, each).get() - binomial::upper_bound(pairs.worse, each).get()
}
