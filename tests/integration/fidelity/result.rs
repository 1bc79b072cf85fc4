//! What agrees and what does not.

use super::log::{Bench, differing};
use crate::workbench::{Workbench, json_lines};
use serde_json::{Value, json};

#[test]
fn a_production_that_does_what_the_replay_does_agrees_everywhere() {
    let bench = Bench::new();
    let (result, code) = bench.result();
    let all = bench.lines.len() as u64;
    assert_eq!((code, differing(&result)), (0, [0; 5]));
    assert_eq!(
        result["commands"],
        json!({"in_log": all, "in_run": all, "in_both": all, "only_in_log": 0, "only_in_run": 0})
    );
    assert_eq!((result["compared"]["agreeing"].as_u64(), result["compared"]["rate"].as_f64()), (Some(all), Some(1.0)));
    let reach = |name: &str| result["reach"][name]["commands"].as_u64().unwrap();
    let logged = |wanted: &dyn Fn(&Value) -> bool| bench.lines.iter().filter(|line| wanted(line)).count() as u64;
    assert_eq!(reach("not_sampled"), logged(&|line| line["status"] == "not_sampled"));
    assert_eq!(reach("sampled"), logged(&|line| line["sampled"] == true));
    assert_eq!(reach("before_sampling"), logged(&|line| line["status"] == "skipped" && line["sampled"] == false));
    assert!(reach("not_sampled") > 20 && reach("sampled") > 20 && reach("before_sampling") > 20, "{result}");
    let text = bench.compare(&[]).exits(0).stdout;
    let sentence = format!("production and replay agree on {all} of {all} commands in both (100.0%; at most ");
    assert!(text.contains(&sentence), "{text}");
}

#[test]
fn every_shipped_corpus_agrees_with_itself_under_both_rule_sets_and_as_deployed() {
    let workbench = Workbench::clone_of_shipped();
    workbench.run(["replay", "--as-deployed", "--env", "PARTIAL_TRUST_SAMPLE_RATE=0.3"]).exits(0);
    let deployed = workbench.runs();
    workbench.run(["replay"]).exits(0);
    for run in deployed {
        workbench.write("risk.jsonl", run.read("risk.jsonl"));
        let rules = run.json("run.json")["inputs"]["rules"].as_str().unwrap().to_owned();
        for against in [["--rules".to_owned(), rules], ["--run".to_owned(), run.folder.display().to_string()]] {
            let arguments = ["fidelity", "--risk-log", "risk.jsonl", "--format", "json"].map(str::to_owned);
            let result = workbench.run([&arguments[..], &against].concat()).exits(0).json();
            assert_eq!(differing(&result), [0; 5]);
            assert!(result["compared"]["commands"].as_u64().unwrap() > 800, "{result}");
            assert_eq!(result["not_compared"]["ambiguous"]["count"], 0);
        }
    }
}

#[test]
fn each_field_of_each_kind_of_line_that_differs_is_found() {
    for (status, path, value, expected) in [
        ("accepted_llm", "sampled", json!(false), [1, 0, 0, 0, 0]),
        ("accepted_llm", "status", json!("fallback_deterministic"), [0, 1, 0, 0, 0]),
        ("accepted_llm", "reason_code", json!("low_confidence"), [0, 0, 1, 0, 0]),
        ("accepted_llm", "baseline_summary.action_count", json!(77), [0, 0, 0, 1, 0]),
        ("accepted_llm", "llm_summary.item_name_len", json!(77), [0, 0, 0, 0, 1]),
        ("accepted_llm", "llm_summary", json!(null), [0, 0, 0, 0, 1]),
        ("fallback_deterministic", "reason_code", json!("llm_error"), [0, 0, 1, 0, 0]),
        ("not_sampled", "sampled", json!(true), [1, 0, 0, 0, 0]),
        ("not_sampled", "baseline_summary.has_list_id", json!("x"), [0, 0, 0, 1, 0]),
        ("not_sampled", "baseline_summary", json!(null), [0; 5]),
        ("not_sampled", "status", json!("accepted_llm"), [0, 1, 0, 0, 0]),
        ("skipped", "reason_code", json!("capability_mismatch"), [0, 0, 1, 0, 0]),
        ("skipped", "baseline_summary.intent", json!("other"), [0, 0, 0, 1, 0]),
        // What only one side can know, and a rate that takes the same commands.
        ("accepted_llm", "latency_ms", json!(77), [0; 5]),
        ("accepted_llm", "timestamp", json!("2031-01-01T00:00:00Z"), [0; 5]),
        ("accepted_llm", "trace_id", json!("another"), [0; 5]),
        ("accepted_llm", "model_meta.profile", json!("cheap"), [0; 5]),
        ("accepted_llm", "sample_rate", json!(0.75), [0; 5]),
    ] {
        let mut bench = Bench::new();
        let id = bench.change(status, path, value);
        let (result, code) = bench.result();
        let is_different = expected != [0; 5];
        assert_eq!((differing(&result), code), (expected, i32::from(is_different)), "{status} {path}");
        assert_eq!(result["compared"]["disagreeing"], u64::from(is_different));
        let examples: Vec<&Value> =
            result["fields"].as_object().unwrap().values().map(|found| &found["examples"]).collect();
        let named = examples.iter().filter(|examples| ***examples == json!([id])).count() as u64;
        assert_eq!(named, expected.iter().sum::<u64>(), "{examples:?}");
    }
}

