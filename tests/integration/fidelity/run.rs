//! Runs that are not what a replay wrote, are of other decisions, or are not there.

use super::log::{Bench, differing};
use crate::workbench::{Workbench, lines};
use serde_json::json;
use std::fs;

fn without_last_line(text: &str) -> &str {
    &text[..=text.trim_end().rfind('\n').unwrap()]
}

#[test]
fn a_forged_run_with_valid_digests_is_checked_against_what_a_replay_writes() {
    type Change = fn(&str) -> String;
    let cases: [(&str, Change, &[&str]); 11] = [
        ("outcomes.jsonl", |text| text[..text.len() - 10].to_owned(), &["outcomes.jsonl:220: is cut off"]),
        (
            "outcomes.jsonl",
            |text| without_last_line(text).to_owned(),
            &["risk.jsonl:220: is a risk line without an outcome"],
        ),
        ("outcomes.jsonl", |_| String::new(), &["risk.jsonl:1: is a risk line without an outcome"]),
        ("outcomes.jsonl", |text| "{}\n".to_owned() + text, &["outcomes.jsonl:1: is no outcome of a replay"]),
        ("outcomes.jsonl", |text| text.replacen("\"class\":", "\"klass\":", 2), &["outcomes.jsonl:1: is no outcome"]),
        (
            "outcomes.jsonl",
            |text| text.replacen("\"household\"", "\"other\"", 1),
            &["outcomes.jsonl:1: is of a corpus"],
        ),
        (
            "outcomes.jsonl",
            |text| text.split_inclusive('\n').rev().collect(),
            &["is not the risk line of outcomes.jsonl:1"],
        ),
        ("risk.jsonl", |text| text[..text.len() / 2].to_owned(), &["risk.jsonl:", ": is cut off"]),
        (
            "risk.jsonl",
            |text| without_last_line(text).to_owned(),
            &["risk.jsonl: ends before the risk line of outcomes.jsonl:220"],
        ),
        ("risk.jsonl", |text| "no json\n".to_owned() + text, &["risk.jsonl:1: is no risk line"]),
        (
            "risk.jsonl",
            |text| text.replacen("\"accepted_llm\"", "\"error\"", 1),
            &["is not the risk line of outcomes.jsonl:"],
        ),
    ];
    for (file, change, says) in cases {
        let bench = Bench::new();
        let path = bench.run().folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let changed = change(&text);
        assert_ne!(changed, text, "{file} {says:?}");
        fs::write(&path, changed).unwrap();
        bench.run().reseal();
        let ran = bench.compare(&[]).exits(4).says(says).says(&["help: "]);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn outcomes_and_risk_lines_that_are_missing_together_are_detected() {
    let bench = Bench::new();
    for file in ["outcomes.jsonl", "risk.jsonl"] {
        let path = bench.run().folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, without_last_line(&text)).unwrap();
    }
    bench.run().reseal();
    let says = "has 219 outcomes of corpus household, and summary.json counts 220";
    bench.compare(&[]).exits(4).says(&["outcomes.jsonl", says]);
}

#[test]
fn outcomes_in_another_order_are_not_a_replays() {
    let bench = Bench::new();
    for file in ["outcomes.jsonl", "risk.jsonl"] {
        let path = bench.run().folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.split_inclusive('\n').rev().collect::<String>()).unwrap();
    }
    bench.run().reseal();
    bench.compare(&[]).exits(4).says(&["outcomes.jsonl:2: is not in the order in which a replay writes outcomes"]);
}

#[test]
fn without_a_run_the_command_that_makes_one_is_named() {
    let workbench = Workbench::new().with("risk.jsonl", "");
    let ran = workbench.run(["fidelity", "--risk-log", "risk.jsonl"]).exits(4);
    ran.says(&["there is no complete run of rule set reference", "help: `corridor replay --rules reference`"]);
    let ran = workbench.run(["fidelity", "--risk-log", "risk.jsonl", "--run", "nowhere"]).exits(4);
    ran.says(&["error: nowhere/run.json: is missing", "help: "]);
    workbench.run(["fidelity", "--risk-log", "risk.jsonl", "--run", "a", "--rules", "strict"]).exits(2);
    workbench.run(["fidelity"]).exits(2);
}

