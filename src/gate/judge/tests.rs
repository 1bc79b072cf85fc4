//! Rules at their limits.

use super::*;
use crate::gate::policy::RulePolicy;
use crate::gate::threshold::Threshold;
use proptest::prelude::*;

fn alpha() -> Alpha {
    Alpha::USUAL
}

fn question(go: f64, no_go: Option<f64>, seen: Records, sample: Records) -> Question {
    Question {
        rule: RuleId::Regressed,
        policy: RulePolicy {
            kind: Kind::Block,
            go: Threshold::try_from(go).unwrap(),
            no_go: no_go.map(|rate| Rate::new(rate).unwrap()),
            dry_run: false,
        },
        seen,
        sample,
        min: 81,
        per_command: Rate::new(0.01),
        constant: None,
    }
}

fn sampled(go: f64, no_go: Option<f64>, records: Records) -> Finding {
    judge(&question(go, no_go, records, records), alpha(), Looks::Any)
}

#[test]
fn eighty_one_clean_records_prove_five_per_cent_and_eighty_do_not() {
    assert_eq!(sampled(0.05, None, Records::known(0, 81)).state, State::Proven);
    assert_eq!(sampled(0.05, None, Records::known(0, 80)).state, State::NotProven);
    // The deployed runbook asks for 50 (H14).
    let finding = sampled(0.05, None, Records::known(0, 50));
    assert_eq!(finding.state, State::NotProven);
    assert_eq!(finding.more, Some(More { records: 31, commands: Some(3100) }));
    assert!(finding.upper > 0.05);
}

#[test]
fn one_planned_look_needs_fewer_records() {
    let at = |records| {
        let records = Records::known(0, records);
        let question = Question { min: 0, ..question(0.05, None, records, records) };
        judge(&question, alpha(), Looks::Single).state
    };
    // 0.95^58 > 0.05 > 0.95^59.
    assert_eq!((at(58), at(59)), (State::NotProven, State::Proven));
}

#[test]
fn a_proof_takes_the_minimum_of_records_however_small_the_rate() {
    let records = Records::known(0, 100);
    let question = Question { min: 200, ..question(0.10, None, records, records) };
    let finding = judge(&question, alpha(), Looks::Any);
    assert_eq!((finding.state, finding.more.map(|more| more.records)), (State::NotProven, Some(100)));
}

#[test]
fn unknown_records_prove_neither_safety_nor_harm() {
    let all_unknown = Records { events: 0, unknown: 200, records: 200 };
    let finding = sampled(0.05, Some(0.10), all_unknown);
    assert_eq!(finding.state, State::NotProven);
    assert_eq!((finding.value, finding.lower, finding.upper > 0.9), (Some(0.0), 0.0, true));
    let one = Records { events: 0, unknown: 1, records: 81 };
    assert_eq!(sampled(0.05, None, one).state, State::NotProven);
    assert_eq!(sampled(0.0, None, one).state, State::NotProven);
}

#[test]
fn a_limit_of_zero_is_broken_by_one_event_and_proven_without() {
    assert_eq!(sampled(0.0, None, Records::known(1, 1_000_000)).state, State::Broken);
    let cases = Records::known(0, 3);
    let exact = Question { min: 0, ..question(0.0, None, cases, cases) };
    assert_eq!(judge(&exact, alpha(), Looks::Any).state, State::Proven);
    assert_eq!(sampled(0.0, None, Records::default()).state, State::Vacuous);
}

#[test]
fn written_records_prove_harm_and_never_its_absence() {
    let written = |events, records| {
        judge(&question(0.02, Some(0.05), Records::known(events, records), Records::default()), alpha(), Looks::Any)
    };
    let clean = written(0, 100_000);
    assert_eq!((clean.state, clean.more.map(|more| more.records)), (State::Written, Some(204)));
    assert_eq!(written(100, 200).state, State::Refuted);
    // A limit of 0 needs a sample, too.
    let none = question(0.0, None, Records::known(0, 100_000), Records::default());
    assert_eq!(judge(&none, alpha(), Looks::Any).state, State::Written);
}

#[test]
fn clean_written_records_do_not_dilute_captured_harm() {
    let captured = Records::known(40, 200);
    let all = Records::known(40, 1_000_200);
    assert_eq!(judge(&question(0.02, None, all, captured), alpha(), Looks::Any).state, State::Refuted);
}

#[test]
fn an_observed_rate_refuses_from_the_minimum_of_records_on() {
    let severe = |events, records| sampled(0.05, Some(0.10), Records::known(events, records)).state;
    assert_eq!(severe(9, 81), State::Severe);
    assert_eq!(severe(8, 80), State::NotProven);
    // At the limit is not above it.
    assert_eq!(severe(10, 100), State::NotProven);
}

#[test]
fn a_rule_that_cannot_fail_never_passes() {
    let records = Records::known(0, 1_000_000);
    let question = Question { constant: Some("by construction"), ..question(0.10, None, records, records) };
    let finding = judge(&question, alpha(), Looks::Any);
    assert_eq!((finding.state, finding.because.as_deref()), (State::Vacuous, Some("by construction")));
    assert_eq!(finding.more, None);
}

#[test]
fn impossible_counts_are_harm_and_do_not_panic() {
    let impossible = Records { events: 9, unknown: 9, records: 3 };
    let finding = sampled(0.05, Some(0.10), impossible);
    assert_eq!((finding.value, finding.upper), (Some(1.0), 1.0));
    assert!(!finding.state.is_good());
    let huge = Records { events: 0, unknown: 0, records: u64::MAX };
    assert_eq!(sampled(0.05, None, huge).state, State::Proven);
}

proptest! {
    #[test]
    fn more_events_never_help(records in 1..3000_u64, events in 0..60_u64, go in 0.001..0.5_f64, single in any::<bool>()) {
        let looks = if single { Looks::Single } else { Looks::Any };
        let state = |events: u64| {
            let records = Records::known(events.min(records), records);
            judge(&question(go, Some(go * 2.0), records, records), alpha(), looks).state
        };
        let (fewer, more) = (state(events), state(events + 1));
        prop_assert!(fewer.is_good() || !more.is_good(), "{fewer} {more}");
        prop_assert!(!fewer.is_bad() || more.is_bad(), "{fewer} {more}");
    }

    #[test]
    fn the_missing_records_are_enough_and_one_less_is_not(events in 0..20_u64, records in 0..400_u64, go in 0.005..0.3_f64) {
        let seen = Records::known(events.min(records), records);
        let finding = sampled(go, None, seen);
        if let Some(More { records: more, .. }) = finding.more {
            let then = |more| sampled(go, None, Records { records: seen.records + more, ..seen }).state;
            prop_assert_eq!(then(more), State::Proven);
            prop_assert!(more > 0 && then(more - 1) != State::Proven);
        }
    }

    #[test]
    fn the_observed_rate_is_between_its_bounds(events in 0..50_u64, unknown in 0..50_u64, clean in 0..500_u64, go in 0.001..0.9_f64) {
        let records = Records { events, unknown, records: events + unknown + clean };
        let finding = sampled(go, None, records);
        if let Some(value) = finding.value {
            prop_assert!(finding.lower <= value && value <= finding.upper, "{finding:?}");
        }
        prop_assert_eq!(finding.state == State::Proven, finding.upper <= go && records.records >= 81, "{:?}", finding);
    }
}
