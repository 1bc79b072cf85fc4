//! From rates to commands and people: how many the next stage would reach, and how many it would harm.
//!
//! Given an estimated rate, each function returns the expected harm; given its upper bound, the worst case.

use super::rate::{Rate, float};

/// The expected number of harmed commands among `commands`, each exposed with probability `exposure` and, if exposed, harmed
/// with probability `harm`. Not rounded.
#[must_use]
pub fn harmed_commands(commands: u64, exposure: Rate, harm: Rate) -> f64 {
    float(commands) * exposure.get() * harm.get()
}

/// The probability that at least one of a person's `commands` is hit, each at `rate`, independently: `1 - (1 - rate)^m`.
///
/// Sampling is by command and not by person, so a person meets the corridor with this probability and not at the rate. Rises
/// with both arguments; 0 without a command.
#[must_use]
pub(super) fn chance_of_any(rate: Rate, commands: u64) -> Rate {
    if commands == 0 || rate <= Rate::ZERO {
        return Rate::ZERO;
    }
    Rate::clamped(-(float(commands) * (-rate.get()).ln_1p()).exp_m1())
}

/// The expected number of people who are hit at least once, out of `people` with `commands` each. Not rounded.
///
/// With the exposure as the rate, the people who meet the corridor; with exposure [`Rate::and`] harm, those whom it harms. It is
/// an overestimate where the harm is concentrated on some people.
#[must_use]
pub fn people_hit(rate: Rate, people: u64, commands: u64) -> f64 {
    float(people) * chance_of_any(rate, commands).get()
}
