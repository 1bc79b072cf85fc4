//! Properties of every count, limit, risk and rate.

use super::super::interval;
use super::super::mixture::{self, Prior};
use super::super::paired::{self, Pairs};
use super::super::rate::float;
use super::super::special::{chi_square_above, normal_deviate};
use super::super::stratified::{Strata, Stratum};
use super::super::{Alpha, Count, Limit, Rate, binomial, mismatch, needed, projection, quantile, stability};
use super::{assert_close, count, looks, rate};
use proptest::prelude::*;

/// Small rates, few events, and all others; few and many records, but not so many that sums of their terms are slow.
fn counts() -> impl Strategy<Value = Count> {
    counts_in(prop_oneof![0..=300_u64, 0..=20_000_u64].boxed())
}

/// The same up to 10^9 records.
fn large_counts() -> impl Strategy<Value = Count> {
    counts_in(prop_oneof![0..=300_u64, 0..=1_000_000_000_u64].boxed())
}

fn counts_in(records: BoxedStrategy<u64>) -> impl Strategy<Value = Count> {
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..0.1_f64, 0.0..=1.0_f64];
    let few = (records.clone(), 0..6_u64).prop_map(|(records, events)| count(events.min(records), records));
    let many = (records, share).prop_map(|(records, share)| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 or more, at most a billion")]
        let events = (float(records) * share) as u64;
        count(events.min(records), records)
    });
    prop_oneof![few, many]
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![0.001..0.3_f64, Limit::MIN..1.0_f64].prop_filter_map("a limit", Limit::new)
}

fn alphas() -> impl Strategy<Value = Alpha> {
    prop_oneof![Just(0.05), 1e-12..=0.5_f64].prop_filter_map("a risk", Alpha::new)
}

fn priors() -> impl Strategy<Value = Prior> {
    prop_oneof![Just(Prior::UNIFORM), limits().prop_map(Prior::below), limits().prop_map(Prior::above)]
}

fn rates() -> impl Strategy<Value = Rate> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64].prop_map(rate)
}

fn one_more_event(count: Count) -> Option<Count> {
    Count::new(count.events() + 1, count.records())
}