#[test]
fn a_different_terminal_state_is_shown_for_both_sides() {
    let mut bench = Bench::new();
    for field in ["latency_ms", "model_meta", "llm_summary", "diff_summary"] {
        bench.change("accepted_llm", field, Value::Null);
    }
    let id = bench.change("accepted_llm", "reason_code", "timeout");
    bench.change("accepted_llm", "status", "fallback_deterministic");
    let error = bench.change("not_sampled", "reason_code", "KeyError");
    bench.change("not_sampled", "status", "error");
    let (result, _) = bench.result();
    assert_eq!(
        result["pairs"],
        json!([
            {"production": {"status": "error", "reason": "KeyError"},
                "replay": {"status": "not_sampled", "reason": "not_sampled"}, "count": 1, "examples": [error]},
            {"production": {"status": "fallback_deterministic", "reason": "timeout"},
                "replay": {"status": "accepted_llm", "reason": "accepted"}, "count": 1, "examples": [id]},
        ])
    );
    let text = bench.compare(&[]).exits(1).stdout;
    assert!(text.contains(&format!("fallback_deterministic / timeout → accepted_llm / accepted: 1 ({id})")), "{text}");
}

#[test]
fn the_most_frequent_pairs_are_listed_and_the_others_counted() {
    let mut bench = Bench::new();
    let count = bench.lines.len();
    for (number, line) in bench.lines.iter_mut().enumerate() {
        line["reason_code"] = format!("r{:02}", (number * number / 60).min(14)).into();
    }
    let (result, code) = bench.result();
    let pairs = result["pairs"].as_array().unwrap();
    let counts: Vec<u64> = pairs.iter().map(|pair| pair["count"].as_u64().unwrap()).collect();
    assert_eq!((code, counts.len()), (1, 10));
    assert!(counts.is_sorted_by(|one, other| one >= other), "{counts:?}");
    assert_eq!(counts.iter().sum::<u64>() + result["other_pairs"].as_u64().unwrap(), count as u64);
    assert!(
        pairs
            .iter()
            .all(|pair| pair["examples"].as_array().unwrap().len() as u64 == pair["count"].as_u64().unwrap().min(5))
    );
}

#[test]
fn the_first_line_of_a_command_counts() {
    let bench = Bench::new();
    let place = bench.place("accepted_llm", 0);
    let mut repeated = bench.lines[place].clone();
    repeated["status"] = "error".into();
    for (timestamp, code) in [("2031-01-01T00:00:00Z", 0), ("2001-01-01T00:00:00Z", 1), ("no time", 0)] {
        repeated["timestamp"] = timestamp.into();
        for log in [repeated.to_string() + "\n" + &bench.text(), bench.text() + &repeated.to_string()] {
            let ran = bench.compare_text(log, &["--format", "json"]).exits(code);
            assert_eq!(ran.json()["lines"]["repeated"], 1, "{timestamp}");
        }
    }
}

