//! Edge cases: no record, only events, rates of 0 and 1, strata without records.

use super::super::interval;
use super::super::mixture::{self, Prior};
use super::super::paired::{self, Pairs};
use super::super::projection;
use super::super::stratified::{Strata, Stratum};
use super::super::{Count, Rate, binomial, mismatch, needed, quantile, stability};
use super::{alpha, assert_close, count, limit, looks, rate};

#[test]
fn no_record_proves_nothing() {
    let (none, limit, risk) = (count(0, 0), limit(0.05), alpha(0.05));
    assert!(!mixture::limit_proven(none, limit, risk) && !mixture::limit_refuted(none, limit, risk));
    assert!(!binomial::limit_proven(none, limit, risk));
    assert_eq!(binomial::lower_bound(none, risk), Rate::ZERO);
    assert_eq!(mixture::lower_bound(none, Prior::below(limit), risk), Rate::ZERO);
    let wilson = interval::wilson(none, risk);
    assert_eq!((wilson.lower, wilson.upper), (Rate::ZERO, Rate::ONE));
    for upper in [
        binomial::upper_bound(none, risk),
        mixture::upper_bound(none, Prior::below(limit), risk),
        Strata::new(&[Stratum { weight: 1.0, count: none }]).unwrap().gamma_upper(risk),
    ] {
        assert_eq!(upper, Rate::ONE);
    }
    let no_pair = Pairs::new(0, 0, 0).unwrap();
    assert_close(paired::tango_lower(no_pair, risk), -1.0, 0.0, "paired");
    assert_close(stability::retention_lower(none, none, rate(0.8), risk), -0.8, 1e-15, "retention");
    let chance = looks::chance_of_passing(rate(0.05), [0], |count| mixture::limit_proven(count, limit, risk));
    assert!(chance <= 0.0);
}

#[test]
fn eighty_one_clean_records_are_the_fewest_that_prove_a_twentieth() {
    let (limit, risk) = (limit(0.05), alpha(0.05));
    assert!(!mixture::limit_proven(count(0, 80), limit, risk));
    assert!(mixture::limit_proven(count(0, 81), limit, risk));
    assert!(!binomial::limit_proven(count(0, 58), limit, risk));
    assert!(binomial::limit_proven(count(0, 59), limit, risk));
}

#[test]
fn a_limit_of_one_half_or_more_can_be_refuted() {
    let risk = alpha(0.05);
    for g in [0.5, 0.9] {
        assert_eq!(Prior::above(limit(g)), Prior::UNIFORM);
        assert!(mixture::limit_refuted(count(1000, 1000), limit(g), risk));
        assert!(mixture::limit_proven(count(0, 1000), limit(g), risk));
    }
    assert!(Prior::above(limit(0.499)).b() > 0.0);
}

#[test]
fn records_run_out_before_some_limits_are_proven() {
    let (least, risk) = (limit(1e-12), alpha(0.05));
    assert!(needed::any_look(count(0, 0), least, risk).is_some());
    let hopeless = count(1_000_000, 1_000_000);
    assert_eq!(needed::any_look(hopeless, least, risk), None);
    assert_eq!(needed::commands_for(1, Rate::ZERO), None);
    assert_eq!(needed::commands_for(0, Rate::ZERO), Some(0));
    assert_eq!(needed::commands_for(81, rate(0.01)), Some(8100));
    assert_eq!(needed::commands_for(Count::MAX_RECORDS, rate(0.5)), None);
}

#[test]
fn a_rate_far_above_the_limit_still_has_a_number() {
    let (count, limit, risk) = (count(50, 100), limit(0.05), alpha(0.05));
    assert!(mixture::limit_refuted(count, limit, risk));
    let [any, one] = [needed::any_look, needed::one_look].map(|needed| needed(count, limit, risk).unwrap());
    assert!(one > 900 && any > one, "{one} and {any}");
}

