//! What may come out of a log, and what may not.

use super::log::{SAMPLED, accepted, analyze, finding, honest, log};
use crate::workbench::{Workbench, text};
use serde_json::{Value, json};

const CANARY: &str = "молоко c4n4ry";

#[test]
fn text_of_a_line_is_in_no_output() {
    let lines = [
        accepted(SAMPLED[0]).with("status", CANARY),
        accepted(SAMPLED[1]).with("reason_code", CANARY),
        accepted(CANARY).with("sample_rate", 0.0),
        accepted(SAMPLED[2]).with("trace_id", json!({CANARY: CANARY})),
        accepted(SAMPLED[3]).with("model_meta", json!({"profile": CANARY, CANARY: 1})),
        accepted(SAMPLED[4]).with("timestamp", CANARY),
        accepted(SAMPLED[5]).with("sample_rate", CANARY),
        accepted(SAMPLED[6]).with("latency_ms", CANARY),
        accepted(SAMPLED[7]).with("baseline_summary", json!([CANARY])),
    ];
    let log = format!("{}{CANARY}\n{{\"{CANARY}\":\n", log(&lines));
    for format in ["text", "json"] {
        for verbosity in ["--verbose", "--quiet"] {
            let ran = analyze(&log, &["--format", format, verbosity]);
            assert!(!ran.stdout.contains("c4n4ry") && !ran.stderr.contains("c4n4ry"), "{ran:?}");
        }
    }
    let honest = honest(&log, &[]);
    // An id is the caller's, and stands where it may; that it looks like none is its own matter.
    assert_eq!((finding(&honest, "not_private"), finding(&honest, "sampled_flag_differs")), (8, 1));
}

#[test]
fn lines_that_violate_the_privacy_rule_are_named_by_place() {
    let surplus = |key: &str| accepted("a").line().replacen('{', &format!("{{\"{key}\":\"{CANARY}\","), 1);
    let lines = [accepted("a").line(), surplus("text"), surplus("status"), accepted("b").line(), surplus("prompt")];
    let honest = honest(lines.join("\n") + "\n", &[]);
    let found: Vec<&Value> =
        honest["findings"].as_array().unwrap().iter().filter(|found| found["id"] == "not_private").collect();
    assert_eq!(found[0]["count"], 3);
    assert_eq!(found[0]["examples"], json!(["risk.jsonl:2", "risk.jsonl:3", "risk.jsonl:5"]));
    assert_eq!(text(found[0], "level"), "problem");
}

#[test]
fn nothing_that_steers_a_terminal_is_printed() {
    let steers = |symbol: char| {
        symbol != '\n' && (symbol.is_control() || matches!(symbol, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    let evil = "a\u{1b}[31m\u{202e}\u{9b}b\r.jsonl";
    let lines = [accepted(evil).with("sample_rate", 0.0), accepted("b").ended(evil, evil)];
    let workbench = Workbench::new().with(evil, log(&lines) + "{\"cut");
    let missing = format!("missing-{evil}");
    for format in ["text", "json"] {
        let ran = workbench.run(["analyze", "--format", format, "--risk-log", evil, &missing]).exits(0);
        let found = ran.stdout.chars().chain(ran.stderr.chars()).find(|symbol| steers(*symbol));
        assert_eq!(found, None, "{ran:?}");
        assert!(ran.stderr.contains("there is no risk log missing-a"), "{}", ran.stderr);
    }
}

#[test]
fn the_self_test_passes_and_says_what_it_looked_at() {
    let ran = Workbench::new().run(["analyze", "--self-test"]).exits(0);
    assert!(ran.stdout.starts_with("self-test passed: "), "{}", ran.stdout);
    let numbers: Vec<u32> = ran.stdout.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(numbers[0] > 100 && numbers[1] > 20, "{}", ran.stdout);
}
