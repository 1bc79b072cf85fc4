//! Verdicts from the replay alone.

use super::project::{captured, contradictions, finding, missing, project};
use crate::recording::recording;
use crate::workbench::{Workbench, json_lines, lines};
use serde_json::json;

#[test]
fn on_the_shipped_corpora_both_rule_sets_are_refused_and_lost_and_wrong_items_are_named_first() {
    let workbench = Workbench::clone_of_shipped();
    workbench.run(["replay", "--check"]).exits(0);
    let reference = workbench.run(["gate", "--to", "0.01", "-q"]).exits(1);
    let order = ["NO_GO", "lost an item", "with lost items", "with wrong items", "became harm"]
        .map(|words| reference.stdout.find(words).unwrap_or_else(|| panic!("{words}: {}", reference.stdout)));
    assert!(order.is_sorted(), "{}", reference.stdout);
    let strict = workbench.run(["gate", "--to", "0.01", "--rules", "strict", "--format", "json"]).exits(1);
    assert_eq!(finding(&strict, "items_lost")["state"], "written");
    assert_eq!(
        (&finding(&strict, "regressed")["seen"]["events"], &finding(&strict, "regressed")["state"]),
        (&json!(7), &json!("refuted"))
    );
    assert_eq!(finding(&strict, "hazard_regressed")["state"], "broken");
}

#[test]
fn clean_captured_recordings_are_a_go() {
    let workbench = project(&(0..500).map(captured).collect::<Vec<_>>());
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(0);
    assert_eq!(ran.json()["judgement"]["verdict"], "go");
    assert_eq!(finding(&ran, "items_lost")["sample"], json!({"events": 0, "unknown": 0, "records": 500}));
    assert!(workbench.has("rollout/receipts/0001-0.10-go.json"));
}

#[test]
fn the_fewest_clean_recordings_that_are_a_go_are_those_that_it_asks_for() {
    // A rate below 0.01 takes 410.
    for (count, exit) in [(409, 3), (410, 0)] {
        let workbench = project(&(0..count).map(captured).collect::<Vec<_>>());
        let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(exit);
        let more = finding(&ran, "items_lost")["more"]["records"].as_u64();
        assert_eq!(more, (exit == 3).then_some(1));
    }
}

#[test]
fn clean_written_recordings_are_a_go_only_if_assumed_representative() {
    for source in ["authored", "generated"] {
        let traffic: Vec<_> =
            (0..600).map(|number| recording(&format!("made-{number}")).with("source", source)).collect();
        let workbench = project(&traffic);
        let ran = workbench.run(["gate", "--to", "0.10"]).exits(3);
        assert!(ran.stdout.contains("written, not sampled: capture about 410 commands"), "{}", ran.stdout);
        let assumed = workbench.run(["gate", "--to", "0.10", "--assume-representative"]).exits(0);
        assert!(assumed.stdout.contains("TAKEN FOR A SAMPLE OF PRODUCTION"), "{}", assumed.stdout);
        let receipt = workbench.read("rollout/receipts/0002-0.10-go.json");
        assert!(receipt.contains("\"assumed_representative\": true"));
        // It allowed nothing.
        let ran = workbench.run(["gate", "--hold", "0.10", "--format", "json"]).exits(3);
        assert_eq!(missing(&ran), ["receipt", "risk_log"]);
        let ran = workbench.run(["gate", "--hold", "0.10", "--format", "json", "--assume-representative"]).exits(3);
        assert_eq!(missing(&ran), ["risk_log"]);
    }
}

#[test]
fn written_recordings_do_not_hide_harm_that_was_captured() {
    let mut traffic: Vec<_> = (0..100).map(captured).collect();
    traffic.extend((100..110).map(|number| captured(number).regressed()));
    traffic.extend((0..3000).map(|number| recording(&format!("made-{number}"))));
    let ran = project(&traffic).run(["gate", "--to", "0.10", "--format", "json"]).exits(1);
    assert_eq!(finding(&ran, "regressed")["seen"]["records"], 3110);
    assert_eq!(finding(&ran, "regressed")["state"], "refuted");
}

