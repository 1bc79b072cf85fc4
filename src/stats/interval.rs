//! Wilson's interval of one rate, of which the bound of a difference is made. It decides nothing.

use super::count::Count;
use super::rate::{Alpha, Rate, float};
use super::special::normal_deviate;

/// A lower and an upper bound, `lower <= upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The rate is at least this.
    pub lower: Rate,
    /// The rate is at most this.
    pub upper: Rate,
}

/// Wilson's score interval, each side at `alpha`: the rates that the normal approximation does not reject.
///
/// With `z` the normal deviate: `(k + z²/2 ± z sqrt(k (n - k) / n + z²/4)) / (n + z²)`. Brackets `k / n`; 0 and 1 without a
/// record. Its coverage is near `1 - alpha` on average and may be less for a given rate.
///
/// Source: Wilson 1927, *Probable inference, the law of succession, and statistical inference*.
#[must_use]
pub(super) fn wilson(count: Count, alpha: Alpha) -> Interval {
    if count.records() == 0 {
        return Interval { lower: Rate::ZERO, upper: Rate::ONE };
    }
    let (k, n) = (float(count.events()), float(count.records()));
    let z = normal_deviate(alpha.get());
    let center = k + z * z / 2.0;
    let spread = z * (k * (n - k) / n + z * z / 4.0).sqrt();
    let bound = |sum: f64| Rate::clamped(sum / (n + z * z));
    // Without an event the difference is exactly 0; the sum may miss 1 by its rounding.
    let upper = if count.clean() == 0 { Rate::ONE } else { bound(center + spread) };
    Interval { lower: bound(center - spread), upper }
}
