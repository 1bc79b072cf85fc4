//! Logs in every state: packed, rotated, missing, cut off, of other versions; and how the command ends.

use super::log::{NOW, SAMPLED, UNSAMPLED, accepted, analyze, error, failed, finding, honest, log, not_sampled};
use crate::workbench::{Workbench, lines};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A log of many batches with something odd in each of them.
fn large() -> String {
    let mut text = String::new();
    for number in 0..4000_u32 {
        let id = format!("cmd-{}", number % 3700);
        let time = format!("2026-02-{:02}T{:02}:00:{:02}.5Z", 1 + number / 500, number / 50 % 24, number % 60);
        let line = match number % 7 {
            0 => error(&id),
            1 => failed(&id, ["timeout", "llm_error", "купи"][number as usize % 3]),
            2 => not_sampled(&id).with("sample_rate", [0.01, 0.05][number as usize % 2]),
            3 => accepted(&id).after(json!(f64::from(number) * 1.5)),
            4 => accepted(&id).after(json!(i64::from(number) * -70_000)),
            5 => accepted(&id).with("model_meta.profile", json!({"text": "x"})),
            _ => accepted(&id),
        };
        text.push_str(&line.at(&time).line());
        text.push_str(if number % 11 == 0 { "\r\n" } else { "\n" });
        if number % 97 == 0 {
            text.push_str("\n[]\n{\"status\":\"cut off\n");
        }
    }
    text
}

#[test]
fn neither_threads_nor_packing_changes_a_byte() {
    let text = large();
    let workbench = Workbench::new()
        .with("risk.jsonl", &text)
        .with("risk.jsonl.gz", gz(text.as_bytes()))
        .with("risk.jsonl.zst", zstd::encode_all(text.as_bytes(), 0).unwrap());
    let run = |input: &str, threads: &str, format: &str| {
        let arguments = ["analyze", "--risk-log", input, "--threads", threads, "--now", NOW, "--format", format];
        let input = if input == "-" { text.as_bytes() } else { b"" };
        workbench.run_with(arguments, &[], input).exits(0).stdout
    };
    for format in ["json", "text"] {
        let expected = run("risk.jsonl", "1", format);
        assert!(text.len() > 4 << 18 && expected.len() > 1000);
        for threads in ["1", "2", "8"] {
            for input in ["risk.jsonl", "risk.jsonl.gz", "risk.jsonl.zst", "-"] {
                let shown = if input == "-" { "<stdin>" } else { input };
                let found = run(input, threads, format);
                let unnamed = |text: &str, name: &str| text.replace(name, "LOG").replace([' ', '\n'], "");
                assert_eq!(unnamed(&found, shown), unnamed(&expected, "risk.jsonl"), "{input} on {threads} threads");
            }
        }
    }
}

#[test]
fn a_rotated_set_is_one_log_in_any_order() {
    let text = large();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let workbench = Workbench::new()
        .with("risk.jsonl", lines[2500..].concat())
        .with("risk.jsonl.1", lines[900..2500].concat())
        .with("risk.jsonl.2.gz", gz(lines[..900].concat().as_bytes()));
    let run = |files: &[&str]| {
        let arguments = [&["analyze", "--now", NOW, "--format", "json", "--risk-log"], files].concat();
        workbench.run(arguments).exits(0)
    };
    let one = run(&["risk.jsonl", "risk.jsonl.1", "risk.jsonl.2.gz"]);
    let other = run(&["risk.jsonl.2.gz", "risk.jsonl", "risk.jsonl.1"]);
    assert_eq!(one.json()["honest"], other.json()["honest"]);
    // JSON values do not show the order of keys: the compatible metrics agree but for that.
    assert_eq!(one.json()["compatible"], other.json()["compatible"]);
    let whole = analyze(&text, &["--format", "json"]).json();
    assert_eq!(one.json()["compatible"], whole["compatible"]);
    for field in ["lines", "all", "stages", "days", "gaps"] {
        assert_eq!(one.json()["honest"][field], whole["honest"][field], "{field}");
    }
}

