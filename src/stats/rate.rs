//! Rates, the limits with which they are compared, and the risk of a wrong answer.

use serde::{Deserialize, Serialize};

/// A proportion or a probability, 0..=1. Read and written as a number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Rate(f64);

impl Rate {
    /// Never.
    pub const ZERO: Self = Self(0.0);
    /// Always.
    pub const ONE: Self = Self(1.0);

    /// `None` outside 0..=1, and for `NaN`.
    #[must_use]
    pub fn new(rate: f64) -> Option<Self> {
        // The sum turns -0 into 0.
        (0.0..=1.0).contains(&rate).then_some(Self(rate + 0.0))
    }

    /// A computed rate, which rounding may have put outside 0..=1.
    pub(super) const fn clamped(rate: f64) -> Self {
        Self(rate.clamp(0.0, 1.0))
    }

    /// The number, 0..=1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The probability that two independent events both occur.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

/// The limit with which a rate is compared, strictly between 0 and 1. A rate that must be 0 needs no statistics: one event
/// breaks it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Limit(f64);

impl Limit {
    /// No count distinguishes a smaller limit from 0.
    pub const MIN: f64 = 1e-12;

    /// `None` outside [`Self::MIN`]..1, at 1, and for `NaN`.
    #[must_use]
    pub fn new(limit: f64) -> Option<Self> {
        (Self::MIN..1.0).contains(&limit).then_some(Self(limit))
    }

    /// The number, strictly between 0 and 1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The limit as a rate.
    #[must_use]
    pub const fn rate(self) -> Rate {
        Rate(self.0)
    }
}

/// The accepted probability of a wrong answer, above 0 and at most 0.5: with more, a lower bound may exceed an upper one.
///
/// Read and written as a number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Alpha(f64);

impl Alpha {
    /// The usual one, 0.05.
    pub const USUAL: Self = Self(0.05);

    /// Small enough for any use, and every bound is still a normal float.
    pub const MIN: f64 = 1e-100;

    /// `None` below [`Self::MIN`], above 0.5, and for `NaN`.
    #[must_use]
    pub fn new(alpha: f64) -> Option<Self> {
        (Self::MIN..=0.5).contains(&alpha).then_some(Self(alpha))
    }

    /// The number, above 0 and at most 0.5.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The risk of each of `parts` statements that have to hold together (Bonferroni): each side of a two-sided interval gets
    /// half. 0 parts count as one; never below [`Self::MIN`].
    #[must_use]
    pub fn split(self, parts: u64) -> Self {
        Self((self.0 / float(parts.max(1))).max(Self::MIN))
    }

    /// `ln(1 / alpha)`: the evidence from which on the risk is at most `alpha`.
    #[must_use]
    pub fn evidence(self) -> f64 {
        -self.0.ln()
    }
}

impl TryFrom<f64> for Rate {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("expected a rate from 0 to 1")
    }
}

impl From<Rate> for f64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl TryFrom<f64> for Alpha {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("expected a risk above 0 and at most 0.5")
    }
}

impl From<Alpha> for f64 {
    fn from(alpha: Alpha) -> Self {
        alpha.0
    }
}

/// A count as a float. Exact for everything that a [`Count`] can hold.
#[expect(clippy::cast_precision_loss, reason = "counts are at most 2^53")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_numbers_are_refused() {
        for number in [-1e-300, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Rate::new(number), None, "{number}");
            assert_eq!(Limit::new(number), None, "{number}");
            assert_eq!(Alpha::new(number), None, "{number}");
        }
        assert_eq!((Limit::new(0.0), Limit::new(1.0)), (None, None));
        assert_eq!((Alpha::new(0.0), Alpha::new(0.51)), (None, None));
    }

    #[test]
    fn zero_and_one_are_rates_but_no_limits() {
        assert_eq!(Rate::new(0.0), Some(Rate::ZERO));
        assert_eq!(Rate::new(1.0), Some(Rate::ONE));
        assert!(Rate::new(-0.0).unwrap().get().is_sign_positive());
    }

    #[test]
    fn a_risk_is_split() {
        let alpha = Alpha::new(0.05).unwrap();
        assert_eq!(alpha.split(2), Alpha::new(0.025).unwrap());
        assert_eq!(alpha.split(0), alpha);
    }
}
