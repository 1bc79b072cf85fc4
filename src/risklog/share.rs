//! A rate with its counts and its confidence bounds.

use crate::stats::{Alpha, Count, Rate, mixture, mixture::Prior};
use serde::Serialize;

/// The risk that either bound is wrong, at any of the looks.
const RISK: f64 = 0.05;

/// The risk of one side of a two-sided bound.
pub(super) fn one_side() -> Option<Alpha> {
    Alpha::new(RISK).map(|risk| risk.split(2))
}

/// A count of events in records, with the rate and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Events.
    pub count: u64,
    /// Records in which an event was possible.
    pub of: u64,
    /// `count / of`, 0..=1; none without a record.
    pub rate: Option<f64>,
    /// With 95 % confidence at any number of looks the rate is at least this, 0..=1, and at most [`upper`](Self::upper).
    pub lower: f64,
    /// At most this, 0..=1; 1 where there is no record.
    pub upper: f64,
}

impl Share {
    pub(super) fn new(count: u64, of: u64) -> Self {
        let bounds = Count::new(count, of).zip(one_side()).map(|(count, alpha)| {
            let [lower, upper] =
                [mixture::lower_bound, mixture::upper_bound].map(|bound| bound(count, Prior::UNIFORM, alpha));
            (lower.get(), upper.get())
        });
        let (lower, upper) = bounds.unwrap_or((0.0, 1.0));
        Self { count, of, rate: rate(count, of), lower, upper }
    }
}

impl Default for Share {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

/// `part / whole`; `None` where the whole is 0.
pub(super) fn rate(part: u64, whole: u64) -> Option<f64> {
    Count::new(part, whole)?.rate().map(Rate::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_a_record_the_bounds_are_0_and_1() {
        assert_eq!(Share::default(), Share { count: 0, of: 0, rate: None, lower: 0.0, upper: 1.0 });
    }

    #[test]
    fn no_event_in_50_records_does_not_prove_a_rate_below_5_per_cent() {
        // Under the uniform prior, M(p) = 1 / (51 (1 - p)^50) without an event: 1 - (0.025 / 51)^(1/50).
        let Share { lower, upper, .. } = Share::new(0, 50);
        assert_eq!(lower.to_bits(), 0);
        assert!((upper - (1.0 - (0.025_f64 / 51.0).powf(0.02))).abs() < 1e-9, "{upper}");
        assert!(upper > 0.14, "{upper}");
    }

    proptest! {
        #[test]
        fn the_rate_is_between_its_bounds(of in 1..1_000_000_u64, part in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a part of a small number")]
            let count = (of as f64 * part) as u64;
            let Share { rate, lower, upper, .. } = Share::new(count, of);
            let rate = rate.unwrap();
            prop_assert!(0.0 <= lower && lower <= rate && rate <= upper && upper <= 1.0);
            prop_assert!(count == 0 || lower > 0.0);
            prop_assert!(count == of || upper < 1.0);
        }
    }
}