#[test]
fn a_missing_log_counts_as_empty_and_is_reported() {
    let workbench = Workbench::new().with("risk.jsonl", log(&[accepted("a")]));
    let ran = workbench.run(["analyze", "--quiet", "--risk-log", "gone.jsonl", "--output-json", "m.json"]).exits(0);
    let ran = ran.says(&["note: there is no risk log gone.jsonl"]);
    assert!(ran.stdout.starts_with("total_records: 0\n") && workbench.read("m.json").contains("\"total_records\": 0"));
    let ran = workbench.run(["analyze", "--format", "json", "--risk-log", "gone.jsonl", "risk.jsonl"]).exits(0);
    let honest = &ran.json()["honest"];
    assert_eq!((honest["lines"]["records"].as_u64(), finding(honest, "missing")), (Some(1), 1));
    assert_eq!(honest["logs"][0], json!({"name": "gone.jsonl", "state": "missing", "is_ended": true}));
}

#[test]
fn an_incomplete_last_line_is_reported() {
    let lines = log(&[accepted("a"), accepted("b")]);
    let cut = &lines[..lines.len() - 20];
    let document = analyze(cut, &["--format", "json"]).json();
    assert_eq!(document["compatible"]["parse_errors"], 1);
    let honest = &document["honest"];
    assert_eq!((finding(honest, "not_ended"), finding(honest, "parse_errors")), (1, 1));
    let parse_errors =
        honest["findings"].as_array().unwrap().iter().find(|found| found["id"] == "parse_errors").unwrap();
    assert_eq!(parse_errors["examples"], json!(["risk.jsonl:2"]));
    let text = analyze(cut, &[]).stdout;
    assert!(text.contains("the last line of risk.jsonl is not ended: it may still be written"), "{text}");
    // Whole, but for its line feed.
    let document = analyze(lines.trim_end(), &["--format", "json"]).json();
    assert_eq!((&document["compatible"]["parse_errors"], finding(&document["honest"], "not_ended")), (&json!(0), 1));
}

#[test]
fn lines_of_other_versions_are_counted_and_their_unknown_fields_reported() {
    let lines = [
        accepted("a").without("command_id"),
        accepted("b").with("command_id", 5),
        accepted("c").without("timestamp"),
        accepted("d").with("diff_summary", Value::Null),
        accepted("e").ended("promoted", "accepted"),
        accepted("f").after(-5),
        accepted("g").with("trace_id", json!({"id": "x"})),
    ];
    let log = log(&lines) + "\u{feff}{}\n";
    let found = honest(format!("\u{feff}{log}"), &[]);
    // The mark costs the first line, and the last one is no JSON either.
    let expected = [
        ("byte_order_mark", 1),
        ("parse_errors", 2),
        ("without_id", 1),
        ("undated", 1),
        ("accepted_without_diff", 1),
        ("unknown_status", 1),
        ("negative_latency", 1),
        ("not_private", 2),
        ("repeated", 0),
        ("too_long", 0),
    ];
    for (id, count) in expected {
        assert_eq!(finding(&found, id), count, "{id}: {found}");
    }
    assert_eq!(finding(&honest(&log, &[]), "without_id"), 2);
}

#[test]
fn time_that_goes_back_is_counted_within_a_file() {
    let at = |id: &str, second: u32| accepted(id).at(&format!("2026-02-10T10:00:{second:02}Z"));
    let lines = [at("a", 5), at("b", 3), accepted("x").without("timestamp"), at("c", 4), at("d", 1), at("e", 1)];
    let found = honest(log(&lines), &[]);
    assert_eq!(
        (found["clock"]["steps_back"].as_u64(), found["clock"]["largest_step_back_ms"].as_u64()),
        (Some(2), Some(3000))
    );
    assert_eq!(finding(&found, "clock_went_back"), 2);
    let workbench = Workbench::new().with("1.jsonl", log(&lines[..1])).with("2.jsonl", log(&lines[1..4]));
    let ran = workbench.run(["analyze", "--format", "json", "--risk-log", "1.jsonl", "2.jsonl"]).exits(0);
    assert_eq!(ran.json()["honest"]["clock"]["steps_back"], 0);
}