#[test]
fn a_sample_at_rate_zero_or_one_leaves_no_doubt() {
    assert!(mismatch::log_evidence(count(1, 10), Rate::ZERO).is_infinite());
    assert!(mismatch::log_evidence(count(9, 10), Rate::ONE).is_infinite());
    assert!(mismatch::log_evidence(count(0, 10), Rate::ZERO) <= 0.0);
    assert!(mismatch::log_evidence(count(10, 10), Rate::ONE) <= 0.0);
    assert!(mismatch::log_evidence(count(109, 1000), rate(0.05)) > 1000_f64.ln());
    assert!(mismatch::log_evidence(count(9, 1000), rate(0.05)) > 1000_f64.ln());
}

#[test]
fn a_stratum_without_records_may_be_all_events() {
    let seen = Stratum { weight: 3.0, count: count(0, 1000) };
    let unseen = Stratum { weight: 1.0, count: count(0, 0) };
    let strata = Strata::new(&[seen, unseen]).unwrap();
    assert_eq!(strata.rate(), None);
    let bound = strata.gamma_upper(alpha(0.05)).get();
    assert!(bound > 0.25 && bound < 0.255, "{bound:?}");
}

#[test]
fn weights_that_are_no_shares_are_refused() {
    let stratum = |weight| Stratum { weight, count: count(0, 10) };
    assert_eq!(Strata::new(&[]), None);
    assert_eq!(Strata::new(&[stratum(0.0)]), None);
    for weight in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Strata::new(&[stratum(1.0), stratum(weight)]), None, "{weight}");
    }
}

#[test]
fn pairs_have_to_add_up() {
    assert_eq!(Pairs::new(3, 3, 5), None);
    assert_eq!(Pairs::new(u64::MAX, u64::MAX, u64::MAX), None);
    assert!(Pairs::new(2, 3, 5).is_some());
    let worst = Pairs::new(5, 0, 5).unwrap();
    assert_close(paired::tango_lower(worst, alpha(0.05)), -1.0, 0.0, "all worse");
}

#[test]
fn no_value_has_no_quantile() {
    let none = quantile::ranks(rate(0.95), 0, alpha(0.05));
    assert_eq!((none.lower, none.upper), (None, None));
    assert_eq!(quantile::ranks(rate(0.95), Count::MAX_RECORDS + 1, alpha(0.05)).upper, None);
    assert_eq!(quantile::ranks(Rate::ZERO, 10, alpha(0.05)).upper, Some(1));
    assert_eq!(quantile::ranks(Rate::ONE, 10, alpha(0.05)).lower, Some(10));
}

#[test]
fn people_are_hit_once_or_not() {
    assert_eq!(projection::chance_of_any(Rate::ONE, 1), Rate::ONE);
    assert_eq!(projection::chance_of_any(Rate::ONE, 0), Rate::ZERO);
    assert_eq!(projection::chance_of_any(Rate::ZERO, u64::MAX), Rate::ZERO);
    for (people, commands, hit) in [(100, 1, 10.0), (10, 20, 8.784_233_454_094_307), (5, 0, 0.0)] {
        assert_close(projection::people_hit(rate(0.1), people, commands), hit, 1e-12, "people");
    }
    assert_close(projection::people_hit(rate(0.1).and(rate(0.5)), 100, 1), 5.0, 1e-12, "harmed people");
}

#[test]
fn a_nearest_rank_is_the_first_that_leaves_no_more_above_it_than_asked() {
    for (percent, values, rank) in
        [(95, 1, 1), (95, 19, 19), (95, 20, 19), (95, 21, 20), (95, 100, 95), (95, 101, 96), (50, 4, 2), (100, 7, 7)]
    {
        assert_eq!(quantile::nearest_rank(percent, values), Some(rank), "{percent} of {values}");
    }
    assert_eq!(quantile::nearest_rank(95, 0), None);
    assert_eq!(quantile::nearest_rank(100, u64::MAX), Some(u64::MAX));
}
