//! The special functions that all formulas need, in forms in which no large numbers cancel.
//!
//! The textbook forms subtract logarithms of gamma functions. With 10^9 records those are of the order of 10^10, so that six
//! of the sixteen digits of a float are lost. Written as deviances, after Loader (2000, *Fast and accurate computation of
//! binomial probabilities*), nothing large is subtracted. Compared with 50-digit arithmetic, up to 10^9 records, logarithms
//! near `ln(1 / alpha)` are within 3e-12, and probabilities within a relative 2e-12; the tests allow 1e-11.

use std::f64::consts::TAU;

/// `ln gamma(x)` less Stirling's `(x - 1/2) ln x - x + ln(2 pi) / 2`, for `x > 0`.
pub(super) fn stirling_error(x: f64) -> f64 {
    /// From this argument on the series is exact to the last bit.
    const SERIES: f64 = 16.0;
    let mut shifted = x;
    let mut error = 0.0;
    while shifted < SERIES {
        error += (shifted + 0.5) * shifted.recip().ln_1p() - 1.0;
        shifted += 1.0;
    }
    let y = (shifted * shifted).recip();
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    error + series.iter().rev().fold(0.0, |sum, coefficient| sum * y + coefficient) / shifted
}

/// `x ln(x / mean) + mean - x`, which is never negative; `x` and `mean` above 0.
fn deviance(x: f64, mean: f64) -> f64 {
    let gap = x - mean;
    if gap.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - gap;
    }
    // Near the mean the difference is of a smaller order than its parts: the series of the logarithm, by odd powers.
    let ratio = gap / (x + mean);
    let mut sum = gap * ratio;
    let mut power = 2.0 * x * ratio;
    let mut odd = 1.0;
    loop {
        power *= ratio * ratio;
        odd += 2.0;
        let next = sum + power / odd;
        if (next - sum).abs() > 0.0 {
            sum = next;
        } else {
            return next;
        }
    }
}

/// `ln B(a, b)`, the logarithm of the beta function; `a` and `b` above 0.
pub(super) fn ln_beta(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let powers = -a * (b / a).ln_1p() - b * (a / b).ln_1p();
    powers + 0.5 * (TAU * (sum / a) / b).ln() + stirling_error(a) + stirling_error(b) - stirling_error(sum)
}

/// `ln` of the Beta(a, b) density at `x`, strictly between 0 and 1.
pub(super) fn ln_beta_density(x: f64, a: f64, b: f64) -> f64 {
    let y = 1.0 - x;
    let sum = a + b;
    let shape = stirling_error(sum) - stirling_error(a) - stirling_error(b) - 0.5 * (TAU * (sum / a) / b).ln();
    shape - deviance(a, sum * x) - deviance(b, sum * y) - x.ln() - (-x).ln_1p()
}

/// The probability that a gamma variable of shape `a` and scale 1 exceeds `x`; 0..=1.
///
/// Series and continued fraction of the incomplete gamma function (*Digital Library of Mathematical Functions*, 8.7.1 and
/// 8.9.2), each on its side of the mean.
pub(super) fn gamma_above(x: f64, a: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let first = (-deviance(a, x) - stirling_error(a)).exp() / (TAU * a).sqrt();
    if x < a + 1.0 {
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut shape = a;
        while term > sum * f64::EPSILON {
            shape += 1.0;
            term *= x / shape;
            sum += term;
        }
        return 1.0 - first * sum;
    }
    first * a / lentz(x + 1.0 - a, naturals().map(|n| (n * (a - n), x + 2.0 * n + 1.0 - a)))
}

/// 1, 2, 3 and so on.
pub(super) fn naturals() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(1.0), |n| Some(n + 1.0))
}

/// The continued fraction `head + n1 / (d1 + n2 / (d2 + ...))` of steps (n, d), by Lentz's method.
pub(super) fn lentz(head: f64, steps: impl Iterator<Item = (f64, f64)>) -> f64 {
    const TINY: f64 = 1e-300;
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut value = nonzero(head);
    let mut upper = value;
    let mut lower = 0.0;
    for (numerator, denominator) in steps {
        upper = nonzero(denominator + numerator / upper);
        lower = nonzero(denominator + numerator * lower).recip();
        let factor = upper * lower;
        value *= factor;
        // The rounding of a factor: it may never come closer to 1.
        if (factor - 1.0).abs() <= 4.0 * f64::EPSILON || factor.is_nan() {
            break;
        }
    }
    value
}

/// The standard normal deviate that is exceeded with probability `alpha`, 0..0.5; 0 at 0.5.
pub(super) fn normal_deviate(alpha: f64) -> f64 {
    /// Exceeded with a probability below the smallest positive float.
    const FARTHEST: f64 = 40.0;
    super::bisect::boundary(0.0, FARTHEST, |z| 0.5 * gamma_above(0.5 * z * z, 0.5) > alpha).0
}

/// The probability that a chi-square variable with `freedom` degrees of freedom exceeds `x`; 0..=1.
pub(super) fn chi_square_above(x: f64, freedom: f64) -> f64 {
    gamma_above(0.5 * x, 0.5 * freedom)
}

/// The value that a chi-square variable with `freedom` degrees of freedom, above 0 and not necessarily an integer,
/// exceeds with probability `alpha`.
pub(super) fn chi_square_deviate(alpha: f64, freedom: f64) -> f64 {
    let mut high = freedom.max(1.0);
    while chi_square_above(high, freedom) > alpha {
        high *= 2.0;
    }
    super::bisect::boundary(0.0, high, |x| chi_square_above(x, freedom) > alpha).1
}
