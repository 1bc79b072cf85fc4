//! The LLM task behind a candidate: which attempts are used, which error is the last, and what the budget covers.

use super::{Case, decide, environment};
use crate::recording::{Recorded, recording};
use serde_json::{Value, json};

const GOOD: &str = r#"{"item_name":"хлеб","list_id":"list-home"}"#;
const PROSE: &str = "хлеб";
const NO_MATCH: &str = "{}";

fn raw(text: &str, latency_ms: u64) -> Value {
    json!({"raw": text, "latency_ms": latency_ms})
}

fn error(kind: &str, latency_ms: u64) -> Value {
    json!({"error": kind, "latency_ms": latency_ms})
}

fn attempts(attempts: &[Value]) -> Recorded {
    recording("a").with("exchanges", json!({"partial_trust_shopping": attempts}))
}

/// Latencies of a task whose last attempt is the good one.
fn slow(latencies: &[u64]) -> Recorded {
    let last = latencies.len() - 1;
    let answer = |(at, ms): (usize, &u64)| raw(if at == last { GOOD } else { PROSE }, *ms);
    attempts(&latencies.iter().enumerate().map(answer).collect::<Vec<_>>())
}

#[test]
fn the_budget_covers_the_sum_of_all_attempts_and_is_exceeded_from_one_above() {
    let in_time: [&[u64]; 6] = [&[0], &[199], &[200], &[100, 100], &[50, 50, 50, 50], &[0, 0, 0, 200]];
    let late: [&[u64]; 6] = [&[201], &[100, 101], &[200, 1], &[50, 50, 50, 51], &[201, 0], &[u64::MAX, u64::MAX, 1]];
    let mut cases = Vec::new();
    for latencies in in_time {
        let case = Case::new(format!("{latencies:?}"), &slow(latencies)).judged("accepted");
        let total: u64 = latencies.iter().sum();
        cases.push(case.shows("/risk/latency_ms", total).shows("/attempts_used", latencies.len()));
    }
    for latencies in late {
        // The task runs to its end first: what it used is used, and a timeout has no latency.
        let case = Case::new(format!("{latencies:?}"), &slow(latencies)).refuses("timeout");
        cases.push(case.shows("/attempts_used", latencies.len()));
    }
    decide(&[], &cases);
    decide(&["--rules", "strict"], &cases);
}