#[test]
fn a_broken_invariant_is_exit_5() {
    let workbench = project(&[recording("made-1"), recording("made-2")]);
    let decided = workbench.run(["decide", "corpora/traffic.jsonl"]).exits(0);
    let mut decisions = lines(&decided.stdout);
    decisions[0]["risk"]["status"] = json!("fallback_deterministic");
    decisions[0]["risk"]["reason_code"] = json!("timeout");
    decisions[0]["decision"]["payload"]["proposed_actions"] = json!([]);
    workbench.write("theirs.jsonl", json_lines(&decisions));
    let before = workbench.run_folder();
    workbench.run(["replay", "traffic", "--decisions", "theirs.jsonl"]).exits(5);
    let run = workbench.run_folder().into_iter().find(|name| !before.contains(name)).unwrap();
    let run = format!(".corridor/runs/{run}");
    let ran = workbench.run(["gate", "--to", "0.10", "--run", &run, "--format", "json"]).exits(5);
    assert_eq!(
        (&ran.json()["judgement"]["critical"], &ran.json()["judgement"]["decisions"]),
        (&json!(true), &json!("foreign"))
    );
}

#[test]
fn a_run_of_a_part_is_no_proof() {
    let workbench = project(&(0..500).map(captured).collect::<Vec<_>>());
    let before = workbench.run_folder();
    workbench.run(["replay", "--filter", "id=*"]).exits(0);
    let run = workbench.run_folder().into_iter().find(|name| !before.contains(name)).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10", "--run", &format!(".corridor/runs/{run}"), "--format", "json"]);
    assert_eq!(missing(&ran.exits(3)), ["whole_run"]);
    // Complete in itself, and the hazards are not in it.
    let before = workbench.run_folder();
    workbench.run(["replay", "traffic", "--rules", "reference"]).exits(0);
    let run = workbench.run_folder().into_iter().find(|name| !before.contains(name)).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10", "--run", &format!(".corridor/runs/{run}"), "--format", "json"]);
    let ran = ran.exits(3);
    assert_eq!(missing(&ran), ["corpora"]);
    assert_eq!(finding(&ran, "hazard_regressed")["state"], "vacuous");
}

#[test]
fn a_command_in_two_corpora_is_counted_once_or_not_believed() {
    let traffic: Vec<_> = (0..500).map(captured).collect();
    let workbench = project(&traffic).with_corpus("again", &traffic[..7]);
    let toml = workbench.read("corridor.toml") + "[corpus.again]\nrole = \"representative\"\n";
    workbench.write("corridor.toml", toml);
    workbench.run(["replay"]).exits(0);
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(3);
    assert_eq!(ran.json()["judgement"]["missing"], json!([{"missing": "distinct_commands", "commands": 7}]));
}

#[test]
fn captures_of_two_systems_contradict_each_other() {
    for field in ["system_version", "model", "prompt_digest"] {
        let mut traffic: Vec<_> = (0..500).map(captured).collect();
        traffic.push(captured(500).with(&format!("captured.{field}"), "other"));
        let workbench = project(&traffic);
        let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
        assert_eq!(contradictions(&ran), ["mixed_captures"], "{field}");
        assert_eq!(ran.json()["receipt_file"], json!(null));
        assert!(!workbench.has("rollout"), "a receipt of nothing");
    }
}

#[test]
fn a_summary_that_was_edited_is_no_evidence() {
    let workbench = project(&(0..500).map(|number| captured(number).regressed()).collect::<Vec<_>>());
    workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(1);
    let path = workbench.latest("reference").folder.join("summary.json");
    let summary = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, summary.replace("\"regressed\": 500", "\"regressed\": 0")).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
    assert_eq!(contradictions(&ran), ["tampered"]);
    // The record is compared with its name, too.
    let record = path.with_file_name("run.json");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(
        &record,
        text.replace("\"PARTIAL_TRUST_TIMEOUT_MS\": \"200\"", "\"PARTIAL_TRUST_TIMEOUT_MS\": \"900\""),
    )
    .unwrap();
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
    assert_eq!(contradictions(&ran), ["tampered", "tampered", "other_budget"]);
}