#[test]
fn a_line_of_more_than_a_mebibyte_is_counted_and_not_read() {
    let long = accepted("b").with("trace_id", "x".repeat(1 << 20)).line();
    let text = format!("{}\n{long}\n{}\n", accepted("a").line(), accepted("c").line());
    let document = analyze(text, &["--format", "json"]).json();
    assert_eq!(
        (&document["compatible"]["total_records"], &document["compatible"]["parse_errors"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(finding(&document["honest"], "too_long"), 1);
}

#[test]
fn a_log_of_no_rollout_has_totals_and_no_breakdown() {
    let rate = |number: u32| f64::from(number) / 10_000.0;
    let lines: Vec<_> =
        (0..4100).map(|number| accepted(&format!("id-{number}")).with("sample_rate", rate(number))).collect();
    let found = honest(log(&lines), &[]);
    assert_eq!((&found["stages"], &found["days"], finding(&found, "too_many_stages")), (&Value::Null, &Value::Null, 1));
    assert_eq!(found["all"]["attempts"], 4100);
    let text = analyze(log(&lines), &[]).stdout;
    assert!(text.contains("too many pairs of sample rate and day") && text.contains("4,100"), "{text}");
}

#[test]
fn our_own_risk_lines_are_clean_and_agree_with_themselves() {
    let workbench = Workbench::clone_of_shipped();
    let rate = "PARTIAL_TRUST_SAMPLE_RATE=0.5";
    let run = workbench.replay(["replay", "household", "--rules", "reference", "--as-deployed", "--env", rate]);
    let risk = run.read("risk.jsonl");
    let found = honest(&risk, &[]);
    let objects = lines(&risk).len() as u64;
    assert!(objects > 100);
    for id in
        ["sampled_flag_differs", "not_private", "parse_errors", "undated", "without_id", "repeated", "over_budget"]
    {
        assert_eq!(finding(&found, id), 0, "{id}");
    }
    assert_eq!(found["all"]["commands"], objects);
    assert_eq!(found["all"]["statuses"]["other"], 0);
    assert!(found["all"]["attempts"].as_u64().unwrap() > 20);
}

#[test]
fn mistakes_on_the_command_line_are_usage_errors() {
    let workbench = Workbench::new().with("risk.jsonl", log(&[not_sampled(UNSAMPLED[0])]));
    let table: [(&[&str], &str); 11] = [
        (&["analyze"], "--risk-log"),
        (&["analyze", "--risk-log"], "a value is required"),
        (&["analyze", "--risk-log", "risk.jsonl", "./risk.jsonl"], "is named twice"),
        (&["analyze", "--risk-log", "-", "-"], "is named twice"),
        (&["analyze", "--risk-log", "risk.jsonl", "--output-json", "risk.jsonl"], "would replace the risk log"),
        (&["analyze", "--risk-log", "risk.jsonl", "--since", "yesterday"], "expected a date"),
        (&["analyze", "--risk-log", "risk.jsonl", "--since", "2026-02-30"], "expected a date"),
        (
            &["analyze", "--risk-log", "risk.jsonl", "--since", "2026-02-02", "--until", "2026-02-02"],
            "not after --since",
        ),
        (&["analyze", "--risk-log", "risk.jsonl", "--budget-ms", "0"], "--budget-ms"),
        (&["analyze", "--risk-log", "risk.jsonl", "--format", "xml"], "--format"),
        (&["analyze", "--self-test", "--risk-log", "risk.jsonl"], "cannot be used with"),
    ];
    for (arguments, expected) in table {
        let ran = workbench.run(arguments).exits(2).says(&["error: ", expected]);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(workbench.read("risk.jsonl"), log(&[not_sampled(UNSAMPLED[0])]));
}

#[test]
fn a_log_that_cannot_be_read_is_bad_input_and_nothing_is_written() {
    let whole = gz(log(&SAMPLED.map(accepted)).as_bytes());
    let workbench = Workbench::new()
        .with("folder/risk.jsonl", "")
        .with("none.jsonl.gz", "not an archive")
        .with("cut.jsonl.gz", &whole[..whole.len() / 2]);
    for (path, expected) in [
        ("folder", "is a folder, not a risk log"),
        ("none.jsonl.gz", "none.jsonl.gz:1: cannot read on"),
        ("cut.jsonl.gz", "cannot read on"),
    ] {
        let ran = workbench.run(["analyze", "--risk-log", path, "--output-json", "m.json"]).exits(4);
        assert!(ran.says(&["error: ", expected, "help: "]).stdout.is_empty() && !workbench.has("m.json"));
    }
    let ran = workbench.run(["analyze", "--risk-log", "folder/risk.jsonl", "--output-json", "nowhere/m.json"]).exits(4);
    assert_eq!(ran.says(&["cannot write nowhere/m.json"]).stdout, "");
}
