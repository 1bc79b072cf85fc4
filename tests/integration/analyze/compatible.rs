//! The deployed analyzer's metrics on odd logs, worked out by hand from their definitions.

use super::log::{NOW, accepted, analyze, error, failed, log, not_sampled};
use crate::workbench::Workbench;
use serde_json::{Value, json};

/// The JSON file and the text for a log.
fn metrics(log: impl AsRef<[u8]>) -> (String, String) {
    let workbench = Workbench::new().with("risk.jsonl", log);
    let ran =
        workbench.run(["analyze", "--risk-log", "risk.jsonl", "--now", NOW, "--output-json", "metrics.json"]).exits(0);
    let (compatible, _) = ran.stdout.split_once("\nhonest metrics").unwrap();
    (workbench.read("metrics.json"), compatible.to_owned())
}

#[track_caller]
fn check(log: impl AsRef<[u8]>, field: &str, expected: &Value) {
    let log = log.as_ref();
    let (json, _) = metrics(log);
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(&found[field], expected, "{field} of {}", String::from_utf8_lossy(log));
}

#[test]
fn the_file_has_the_deployed_keys_in_their_order_and_the_text_is_as_deployed() {
    let lines = [
        not_sampled("a"),
        accepted("b").after(30).with("diff_summary.entity_key_mismatch", true),
        failed("c", "timeout"),
        error("d"),
        accepted("e").after(18),
        accepted("f").ended("fallback_deterministic", "low_confidence").after(99),
    ];
    let (json, text) = metrics(log(&lines) + "\n[]\n");
    assert_eq!(
        json,
        r#"{
  "total_records": 6,
  "sampled_records": 4,
  "status_breakdown": {
    "not_sampled": 1,
    "accepted_llm": 2,
    "fallback_deterministic": 2,
    "error": 1
  },
  "reason_code_breakdown": {
    "not_sampled": 1,
    "accepted": 2,
    "timeout": 1,
    "KeyError": 1,
    "low_confidence": 1
  },
  "acceptance_rate": 0.5,
  "intent_mismatch_rate": 0.0,
  "entity_key_mismatch_rate": 0.3333333333333333,
  "latency_p50": 30,
  "latency_p95": 30,
  "error_rate": 0.16666666666666666,
  "parse_errors": 1
}
"#
    );
    assert_eq!(
        text,
        "total_records: 6
sampled_records: 4
status_breakdown:
  accepted_llm: 2
  error: 1
  fallback_deterministic: 2
  not_sampled: 1
reason_code_breakdown:
  KeyError: 1
  accepted: 2
  low_confidence: 1
  not_sampled: 1
  timeout: 1
acceptance_rate: 0.5000
intent_mismatch_rate: 0.0000
entity_key_mismatch_rate: 0.3333
latency_p50: 30 ms
latency_p95: 30 ms
error_rate: 0.1667
parse_errors: 1
"
    );
}

#[test]
fn an_empty_log_has_no_rates_and_neither_has_one_of_blank_lines() {
    for empty in ["", "\n", " \t\r\n\n \u{a0}\n"] {
        let (json, text) = metrics(empty);
        let found: Value = serde_json::from_str(&json).unwrap();
        let expected = json!({
            "total_records": 0, "sampled_records": 0, "status_breakdown": {}, "reason_code_breakdown": {},
            "acceptance_rate": null, "intent_mismatch_rate": null, "entity_key_mismatch_rate": null,
            "latency_p50": null, "latency_p95": null, "error_rate": null, "parse_errors": 0
        });
        assert_eq!(found, expected);
        assert!(text.contains("acceptance_rate: n/a\n") && text.contains("latency_p50: n/a\n"), "{text}");
    }
}

