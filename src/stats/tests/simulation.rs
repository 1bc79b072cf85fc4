//! Daily looks: simulated histories of a corridor whose true rate is the limit.
//!
//! At a sample rate of 0.01 about 10 of 1000 eligible commands a day leave a record. The rule is evaluated every day, and the
//! rate is raised as soon as it passes. With a risk of 5 %, at most 5 % of such histories may ever pass.

use super::super::mixture::limit_proven;
use super::super::{Count, Limit, Rate};
use super::looks::chance_of_passing;
use super::{alpha, limit, rate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LIMIT: f64 = 0.05;
const ALPHA: f64 = 0.05;
const RECORDS_A_DAY: u64 = 10;

/// The rule of the deployed system's runbook: enough records, and the observed rate below the limit.
fn point_estimate_is_below(count: Count, limit: Limit) -> bool {
    count.records() >= 50 && count.rate().is_some_and(|rate| rate < limit.rate())
}

/// The proportion of histories in which `passes` is true at a look, in steps of `step` records up to `last`.
fn share_passed(seed: u64, histories: u32, step: u64, last: u64, passes: impl Fn(Count) -> bool) -> f64 {
    // A draw below this is an event: the limit times 2^64.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a threshold of 64 bits")]
    let threshold = (LIMIT * 2_f64.powi(64)) as u64;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut successes = 0;
    for _ in 0..histories {
        let mut events = 0;
        for records in 1..=last {
            events += u64::from(random.next_u64() < threshold);
            if records % step == 0 && passes(Count::new(events, records).unwrap()) {
                successes += 1;
                break;
            }
        }
    }
    f64::from(successes) / f64::from(histories)
}

#[test]
fn daily_looks_at_the_mixture_pass_a_bad_corridor_less_often_than_alpha() {
    let (limit, alpha) = (limit(LIMIT), alpha(ALPHA));
    let passes = |count| limit_proven(count, limit, alpha);
    let year = share_passed(1, 2000, RECORDS_A_DAY, 365 * RECORDS_A_DAY, passes);
    assert!(year < ALPHA, "a year of daily looks passed a share of {year}, alpha is {ALPHA}");
    assert!(year > 0.02, "a share of {year}: the simulated corridor is not as bad as the limit");
    let every_record = share_passed(2, 1000, 1, 1500, passes);
    assert!(every_record < ALPHA, "looks at every record passed a share of {every_record}, alpha is {ALPHA}");
}

#[test]
fn daily_looks_at_the_point_estimate_pass_a_bad_corridor_most_of_the_time() {
    let limit = limit(LIMIT);
    let passed = share_passed(3, 4000, RECORDS_A_DAY, 500, |count| point_estimate_is_below(count, limit));
    assert!((passed - 0.858).abs() < 0.02, "50 days of looks passed a share of {passed}, 0.858 was expected");
}

#[test]
fn simulated_and_computed_chances_agree() {
    let (limit, alpha, rate) = (limit(LIMIT), alpha(ALPHA), rate(LIMIT));
    let mixture = |count| limit_proven(count, limit, alpha);
    let point = |count| point_estimate_is_below(count, limit);
    assert_agree(rate, share_passed(4, 4000, 10, 500, mixture), 4000.0, mixture);
    assert_agree(rate, share_passed(5, 4000, 10, 500, point), 4000.0, point);
}

/// Within four standard errors of the simulation.
#[track_caller]
fn assert_agree(rate: Rate, simulated: f64, histories: f64, passes: impl Fn(Count) -> bool) {
    let computed = chance_of_passing(rate, (10..=500).step_by(10), passes);
    let error = (computed * (1.0 - computed) / histories).sqrt();
    assert!((simulated - computed).abs() < 4.0 * error, "simulated {simulated}, computed {computed}");
}
