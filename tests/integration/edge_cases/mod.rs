//! Edge cases of both decision paths, through the program.
//!
//! Each table is decided in one call. What has to come out was worked out from the documented rules by hand, so that a
//! golden file that was accepted in error has something to disagree with. Besides what a case says itself, every
//! decision line has to obey the laws of [`broken_law`].

mod acceptance;
mod answer;
mod baseline;
mod configuration;
mod exit;
mod item;
mod strict;
mod task;

use crate::recording::{Recorded, recording};
use crate::workbench::{Workbench, lines};
use serde_json::{Value, json};
use std::slice;

/// A recording, and what its decision line has to say.
struct Case {
    name: String,
    line: String,
    expected: Vec<(&'static str, Value)>,
}

impl Case {
    fn new(name: impl Into<String>, recorded: &Recorded) -> Self {
        Self { name: name.into(), line: recorded.line(), expected: Vec::new() }
    }

    /// Puts JSON as it is written in place of the string `@`: values that are equal may be written in several ways.
    fn written(mut self, json: &str) -> Self {
        assert!(self.line.contains("\"@\""), "{}: nothing to replace", self.name);
        self.line = self.line.replace("\"@\"", json);
        self
    }

    /// Expects `value` at a JSON pointer into the decision line.
    fn shows(mut self, pointer: &'static str, value: impl Into<Value>) -> Self {
        self.expected.push((pointer, value.into()));
        self
    }

    fn ends(self, status: &str, reason: &str) -> Self {
        self.shows("/risk/status", status).shows("/risk/reason_code", reason)
    }

    /// A candidate was asked for, and was missing or refused.
    fn refuses(self, reason: &str) -> Self {
        self.ends("fallback_deterministic", reason)
    }

    /// A candidate replaces the baseline's actions by this one item.
    fn accepts(self, item: &Value) -> Self {
        self.ends("accepted_llm", "accepted")
            .shows("/decision/payload/proposed_actions", actions(slice::from_ref(item)))
    }

    /// `accepts` for the reason `accepted`, `refuses` for every other.
    fn judged(self, reason: &str) -> Self {
        if reason == "accepted" { self.ends("accepted_llm", reason) } else { self.refuses(reason) }
    }

    /// The baseline creates a task of this title.
    fn assigns(self, title: &str) -> Self {
        self.shows("/baseline/action", "start_job")
            .shows("/baseline/payload/job_type", "create_task")
            .shows("/baseline/payload/proposed_actions/0/payload/task/title", title)
    }

    /// The baseline asks for this field.
    fn asks(self, missing: &str) -> Self {
        self.shows("/baseline/action", "clarify").shows("/baseline/payload/missing_fields", json!([missing]))
    }

    /// The baseline proposes these items.
    fn reads(self, items: &[Value]) -> Self {
        self.shows("/baseline/action", "start_job").shows("/baseline/payload/proposed_actions", actions(items))
    }

    fn findings(&self, line: &Value) -> Vec<String> {
        let differs = |(pointer, expected): &(&str, Value)| {
            let found = line.pointer(pointer).unwrap_or(&Value::Null);
            (found != expected).then(|| format!("{}: {pointer} is {found}, expected {expected}", self.name))
        };
        let law = broken_law(line).map(|law| format!("{}: not so: {law}\n  {line}", self.name));
        self.expected.iter().filter_map(differs).chain(law).collect()
    }
}

/// Decides all cases in one call of the program, names every case that did not come out as expected, and gives the
/// decision lines.
#[track_caller]
fn decide(arguments: &[&str], cases: &[Case]) -> Vec<Value> {
    let input: String = cases.iter().flat_map(|case| [case.line.as_str(), "\n"]).collect();
    let ran = Workbench::new().run_with([["decide"].as_slice(), arguments].concat(), &[], input.as_bytes()).exits(0);
    let decided = lines(&ran.stdout);
    assert_eq!(decided.len(), cases.len());
    let findings: Vec<_> = cases.iter().zip(&decided).flat_map(|(case, line)| case.findings(line)).collect();
    assert!(findings.is_empty(), "{} of {} cases:\n{}", findings.len(), cases.len(), findings.join("\n"));
    decided
}

/// What holds for every decision line whatever was recorded, in words; the first that does not.
fn broken_law(line: &Value) -> Option<&'static str> {
    let risk = &line["risk"];
    let status = risk["status"].as_str().unwrap_or_default();
    let is_accepted = status == "accepted_llm";
    let was_asked = is_accepted || status == "fallback_deterministic";
    let passed_the_sample =
        was_asked || ["policy_disabled", "timeout_invalid"].map(Value::from).contains(&risk["reason_code"]);
    let was_judged = !risk["llm_summary"].is_null();
    let decision = &line["decision"];
    let replaces = decision["status"] == "ok"
        && decision["action"] == "start_job"
        && decision["confidence"] == 0.78
        && decision["payload"]["job_type"] == "add_shopping_item"
        && decision["payload"]["proposed_actions"].as_array().is_some_and(|actions| actions.len() == 1);
    [
        ("the baseline stands unless a candidate is accepted", is_accepted || *decision == line["baseline"]),
        ("an accepted candidate is one shopping action with the usual confidence", !is_accepted || replaces),
        ("an accepted candidate was judged", !is_accepted || was_judged),
        ("only what was judged has an LLM and a diff summary", was_judged != risk["diff_summary"].is_null()),
        ("only what was judged has a latency", was_judged || risk["latency_ms"].is_null()),
        ("only what was judged names a model", was_judged || risk["model_meta"].is_null()),
        ("every risk line sums up the baseline", risk.is_null() || risk["baseline_summary"].is_object()),
        ("`sampled` says whether the sample was passed", risk.is_null() || risk["sampled"] == passed_the_sample),
        ("nobody is asked outside the corridor", was_asked || line["attempts_used"] == 0),
    ]
    .into_iter()
    .find_map(|(law, holds)| (!holds).then_some(law))
}

fn actions(items: &[Value]) -> Value {
    items.iter().map(|item| json!({"action": "propose_add_shopping_item", "payload": {"item": item}})).collect()
}

/// An item on the default list of the plain command.
fn on_list(name: &str) -> Value {
    json!({"name": name, "list_id": "list-home"})
}

/// "Купи хлеб", to which the LLM answers `raw` however often it is asked.
fn answered(name: &str, raw: &str) -> Recorded {
    let attempt = json!({"raw": raw, "latency_ms": 10});
    recording(name).with("exchanges", json!({"partial_trust_shopping": [attempt, attempt, attempt, attempt]}))
}

/// "Купи хлеб" with a finished candidate.
fn injected(name: &str, candidate: Value) -> Recorded {
    recording(name).without("exchanges").with("candidate", candidate)
}

/// The environment of a corridor that is open for every command, but for one variable: set to `value`, or unset.
fn environment(variable: &str, value: Option<&str>) -> Value {
    let mut variables = json!({
        "PARTIAL_TRUST_ENABLED": "true", "PARTIAL_TRUST_SAMPLE_RATE": "1", "PARTIAL_TRUST_PROFILE_ID": "partial_trust",
        "LLM_POLICY_ENABLED": "true", "LLM_POLICY_ALLOW_PLACEHOLDERS": "true"
    });
    let map = variables.as_object_mut().unwrap();
    match value {
        Some(value) => drop(map.insert(variable.to_owned(), value.into())),
        None => drop(map.remove(variable)),
    }
    variables
}

/// A command to which no answer of an LLM was recorded.
fn said(text: &str) -> Recorded {
    recording("said").text(text).without("exchanges").without("label")
}