#[test]
fn records_are_lines_that_are_json_objects_and_all_others_but_blank_ones_are_parse_errors() {
    let objects = [
        "{}",
        r#"  {"status":"error"}  "#,
        "{\"status\":\"error\"}\r",
        r#"{"status":"error","a":1e999,"b":[[[[{"c":null}]]]],"d":123456789012345678901234567890}"#,
        r#"{"status":"\ud83d","\udc00":"\ud83d"}"#,
        r#"{"status":1,"status":"error"}"#,
    ];
    let others = [
        "[]",
        "5",
        "null",
        "\"text\"",
        "{",
        "{]",
        "{}{}",
        "{} 5",
        r#"{"a":NaN}"#,
        r#"{"a":Infinity}"#,
        r#"{"a":-Infinity}"#,
        r#"{"a":01}"#,
        r#"{"a":1.}"#,
        r#"{"a":+1}"#,
        "{'a':1}",
        r#"{"a":1,}"#,
        "{\"a\":\"\t\"}",
        r#"{"a":"\q"}"#,
        "\u{feff}{}",
        "nonsense",
    ];
    let mut bytes = [&objects[..], &others[..]].concat().join("\n").into_bytes();
    bytes.extend_from_slice(b"\n\n   \n{\"a\":\"\xff\"}\n\xff\n{\"status\":\"error\"");
    let (json, _) = metrics(&bytes);
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["total_records"], json!(objects.len()));
    // Invalid UTF-8 twice, and a last line that is cut off.
    assert_eq!(found["parse_errors"], json!(others.len() + 3));
    assert_eq!(found["status_breakdown"], json!({"unknown": 1, "error": 4, "invalid_name": 1}));
}

#[test]
fn a_byte_order_mark_costs_the_first_line_and_a_missing_line_feed_costs_nothing() {
    let lines = log(&[accepted("a"), accepted("b")]);
    check(format!("\u{feff}{lines}"), "total_records", &json!(1));
    check(format!("\u{feff}{lines}"), "parse_errors", &json!(1));
    check(lines.trim_end(), "total_records", &json!(2));
    check(lines.replace('\n', "\r\n"), "total_records", &json!(2));
}

#[test]
fn sampled_is_exactly_true() {
    let lines: Vec<_> = [json!(true), json!(1), json!("true"), json!(null), json!([true]), json!(false)]
        .into_iter()
        .map(|value| accepted("a").with("sampled", value))
        .chain([accepted("a").without("sampled")])
        .collect();
    check(log(&lines), "sampled_records", &json!(1));
}

#[test]
fn a_status_or_reason_that_is_no_name_is_counted_and_not_echoed() {
    let line = |status: Value, reason: Value| accepted("a").with("status", status).with("reason_code", reason);
    let lines = [
        line(json!("skipped"), json!("")),
        line(json!(5), json!(null)),
        accepted("a").without("status").without("reason_code"),
        line(json!(""), json!(7)),
        line(json!("купи молоко"), json!("купи молоко")),
        line(json!("a b"), json!("a-b")),
        line(json!("a".repeat(64)), json!("A_0")),
        line(json!("a".repeat(65)), json!("x\u{1b}[31m")),
        line(json!("unknown"), json!("invalid_name")),
    ];
    let log = log(&lines);
    check(&log, "status_breakdown", &json!({"skipped": 1, "unknown": 3, "invalid_name": 4, ("a".repeat(64)): 1}));
    check(&log, "reason_code_breakdown", &json!({"invalid_name": 4, "A_0": 1}));
}

#[test]
fn rates_are_null_without_anything_to_divide_by() {
    let lines = log(&[not_sampled("a"), not_sampled("b")]);
    for field in ["acceptance_rate", "intent_mismatch_rate", "entity_key_mismatch_rate", "latency_p50", "latency_p95"] {
        check(&lines, field, &Value::Null);
    }
    check(&lines, "error_rate", &json!(0.0));
    check(log(&[failed("a", "timeout")]), "acceptance_rate", &json!(0.0));
}

#[test]
fn mismatches_count_over_records_whose_diff_summary_is_an_object() {
    let lines = [
        accepted("a").with("diff_summary.intent_mismatch", true),
        accepted("a").with("diff_summary.intent_mismatch", 1).with("diff_summary.entity_key_mismatch", true),
        accepted("a").with("diff_summary", json!({})),
        accepted("a").with("diff_summary", json!([])),
        accepted("a").with("diff_summary", json!("x")),
        failed("a", "timeout"),
        // It need not be accepted.
        error("a").with("diff_summary", json!({"intent_mismatch": true})),
    ];
    check(log(&lines), "intent_mismatch_rate", &json!(0.5));
    check(log(&lines), "entity_key_mismatch_rate", &json!(0.25));
    let twice = r#"{"diff_summary":{"intent_mismatch":true,"intent_mismatch":false}}"#;
    check(twice, "intent_mismatch_rate", &json!(0.0));
}

