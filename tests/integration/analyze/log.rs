//! Risk lines for tests: a documented line, and what a test changes of it; and the analysis of a log.

use crate::workbench::{Ran, Workbench};
use serde_json::{Value, json};

/// The present of every test.
pub(super) const NOW: &str = "2026-02-20T00:00:00Z";

/// Command ids whose bucket is below 0.05, so that they are in the sample from that rate on.
pub(super) const SAMPLED: [&str; 10] =
    ["cmd-43", "cmd-108", "cmd-121", "cmd-135", "cmd-146", "cmd-152", "cmd-156", "cmd-164", "cmd-185", "cmd-195"];

/// Command ids whose bucket is 0.10 or above.
pub(super) const UNSAMPLED: [&str; 6] = ["cmd-0", "cmd-1", "cmd-2", "cmd-3", "cmd-4", "cmd-5"];

/// One line of a log.
#[derive(Clone, Debug)]
pub(super) struct Logged(Value);

/// An accepted candidate that changes nothing, after 100 ms, at rate 0.05.
pub(super) fn accepted(command_id: &str) -> Logged {
    Logged(json!({
        "trace_id": format!("trace-{command_id}"),
        "command_id": command_id,
        "corridor_intent": "add_shopping_item",
        "sample_rate": 0.05,
        "sampled": true,
        "status": "accepted_llm",
        "reason_code": "accepted",
        "latency_ms": 100,
        "model_meta": {"profile": "partial_trust", "task_id": "partial_trust_shopping", "escalated": false},
        "baseline_summary": {
            "intent": "add_shopping_item", "decision_type": "start_job", "action_count": 1, "entity_keys_count": 2,
            "has_list_id": true
        },
        "llm_summary": {
            "action_count": 1, "entity_keys_count": 2, "has_list_id": true, "item_name_len": 4,
            "confidence_bucket": "high", "intent": "add_shopping_item", "decision_type": "start_job"
        },
        "diff_summary": {
            "intent_mismatch": false, "decision_type_mismatch": false, "action_count_mismatch": false,
            "entity_key_mismatch": false
        },
        "timestamp": "2026-02-10T10:00:00Z"
    }))
}

/// A candidate that did not come.
pub(super) fn failed(command_id: &str, reason: &str) -> Logged {
    accepted(command_id).ended("fallback_deterministic", reason).without_candidate()
}

/// A command outside the sample.
pub(super) fn not_sampled(command_id: &str) -> Logged {
    accepted(command_id).ended("not_sampled", "not_sampled").with("sampled", false).without_candidate()
}

/// An internal error.
pub(super) fn error(command_id: &str) -> Logged {
    accepted(command_id).ended("error", "KeyError").with("sampled", false).without_candidate()
}

impl Logged {
    /// Sets a field, by its path (`diff_summary.intent_mismatch`).
    pub(super) fn with(mut self, path: &str, value: impl Into<Value>) -> Self {
        let pointer = format!("/{}", path.replace('.', "/"));
        *self.0.pointer_mut(&pointer).unwrap_or_else(|| panic!("{path}")) = value.into();
        self
    }

    pub(super) fn without(mut self, field: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(field).unwrap_or_else(|| panic!("{field}"));
        self
    }

    pub(super) fn ended(self, status: &str, reason: &str) -> Self {
        self.with("status", status).with("reason_code", reason)
    }

    pub(super) fn at(self, timestamp: &str) -> Self {
        self.with("timestamp", timestamp)
    }

    pub(super) fn after(self, latency_ms: impl Into<Value>) -> Self {
        self.with("latency_ms", latency_ms)
    }

    fn without_candidate(self) -> Self {
        let fields = ["latency_ms", "model_meta", "llm_summary", "diff_summary"];
        fields.into_iter().fold(self, |line, field| line.with(field, Value::Null))
    }

    /// The line, without a line feed.
    pub(super) fn line(&self) -> String {
        self.0.to_string()
    }
}

/// Lines as a log.
pub(super) fn log(lines: &[Logged]) -> String {
    lines.iter().map(|line| line.line() + "\n").collect()
}

/// Runs `analyze` on one log, with more arguments.
pub(super) fn analyze(log: impl AsRef<[u8]>, arguments: &[&str]) -> Ran {
    let workbench = Workbench::new().with("risk.jsonl", log);
    workbench.run([&["analyze", "--risk-log", "risk.jsonl", "--now", NOW], arguments].concat()).exits(0)
}

/// The honest metrics of one log.
pub(super) fn honest(log: impl AsRef<[u8]>, arguments: &[&str]) -> Value {
    analyze(log, &[&["--format", "json"], arguments].concat()).json()["honest"].clone()
}

/// The count of a finding; 0 where there is none.
pub(super) fn finding(honest: &Value, id: &str) -> u64 {
    let findings = honest["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["id"] == id).map_or(0, |finding| finding["count"].as_u64().unwrap())
}