#[test]
fn a_run_is_not_compared_with_its_own_log() {
    let bench = Bench::new();
    let own = bench.run().folder.join("risk.jsonl").display().to_string();
    let ran = bench.workbench.run(["fidelity", "--risk-log", &own]).exits(2);
    ran.says(&["the risk log is that of the run itself"]);
}

#[test]
fn what_was_read_of_the_run_is_named_by_its_digests() {
    let bench = Bench::new();
    let (result, _) = bench.result();
    for (file, key) in [("outcomes.jsonl", "outcomes_sha256"), ("risk.jsonl", "risk_sha256")] {
        assert_eq!(result["run"][key], corridor::bulk::digest(bench.run().read(file).as_bytes()));
    }
    let name = bench.run().folder.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!((&result["run"]["name"], &result["run"]["sampling"]), (&json!(name), &json!("forced")));
}

#[test]
fn a_command_of_several_corpora_is_compared_where_they_say_the_same() {
    let bench = Bench::new();
    let text = bench.workbench.read("corpora/household.jsonl");
    let (first, rest) = text.split_once('\n').unwrap();
    // The same recordings, one of them with an answer that comes too late.
    let mut one: serde_json::Value = lines(rest)
        .into_iter()
        .find(|line| {
            let id = line["command"]["command_id"].clone();
            bench.lines.iter().any(|logged| logged["command_id"] == id && logged["status"] == "accepted_llm")
        })
        .unwrap();
    let id = one["command"]["command_id"].as_str().unwrap().to_owned();
    for attempt in one["exchanges"]["partial_trust_shopping"].as_array_mut().unwrap() {
        attempt["latency_ms"] = json!(5000);
    }
    bench.workbench.write("corpora/again.jsonl", format!("{first}\n{one}\n"));
    bench.workbench.run(["replay", "household", "again", "--rules", "reference", "--check"]);
    let (result, code) = bench.result();
    assert_eq!((code, differing(&result)), (0, [0; 5]), "{result}");
    assert_eq!(result["not_compared"]["ambiguous"], json!({"count": 1, "examples": [id]}));
    assert_eq!(result["commands"]["in_run"], bench.lines.len());
}

#[test]
fn a_replay_with_the_corridor_off_says_nothing() {
    let bench = Bench::new();
    let off = ["replay", "household", "--rules", "reference", "--check", "--env", "PARTIAL_TRUST_ENABLED=false"];
    let before = bench.workbench.run_folder();
    // Golden has the corridor on.
    bench.workbench.run(off).exits(1);
    let run = bench.workbench.runs().into_iter().find(|run| {
        let name = run.folder.file_name().unwrap().to_string_lossy().into_owned();
        !before.contains(&name)
    });
    let run = run.unwrap();
    let folder = run.folder.display().to_string();
    let ran = bench.compare(&["--run", &folder, "--format", "json"]).exits(3);
    assert_eq!(ran.json()["not_compared"]["switched_off"]["count"], bench.lines.len());
    let text = bench.compare(&["--run", &folder]).exits(3).stdout;
    assert!(
        text.contains("commands in both, none can be compared") && text.contains("note: the run is not complete"),
        "{text}"
    );
}

#[test]
fn a_log_of_unsampled_commands_says_nothing_about_candidates_and_the_report_says_so() {
    let mut bench = Bench::new();
    bench.lines.retain(|line| line["sampled"] == false);
    let text = bench.compare(&[]).exits(0).stdout;
    assert!(text.contains("note: none of these commands was in the sample"), "{text}");
}
