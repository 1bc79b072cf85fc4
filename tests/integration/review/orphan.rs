//! Golden entries without a command: listed, and removed by `--prune` alone.

use super::{groups, name, recordings};
use crate::recording::corpus;
use crate::workbench::{Workbench, lines};
use serde_json::{Value, json};

fn workbench() -> Workbench {
    Workbench::new()
        .with_corpus("household", &recordings(false))
        .with_corpus("hazards", &recordings(false))
        .with_golden()
}

#[test]
fn an_entry_whose_command_is_gone_stays_until_it_is_pruned() {
    let workbench = workbench();
    let golden = workbench.read("golden/strict/household.json");
    workbench.write("corpora/household.jsonl", corpus(&recordings(false)[1..]));
    workbench.run(["replay", "--filter", "id=case-002"]).exits(0);
    assert!(groups(&workbench).is_empty(), "what was not looked at is not missing");
    workbench.run(["replay"]).exits(1);
    let listed = groups(&workbench);
    assert_eq!((listed.len(), &listed[0]["severity"], &listed[0]["count"]), (1, &json!("missing"), &json!(2)));
    let ran = workbench.run(["accept"]).exits(0);
    assert!(ran.stderr.contains("2 entries without a command stayed in golden"), "{}", ran.stderr);
    assert_eq!(workbench.read("golden/strict/household.json"), golden);
    let said = workbench.run(["accept", "--group", &name(&listed[0])]).exits(4).stderr;
    assert!(said.contains("--prune removes them"), "{said}");
    workbench.run(["accept", "--prune"]).exits(2).says(&["gone, and need a reason"]);
    workbench.run(["accept", "--prune", "--group", &name(&listed[0]), "--reason", "the command went"]).exits(0);
    assert!(!workbench.read("golden/strict/household.json").contains("case-000"));
    workbench.run(["replay", "--check"]).exits(0);
}

#[test]
fn golden_of_a_corpus_that_is_gone_goes_when_it_is_pruned() {
    let workbench = workbench();
    std::fs::remove_file(workbench.path("corpora/hazards.jsonl")).unwrap();
    workbench.run(["replay", "household"]).exits(0);
    assert!(groups(&workbench).is_empty(), "a replay of another corpus says nothing about this one");
    workbench.run(["replay", "--check"]).exits(1);
    assert!(groups(&workbench).is_empty(), "a check writes nothing");
    workbench.run(["replay"]).exits(1);
    assert_eq!(groups(&workbench)[0]["count"], json!(16));
    workbench.run(["accept"]).exits(0);
    assert!(workbench.has("golden/reference/hazards.json"));
    // Back again, as old as it was.
    workbench.write("corpora/hazards.jsonl", corpus(&recordings(false)));
    let said = workbench.run(["accept", "--prune", "--reason", "hazards went"]).exits(4).stderr;
    assert!(said.contains("the corpus hazards has changed since"), "{said}");
    std::fs::remove_file(workbench.path("corpora/hazards.jsonl")).unwrap();
    let document = workbench.run(["report", "--rules", "strict", "--format", "json"]).exits(0).json();
    assert_eq!(document["changes"]["groups"][0]["kind"], "missing", "a report does not pass over it");
    workbench.run(["accept", "--prune", "--reason", "hazards went"]).exits(0);
    assert!(!workbench.has("golden/reference/hazards.json") && !workbench.has("golden/strict/hazards.json"));
    let ledger = lines(&workbench.read("golden/LEDGER.jsonl"));
    let last = ledger.last().unwrap();
    assert_eq!((&last["changes"]["missing"], last.get("after")), (&json!(8), None::<&Value>));
    workbench.run(["replay", "--check"]).exits(0);
}
