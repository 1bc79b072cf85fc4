//! Groups from the command line.

use super::{changed, groups, name, recordings};
use crate::recording::corpus;
use crate::workbench::lines;
use serde_json::json;

#[test]
fn changes_of_one_structure_are_one_group_and_the_counts_add_up() {
    let workbench = changed();
    let groups = groups(&workbench);
    let counts: Vec<_> = groups.iter().map(|group| (group["severity"].clone(), group["count"].clone())).collect();
    assert_eq!(counts, [(json!("newly_regressed"), json!(5)), (json!("class"), json!(2))]);
    let shown = workbench.run(["pending"]).exits(1).stdout;
    assert!(shown.contains("accepted, as before: 5 outcomes, none was regressed, now 5: agreed before"), "{shown}");
    assert!(shown.contains("accepted → refused by `low_confidence`: 2 outcomes: agreed → fell_back"), "{shown}");
    for group in &groups {
        assert!(shown.contains(&name(group)), "{shown}");
        assert!(group["representatives"].as_array().unwrap().len() <= 3);
    }
    let listed = workbench.run(["pending", "--group", &name(&groups[0])]).exits(1).stdout;
    let ids: Vec<_> = listed.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(
        ids,
        ["case-000", "case-001", "case-002", "case-003", "case-004"].map(|id| format!("reference/mix:{id}"))
    );
}

#[test]
fn a_group_is_accepted_by_its_name_and_what_is_regressed_needs_a_reason() {
    let workbench = changed();
    let groups = groups(&workbench);
    let before = workbench.tree();
    for arguments in [vec!["accept"], vec!["accept", "--case", "case-003"], vec!["accept", "--group"]] {
        let group = name(&groups[0]);
        let arguments: Vec<_> =
            arguments.iter().copied().chain((arguments.last() == Some(&"--group")).then_some(&*group)).collect();
        let said = workbench.run(arguments.clone()).exits(2).stderr;
        assert!(said.contains("newly broken or missing, and need"), "{said}");
        assert_eq!(workbench.tree(), before);
    }
    workbench.run(["accept", "--group", &name(&groups[1])]).exits(0);
    let said = workbench.run(["accept", "--group", &name(&groups[0]), "--reason", "beer it is"]).exits(0).stdout;
    assert_eq!(said, "accepted 5 changes of reference/mix\n");
    workbench.run(["pending"]).exits(0);
    let ledger = lines(&workbench.read("golden/LEDGER.jsonl"));
    let last = ledger.last().unwrap();
    assert_eq!((&last["scope"], &last["reason"]), (&json!("group"), &json!("beer it is")));
    assert_eq!(last["group"], groups[0]["fingerprint"]);
    assert_eq!(last["cases"].as_array().unwrap().len(), 5);
    workbench.run(["replay", "--rules", "reference", "--check"]).exits(0);
}

#[test]
fn a_group_whose_members_have_changed_is_refused() {
    let workbench = changed();
    let seen = name(&groups(&workbench)[0]);
    let mut other = recordings(true);
    other[4] = recordings(false)[4].clone();
    workbench.write("corpora/mix.jsonl", corpus(&other));
    workbench.run(["replay", "--rules", "reference"]).exits(1);
    let before = workbench.tree();
    for action in ["accept", "reject"] {
        let said = workbench.run([action, "--group", &seen, "--reason", "as seen"]).exits(4).stderr;
        assert!(said.contains("have changed") && said.contains("with 4"), "{said}");
        assert_eq!(workbench.tree(), before);
    }
    let said = workbench.run(["reject", "--group", "000000000000@000000000000"]).exits(4).stderr;
    assert!(said.contains("there is no pending group"), "{said}");
    let said = workbench.run(["reject", "--group", "0000@00"]).exits(2).stderr;
    assert!(said.contains("FINGERPRINT@MEMBERS"), "{said}");
    workbench.run(["reject", "--group", &name(&groups(&workbench)[0])]).exits(0);
    assert_eq!(groups(&workbench).len(), 1);
}
