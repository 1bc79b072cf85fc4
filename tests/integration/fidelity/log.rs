//! A project with a replay, and the log of a production that does the same at its own sample rate.

use crate::workbench::{Ran, Run, Workbench, json_lines, lines};
use serde_json::Value;

/// The corpus that is replayed.
const CORPUS: &str = "household";

/// The rate of the production: about half of the commands are in its sample.
const RATE: &str = "PARTIAL_TRUST_SAMPLE_RATE=0.5";

/// A forced replay, which is the latest run, and the log of a production.
pub(super) struct Bench {
    pub(super) workbench: Workbench,
    /// The lines of the log.
    pub(super) lines: Vec<Value>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let workbench = Workbench::clone_of_shipped();
        let deployed = workbench.replay(["replay", CORPUS, "--rules", "reference", "--as-deployed", "--env", RATE]);
        let lines = lines(&deployed.read("risk.jsonl"));
        workbench.replay(["replay", CORPUS, "--rules", "reference"]);
        Self { workbench, lines }
    }

    /// The replay.
    pub(super) fn run(&self) -> Run {
        self.workbench.latest("reference")
    }

    /// The place of the first line with this status, from `from` on.
    pub(super) fn place(&self, status: &str, from: usize) -> usize {
        let found = self.lines.iter().skip(from).position(|line| line["status"] == status);
        from + found.unwrap_or_else(|| panic!("no line with {status}"))
    }

    /// Changes a field of the first line with this status, by its path (`llm_summary.action_count`); gives the command.
    pub(super) fn change(&mut self, status: &str, path: &str, value: impl Into<Value>) -> String {
        let place = self.place(status, 0);
        let line = &mut self.lines[place];
        let field = line.pointer_mut(&format!("/{}", path.replace('.', "/"))).unwrap_or_else(|| panic!("{path}"));
        let value = value.into();
        assert_ne!(*field, value, "{path}");
        *field = value;
        line["command_id"].as_str().unwrap().to_owned()
    }

    /// The log.
    pub(super) fn text(&self) -> String {
        json_lines(&self.lines)
    }

    /// Compares the log with the latest run.
    pub(super) fn compare(&self, arguments: &[&str]) -> Ran {
        self.compare_text(self.text(), arguments)
    }

    /// Compares any log with the latest run.
    pub(super) fn compare_text(&self, log: impl AsRef<[u8]>, arguments: &[&str]) -> Ran {
        self.workbench.write("risk.jsonl", log);
        self.workbench.run([&["fidelity", "--risk-log", "risk.jsonl"], arguments].concat())
    }

    /// The result as JSON, and the exit code.
    pub(super) fn result(&self) -> (Value, i32) {
        let ran = self.compare(&["--format", "json"]);
        (ran.json(), ran.code)
    }
}

/// Counts of the fields that differ, in the order of the document.
pub(super) fn differing(result: &Value) -> [u64; 5] {
    ["sampled", "status", "reason", "baseline_summary", "llm_summary"]
        .map(|field| result["fields"][field]["count"].as_u64().unwrap())
}