/// Not above, up to the rounding of a computed probability.
fn at_most(left: f64, right: f64) -> bool {
    left <= right + 1e-9 * right.abs()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bounds_bracket_the_observed_rate(count in counts(), risk in alphas(), prior in priors()) {
        let observed = count.rate();
        let intervals = [
            (binomial::lower_bound(count, risk), binomial::upper_bound(count, risk)),
            (mixture::lower_bound(count, prior, risk), mixture::upper_bound(count, prior, risk)),
            (interval::wilson(count, risk).lower, interval::wilson(count, risk).upper),
        ];
        for (lower, upper) in intervals {
            match observed {
                None => prop_assert_eq!((lower, upper), (Rate::ZERO, Rate::ONE)),
                Some(observed) => prop_assert!(
                    at_most(lower.get(), observed.get()) && at_most(observed.get(), upper.get()),
                    "{:?} {:?} {:?}", lower, observed, upper
                ),
            }
        }
        prop_assert_eq!(binomial::lower_bound(count, risk) == Rate::ZERO, count.events() == 0);
        prop_assert_eq!(binomial::upper_bound(count, risk) == Rate::ONE, count.clean() == 0);
        let wilson = interval::wilson(count, risk);
        prop_assert!(count.events() > 0 || wilson.lower == Rate::ZERO);
        prop_assert!(count.clean() > 0 || wilson.upper == Rate::ONE);
    }

    #[test]
    fn clean_records_lower_the_bounds(count in counts(), more in 1..1000_u64, risk in alphas(), prior in priors()) {
        let after = count.after_clean(more).unwrap();
        prop_assert!(at_most(binomial::upper_bound(after, risk).get(), binomial::upper_bound(count, risk).get()));
        prop_assert!(at_most(binomial::lower_bound(after, risk).get(), binomial::lower_bound(count, risk).get()));
        let [before, after] = [count, after].map(|count| mixture::upper_bound(count, prior, risk).get());
        prop_assert!(at_most(after, before), "{} rose to {}", before, after);
    }

    #[test]
    fn events_raise_the_bounds(count in counts(), risk in alphas(), prior in priors()) {
        let Some(more) = one_more_event(count) else { return Ok(()) };
        prop_assert!(at_most(binomial::upper_bound(count, risk).get(), binomial::upper_bound(more, risk).get()));
        prop_assert!(at_most(binomial::lower_bound(count, risk).get(), binomial::lower_bound(more, risk).get()));
        let [before, after] = [count, more].map(|count| mixture::upper_bound(count, prior, risk).get());
        prop_assert!(at_most(before, after), "{} fell to {}", before, after);
    }

    #[test]
    fn what_is_proven_stays_proven_with_clean_records(
        count in large_counts(), more in 0..100_000_u64, limit in limits(), risk in alphas()
    ) {
        let after = count.after_clean(more).unwrap();
        prop_assert!(!mixture::limit_proven(count, limit, risk) || mixture::limit_proven(after, limit, risk));
        prop_assert!(!binomial::limit_proven(count, limit, risk) || binomial::limit_proven(after, limit, risk));
    }

    #[test]
    fn another_event_never_helps(count in large_counts(), limit in limits(), risk in alphas()) {
        let Some(more) = one_more_event(count) else { return Ok(()) };
        prop_assert!(!mixture::limit_proven(more, limit, risk) || mixture::limit_proven(count, limit, risk));
        prop_assert!(!binomial::limit_proven(more, limit, risk) || binomial::limit_proven(count, limit, risk));
        prop_assert!(!mixture::limit_refuted(count, limit, risk) || mixture::limit_refuted(more, limit, risk));
    }

    #[test]
    fn nothing_is_proven_and_refuted(count in large_counts(), limit in limits(), risk in alphas()) {
        let proven = mixture::limit_proven(count, limit, risk) || binomial::limit_proven(count, limit, risk);
        prop_assert!(!(proven && mixture::limit_refuted(count, limit, risk)));
        // What any number of looks proves, one look would have proven.
        prop_assert!(!mixture::limit_proven(count, limit, risk) || binomial::limit_proven(count, limit, risk));
    }

    #[test]
    fn tests_agree_with_the_bounds_they_show(count in counts(), limit in limits(), risk in alphas()) {
        let away = |bound: Rate| (bound.get() - limit.get()).abs() > 1e-9 * limit.get();
        let upper = binomial::upper_bound(count, risk);
        prop_assert!(!away(upper) || binomial::limit_proven(count, limit, risk) == (upper < limit.rate()));
        let upper = mixture::upper_bound(count, Prior::below(limit), risk);
        prop_assert!(!away(upper) || mixture::limit_proven(count, limit, risk) == (upper < limit.rate()));
        let lower = mixture::lower_bound(count, Prior::above(limit), risk);
        prop_assert!(!away(lower) || mixture::limit_refuted(count, limit, risk) == (lower > limit.rate()));
    }

    #[test]
    fn the_evidence_is_least_at_the_observed_rate(count in large_counts(), prior in priors(), rate in rates()) {
        if let Some(observed) = count.rate() {
            let least = mixture::log_evidence(count, prior, observed);
            prop_assert!(least <= 1e-9, "{}", least);
            let elsewhere = mixture::log_evidence(count, prior, rate);
            prop_assert!(elsewhere >= least - 1e-9 * least.abs().max(1.0), "{} below {}", elsewhere, least);
        }
    }

    #[test]
    fn tails_are_probabilities_and_add_up(count in large_counts(), rate in rates()) {
        let (below, above) = (binomial::at_most(count, rate), binomial::at_least(count, rate));
        prop_assert!((0.0..=1.0).contains(&below) && (0.0..=1.0).contains(&above));
        let beyond = one_more_event(count).map_or(0.0, |more| binomial::at_least(more, rate));
        prop_assert!((below + beyond - 1.0).abs() < 1e-9, "{} and {}", below, beyond);
    }

    #[test]
    fn needed_records_are_enough_and_one_less_is_not(count in large_counts(), limit in limits(), risk in alphas()) {
        let after = |more| count.after_clean(more).unwrap();
        if let Some(more) = needed::any_look(count, limit, risk) {
            prop_assert!(mixture::limit_proven(after(more), limit, risk));
            prop_assert!(more == 0 || !mixture::limit_proven(after(more - 1), limit, risk));
        }
        // The largest numbers of records have sums of millions of terms: not for a test.
        if count.records() < 100_000 && limit.get() > 0.001
            && let Some(more) = needed::one_look(count, limit, risk)
        {
            prop_assert!(binomial::limit_proven(after(more), limit, risk));
            prop_assert!(more == 0 || !binomial::limit_proven(after(more - 1), limit, risk));
            prop_assert!(needed::any_look(count, limit, risk).is_none_or(|any| any >= more));
        }
    }

    #[test]
    fn eligible_commands_yield_the_records(records in 0..1_000_000_u64, rate in 0.000_1..=1.0_f64) {
        let commands = needed::commands_for(records, super::rate(rate)).unwrap();
        let [found, less] = [commands, commands.saturating_sub(1)]
            .map(|commands| projection::harmed_commands(commands, super::rate(rate), Rate::ONE));
        let wanted = float(records);
        prop_assert!(found >= wanted - 1e-6 && (records == 0 || less < wanted + 1e-6));
    }

    #[test]
    fn quantiles_are_bounded_at_their_risk(values in 0..20_000_u64, level in rates(), risk in alphas()) {
        let ranks = quantile::ranks(level, values, risk);
        let below = |rank| binomial::at_most(count(rank, values), level);
        let from = |rank| binomial::at_least(count(rank, values), level);
        prop_assert!(ranks.lower.is_none_or(|rank| rank >= 1 && below(rank - 1) <= risk.get()));
        prop_assert!(ranks.lower.is_none_or(|rank| rank == values || below(rank) > risk.get()));
        prop_assert!(ranks.upper.is_none_or(|rank| rank >= 1 && from(rank) <= risk.get()));
        prop_assert!(ranks.upper.is_none_or(|rank| from(rank - 1) > risk.get()));
        prop_assert!(ranks.lower.zip(ranks.upper).is_none_or(|(lower, upper)| lower <= upper));
    }

    #[test]
    fn one_stratum_is_the_plain_count(count in counts(), weight in 0.001..1000.0_f64, risk in alphas()) {
        let strata = Strata::new(&[Stratum { weight, count }, Stratum { weight: 0.0, count: super::count(1, 1) }]).unwrap();
        prop_assert_eq!(strata.rate(), count.rate());
        let bound = strata.gamma_upper(risk);
        prop_assert!(at_most(count.rate().unwrap_or(Rate::ONE).get(), bound.get()));
        if bound < Rate::ONE {
            // Exact for a Poisson count: at this mean, no more events than were seen have probability alpha.
            let (k, n) = (float(count.events()), float(count.records()));
            assert_close(chi_square_above(2.0 * n * bound.get(), 2.0 * (k + 1.0)), risk.get(), 1e-6, "Poisson");
        }
    }

    #[test]
    fn strata_lie_between_their_rate_and_one(
        strata in proptest::collection::vec((0.0..10.0_f64, counts()), 1..6), risk in alphas()
    ) {
        let strata: Vec<_> = strata.into_iter().map(|(weight, count)| Stratum { weight, count }).collect();
        let Some(strata) = Strata::new(&strata) else { return Ok(()) };
        let least = strata.rate().unwrap_or(Rate::ZERO);
        let bound = strata.gamma_upper(risk);
        prop_assert!(at_most(least.get(), bound.get()) && bound <= Rate::ONE);
    }

    #[test]
    fn regressions_lower_the_paired_bounds(worse in 0..60_u64, better in 0..60_u64, rest in 0..2000_u64, risk in alphas()) {
        let all = worse + better + rest + 1;
        let pairs = Pairs::new(worse, better, all).unwrap();
        let next = Pairs::new(worse + 1, better, all).unwrap();
        let gain = (float(better) - float(worse)) / float(all);
        let (before, after) = (paired::tango_lower(pairs, risk), paired::tango_lower(next, risk));
        prop_assert!((-1.0..=gain + 1e-12).contains(&before), "{}", before);
        prop_assert!(after <= before + 1e-12, "{} rose to {}", before, after);
        let (before, after) = (paired::mcnemar(pairs), paired::mcnemar(next));
        // Further from equal numbers, the difference is less likely to be chance.
        prop_assert!(worse < better || at_most(after, before), "{} rose to {}", before, after);
    }

    #[test]
    fn retention_is_below_its_estimate(reference in large_counts(), current in large_counts(), share in rates(), risk in alphas()) {
        let bound = stability::retention_lower(reference, current, share, risk);
        prop_assert!((-share.get() - 1e-12..=1.0).contains(&bound), "{}", bound);
        if let (Some(was), Some(is)) = (reference.rate(), current.rate()) {
            prop_assert!(bound <= is.get() - share.get() * was.get() + 1e-12);
        }
    }

    #[test]
    fn samples_at_their_rate_are_no_mismatch(count in counts(), rate in rates()) {
        prop_assert!(!mismatch::log_evidence(count, rate).is_nan());
        let Some(observed) = count.rate() else { return Ok(()) };
        prop_assert!(mismatch::log_evidence(count, observed) <= 1e-9);
    }

    #[test]
    fn people_meet_more_than_the_rate(rate in rates(), commands in 1..10_000_u64, people in 0..1000_u64) {
        let chance = projection::chance_of_any(rate, commands);
        prop_assert!(at_most(rate.get(), chance.get()));
        assert_close(projection::people_hit(rate, people, commands), float(people) * chance.get(), 1e-12, "");
    }

    #[test]
    fn a_deviate_is_exceeded_at_its_risk(risk in alphas()) {
        let z = normal_deviate(risk.get());
        assert_close(0.5 * chi_square_above(z * z, 1.0), risk.get(), 1e-11, "normal");
    }

    #[test]
    fn one_look_passes_at_the_binomial_rate(records in 1..150_u64, most in 0..20_u64, rate in rates()) {
        let most = most.min(records);
        let chance = looks::chance_of_passing(rate, [records], |count| count.events() <= most);
        assert_close(chance, binomial::at_most(count(most, records), rate), 1e-10, "one look");
        let twice = looks::chance_of_passing(rate, [records / 2, records], |count| count.events() <= most);
        prop_assert!(twice >= chance - 1e-12);
    }
}