#[test]
fn percentiles_are_elements_of_the_sorted_list() {
    let latencies = |values: &[&str]| -> String {
        let lines = values.iter().flat_map(|value| {
            [
                "{\"latency_ms\":",
                value,
                "}
",
            ]
        });
        lines.collect()
    };
    for (values, p50, p95) in [
        (&["7"][..], "7", "7"),
        (&["9", "7"], "7", "7"),
        (&["3", "1", "2"], "2", "2"),
        (&["4", "3", "2", "1"], "2", "3"),
        // Truncated toward zero, before and behind it.
        (&["18.9"], "18", "18"),
        (&["-0.9"], "0", "0"),
        (&["-1.9", "-5", "0.5"], "-1", "-1"),
        (&["1.5e2"], "150", "150"),
        // `true` and `false` are 1 and 0; nothing else that is no number counts.
        (&["true", "false", "2", "null", "\"50\"", "[9]", "{}"], "1", "1"),
        // Integers of any size.
        (&["123456789012345678901234567890"], "123456789012345678901234567890", "123456789012345678901234567890"),
        (&["-9223372036854775809", "5", "9223372036854775808"], "5", "5"),
        (
            &["9223372036854775807", "9223372036854775808", "9223372036854775809"],
            "9223372036854775808",
            "9223372036854775808",
        ),
        (&["1e23"], "99999999999999991611392", "99999999999999991611392"),
        (&["65535", "65536", "65537"], "65536", "65536"),
        (&["1e999", "4"], "4", "4"),
    ] {
        let (json, text) = metrics(latencies(values));
        for (name, expected) in [("latency_p50", p50), ("latency_p95", p95)] {
            assert!(json.contains(&format!("\"{name}\": {expected},\n")), "{values:?} {json}");
            assert!(text.contains(&format!("{name}: {expected} ms\n")), "{values:?} {text}");
        }
    }
    // int(40 * 0.95) is 38 of 41, and int(20 * 0.95) is 19 of 21.
    for (count, p50, p95) in [(41, 20, 38), (21, 10, 19), (20, 9, 18), (100, 49, 94), (101, 50, 95)] {
        let values: Vec<String> = (0..count).rev().map(|ms: u32| ms.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        check(latencies(&values), "latency_p50", &json!(p50));
        check(latencies(&values), "latency_p95", &json!(p95));
    }
}

#[test]
fn small_rates_are_written_as_the_deployed_analyzer_writes_them() {
    let mut lines = "{}\n".repeat(99_999);
    lines.push_str("{\"status\":\"error\"}\n");
    let (json, text) = metrics(lines);
    assert!(json.contains("\"error_rate\": 1e-05,\n"), "{json}");
    assert!(text.contains("error_rate: 0.0000\n"), "{text}");
}

#[test]
fn breakdowns_follow_the_order_of_the_arguments() {
    let workbench = Workbench::new()
        .with("1.jsonl", log(&[error("a"), not_sampled("b")]))
        .with("2.jsonl", log(&[accepted("c"), error("d")]));
    let names = |files: [&str; 2]| {
        let arguments = [&["analyze", "--output-json", "m.json", "--risk-log"], &files[..]].concat();
        workbench.run(arguments).exits(0);
        let found: String = workbench.read("m.json");
        let place = |name: &str| found.find(&format!("\"{name}\": ")).unwrap();
        let mut names = ["error", "accepted_llm"];
        names.sort_by_key(|name| place(name));
        names
    };
    assert_eq!(names(["1.jsonl", "2.jsonl"]), ["error", "accepted_llm"]);
    assert_eq!(names(["2.jsonl", "1.jsonl"]), ["accepted_llm", "error"]);
}

#[test]
fn the_json_document_holds_the_same_values_as_the_file() {
    let lines = log(&[accepted("a"), failed("b", "timeout"), error("c").after(json!(true))]);
    let document = analyze(&lines, &["--format", "json"]).json();
    let (json, _) = metrics(&lines);
    assert_eq!(document["compatible"], serde_json::from_str::<Value>(&json).unwrap());
    assert_eq!(document["format"], 1);
}
