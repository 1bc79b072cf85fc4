//! The life of a change: pending, accepted, rejected, killed half-way.

use crate::recording::{corpus, mixture};
use crate::workbench::{Workbench, lines, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

/// Golden of a corpus `mix` of 12 recordings, two of which now answer something else.
fn changed() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    change(&workbench);
    workbench
}

fn change(workbench: &Workbench) {
    let mut recordings = mixture(12);
    for number in [0, 6] {
        recordings[number] = recordings[number].clone().regressed();
    }
    workbench.write("corpora/mix.jsonl", corpus(&recordings));
}

fn classes(workbench: &Workbench, file: &str) -> BTreeMap<String, String> {
    let entries: Vec<Value> = serde_json::from_str(&workbench.read(file)).unwrap();
    entries.iter().map(|entry| (text(entry, "command_id"), text(entry, "class"))).collect()
}

const GOLDEN: &str = "golden/reference/mix.json";
const PENDING: &str = "golden/reference/mix.json.new";
const LEDGER: &str = "golden/LEDGER.jsonl";

#[test]
fn an_unchanged_replay_is_clean_and_touches_nothing() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let before = workbench.tree();
    for _ in 0..2 {
        workbench.run(["replay"]).exits(0);
        assert_eq!(workbench.tree(), before);
    }
    workbench.run(["pending"]).exits(0);
}

#[test]
fn golden_is_canonical_sorted_by_id_and_holds_neither_latencies_nor_clocks() {
    let mut recordings = mixture(30);
    recordings.reverse();
    let workbench = Workbench::new().with_corpus("mix", &recordings).with_golden();
    let file = workbench.read(GOLDEN);
    let entries: Vec<Value> = serde_json::from_str(&file).unwrap();
    assert!(entries.is_sorted_by_key(|entry| text(entry, "command_id")) && entries.len() == 30);
    assert!(file.starts_with("[\n  {\n    \"command_id\": ") && file.ends_with("\n  }\n]\n") && !file.contains('\r'));
    assert!(file.contains("хлеб"), "non-ASCII stands as it is");
    for absent in ["latency", "timestamp", "created_at", "2026", "trace", "bucket"] {
        assert!(!file.contains(absent), "{absent}");
    }
    let keys = ["command_id", "text", "baseline", "status", "reason", "decision", "class", "effects"];
    let regressed = file.split("\n  {").find(|entry| entry.contains("regressed")).unwrap();
    let places: Vec<_> = keys.iter().map(|key| regressed.find(&format!("\n    \"{key}\": ")).unwrap()).collect();
    assert!(places.is_sorted(), "{regressed}");
}

#[test]
fn a_change_is_pending_then_accepted_by_case_then_whole() {
    let workbench = changed();
    let (golden, ledger) = (workbench.read(GOLDEN), workbench.read(LEDGER));
    let summary = workbench.run(["replay", "--format", "json"]).exits(1).json();
    let found = &summary[0]["corpora"][0]["golden"];
    assert_eq!(
        (&found["changed"], &found["added"], &found["missing"], &found["pending"]),
        (&json!(2), &json!(0), &json!(0), &json!(true))
    );
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    assert_eq!(found["groups"][0]["examples"], json!(["case-006", "case-000"]));
    assert_eq!(workbench.read(GOLDEN), golden, "golden is left alone");
    assert_eq!(classes(&workbench, PENDING)["case-000"], "regressed");
    workbench.run(["pending"]).exits(1);

    let arguments = ["accept", "mix", "--rules", "reference", "--case", "case-000", "--reason", "beer it is"];
    workbench.run_with(arguments, &[("CORRIDOR_USER", "ann"), ("USER", "root")], b"").exits(0);
    let after = classes(&workbench, GOLDEN);
    assert_eq!((after["case-000"].as_str(), after["case-006"].as_str()), ("regressed", "agreed"));
    let all = workbench.read(LEDGER);
    let added = lines(all.strip_prefix(&ledger).unwrap());
    assert_eq!(added.len(), 1, "the ledger is only appended to");
    for (key, expected) in [
        ("who", json!("ann")),
        ("action", json!("accept")),
        ("reason", json!("beer it is")),
        ("rules", json!("reference")),
        ("corpus", json!("mix")),
        ("scope", json!("cases")),
        ("cases", json!(["case-000"])),
        ("changes", json!({"changed": 1, "added": 0, "missing": 0})),
    ] {
        assert_eq!(added[0][key], expected, "{key}");
    }
    assert!(corridor::model::is_date_time(added[0]["at"].as_str().unwrap()));
    workbench.run(["replay", "--check"]).exits(1);
    assert!(workbench.has(PENDING), "one case is left");

    workbench.run(["accept", "--reason", "the rest"]).exits(0);
    assert!(!workbench.has(PENDING) && !workbench.has("golden/strict/mix.json.new"));
    workbench.run(["pending"]).exits(0);
    workbench.run(["replay"]).exits(0);
    assert_eq!(lines(&workbench.read(LEDGER)).len(), 5);
}

