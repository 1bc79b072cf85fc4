//! Verdicts with risk logs of production.

use super::project::{attempts, contradictions, finding, hold, live, missing, relog};
use crate::workbench::Workbench;
use serde_json::{Value, json};

#[track_caller]
fn changed(change: impl FnOnce(&mut Vec<Value>)) -> Workbench {
    let workbench = live();
    relog(&workbench, change);
    workbench
}

#[test]
fn a_clean_log_allows_to_hold_the_rate() {
    let workbench = live();
    let ran = hold(&workbench).exits(0);
    for rule in ["fidelity", "error", "candidate_failure", "slow"] {
        assert_eq!(finding(&ran, rule)["state"], "proven", "{rule}");
    }
    assert_eq!(finding(&ran, "intent_mismatch")["state"], "vacuous");
    assert_eq!(finding(&ran, "p95")["state"], "vacuous");
    assert!(workbench.has("rollout/receipts/0002-0.10-go.json"));
    let receipt: Value = serde_json::from_str(&workbench.read("rollout/receipts/0002-0.10-go.json")).unwrap();
    let bytes = workbench.read("risk.jsonl").len();
    assert_eq!(receipt["inputs"]["risk_logs"][0]["bytes"], bytes);
    assert_eq!(receipt["policy"]["evidence"]["system_version"], "7.1");
}

#[test]
fn a_corridor_that_fails_every_time_is_refused_although_its_error_rate_is_diluted() {
    // H10: all attempts are errors, and less than a tenth of the lines. Internal errors are written as not sampled.
    let workbench = changed(|log| {
        for line in attempts(log) {
            line["status"] = json!("error");
            line["reason_code"] = json!("KeyError");
            line["sampled"] = json!(false);
            line["latency_ms"] = json!(null);
            line["llm_summary"] = json!(null);
            line["diff_summary"] = json!(null);
        }
    });
    let ran = hold(&workbench).exits(1);
    let deployed = workbench.run(["analyze", "--risk-log", "risk.jsonl", "--format", "json"]).exits(0);
    let rate = deployed.json()["compatible"]["error_rate"].as_f64().unwrap();
    assert!((0.05..0.15).contains(&rate), "{rate}");
    assert_eq!((&finding(&ran, "error")["state"], &finding(&ran, "error")["value"]), (&json!("refuted"), &json!(1.0)));
}

#[test]
fn a_stage_without_candidates_is_refused_although_nothing_is_an_error() {
    // H11 and H13: timeouts are no errors, and have no latency.
    let workbench = changed(|log| {
        for line in attempts(log).step_by(4) {
            line["status"] = json!("fallback_deterministic");
            line["reason_code"] = json!("timeout");
            line["latency_ms"] = json!(null);
            line["llm_summary"] = json!(null);
            line["diff_summary"] = json!(null);
        }
    });
    let ran = hold(&workbench).exits(1);
    for rule in ["candidate_failure", "slow", "fidelity"] {
        assert!(["refuted", "severe"].contains(&finding(&ran, rule)["state"].as_str().unwrap()), "{rule}");
    }
    assert_eq!(finding(&ran, "error")["state"], "proven");
}

#[test]
fn flags_that_are_not_the_sample_contradict_the_log() {
    let workbench = changed(|log| {
        let line = log.iter_mut().find(|line| line["status"] == "not_sampled").unwrap();
        line["sampled"] = json!(true);
    });
    assert_eq!(contradictions(&hold(&workbench).exits(4)), ["sampled_flags"]);
}

#[test]
fn a_log_without_unsampled_commands_contradicts_its_rate() {
    let workbench = changed(|log| log.retain(|line| line["sampled"] == true));
    assert_eq!(contradictions(&hold(&workbench).exits(4)), ["sample_ratio"]);
}

#[test]
fn a_log_without_a_declaration_proves_nothing() {
    let workbench = live();
    let policy = workbench.read("rollout.toml");
    workbench.write("rollout.toml", policy.replace("system_version = \"7.1\"\n", "").replace("since", "# since"));
    let ran = hold(&workbench).exits(3);
    // The receipt that allowed the rate was about a version that is no longer declared.
    assert_eq!(missing(&ran), ["receipt", "declaration"]);
    assert_eq!(ran.json()["judgement"]["missing"][1]["fields"], json!(["since", "system_version"]));
}

#[test]
fn a_log_that_is_declared_to_be_of_another_system_contradicts_the_replay() {
    for (from, to, kind) in [
        ("system_version = \"7.1\"", "system_version = \"7.2\"", "other_version"),
        ("rules = \"reference\"", "rules = \"strict\"", "other_rules"),
        ("rules = \"reference\"", "rules = \"reference\"\nbudget_ms = 500", "other_budget"),
    ] {
        let workbench = live();
        workbench.write("rollout.toml", workbench.read("rollout.toml").replace(from, to));
        assert_eq!(contradictions(&hold(&workbench).exits(4)), [kind]);
    }
}

