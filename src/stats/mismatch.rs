//! Whether as many commands were sampled as the rate says. A sample that is not the one that was ordered proves nothing.

use super::binomial::{at_least, at_most};
use super::count::Count;
use super::mixture::{self, Prior};
use super::rate::{Limit, Rate};

/// `ln M(rate)` with the prior Beta(1, 1 / rate - 1), whose mean is the rate: evidence, valid at every look, that
/// `sampled.events()` of `sampled.records()` commands were not drawn at `rate`, but at a lower or a higher one.
///
/// At a rate of 0 or 1 one command on the wrong side is infinite evidence, and where all are on the right one it is at
/// most 0.
///
/// Sources: [`mixture`]; Lindon and Malek 2022, *Anytime-valid inference for multinomial count data*, for its use on sample
/// ratios.
#[must_use]
pub fn log_evidence(sampled: Count, rate: Rate) -> f64 {
    match Limit::new(rate.get()) {
        Some(within) => mixture::log_evidence(sampled, Prior::around(within), rate),
        None => mixture::log_evidence(sampled, Prior::UNIFORM, rate),
    }
}

/// The exact two-sided p-value of one look, the smaller tail doubled: `min(1, 2 min(P(X <= k), P(X >= k)))`. 1 without a
/// command.
#[must_use]
pub fn p_value(sampled: Count, rate: Rate) -> f64 {
    (2.0 * at_most(sampled, rate).min(at_least(sampled, rate))).min(1.0)
}