#[test]
fn a_rejected_change_is_dropped_and_found_again() {
    let workbench = changed();
    let golden = workbench.read(GOLDEN);
    workbench.run(["replay"]).exits(1);
    workbench.run(["reject", "--case", "case-006", "--rules", "reference", "--reason", "no"]).exits(0);
    let pending = classes(&workbench, PENDING);
    assert_eq!((pending["case-000"].as_str(), pending["case-006"].as_str()), ("regressed", "agreed"));
    workbench.run(["reject", "--reason", "none of it"]).exits(0);
    assert!(!workbench.has(PENDING) && workbench.read(GOLDEN) == golden);
    let ledger = lines(&workbench.read(LEDGER));
    assert!(ledger[2..].iter().all(|line| line["action"] == "reject") && ledger.len() == 5);
    workbench.run(["pending"]).exits(0);
    workbench.run(["replay"]).exits(1);
    assert!(workbench.has(PENDING));
}

#[test]
fn a_check_and_ci_report_changes_and_write_nothing() {
    let workbench = changed();
    let before = workbench.tree();
    workbench.run(["replay", "--check"]).exits(1);
    for value in ["true", "1", "yes", "TRUE", "github"] {
        workbench.run_with(["replay"], &[("CI", value)], b"").exits(1);
        assert_eq!(workbench.tree(), before, "CI={value}");
    }
    for value in ["false", "0", "", "False"] {
        workbench.run_with(["replay"], &[("CI", value)], b"").exits(1);
        assert!(workbench.has(PENDING), "CI={value}");
        std::fs::remove_file(workbench.path(PENDING)).unwrap();
    }
}

#[test]
fn golden_is_not_settled_under_ci() {
    let workbench = changed();
    workbench.run(["replay"]).exits(1);
    let before = workbench.tree();
    for arguments in [["accept", "--reason", "x"], ["reject", "--reason", "x"], ["accept", "--new", "--quiet"]] {
        workbench.run_with(arguments, &[("CI", "true")], b"").exits(2).says(&["CI"]);
        assert_eq!(workbench.tree(), before, "{arguments:?}");
    }
    workbench.run_with(["accept", "--reason", "x"], &[("CI", "false")], b"").exits(0);
}

#[test]
fn the_first_golden_comes_from_a_replay_or_from_the_latest_run() {
    let first = Workbench::new().with_corpus("mix", &mixture(12));
    let summary = first.run(["replay", "--format", "json"]).exits(0).json();
    assert_eq!(summary[0]["corpora"][0]["golden"], json!({"state": "absent"}));
    first.run(["replay", "--new"]).exits(1);
    first.run(["accept", "--reason", "first"]).exits(0);
    let second = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    for rules in ["reference", "strict"] {
        let file = format!("golden/{rules}/mix.json");
        assert_eq!(first.read(&file), second.read(&file));
    }
    first.run(["replay"]).exits(0);
    let before = Workbench::new();
    before.run(["accept", "--new"]).exits(4).says(&["corridor replay"]);
    before.run(["accept"]).exits(4);
    before.run(["reject"]).exits(4);
    before.run(["replay", "--new", "--check"]).exits(2);
}

#[test]
fn removed_recordings_are_missing_but_never_on_a_filtered_replay() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    workbench.write("corpora/mix.jsonl", corpus(&mixture(11)));
    for selection in [["--filter", "id=case-0*"], ["--filter", "class=agreed"], ["--sample", "11"]] {
        let arguments = [["replay", "--format", "json"].as_slice(), &selection].concat();
        let golden = workbench.run(arguments).exits(0).json()[0]["corpora"][0]["golden"].clone();
        assert_eq!(golden["missing"], 0);
        assert!(golden["carried"].as_u64().unwrap() >= 1 && !workbench.has(PENDING), "{golden}");
    }
    let summary = workbench.run(["replay", "--format", "json"]).exits(1).json();
    assert_eq!(summary[0]["corpora"][0]["golden"]["missing"], 1);
    workbench.run(["accept", "--prune", "--reason", "gone"]).exits(0);
    assert_eq!(classes(&workbench, GOLDEN).len(), 11);
    workbench.write("corpora/mix.jsonl", corpus(&mixture(12)));
    let summary = workbench.run(["replay", "--format", "json"]).exits(1).json();
    assert_eq!(summary[0]["corpora"][0]["golden"]["added"], 1);
}

#[test]
fn a_filtered_replay_makes_pending_what_it_saw_and_carries_the_rest() {
    let workbench = changed();
    workbench.run(["replay", "--filter", "id=case-000"]).exits(1);
    let pending = classes(&workbench, PENDING);
    assert_eq!((pending["case-000"].as_str(), pending["case-006"].as_str()), ("regressed", "agreed"));
    workbench.run(["accept", "--reason", "one"]).exits(0);
    assert_eq!(classes(&workbench, GOLDEN).len(), 12);
    let summary = workbench.run(["replay", "--format", "json", "--check"]).exits(1).json();
    assert_eq!(summary[0]["corpora"][0]["golden"]["changed"], 1);
}

