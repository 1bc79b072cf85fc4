//! Bounds of one rate that are shown and never decided upon: Wilson's, Jeffreys', and the exact one for clustered records.

use super::bisect::boundary;
use super::count::Count;
use super::rate::{Alpha, Rate, float};
use super::special::{beta_above, normal_deviate};

/// A lower and an upper bound, `lower <= upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// At least this.
    pub lower: Rate,
    /// At most this.
    pub upper: Rate,
}

/// Wilson's score interval, each side at `alpha`: the rates that the normal approximation does not reject.
///
/// With `z` the normal deviate: `(k + z²/2 ± z sqrt(k (n - k) / n + z²/4)) / (n + z²)`. Brackets `k / n`; 0 and 1 without a
/// record. Its coverage is near `1 - alpha` on average and may be less for a given rate.
///
/// Source: Wilson 1927, *Probable inference, the law of succession, and statistical inference*.
#[must_use]
pub fn wilson(count: Count, alpha: Alpha) -> Interval {
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

/// Jeffreys' upper bound, one-sided: `BetaInv(1 - alpha; k + 1/2, n - k + 1/2)`, and 1 where every record is an event.
///
/// Closer than the exact bound on average, and too small for some rates; 1 without a record.
///
/// Source: Brown, Cai and DasGupta 2001, *Interval estimation for a binomial proportion*.
#[must_use]
pub fn jeffreys_upper(count: Count, alpha: Alpha) -> Rate {
    beta_upper(float(count.events()) + 0.5, float(count.clean()) + 0.5, count, alpha)
}

/// How much less records say than independent ones would, 1 or more: the variance over that of independent records. The
/// commands of one person resemble each other.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct DesignEffect(f64);

impl DesignEffect {
    /// Independent records.
    pub const NONE: Self = Self(1.0);

    /// `None` below 1, for infinity and for `NaN`.
    #[must_use]
    pub fn new(effect: f64) -> Option<Self> {
        (effect >= 1.0 && effect.is_finite()).then_some(Self(effect))
    }
}

/// The upper Clopper-Pearson bound, one-sided, of `k / effect` events in `n / effect` records.
///
/// At [`DesignEffect::NONE`] it is the exact bound. Rises with the effect; 1 without a record and where every record is an
/// event.
///
/// Source: Korn and Graubard 1998, *Confidence intervals for proportions with small expected number of positive counts
/// estimated from survey data*.
#[must_use]
pub fn clustered_upper(count: Count, effect: DesignEffect, alpha: Alpha) -> Rate {
    beta_upper(float(count.events()) / effect.0 + 1.0, float(count.clean()) / effect.0, count, alpha)
}

/// The value that a Beta(a, b) variable exceeds with probability `alpha`.
fn beta_upper(a: f64, b: f64, count: Count, alpha: Alpha) -> Rate {
    if count.clean() == 0 {
        return Rate::ONE;
    }
    Rate::clamped(boundary(0.0, 1.0, |x| beta_above(x, a, b) > alpha.get()).1)
}
