//! A project whose rollout can be judged: captured recordings, hazards that are held, and a log of production.

use crate::recording::{Recorded, recording};
use crate::workbench::{Ran, Workbench, json_lines, lines};
use serde_json::{Value, json};

/// One stage, so that its first receipt allows what the log is of.
pub(super) const POLICY: &str = r#"
format = 1

[evidence]
since = "2026-03-01T00:00:00Z"
system_version = "7.1"
rules = "reference"

[[stage]]
rate = 0.10
min_days = 7
min_attempts = 204
error = { kind = "block", go = 0.02, no_go = 0.05 }
candidate_failure = { kind = "block", go = 0.10, no_go = 0.20 }
slow = { limit_ms = 300, kind = "block", go = 0.05 }
intent_mismatch = { kind = "signal", go = 0.05, no_go = 0.10 }
"#;

const CORPORA: &str = r#"
[corpus.traffic]
role = "representative"
[corpus.attacks]
role = "adversarial"
"#;

/// A recording that was captured on one of eight days.
pub(super) fn captured(number: usize) -> Recorded {
    recording(&format!("live-{number}"))
        .with("command.timestamp", format!("2026-03-{:02}T08:00:00Z", 2 + number % 8))
        .with("command.user_id", format!("user-{}", number % 97))
        .with("source", "captured")
        .with(
            "captured",
            json!({"at": "2026-03-02T08:00:00Z", "system_version": "7.1", "model": "m-1", "prompt_digest": "p-1"}),
        )
}

/// A project with these representative recordings, and three hazards that come to nothing; replayed.
pub(super) fn project(traffic: &[Recorded]) -> Workbench {
    let attacks: Vec<_> = (0..3).map(|number| recording(&format!("attack-{number}"))).collect();
    let workbench = Workbench::new()
        .with("corridor.toml", format!("rules = [\"reference\"]\n{CORPORA}"))
        .with("rollout.toml", POLICY)
        .with_corpus("traffic", traffic)
        .with_corpus("attacks", &attacks);
    workbench.run(["replay", "--check"]);
    workbench
}

/// A project that may be held at 0.10: 2,300 captured commands, the receipt that allowed it, and production's log in
/// `risk.jsonl`.
pub(super) fn live() -> Workbench {
    let traffic: Vec<_> = (0..2300).map(captured).collect();
    let workbench = project(&traffic);
    workbench.run(["gate", "--to", "0.10"]).exits(0);
    workbench.write("risk.jsonl", log(&workbench));
    workbench
}

/// The lines that production would have written at 0.10.
fn log(workbench: &Workbench) -> String {
    let before = workbench.run_folder();
    let arguments = ["replay", "traffic", "--as-deployed", "--env", "PARTIAL_TRUST_SAMPLE_RATE=0.10"];
    workbench.run(arguments).exits(0);
    let new = workbench.runs().into_iter().find(|run| !before.iter().any(|name| run.folder.ends_with(name)));
    new.unwrap().read("risk.jsonl")
}

/// Changes the log.
pub(super) fn relog(workbench: &Workbench, change: impl FnOnce(&mut Vec<Value>)) {
    let mut log = lines(&workbench.read("risk.jsonl"));
    change(&mut log);
    workbench.write("risk.jsonl", json_lines(&log));
}

/// Lines of attempts.
pub(super) fn attempts(log: &mut [Value]) -> impl Iterator<Item = &mut Value> {
    log.iter_mut().filter(|line| line["sampled"] == true)
}

/// Whether it may stay.
pub(super) fn hold(workbench: &Workbench) -> Ran {
    workbench.run(["gate", "--hold", "0.10", "--risk-log", "risk.jsonl", "--format", "json"])
}

/// The kinds of what is missing.
pub(super) fn missing(ran: &Ran) -> Vec<String> {
    kinds(ran, "missing", "missing")
}

/// The kinds of contradictions.
pub(super) fn contradictions(ran: &Ran) -> Vec<String> {
    kinds(ran, "contradictions", "contradiction")
}

fn kinds(ran: &Ran, list: &str, kind: &str) -> Vec<String> {
    let found = ran.json()["judgement"][list].as_array().unwrap().clone();
    found.iter().map(|item| item[kind].as_str().unwrap().to_owned()).collect()
}

/// The result of a rule.
pub(super) fn finding(ran: &Ran, rule: &str) -> Value {
    let findings = ran.json()["judgement"]["findings"].as_array().unwrap().clone();
    findings.into_iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("{rule}"))
}