#[test]
fn changes_that_a_newer_replay_does_not_find_are_no_longer_pending() {
    let workbench = changed();
    workbench.run(["replay"]).exits(1);
    workbench.write("corpora/mix.jsonl", corpus(&mixture(12)));
    workbench.run(["replay", "--filter", "id=case-001"]).exits(0);
    assert!(workbench.has(PENDING), "a filtered replay has not seen everything");
    workbench.run(["replay"]).exits(0);
    assert!(!workbench.has(PENDING) && !workbench.has("golden/strict/mix.json.new"));
}

#[test]
fn a_case_that_is_not_pending_or_not_unique_settles_nothing() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_corpus("two", &mixture(12)).with_golden();
    change(&workbench);
    workbench.write("corpora/two.jsonl", workbench.read("corpora/mix.jsonl"));
    workbench.run(["replay"]).exits(1);
    let before = workbench.tree();
    workbench.run(["accept", "--case", "case-001"]).exits(4).says(&["case-001"]);
    workbench.run(["accept", "--case", "mix:case-000", "--case", "nobody"]).exits(4).says(&["nobody"]);
    workbench.run(["accept", "--case", "case-000"]).exits(2).says(&["mix, two", "CORPUS:ID"]);
    workbench.run(["accept", "nowhere"]).exits(4);
    assert_eq!(workbench.tree(), before);
    workbench.run(["accept", "--case", "two:case-000", "--reason", "beer it is"]).exits(0);
    assert_eq!(workbench.read(GOLDEN), String::from_utf8(before[GOLDEN].clone()).unwrap());
    assert_eq!(classes(&workbench, "golden/reference/two.json")["case-000"], "regressed");
}

#[test]
fn golden_that_cannot_be_read_stops_the_replay_and_is_left_alone() {
    let good = changed().read(GOLDEN);
    let conflict = good.replacen("    \"text\"", "<<<<<<< HEAD\n    \"text\"", 1);
    let cut: String = good.chars().take(900).collect();
    let odd = good.replacen("\"class\": \"agreed\"", "\"class\": \"splendid\"", 1);
    for (text, place, what) in [
        (conflict, "mix.json:4", "conflict marker"),
        (cut, "mix.json:", "ends before"),
        (format!("\u{feff}{good}"), "mix.json:1", "byte order mark"),
        (odd, "mix.json:", "class"),
        (good.replacen("case-001", "case-000", 1), "mix.json:", "command_id"),
        (format!("{good}x"), "mix.json:", "after the end"),
        (String::new(), "mix.json:", "ends before"),
    ] {
        let workbench = changed();
        workbench.write(GOLDEN, &text);
        let (before, runs) = (workbench.tree(), workbench.run_folder());
        for arguments in [["replay", "--quiet"], ["replay", "--check"]] {
            workbench.run(arguments).exits(4).says(&["error: ", place, what, "help: "]);
            assert_eq!((workbench.tree(), workbench.run_folder()), (before.clone(), runs.clone()), "{what}");
        }
    }
}

#[test]
fn a_kill_during_a_replay_loses_nothing_and_leaves_nothing() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let (tree, runs, latest) =
        (workbench.tree(), workbench.run_folder(), workbench.latest("reference").read("outcomes.jsonl"));
    let input = corpus(&mixture(1500));
    let staged = || workbench.run_folder().into_iter().filter(|name| name.starts_with('.')).collect::<BTreeSet<_>>();
    for count in [0, 1, 10, 100, 700, 1500] {
        let before = staged();
        let mut replay = workbench.command(["replay", "-", "mix", "--name", "big", "--threads", "1"]);
        let mut replay = replay.stdin(Stdio::piped()).spawn().unwrap();
        // Standard input stays open: the replay cannot end before it is killed.
        let mut stdin = replay.stdin.take().unwrap();
        let lines: String = input.split_inclusive('\n').take(count).collect();
        stdin.write_all(lines.as_bytes()).unwrap();
        while staged().is_subset(&before) && replay.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        replay.kill().unwrap();
        assert_eq!(replay.wait().unwrap().code(), None, "it was killed after {count} lines");
        drop(stdin);
        assert_eq!(workbench.tree(), tree, "killed after {count} lines");
        assert!(runs.iter().all(|name| workbench.run_folder().contains(name)));
        assert_eq!(workbench.latest("reference").read("outcomes.jsonl"), latest, "killed after {count} lines");
    }
    workbench.run(["replay", "mix"]).exits(0);
    assert_eq!((staged(), workbench.tree()), (BTreeSet::new(), tree));
}
