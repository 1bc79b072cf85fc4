//! Whether as many commands were sampled as the rate says. A sample that was drawn at another rate proves nothing.

use super::count::Count;
use super::mixture::{self, Prior};
use super::rate::{Limit, Rate};

/// `ln M(rate)` with the prior Beta(1, 1 / rate - 1), whose mean is the rate: evidence, valid at every look, that
/// `sampled.events()` of `sampled.records()` commands were not drawn at `rate`, but at a lower or a higher rate.
///
/// At a rate of 0 the evidence is infinite if any command was sampled, at a rate of 1 if any was not; otherwise it is at
/// most 0 there.
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