#[test]
fn without_a_command_in_both_nothing_is_known() {
    let bench = Bench::new();
    let strangers = bench.text().replace("\"command_id\":\"", "\"command_id\":\"other-");
    for (log, says) in [
        ("", "nothing to compare: no log holds a command"),
        ("{}\n[]\n", "nothing to compare: no log holds a command"),
        (strangers.as_str(), "nothing to compare: no command of the logs is in the run"),
    ] {
        let ran = bench.compare_text(log, &[]).exits(3);
        assert!(ran.stdout.contains(says), "{}", ran.stdout);
    }
    let all = bench.lines.len();
    let ran = bench.compare_text(&strangers, &["--format", "json"]).exits(3);
    assert_eq!((&ran.json()["commands"]["only_in_log"], &ran.json()["compared"]["rate"]), (&json!(all), &json!(null)));
    let ran = bench.workbench.run(["fidelity", "--risk-log", "missing.jsonl"]).exits(3);
    ran.says(&["note: there is no risk log missing.jsonl: it counts as empty"]);
}

#[test]
fn lines_that_cannot_be_read_are_counted_and_the_others_compared() {
    let mut bench = Bench::new();
    let all = bench.lines.len() as u64;
    bench.change("accepted_llm", "sample_rate", "0.5");
    let whole = bench.text();
    let last = whole.trim_end().rfind('\n').unwrap();
    let ran = bench.compare_text(format!("\n[]\n{}", &whole[..last + 40]), &["--format", "json"]).exits(0);
    let result = ran.json();
    assert_eq!((&result["lines"]["parse_errors"], &result["lines"]["blank"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&result["logs"][0]["is_ended"], &result["not_compared"]["unreadable"]["count"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(result["compared"]["commands"], all - 2);
    let text = bench.compare_text(&whole[..last + 40], &[]).exits(0).stdout;
    assert!(
        text.contains("note: the last line of risk.jsonl is not ended") && text.contains("1 more in both cannot be"),
        "{text}"
    );
}

#[test]
fn neither_order_nor_threads_nor_files_change_the_result() {
    let mut bench = Bench::new();
    for (status, field, value) in
        [("accepted_llm", "reason_code", "a"), ("not_sampled", "reason_code", "b"), ("skipped", "status", "c")]
    {
        bench.change(status, field, value);
    }
    let without_logs = |text: &str| {
        let mut result: Value = serde_json::from_str(text).unwrap();
        result.as_object_mut().unwrap().remove("logs");
        result
    };
    let expected = without_logs(&bench.compare(&["--format", "json", "--threads", "1"]).exits(1).stdout);
    for step in [1, 7, 50] {
        bench.lines.rotate_left(step);
        bench.lines.reverse();
        let (first, second) = bench.lines.split_at(step);
        bench.workbench.write("second.jsonl", json_lines(second));
        for threads in ["1", "2", "7"] {
            let arguments = ["second.jsonl", "--format", "json", "--threads", threads];
            let found = without_logs(&bench.compare_text(json_lines(first), &arguments).exits(1).stdout);
            assert_eq!(found, expected, "{step} {threads}");
        }
    }
}

#[test]
fn a_window_takes_the_lines_in_it() {
    let bench = Bench::new();
    let first = bench.lines[0]["timestamp"].as_str().unwrap();
    let ran = bench.compare(&["--format", "json", "--until", first]);
    let counts = ran.json()["lines"].clone();
    assert!(counts["outside_window"].as_u64().unwrap() > 0, "{counts}");
    assert_eq!(
        counts["outside_window"].as_u64().unwrap() + counts["records"].as_u64().unwrap(),
        bench.lines.len() as u64
    );
    bench.compare(&["--since", "2026-03-01", "--until", "2026-02-01"]).exits(2).says(&["--until is not after --since"]);
    bench.workbench.run(["fidelity", "--risk-log", "risk.jsonl", "./risk.jsonl"]).exits(2).says(&["is named twice"]);
}

#[test]
fn text_of_a_line_is_in_no_output() {
    const SECRET: &str = "купи c4n4ry \u{1b}[31m";
    let mut bench = Bench::new();
    for (number, line) in bench.lines.iter_mut().enumerate() {
        let fields = [
            "status",
            "reason_code",
            "sampled",
            "baseline_summary",
            "llm_summary",
            "trace_id",
            "timestamp",
            "sample_rate",
        ];
        line[fields[number % fields.len()]] = if number % 3 == 0 { json!({SECRET: SECRET}) } else { json!(SECRET) };
        line[SECRET] = json!(SECRET);
    }
    let log = bench.text() + SECRET + "\n";
    for format in ["text", "json"] {
        let ran = bench.compare_text(&log, &["--format", format, "--verbose"]).exits(1);
        assert!(!ran.stdout.contains("c4n4ry") && !ran.stderr.contains("c4n4ry"), "{ran:?}");
        assert!(ran.stdout.contains("invalid_name"));
    }
}