#[test]
fn a_task_that_is_late_is_a_timeout_whatever_else_came_of_it() {
    let rows: [(&str, Vec<Value>, &str); 11] = [
        ("prose, in time", vec![raw(PROSE, 50); 4], "invalid_json"),
        ("prose, late", vec![raw(PROSE, 51); 4], "timeout"),
        ("no match, late", vec![raw(NO_MATCH, 51); 4], "timeout"),
        ("unavailable, in time", vec![error("unavailable", 200)], "llm_unavailable"),
        ("unavailable, late", vec![error("unavailable", 201)], "timeout"),
        ("an error, in time", vec![error("error", 200)], "llm_error"),
        ("an error, late", vec![error("error", 201)], "timeout"),
        ("a blank name, in time", vec![raw(r#"{"item_name":" "}"#, 200)], "invalid_schema"),
        ("a blank name, late", vec![raw(r#"{"item_name":" "}"#, 201)], "timeout"),
        ("a low confidence, late", vec![raw(r#"{"item_name":"хлеб","confidence":0.1}"#, 201)], "timeout"),
        ("a call that timed out, in time", vec![error("timeout", 1)], "timeout"),
    ];
    let cases: Vec<_> =
        rows.into_iter().map(|(name, list, reason)| Case::new(name, &attempts(&list)).refuses(reason)).collect();
    decide(&[], &cases);
}

/// One slow answer under a budget as it is written, or without one.
fn budgeted(written: Option<&str>, latency_ms: u64) -> Case {
    let recorded = slow(&[latency_ms]).with("environment", environment("PARTIAL_TRUST_TIMEOUT_MS", written));
    Case::new(format!("{latency_ms} ms under {written:?}"), &recorded)
}

#[test]
fn a_budget_of_one_is_a_budget_and_one_beyond_every_latency_is_never_exceeded() {
    let mut cases = Vec::new();
    for (written, longest) in [
        (Some("1"), 1),
        (Some(" +50\u{a0}"), 50),
        (Some("0200"), 200),
        (None, 200),
        (Some("18446744073709551614"), u64::MAX - 1),
    ] {
        cases.push(budgeted(written, longest).judged("accepted"));
        cases.push(budgeted(written, longest + 1).refuses("timeout"));
    }
    cases.push(budgeted(Some("99999999999999999999999"), u64::MAX).judged("accepted"));
    decide(&["--recorded-environment"], &cases);
    decide(&["--recorded-environment", "--rules", "strict"], &cases);
}

#[test]
fn a_budget_that_is_no_positive_integer_is_no_limit_as_deployed_and_closes_the_corridor_under_strict() {
    let odd = ["0", "-0", "-1", "abc", "200.0", "1e3", "", " ", "0x10", "2 00", "∞"];
    let unlimited = odd.map(|written| budgeted(Some(written), u64::MAX).judged("accepted").shows("/attempts_used", 1));
    decide(&["--recorded-environment"], &unlimited);
    let closed = odd.map(|written| budgeted(Some(written), 1).ends("skipped", "timeout_invalid"));
    decide(&["--recorded-environment", "--rules", "strict"], &closed);
}

#[test]
fn malformed_answers_lead_on_and_failed_calls_end_the_task() {
    let meta = |profile: &str, escalated: bool| json!({"profile": profile, "task_id": "partial_trust_shopping", "escalated": escalated});
    let (prose, no_match, good) = (raw(PROSE, 1), raw(NO_MATCH, 1), raw(GOOD, 1));
    let mut cases = Vec::new();
    for (before, profile, escalated) in [
        (vec![], "partial_trust", false),
        (vec![&prose], "partial_trust", false),
        (vec![&prose, &no_match], "reliable", true),
        (vec![&no_match, &prose, &prose], "reliable", true),
    ] {
        let used = before.len() + 1;
        // A better answer behind the first usable one is never asked for.
        let list: Vec<_> = before.into_iter().chain([&good, &prose]).cloned().collect();
        let case = Case::new(format!("good at {used}"), &attempts(&list)).judged("accepted");
        cases.push(case.shows("/attempts_used", used).shows("/risk/model_meta", meta(profile, escalated)));
    }
    for (kind, reason) in [("timeout", "timeout"), ("unavailable", "llm_unavailable"), ("error", "llm_error")] {
        for before in 0..4 {
            let mut list = vec![prose.clone(); before];
            list.extend([error(kind, 1), good.clone()]);
            let case = Case::new(format!("{kind} at {}", before + 1), &attempts(&list)).refuses(reason);
            cases.push(case.shows("/attempts_used", before + 1));
        }
    }
    for (last, reason) in [(&prose, "invalid_json"), (&no_match, "schema_validation_failed")] {
        let others = if last == &prose { &no_match } else { &prose };
        let list = [others, others, others, last, &good].map(Clone::clone);
        cases.push(Case::new(format!("{reason} last"), &attempts(&list)).refuses(reason).shows("/attempts_used", 4));
    }
    decide(&[], &cases);
}

#[test]
fn a_task_that_starts_on_reliable_has_nothing_to_escalate_to() {
    let (prose, good) = (raw(PROSE, 1), raw(GOOD, 1));
    let second = Case::new("good at 2", &attempts(&[prose.clone(), good.clone()])).judged("accepted");
    let third = Case::new("good at 3", &attempts(&[prose.clone(), prose, good])).refuses("invalid_json");
    decide(
        &["--env", "PARTIAL_TRUST_PROFILE_ID=reliable"],
        &[
            second.shows("/risk/model_meta/profile", "reliable").shows("/risk/model_meta/escalated", false),
            third.shows("/attempts_used", 2),
        ],
    );
}

#[test]
fn an_attempt_that_was_not_recorded_is_an_unavailable_model_unless_the_others_were_late_already() {
    let rows: [(&str, Vec<Value>, &str); 5] = [
        ("none", vec![], "llm_unavailable"),
        ("the second is missing", vec![raw(PROSE, 200)], "llm_unavailable"),
        ("the fourth is missing", vec![raw(NO_MATCH, 1); 3], "llm_unavailable"),
        ("the second is missing, the first is late", vec![raw(PROSE, 201)], "timeout"),
        ("the third is missing, the sum is late", vec![raw(PROSE, 200), raw(PROSE, 1)], "timeout"),
    ];
    let case = |(name, list, reason): (&str, Vec<Value>, &str)| {
        Case::new(name, &attempts(&list)).refuses(reason).shows("/attempts_used", list.len())
    };
    let mut cases: Vec<_> = rows.into_iter().map(case).collect();
    let unasked = recording("a").with("exchanges", json!({}));
    cases.push(Case::new("the task was not recorded", &unasked).refuses("llm_unavailable"));
    decide(&[], &cases);
}
