//! Two answers to the same commands: how often only one of them was right.
//!
//! Only the pairs that differ say which of the two is better. The rate of regressions alone decides, and improvements
//! never offset it; the comparisons here are shown beside it.

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
    /// both were right or both were wrong. `None` where `worse + better > all`, or beyond [`Count::MAX_RECORDS`].
    #[must_use]
    pub fn new(worse: u64, better: u64, all: u64) -> Option<Self> {
        let pairs = Self { worse: Count::new(worse, all)?, better: Count::new(better, all)? };
        (better <= pairs.worse.clean()).then_some(pairs)
    }
}

/// The two-sided p-value, 0..=1, of McNemar's exact test of "neither answer is worse", the smaller tail doubled; 1 where no
/// pair differs.
///
/// Binomial with `worse + better` records and rate 1/2. Source: McNemar 1947, *Note on the sampling error of the difference
/// between correlated proportions or percentages*.
#[must_use]
pub fn mcnemar(pairs: Pairs) -> f64 {
    const HALF: Rate = Rate::clamped(0.5);
    let (worse, better) = (pairs.worse.events(), pairs.better.events());
    // Their sum is at most all pairs, so both are counts.
    let tail = |events| Count::new(events, worse + better).map_or(1.0, |count| binomial::at_least(count, HALF));
    (2.0 * tail(worse).min(tail(better))).min(1.0)
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
