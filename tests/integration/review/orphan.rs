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
fn an_entry_whose_command_is_missing_stays_until_it_is_pruned() {
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
    workbench.run(["accept", "--prune"]).exits(2).says(&["missing, and need a reason"]);
    workbench.run(["accept", "--prune", "--group", &name(&listed[0]), "--reason", "the command went"]).exits(0);
    assert!(!workbench.read("golden/strict/household.json").contains("case-000"));
    workbench.run(["replay", "--check"]).exits(0);
}

#[test]
fn golden_of_a_missing_corpus_is_removed_when_it_is_named_and_pruned() {
    let workbench = workbench();
    let accept = |arguments: &[&str]| workbench.run([&["accept", "hazards", "--prune"], arguments].concat());
    // As long as the project has the corpus, nothing is missing.
    accept(&["--reason", "hazards went"]).exits(4).says(&["nothing is pending"]);
    std::fs::remove_file(workbench.path("corpora/hazards.jsonl")).unwrap();
    workbench.run(["replay"]).exits(4).says(&["corpus `hazards`"]);
    accept(&["--reason", "hazards went"]).exits(4).says(&["nothing is pending"]);
    let declared = workbench.read("corridor.toml");
    let kept: Vec<_> = declared.split("[corpus.").filter(|entry| !entry.starts_with("hazards]")).collect();
    workbench.write("corridor.toml", kept.join("[corpus."));
    let said = workbench.run(["replay", "--check"]).exits(0).stderr;
    assert!(said.contains("corridor accept hazards --prune --reason"), "{said}");
    let before = workbench.tree();
    accept(&[]).exits(2).says(&["needs a reason"]);
    assert_eq!(workbench.tree(), before);
    accept(&["--reason", "hazards went"]).exits(0);
    assert!(!workbench.has("golden/reference/hazards.json") && !workbench.has("golden/strict/hazards.json"));
    let ledger = lines(&workbench.read("golden/LEDGER.jsonl"));
    let last = ledger.last().unwrap();
    assert_eq!((&last["changes"]["missing"], last.get("after")), (&json!(8), None::<&Value>));
    let said = workbench.run(["replay", "--check"]).exits(0).stderr;
    assert!(!said.contains("hazards"), "{said}");
    workbench.run(["check"]).exits(0);
}
