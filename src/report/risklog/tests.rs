//! The screens and the JSON of an analysis.

use super::super::fixture::{
    assert_colours_alone, assert_fits, assert_visible, documented, field_names_outside, json as json_written, written,
};
use super::*;
use crate::risklog::FindingId;
use crate::risklog::fixture::analysis_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The analysis of these lines and of `tail`.
fn analysis(lines: &[Value], tail: &str) -> Analysis {
    let lines: Vec<_> = lines.iter().map(Value::to_string).chain([tail.to_owned()]).collect();
    analysis_of(&lines.join("\n"))
}

fn line(id: usize, rate: f64, status: &str, reason: &str, more: &Value) -> Value {
    let mut line = json!({
        "command_id": format!("cmd-{id}"), "sample_rate": rate, "sampled": status != "not_sampled", "status": status,
        "reason_code": reason, "timestamp": format!("2026-02-{:02}T{:02}:00:00Z", 1 + id / 24 % 28, id % 24)
    });
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line
}

/// Two stages of a rollout with every status and every finding.
fn eventful() -> Analysis {
    let mut lines = Vec::new();
    let diff = |is_changed: bool| {
        json!({"intent_mismatch": false, "decision_type_mismatch": false, "action_count_mismatch": is_changed,
            "entity_key_mismatch": false})
    };
    for id in 0..600 {
        let rate = if id < 300 { 0.01 } else { 0.05 };
        let accepted = |ms: usize| json!({"latency_ms": ms, "llm_summary": {"action_count": 1}, "diff_summary": diff(id % 9 == 0)});
        lines.push(match id % 20 {
            0 => line(id, rate, "fallback_deterministic", "timeout", &json!({})),
            1 => line(id, rate, "fallback_deterministic", "schema_validation_failed", &json!({})),
            2 => line(id, rate, "fallback_deterministic", "low_confidence", &accepted(150)),
            3 if id > 100 => line(id, rate, "error", "KeyError", &json!({"sampled": false})),
            4 => line(id, rate, "skipped", "corridor_mismatch", &json!({})),
            5 => line(id, rate, "accepted_llm", "accepted", &json!({"latency_ms": -1})),
            6 => line(id, rate, "accepted_llm", "accepted", &accepted(400)),
            7..12 => line(id, rate, "accepted_llm", "accepted", &accepted(20 + id % 130)),
            _ => line(id, rate, "not_sampled", "not_sampled", &json!({})),
        });
    }
    lines.push(line(7, 0.05, "accepted_llm", "accepted", &json!({})));
    lines.push(line(700, 0.05, "promoted", "x y", &json!({"command_id": 5})));
    lines.push(line(701, 0.05, "promoted", "x y", &json!({})));
    lines.push(line(702, 0.05, "error", "OSError", &json!({"timestamp": 5})));
    lines.push(line(703, 0.05, "error", "OSError", &json!({"timestamp": "2026-03-01T00:00:00Z"})));
    let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 20));
    let mut analysis = analysis(&lines, &format!("\n[]\n{long}{{\"cut"));
    // Findings that this log cannot have at the same time as the others.
    let more = [FindingId::NeverRan, FindingId::ByteOrderMark, FindingId::TooManyStages]
        .map(|id| crate::risklog::Finding { id, level: id.level(), count: 1, examples: vec!["risk.jsonl".to_owned()] });
    analysis.honest.findings.extend(more);
    analysis
}

/// A log without findings.
fn quiet() -> Analysis {
    let accepted = json!({"latency_ms": 90, "llm_summary": {}, "diff_summary": {}});
    let mut analysis = analysis(&[line(0, 1.0, "accepted_llm", "accepted", &accepted)], "");
    analysis.honest.findings.clear();
    analysis
}

fn shown(analysis: &Analysis, width: Option<usize>, colour: bool, detail: Detail) -> String {
    written(|out| write_analysis(analysis, Layout { width, colour }, detail, out))
}

fn json_of(analysis: &Analysis) -> Value {
    json_written(|out| write_analysis_json(analysis, out))
}

#[test]
fn an_eventful_log_through_a_pipe() {
    insta::assert_snapshot!(shown(&eventful(), None, false, Detail::Full));
}

#[test]
fn an_eventful_log_on_a_terminal_of_60_columns() {
    insta::assert_snapshot!(shown(&eventful(), Some(60), false, Detail::Usual));
}

#[test]
fn a_quiet_log_on_a_terminal_of_100_columns() {
    insta::assert_snapshot!(shown(&quiet(), Some(100), false, Detail::Usual));
}

#[test]
fn the_honest_metrics_as_json() {
    insta::assert_json_snapshot!(json_of(&quiet())["honest"]);
}

#[test]
fn the_verdict_of_detail_is_the_metrics_and_the_findings() {
    let text = shown(&eventful(), None, false, Detail::Verdict);
    assert!(text.contains("problem: ") && !text.contains("rates by sample rate"), "{text}");
}

#[test]
fn no_line_but_those_of_the_deployed_analyzer_is_wider_than_the_terminal() {
    for analysis in [eventful(), quiet()] {
        for columns in (40..=140).step_by(10) {
            let plain = shown(&analysis, Some(columns), false, Detail::Full);
            let (_, honest) = plain.split_once("\nhonest metrics").unwrap();
            assert_fits(honest, columns);
            assert_colours_alone(&plain, &shown(&analysis, Some(columns), true, Detail::Full));
        }
    }
}

#[test]
fn hostile_names_and_numbers_stay_within_their_lines() {
    let mut analysis = eventful();
    let evil = "a\u{1b}[31m\u{202e}\n\u{9b}b";
    analysis.honest.logs[0].name = evil.to_owned();
    analysis.honest.findings.iter_mut().for_each(|finding| finding.examples = vec![evil.to_owned()]);
    for stage in analysis.honest.stages.iter_mut().flatten() {
        stage.sample_rate = Some(1e300);
    }
    for columns in [None, Some(40), Some(100)] {
        let text = shown(&analysis, columns, false, Detail::Full);
        assert_visible(&text);
        assert!(text.contains("1e300") && !text.contains("00000000000"), "{text}");
    }
    assert_visible(&written(|out| write_analysis_json(&analysis, out)));
}

const DOCUMENT: &str = include_str!("../../../docs/operations/analyzer.md");

#[test]
fn every_field_is_documented_and_no_other() {
    // The keys of these are names in the log.
    let maps = ["status_breakdown", "reason_code_breakdown", "candidate_failures"];
    assert_eq!(field_names_outside(&json_of(&eventful()), &maps), documented(DOCUMENT, "JSON"));
}

#[test]
fn every_finding_is_documented_and_no_other() {
    let known: BTreeSet<String> = FindingId::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(known, documented(DOCUMENT, "Findings"));
}
