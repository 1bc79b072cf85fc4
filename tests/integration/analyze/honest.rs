//! The honest metrics, worked out by hand.

use super::log::{Logged, SAMPLED, UNSAMPLED, accepted, analyze, error, failed, finding, honest, log, not_sampled};
use serde_json::{Value, json};

/// Ten commands at rate 0.05, of which one was not sampled.
fn day() -> Vec<Logged> {
    vec![
        accepted(SAMPLED[0]).after(10),
        accepted(SAMPLED[1]).after(20).with("diff_summary.action_count_mismatch", true),
        accepted(SAMPLED[2]).after(30).with("diff_summary.entity_key_mismatch", true),
        accepted(SAMPLED[3]).after(40).ended("fallback_deterministic", "low_confidence"),
        failed(SAMPLED[4], "timeout"),
        failed(SAMPLED[5], "timeout"),
        failed(SAMPLED[6], "llm_unavailable"),
        error(SAMPLED[7]),
        accepted(SAMPLED[8])
            .ended("skipped", "corridor_mismatch")
            .with("sampled", false)
            .with("llm_summary", Value::Null),
        not_sampled(UNSAMPLED[0]),
    ]
}

/// A value without what the counts in it prove: that is worked out elsewhere.
fn plain(value: &Value) -> Value {
    let mut value = value.clone();
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|key, _| !["lower", "upper", "lower_ms", "upper_ms"].contains(&key.as_str()));
            fields.values_mut().for_each(|field| *field = plain(field));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| *value = plain(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

fn share(count: u64, of: u64, rate: f64) -> Value {
    json!({"count": count, "of": of, "rate": rate})
}

#[test]
fn every_rate_is_over_what_could_have_failed() {
    let honest = plain(&honest(log(&day()), &[]));
    let all = &honest["all"];
    assert_eq!(all["commands"], 10);
    assert_eq!(
        all["statuses"],
        json!({"skipped": 1, "not_sampled": 1, "fallback_deterministic": 4, "accepted_llm": 3, "error": 1, "other": 0})
    );
    assert_eq!(all["attempts"], 7);
    assert_eq!(all["candidate_failure_rate"], share(3, 7, 3.0 / 7.0));
    assert_eq!(all["candidate_failures"], json!({"llm_unavailable": 1, "timeout": 2}));
    assert_eq!(all["error_rate_attempted"], share(1, 8, 0.125));
    assert_eq!(all["change_rate"], share(2, 3, 2.0 / 3.0));
    assert_eq!(
        all["mismatches"],
        json!({"of": 5, "intent": 0, "decision_type": 0, "action_count": 1, "entity_key": 1})
    );
    // Seven attempts and one that is not sampled reached sampling; an error and a mismatch of the intent did not.
    assert_eq!(all["sampling"]["sampled"], share(7, 8, 0.875));
    assert!((all["sampling"]["expected"].as_f64().unwrap() - 0.4).abs() < 1e-12);
    assert_eq!((honest["lines"]["flags_recomputed"].as_u64(), finding(&honest, "sampled_flag_differs")), (Some(8), 0));
    assert_eq!(honest["stages"].as_array().unwrap().len(), 1);
    assert_eq!(honest["stages"][0]["attempts"], 7);
    assert_eq!(honest["stages"][0]["days_with_attempts"], 1);
    assert_eq!(honest["days"][0]["day"], "2026-02-10");
}

#[test]
fn a_timeout_counts_as_the_budget_at_least() {
    let latency = plain(&honest(log(&day()), &[])["all"]["latency"]);
    let quantile =
        |ms: u64, at_least: bool, rank: u64, of: u64| json!({"ms": ms, "at_least": at_least, "rank": rank, "of": of});
    assert_eq!(
        latency["measured_only"],
        json!({"p50": quantile(20, false, 2, 4), "p95": quantile(40, false, 4, 4), "p99": quantile(40, false, 4, 4)})
    );
    assert_eq!(
        latency["with_timeouts"],
        json!({"p50": quantile(30, false, 3, 6), "p95": quantile(200, true, 6, 6), "p99": quantile(200, true, 6, 6)})
    );
    assert_eq!(latency["timeouts"], 2);
    assert_eq!(latency["unmeasured"], 1);
    let shorter = plain(&honest(log(&day()), &["--budget-ms", "25"]));
    assert_eq!(shorter["all"]["latency"]["with_timeouts"]["p50"], quantile(25, true, 3, 6));
    assert_eq!((shorter["all"]["latency"]["over_budget"].as_u64(), finding(&shorter, "over_budget")), (Some(2), 2));
    let text = analyze(log(&day()), &[]).stdout;
    assert!(text.contains("≥200") && text.contains("a timeout counts as 200 ms at least"), "{text}");
}

#[test]
fn a_corridor_that_always_fails_shows_nothing_in_the_deployed_metrics_and_everything_here() {
    let mut lines: Vec<_> =
        (0..196).map(|number| not_sampled(&format!("other-{number}")).with("sample_rate", 0.0)).collect();
    lines.extend(SAMPLED[..4].iter().map(|id| error(id)));
    let document = plain(&analyze(log(&lines), &["--format", "json"]).json());
    assert_eq!(document["compatible"]["error_rate"], json!(0.02));
    assert_eq!(document["honest"]["all"]["error_rate_attempted"], share(4, 4, 1.0));
    // All candidates time out: no latency, so no percentile either.
    let lines: Vec<_> = SAMPLED.iter().map(|id| failed(id, "timeout")).collect();
    let document = plain(&analyze(log(&lines), &["--format", "json"]).json());
    assert_eq!(
        (&document["compatible"]["latency_p95"], &document["compatible"]["error_rate"]),
        (&Value::Null, &json!(0.0))
    );
    assert_eq!(document["honest"]["all"]["candidate_failure_rate"], share(10, 10, 1.0));
    assert_eq!(document["honest"]["all"]["latency"]["with_timeouts"]["p50"]["at_least"], true);
}

#[test]
fn a_corridor_that_never_ran_is_a_problem() {
    let lines: Vec<_> = SAMPLED.iter().map(|id| failed(id, "policy_disabled").with("status", "skipped")).collect();
    let ran = plain(&honest(log(&lines), &[]));
    assert_eq!((finding(&ran, "never_ran"), ran["all"]["attempts"].as_u64()), (10, Some(0)));
    assert_eq!(ran["all"]["candidate_failure_rate"], json!({"count": 0, "of": 0, "rate": null}));
    let one = [&lines[1..], &[accepted(SAMPLED[0])]].concat();
    assert_eq!(finding(&honest(log(&one), &[]), "never_ran"), 0);
}

#[test]
fn each_stage_and_each_day_has_its_own_metrics() {
    let lines = [
        accepted("cmd-234").with("sample_rate", 0.01).at("2026-02-10T23:59:59.999999Z"),
        failed("cmd-267", "timeout").with("sample_rate", 0.01).at("2026-02-11T01:30:00+02:00"),
        accepted(SAMPLED[0]).at("2026-02-11T00:00:00Z"),
        failed(SAMPLED[1], "llm_error").at("2026-02-12T00:00:00Z"),
        accepted(SAMPLED[2]).with("sample_rate", Value::Null).at("2026-02-12T00:00:00Z"),
    ];
    let honest = honest(log(&lines), &[]);
    let stages: Vec<_> = honest["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| {
            (
                stage["sample_rate"].clone(),
                stage["attempts"].as_u64().unwrap(),
                stage["days_with_attempts"].as_u64().unwrap(),
            )
        })
        .collect();
    // The second line is of 23:30 on the 10th, in UTC.
    assert_eq!(stages, [(json!(0.01), 2, 1), (json!(0.05), 2, 2), (Value::Null, 1, 1)]);
    let days: Vec<_> = honest["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| (day["day"].as_str().unwrap(), day["attempts"].as_u64().unwrap(), day["sample_rates"].clone()))
        .collect();
    assert_eq!(
        days,
        [("2026-02-10", 2, json!([0.01])), ("2026-02-11", 1, json!([0.05])), ("2026-02-12", 2, json!([0.05]))]
    );
    assert_eq!(finding(&honest, "mixed_stages"), 2);
}

#[test]
fn rates_speak_about_distinct_commands_and_the_first_line_in_time_counts() {
    let [a, b, ..] = SAMPLED;
    let lines = [
        accepted(a).at("2026-02-10T10:00:05Z"),
        error(a).at("2026-02-10T10:00:00Z"),
        accepted(b),
        accepted(b),
        accepted(b),
    ];
    let document = plain(&analyze(log(&lines), &["--format", "json"]).json());
    let honest = &document["honest"];
    assert_eq!(document["compatible"]["total_records"], 5);
    assert_eq!((honest["all"]["commands"].as_u64(), finding(honest, "repeated")), (Some(2), 3));
    assert_eq!(honest["all"]["error_rate_attempted"], share(1, 2, 0.5));
}

#[test]
fn flags_that_contradict_id_and_rate_are_named() {
    let wrong = |id: &str| not_sampled(id).with("sample_rate", 0.9);
    let mut lines: Vec<_> = SAMPLED.iter().map(|id| wrong(id)).collect();
    lines.push(accepted(UNSAMPLED[3]));
    lines.push(accepted("id with text").with("sample_rate", 0.0));
    // Beyond its bounds, a rate samples no command or every command.
    lines.push(accepted(UNSAMPLED[4]).with("sample_rate", 7));
    lines.push(not_sampled(UNSAMPLED[5]).with("sample_rate", -1));
    let honest = honest(log(&lines), &[]);
    assert_eq!(
        (finding(&honest, "sampled_flag_differs"), honest["lines"]["flags_recomputed"].as_u64()),
        (12, Some(14))
    );
    let examples = &honest["findings"][0]["examples"];
    assert_eq!(examples, &json!(["cmd-108", "cmd-121", "cmd-135", "cmd-146", "cmd-152"]));
    assert_eq!(honest["findings"][0]["level"], "problem");
    let text = analyze(log(&lines), &[]).stdout;
    assert!(text.contains("problem: 12 sampled flags are not what command id and sample rate give"), "{text}");
    assert!(!text.contains("id with text"));
}

#[test]
fn hours_without_lines_and_the_age_of_the_last_line_are_reported() {
    let lines = [
        accepted("a").at("2026-02-10T10:59:59Z"),
        accepted("b").at("2026-02-10T11:00:00Z"),
        accepted("c").at("2026-02-10T15:30:00Z"),
        accepted("d").at("2026-02-19T22:55:30Z"),
    ];
    let found = honest(log(&lines), &[]);
    assert_eq!(found["gaps"]["count"], 2);
    assert_eq!(found["gaps"]["hours"], 3 + 222);
    assert_eq!(
        found["gaps"]["longest"],
        json!([{"from": "2026-02-10T16:00:00Z", "hours": 222}, {"from": "2026-02-10T12:00:00Z", "hours": 3}])
    );
    assert_eq!(found["clock"]["first"], "2026-02-10T10:59:59Z");
    assert_eq!(found["clock"]["minutes_since_last"], 64);
    let text = analyze(log(&lines), &[]).stdout;
    assert!(text.contains("the last line is 1 h 4 min old"), "{text}");
    let ahead = honest(log(&[accepted("a").at("2026-02-20T00:00:30Z")]), &[]);
    assert_eq!((ahead["clock"]["minutes_since_last"].as_i64(), finding(&ahead, "future")), (Some(-1), 1));
}

#[test]
fn a_window_counts_from_its_beginning_to_before_its_end() {
    let lines = [
        accepted(SAMPLED[0]).at("2026-02-09T23:59:59.999Z"),
        accepted(SAMPLED[1]).at("2026-02-10T00:00:00Z"),
        error(SAMPLED[2]).at("2026-02-10T23:59:59.999Z"),
        accepted(SAMPLED[3]).at("2026-02-11T00:00:00Z"),
        accepted(SAMPLED[4]).at("yesterday"),
        accepted(SAMPLED[5]).without("timestamp"),
    ];
    let log = log(&lines) + "[]\n";
    let window = ["--since", "2026-02-10", "--until", "2026-02-11T00:00:00+00:00", "--format", "json"];
    let document = analyze(&log, &window).json();
    assert_eq!(document["compatible"]["total_records"], 2);
    assert_eq!(document["compatible"]["error_rate"], 0.5);
    // What is no object has no time: it counts whatever the window is.
    assert_eq!(document["compatible"]["parse_errors"], 1);
    let honest = &document["honest"];
    assert_eq!((honest["all"]["commands"].as_u64(), finding(honest, "undated")), (Some(2), 2));
    assert_eq!(honest["lines"]["outside_window"], 2);
    assert_eq!((&honest["since"], &honest["until"]), (&json!("2026-02-10T00:00:00Z"), &json!("2026-02-11T00:00:00Z")));
    let open = super::log::honest(&log, &[]);
    assert_eq!((open["all"]["commands"].as_u64(), finding(&open, "undated")), (Some(6), 2));
}