#[test]
fn newly_exposed_commands_are_listed_with_their_classes() {
    let workbench = project(&(0..500).map(captured).collect::<Vec<_>>());
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(0);
    let exposure = &ran.json()["judgement"]["exposure"];
    let exposed = workbench
        .latest("reference")
        .outcomes()
        .iter()
        .filter(|outcome| outcome["corpus"] == "traffic" && outcome["bucket"].as_f64().unwrap() < 0.1)
        .count();
    assert_eq!((&exposure["from"], &exposure["to"]), (&json!(0.0), &json!(0.1)));
    assert!(exposed > 0);
    assert_eq!(exposure["roles"][0]["commands"], exposed);
    assert_eq!(exposure["roles"][0]["classes"]["agreed"], exposed);
}

#[test]
fn without_a_run_the_command_that_makes_one_is_named() {
    let workbench = Workbench::new();
    workbench
        .run(["gate", "--to", "0.01"])
        .exits(4)
        .says(&["no complete run of rule set reference", "corridor replay --rules reference"]);
    workbench.run(["gate", "--to", "0.02"]).exits(2).says(&["no stage 0.02", "0.01, 0.05, 0.10"]);
    workbench.run(["gate"]).exits(2).says(&["nothing is asked", "--to RATE"]);
    workbench.run(["gate", "--to", "2"]).exits(2).says(&["above 0 and at most 1"]);
}

#[test]
fn corpora_that_have_changed_since_the_run_are_not_judged_by_it() {
    let workbench = project(&(0..500).map(captured).collect::<Vec<_>>());
    let ask = || workbench.run(["gate", "--to", "0.10", "--dry-run", "--format", "json"]);
    ask().exits(0);
    let corpus = workbench.read("corpora/traffic.jsonl");
    // Written anew, and the same.
    workbench.write("corpora/traffic.jsonl", &corpus);
    ask().exits(0);
    workbench.write("corpora/traffic.jsonl", corpus.clone() + &captured(501).regressed().line() + "\n");
    let ran = ask().exits(3);
    assert_eq!(ran.json()["judgement"]["missing"], json!([{"missing": "corpora", "names": ["traffic"]}]));
    workbench.write("corpora/traffic.jsonl", &corpus);
    workbench.write("corpora/more.jsonl", recording("more-1").line() + "\n");
    assert_eq!(ask().exits(3).json()["judgement"]["missing"][0]["names"], json!(["more"]));
    std::fs::remove_file(workbench.path("corpora/more.jsonl")).unwrap();
    let toml = workbench.read("corridor.toml");
    workbench.write("corridor.toml", toml.replace("adversarial", "edge"));
    assert_eq!(ask().exits(3).json()["judgement"]["missing"][0]["names"], json!(["attacks"]));
}

#[test]
fn declarations_are_compared_with_the_replay_before_the_first_step_too() {
    for (from, to, kind) in [
        ("system_version = \"7.1\"", "system_version = \"7.2\"", "other_version"),
        ("rules = \"reference\"", "rules = \"strict\"", "other_rules"),
        ("rules = \"reference\"", "rules = \"reference\"\nbudget_ms = 500", "other_budget"),
    ] {
        let workbench = project(&(0..410).map(captured).collect::<Vec<_>>());
        workbench.write("rollout.toml", workbench.read("rollout.toml").replace(from, to));
        let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
        assert_eq!(contradictions(&ran), [kind]);
    }
}

#[test]
fn impossible_counts_are_no_summary() {
    let workbench = project(&(0..410).map(captured).collect::<Vec<_>>());
    let run = workbench.latest("reference");
    let summary = run.read("summary.json");
    let edited = summary.replace("\"accepted\": 410", "\"accepted\": 18446744073709551615");
    assert_ne!(edited, summary);
    std::fs::write(run.folder.join("summary.json"), edited).unwrap();
    run.reseal();
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
    assert_eq!(contradictions(&ran), ["tampered"]);
}
