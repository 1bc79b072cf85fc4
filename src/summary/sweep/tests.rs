//! Counts of a configuration: what is asked, what is a timeout, how long users wait.

use super::*;
use crate::decide::{Budget, DecisionPath, Environment, OurPath, PolicySource, RuleSet, Scratch, Settings};
use crate::model::{IdDigest, Recording};
use proptest::prelude::*;
use serde_json::{Value, json};

fn settings(budget: Budget) -> Settings {
    let environment: Environment = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
        ("LLM_POLICY_ENABLED", "true"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    Settings { budget, ..Settings::from_environment(&environment, &PolicySource::BuiltIn).forced() }
}

/// A shopping command with this `exchange`.
fn line(exchange: &Value) -> String {
    let mut line = json!({
        "command": {
            "command_id": "c", "user_id": "u", "timestamp": "2026-03-02T08:00:00Z", "text": "Купи хлеб",
            "capabilities": ["start_job", "propose_create_task", "propose_add_shopping_item", "clarify"],
            "context": {
                "household": {"members": [{"user_id": "u"}], "shopping_lists": [{"list_id": "list", "name": "Дом"}]},
                "defaults": {"default_list_id": "list"}
            }
        }
    });
    line.as_object_mut().unwrap().extend(exchange.as_object().unwrap().clone());
    line.to_string()
}

fn attempts(attempts: &Value) -> String {
    line(&json!({"exchanges": {"partial_trust_shopping": attempts}}))
}

fn answered(latency_ms: u64) -> String {
    attempts(&json!([{"raw": "{\"item_name\":\"хлеб\"}", "latency_ms": latency_ms}]))
}

fn counted(budget: Budget, lines: &[String]) -> SweepCounts {
    let path = OurPath::new(settings(budget), RuleSet::Reference);
    let mut counts = SweepCounts::default();
    for line in lines {
        let recording: Recording = serde_json::from_str(line).unwrap();
        let (digest, mut scratch) = (IdDigest::of(&recording.command.command_id), Scratch::default());
        counts.add(&Outcome::new(&recording, digest, path.decide(&recording, &digest, &mut scratch)));
    }
    counts
}

fn p95(counts: &SweepCounts) -> Option<(u32, bool)> {
    counts.waits.percentile(95).map(|found| (found.ms, found.at_least))
}

#[test]
fn a_timeout_is_waited_for_as_long_as_the_budget() {
    // 18 fast answers and two slow ones: of 20, the 19th is the first slow one.
    let mut lines: Vec<_> = (1..=18).map(answered).collect();
    lines.extend([answered(400), answered(300)]);
    for (budget, accepted, timeouts, expected) in
        [(500, 20, 0, 300), (300, 19, 1, 300), (250, 18, 2, 250), (10, 10, 10, 10)]
    {
        let counts = counted(Budget::Limit(budget), &lines);
        assert_eq!((counts.classes.accepted(), counts.timeouts, counts.cut_off), (accepted, timeouts, 0), "{budget}");
        assert_eq!((counts.asked(), p95(&counts)), (20, Some((expected, false))), "{budget}");
    }
    assert_eq!(p95(&counted(Budget::Invalid, &lines)), Some((300, false)), "without a limit nothing times out");
}

#[test]
fn a_call_that_had_timed_out_when_it_was_recorded_is_counted_separately() {
    let recorded = attempts(&json!([{"error": "timeout", "latency_ms": 200}]));
    let counts = |budget| counted(Budget::Limit(budget), std::slice::from_ref(&recorded));
    for (budget, cut_off, wait) in [(100, 0, 100), (199, 0, 199), (200, 1, 200), (500, 1, 200)] {
        let found = counts(budget);
        assert_eq!((found.timeouts, found.cut_off, p95(&found)), (1, cut_off, Some((wait, false))), "{budget}");
    }
}

#[test]
fn what_was_not_recorded_is_not_asked_and_waits_for_nothing() {
    let unrecorded = attempts(&json!([{"raw": "no", "latency_ms": 50}]));
    let counts = counted(Budget::Limit(100), std::slice::from_ref(&unrecorded));
    assert_eq!((counts.asked(), counts.of(Divergence::Unrecorded), p95(&counts)), (0, 1, None));
    // Under a budget below the recorded latency, the missing attempt would be too late.
    let counts = counted(Budget::Limit(49), &[unrecorded]);
    assert_eq!((counts.asked(), counts.timeouts, p95(&counts)), (1, 1, Some((49, false))));
}

#[test]
fn an_injected_candidate_has_its_own_latency_or_none() {
    let action = json!([{"action": "propose_add_shopping_item", "payload": {"item": {"name": "хлеб"}}}]);
    let candidate = |latency: Value| line(&json!({"candidate": {"proposed_actions": action, "latency_ms": latency}}));
    let lines = [json!(500), json!(-1), Value::Null, json!(70_000)].map(candidate);
    let counts = counted(Budget::Limit(100), &lines);
    assert_eq!((counts.asked(), counts.classes.accepted(), counts.timeouts), (4, 4, 0));
    assert_eq!((counts.waits.measured(), counts.waits.unmeasured(), p95(&counts)), (2, 2, Some((1 << 16, true))));
}

#[test]
fn what_is_not_asked_is_not_waited_for() {
    let lines = [line(&json!({})).replace("Купи хлеб", "Сделай уборку")];
    let counts = counted(Budget::Limit(100), &lines);
    assert_eq!((counts.classes.total(), counts.asked(), counts.waits.measured()), (1, 0, 0));
    assert_eq!(counts.waits, Waits::default());
}

proptest! {
    #[test]
    fn a_percentile_is_an_element_of_the_sorted_list_however_it_was_divided(
        mut waits in prop::collection::vec(0..300_u64, 1..80), cut in 0..80_usize, percent in 1..=100_u32
    ) {
        let of = |part: &[u64]| {
            let mut found = Waits::default();
            for ms in part {
                found.add(Some(*ms));
            }
            found
        };
        let (first, second) = waits.split_at(cut.min(waits.len()));
        let mut merged = of(second);
        merged.merge(&of(first));
        prop_assert_eq!(&merged, &of(&waits));
        waits.sort_unstable();
        let rank = (waits.len() * percent as usize).div_ceil(100);
        prop_assert_eq!(u64::from(merged.percentile(percent).unwrap().ms), waits[rank - 1]);
    }
}
