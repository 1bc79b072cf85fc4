//! Reference values: every record of `reference.json` is computed and compared.
//!
//! The expected values come from established statistics libraries, each confirmed in 50-digit arithmetic or by a second
//! method, independently of this code. They agree to a relative 1e-9, whole numbers exactly.

use super::super::mixture::Prior;
use super::super::paired::Pairs;
use super::super::stratified::{Strata, Stratum};
use super::super::{
    Count, binomial, interval, mismatch, mixture, needed, paired, projection, quantile, special, stability,
};
use super::{alpha, assert_close, count, limit, looks, rate};
use crate::model::IdDigest;
use serde::Deserialize;
use serde_json::{Value, json};

const TOLERANCE: f64 = 1e-9;
const RECORDS: usize = 83;

#[derive(Deserialize)]
struct Record {
    id: u32,
    function: String,
    input: Input,
    expected: Value,
}

/// The arguments of a record.
#[derive(Deserialize)]
struct Input(Value);

impl Input {
    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("{name} in {}", self.0))
    }

    fn whole(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("{name} in {}", self.0))
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.0))
    }

    fn wholes(&self, name: &str) -> Vec<u64> {
        self.0[name].as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    }

    fn count(&self) -> Count {
        count(self.whole("events"), self.whole("records"))
    }

    fn pair(&self, name: &str) -> Count {
        let pair = self.wholes(name);
        count(pair[0], pair[1])
    }

    fn sampled(&self) -> Count {
        count(self.whole("sampled"), self.whole("eligible"))
    }

    fn pairs(&self) -> Pairs {
        let (worse, better) = (self.whole("worse"), self.whole("better"));
        Pairs::new(worse, better, self.0["all"].as_u64().unwrap_or(worse + better)).unwrap()
    }

    fn prior(&self) -> Prior {
        let prior = match self.text("prior") {
            "below" => Prior::below(limit(self.number("prior_limit"))),
            "above" => Prior::above(limit(self.number("prior_limit"))),
            "uniform" => Prior::UNIFORM,
            other => panic!("prior {other}"),
        };
        assert_close(prior.b(), self.number("prior_b"), 1e-15, "prior");
        prior
    }

    fn strata(&self) -> Vec<Stratum> {
        let stratum = |[weight, events, records]: [f64; 3]| Stratum { weight, count: whole(events, records) };
        serde_json::from_value::<Vec<_>>(self.0["strata"].clone()).unwrap().into_iter().map(stratum).collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
fn whole(events: f64, records: f64) -> Count {
    count(events as u64, records as u64)
}

#[test]
fn every_reference_value_is_met() {
    let records: Vec<Record> = serde_json::from_str(include_str!("reference.json")).unwrap();
    assert!((1..).zip(&records).all(|(place, record)| place == record.id), "records are numbered without a gap");
    assert_eq!(records.len(), RECORDS);
    for Record { id, function, input, expected } in records {
        let found = computed(&function, &input);
        assert_agree(&found, &expected, &format!("record {id}, {function} of {}", input.0));
    }
}

fn computed(function: &str, input: &Input) -> Value {
    let risk = || alpha(input.number("alpha"));
    match function {
        "binomial::upper_bound" => json!(binomial::upper_bound(input.count(), risk()).get()),
        "binomial::lower_bound" => json!(binomial::lower_bound(input.count(), risk()).get()),
        "interval::wilson" => {
            let wilson = interval::wilson(input.count(), risk());
            json!([wilson.lower.get(), wilson.upper.get()])
        }
        "needed::one_look" => json!(needed::one_look(input.count(), limit(input.number("limit")), risk())),
        "needed::any_look" => json!(needed::any_look(input.count(), limit(input.number("limit")), risk())),
        "mixture::log_evidence" => {
            json!(mixture::log_evidence(input.count(), input.prior(), rate(input.number("rate"))))
        }
        "mixture::upper_bound" => json!(mixture::upper_bound(input.count(), input.prior(), risk()).get()),
        "mixture::lower_bound" => json!(mixture::lower_bound(input.count(), input.prior(), risk()).get()),
        "looks::chance_of_passing" => json!(chance_of_passing(input)),
        "paired::mcnemar" => json!(paired::mcnemar(input.pairs())),
        "paired::tango_lower" => json!(paired::tango_lower(input.pairs(), risk())),
        "stability::retention_lower" => {
            let share = rate(input.number("share"));
            json!(stability::retention_lower(input.pair("reference"), input.pair("current"), share, risk()))
        }
        "quantile::ranks" => {
            let (level, values) = (rate(input.number("level")), input.whole("values"));
            let ranks = quantile::ranks(level, values, risk());
            json!({
                "lower": ranks.lower,
                "upper": ranks.upper,
                // Values above a limit at which the quantile is still proven to be below it.
                "exceedances": ranks.upper.map(|rank| values - rank),
            })
        }
        "mismatch::log_evidence" => json!(mismatch::log_evidence(input.sampled(), rate(input.number("rate")))),
        "Strata::rate" => json!(Strata::new(&input.strata()).unwrap().rate().unwrap().get()),
        "Strata::gamma_upper" => json!(Strata::new(&input.strata()).unwrap().gamma_upper(risk()).get()),
        "projection::chance_of_any" => {
            json!(projection::chance_of_any(rate(input.number("rate")), input.whole("commands")).get())
        }
        "projection::harmed_commands" => {
            let (commands, exposure) = (input.whole("commands"), rate(input.number("exposure")));
            let harm = input.numbers("harm").into_iter();
            json!(harm.map(|harm| projection::harmed_commands(commands, exposure, rate(harm))).collect::<Vec<_>>())
        }
        "special::normal_deviate" => json!(special::normal_deviate(input.number("alpha"))),
        "sampling::digest" => json!(format!("{:016x}", first_bytes(input.text("command_id")))),
        "sampling::sampled" => {
            let ids: Vec<_> = ids(input.whole("ids")).map(|id| IdDigest::of(&id).bucket()).collect();
            let sampled = |rate| ids.iter().filter(|bucket| bucket.is_sampled_at(rate)).count();
            json!(input.numbers("rates").into_iter().map(sampled).collect::<Vec<_>>())
        }
        "sampling::uniformity" => uniformity(input),
        "splitmix64" => {
            let mut random = SplitMix64(input.whole("seed"));
            json!([(); 3].map(|()| format!("{:016x}", random.next())))
        }
        "bootstrap" => json!(bootstrap_upper(&input.strata(), input.whole("seed"), input.whole("replicates"))),
        other => panic!("no such function: {other}"),
    }
}

/// The rules whose chance of passing is known.
fn chance_of_passing(input: &Input) -> f64 {
    let (limit, alpha) = (limit(input.number("limit")), alpha(input.number("alpha")));
    let [first, last, step] = input.wholes("looks")[..] else { panic!("first, last, step") };
    let looks = (first..=last).step_by(usize::try_from(step).unwrap());
    let rule = input.text("rule");
    looks::chance_of_passing(rate(input.number("rate")), looks, |count| match rule {
        "one_look" => binomial::limit_proven(count, limit, alpha),
        "any_look" => mixture::limit_proven(count, limit, alpha),
        "point_estimate" => count.rate().is_some_and(|rate| rate < limit.rate()),
        other => panic!("rule {other}"),
    })
}

fn ids(number: u64) -> impl Iterator<Item = String> {
    (0..number).map(|number| format!("cmd-{number:06}"))
}

fn first_bytes(id: &str) -> u64 {
    u64::from_be_bytes(IdDigest::of(id).0[..8].try_into().unwrap())
}

/// The chi-square test of a uniform distribution of command ids over buckets.
fn uniformity(input: &Input) -> Value {
    let (number, buckets) = (input.whole("ids"), input.whole("buckets"));
    let mut counts = vec![0_u32; usize::try_from(buckets).unwrap()];
    for id in ids(number) {
        counts[scaled(first_bytes(&id), buckets)] += 1;
    }
    let mean = f64::from(u32::try_from(number / buckets).unwrap());
    let statistic: f64 = counts.iter().map(|&count| (f64::from(count) - mean).powi(2) / mean).sum();
    let freedom = buckets - 1;
    let p_value = special::chi_square_above(statistic, f64::from(u32::try_from(freedom).unwrap()));
    let (min, max) = (counts.iter().min(), counts.iter().max());
    json!({"chi2": statistic, "df": freedom, "p_value": p_value, "min_bucket": min, "max_bucket": max})
}

/// `random / 2^64 * size`, rounded down.
fn scaled(random: u64, size: u64) -> usize {
    usize::try_from((u128::from(random) * u128::from(size)) >> 64).unwrap()
}

/// Steele, Lea and Flood 2014, *Fast splittable pseudorandom number generators*.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The 0.95 quantile of the post-stratified rates of resampled records (bootstrap). It is used in tests only, because it is no
/// upper bound: a stratum without an event never gets one by resampling.
fn bootstrap_upper(strata: &[Stratum], seed: u64, replicates: u64) -> f64 {
    let mut random = SplitMix64(seed);
    let mut rates: Vec<f64> = (0..replicates)
        .map(|_| {
            let resampled = strata.iter().map(|Stratum { weight, count }| {
                let (events, records) = (count.events(), count.records());
                let drawn = (0..records).filter(|_| (scaled(random.next(), records) as u64) < events);
                let drawn = Count::new(drawn.count() as u64, count.records()).unwrap();
                weight * drawn.rate().unwrap().get()
            });
            resampled.sum()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[usize::try_from((replicates * 95).div_ceil(100)).unwrap() - 1]
}

#[test]
fn a_bootstrap_quantile_is_below_the_upper_bound() {
    let strata = [(0.6, 2, 120), (0.3, 0, 50), (0.1, 3, 30)];
    let strata = strata.map(|(weight, events, records)| Stratum { weight, count: count(events, records) });
    let bound = Strata::new(&strata).unwrap().gamma_upper(alpha(0.05)).get();
    assert!(bootstrap_upper(&strata, 42, 1000) < 0.8 * bound);
}

#[track_caller]
fn assert_agree(found: &Value, expected: &Value, what: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            assert!(found.keys().eq(expected.keys()), "{what}: {found:?} against {expected:?}");
            found.iter().for_each(|(key, found)| assert_agree(found, &expected[key], &format!("{what}, {key}")));
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{what}");
            found.iter().zip(expected).for_each(|(found, expected)| assert_agree(found, expected, what));
        }
        (Value::Number(found), Value::Number(expected)) if expected.is_f64() => {
            assert_close(found.as_f64().unwrap(), expected.as_f64().unwrap(), TOLERANCE, what);
        }
        _ => assert_eq!(found, expected, "{what}"),
    }
}