#[test]
fn lines_before_the_stage_do_not_count() {
    let workbench = live();
    workbench.write("rollout.toml", workbench.read("rollout.toml").replace("2026-03-01", "2026-03-06"));
    let ran = hold(&workbench).exits(3);
    assert_eq!(missing(&ran), ["attempts", "days"]);
    assert_eq!(ran.json()["judgement"]["missing"][1], json!({"missing": "days", "rate": 0.1, "have": 4, "need": 7}));
}

#[test]
fn logs_without_evidence_about_the_stage_are_distinguished() {
    let workbench = live();
    let none = workbench.run(["gate", "--hold", "0.10", "--format", "json"]).exits(3);
    assert_eq!(missing(&none), ["risk_log"]);
    assert_eq!(finding(&none, "error")["state"], "vacuous");
    for log in ["", "\n\n", "{}\n"] {
        workbench.write("risk.jsonl", log);
        assert_eq!(missing(&hold(&workbench).exits(3)), ["stage"], "{log:?}");
    }
    std::fs::remove_file(workbench.path("risk.jsonl")).unwrap();
    let gone = hold(&workbench).exits(3).says(&["no risk log risk.jsonl"]);
    assert_eq!(missing(&gone), ["logs", "stage"]);
}

#[test]
fn an_incomplete_last_line_is_accepted_and_unreadable_lines_are_not() {
    let workbench = live();
    let log = workbench.read("risk.jsonl");
    workbench.write("risk.jsonl", log.clone() + "{\"trace_id\":\"trace-1\",\"comm");
    let ran = hold(&workbench).exits(0);
    assert_eq!(finding(&ran, "error")["seen"]["unknown"], 0);
    workbench.write("risk.jsonl", log + &"{\"trace_id\":\n".repeat(30));
    let ran = hold(&workbench).exits(3);
    assert_eq!(finding(&ran, "error")["seen"]["unknown"], 30);
    assert_eq!(finding(&ran, "error")["state"], "not_proven");
}

#[test]
fn a_line_that_is_repeated_is_one_record() {
    let workbench = live();
    let log = workbench.read("risk.jsonl");
    let once = hold(&workbench).exits(0);
    workbench.write("risk.jsonl", log.repeat(3));
    let thrice = hold(&workbench).exits(0);
    assert_eq!(finding(&once, "error")["seen"], finding(&thrice, "error")["seen"]);
}

#[test]
fn order_and_threads_and_a_split_into_files_change_no_verdict() {
    let workbench = live();
    let judgement = hold(&workbench).exits(0).json()["judgement"].clone();
    let log = workbench.read("risk.jsonl");
    let lines: Vec<_> = log.lines().rev().collect();
    let (one, two) = lines.split_at(700);
    workbench.write("one.jsonl", one.join("\n") + "\n");
    workbench.write("two.jsonl", two.join("\n") + "\n");
    for threads in ["1", "3"] {
        let arguments = [
            "gate",
            "--hold",
            "0.10",
            "--risk-log",
            "two.jsonl",
            "one.jsonl",
            "--format",
            "json",
            "--threads",
            threads,
        ];
        let other = workbench.run(arguments).exits(0).json()["judgement"].clone();
        assert_eq!(other, judgement);
    }
}

#[test]
fn the_log_of_a_replay_is_no_evidence_about_production() {
    let workbench = live();
    let own = workbench.latest("reference").folder.join("risk.jsonl");
    let own = own.to_str().unwrap();
    workbench.run(["gate", "--hold", "0.10", "--risk-log", own]).exits(2).says(&["written by a replay"]);
    // Nor are its lines one elsewhere: a copy, or beside a run in another folder than that of all runs.
    workbench.write("copy.jsonl", workbench.latest("reference").read("risk.jsonl"));
    for (store, log) in [(None, "copy.jsonl"), (Some("elsewhere"), own)] {
        let store = store.map(|store| ["--store", store]);
        if store.is_some() {
            workbench.run(["replay", "--store", "elsewhere"]);
        }
        let options = store.iter().flatten().copied().collect::<Vec<_>>();
        let ran = workbench.run([&["gate", "--hold", "0.10", "--risk-log", log], &options[..]].concat()).exits(2);
        ran.says(&["written by a replay"]);
    }
    workbench.run(["gate", "--hold", "0.10", "--risk-log", "-"]).exits(2).says(&["standard input"]);
    workbench
        .run(["gate", "--hold", "0.10", "--risk-log", "risk.jsonl", "./risk.jsonl"])
        .exits(2)
        .says(&["named twice"]);
    workbench.run(["gate", "--hold", "0.10", "--risk-log", "corpora"]).exits(4).says(&["corpora"]);
}

#[test]
fn an_alarm_refuses_without_a_proof() {
    let workbench = changed(|log| {
        for line in attempts(log).step_by(4) {
            line["diff_summary"]["entity_key_mismatch"] = json!(true);
        }
    });
    let ran = hold(&workbench).exits(1);
    assert_eq!(finding(&ran, "entity_key_mismatch")["state"], "alarm");
}

