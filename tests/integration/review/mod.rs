//! Golden changes in groups: listed, settled as they were seen, judged on a terminal.

mod group;
mod orphan;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod walk;

use crate::recording::{Recorded, corpus, recording};
use crate::workbench::Workbench;
use serde_json::Value;

/// Eight recordings of corpus `mix`: five that are regressed now, two that are refused now, and one that stays.
fn recordings(is_changed: bool) -> Vec<Recorded> {
    let change = |number: usize, recorded: Recorded| match number {
        0..5 if is_changed => recorded.regressed(),
        5..7 if is_changed => recorded.answer(&serde_json::json!({"item_name": "хлеб", "confidence": 0.1})),
        _ => recorded,
    };
    (0..8).map(|number| change(number, recording(&format!("case-{number:03}")))).collect()
}

/// Golden of the reference rules holds eight agreements; five are regressed now, and two refused.
fn changed() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &recordings(false));
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    workbench.run(["accept", "--new", "--reason", "first"]).exits(0);
    workbench.write("corpora/mix.jsonl", corpus(&recordings(true)));
    workbench.run(["replay", "--rules", "reference"]).exits(1);
    workbench
}

/// The pending groups, as JSON has them.
fn groups(workbench: &Workbench) -> Vec<Value> {
    let pending: Value = workbench.run(["pending", "--format", "json"]).json();
    pending["changes"]["groups"].as_array().unwrap().clone()
}

/// A group as it is named on the command line.
fn name(group: &Value) -> String {
    let half = |key: &str| group[key].as_str().unwrap()[..12].to_owned();
    format!("{}@{}", half("fingerprint"), half("members"))
}