#[test]
fn one_planned_look_is_one() {
    let workbench = live();
    let once = ["gate", "--hold", "0.10", "--risk-log", "risk.jsonl", "--single-look"];
    workbench.run(once).exits(0);
    workbench.run(once).exits(2).says(&["0002-0.10-go.json was a look at the same step"]);
}

#[test]
fn a_corridor_that_fails_now_and_then_is_refused_whatever_the_share() {
    // Errors are written as not sampled, so that fewer seem to be sampled the more there are.
    for every in [2, 3, 6] {
        let workbench = changed(|log| {
            for line in attempts(log).step_by(every) {
                line["status"] = json!("error");
                line["reason_code"] = json!("KeyError");
                line["sampled"] = json!(false);
            }
        });
        assert_eq!(finding(&hold(&workbench).exits(1), "error")["state"], "refuted", "every {every}");
    }
}

#[test]
fn missing_fields_prove_nothing() {
    for (field, rule) in [("latency_ms", "slow"), ("sampled", "error")] {
        let workbench = changed(|log| {
            for line in attempts(log).step_by(2) {
                line[field] = json!(null);
            }
        });
        let ran = hold(&workbench);
        let found = finding(&ran, rule);
        assert_eq!(found["state"], "not_proven", "{field}: {found}");
        assert!(found["seen"]["unknown"].as_u64().unwrap() > 50, "{field}");
        assert_ne!(ran.code, 0);
    }
    // A later line that contradicts an earlier one of the same command.
    let workbench = changed(|log| {
        let again: Vec<_> = attempts(log)
            .map(|line| {
                let mut line = line.clone();
                line["status"] = json!("error");
                line["timestamp"] = json!("2026-03-09T23:00:00Z");
                line
            })
            .collect();
        log.extend(again);
    });
    assert_eq!(finding(&hold(&workbench).exits(3), "error")["state"], "not_proven");
    // Nothing to compare: the alarm cannot be asked.
    let workbench = changed(|log| attempts(log).for_each(|line| line["diff_summary"] = json!(null)));
    assert_eq!(finding(&hold(&workbench).exits(3), "entity_key_mismatch")["state"], "not_proven");
}

#[test]
fn a_log_that_was_named_and_is_not_there_is_missing() {
    let workbench = live();
    let ran = workbench.run(["gate", "--hold", "0.10", "--risk-log", "risk.jsonl", "baad.jsonl", "--format", "json"]);
    assert_eq!(ran.json()["judgement"]["missing"], json!([{"missing": "logs", "names": ["baad.jsonl"]}]));
    ran.exits(3);
}

#[test]
fn a_log_of_the_future_contradicts_the_clock() {
    let workbench = changed(|log| {
        log[0]["timestamp"] = json!("2199-01-01T00:00:00Z");
    });
    assert_eq!(contradictions(&hold(&workbench).exits(4)), ["future"]);
}

#[test]
fn garbage_is_forgiven_at_the_end_of_a_file_only() {
    let workbench = live();
    let log = workbench.read("risk.jsonl");
    workbench.write("risk.jsonl", format!("{{\"trace_id\":\n{}", log.trim_end()));
    assert_eq!(finding(&hold(&workbench), "error")["seen"]["unknown"], 1);
}

#[test]
fn a_receipt_of_another_version_or_implementation_allows_nothing() {
    let workbench = live();
    let policy = workbench.read("rollout.toml");
    workbench.write("rollout.toml", policy.replace("7.1", "8.0"));
    let captured = workbench.read("corpora/traffic.jsonl").replace("\"7.1\"", "\"8.0\"");
    workbench.write("corpora/traffic.jsonl", captured);
    workbench.run(["replay", "--check"]).exits(1);
    assert_eq!(missing(&hold(&workbench).exits(3)), ["receipt"]);
    // The same rate, and another stage before it.
    let workbench = live();
    let stage = policy.split("[[stage]]").nth(1).unwrap();
    let first = stage.replace("rate = 0.10", "rate = 0.01");
    workbench.write("rollout.toml", policy.replace("[[stage]]", &format!("[[stage]]{first}\n[[stage]]")));
    assert_eq!(missing(&hold(&workbench).exits(3)), ["receipt"]);
}

#[test]
fn lines_of_another_stage_are_no_evidence_of_this_one() {
    let workbench = live();
    let alone = finding(&hold(&workbench).exits(0), "error")["seen"].clone();
    relog(&workbench, |log| {
        let line = log[0].clone();
        log.extend((0..300).map(|number| {
            let mut line = line.clone();
            line["command_id"] = json!(format!("other-{number}"));
            line["sample_rate"] = json!(0.05);
            line["sampled"] = json!(false);
            line["status"] = json!("error");
            line["reason_code"] = json!("KeyError");
            line
        }));
    });
    assert_eq!(finding(&hold(&workbench).exits(0), "error")["seen"], alone);
}
