//! Selectors of several values: one that matches nothing, beside one that does, is probably misspelt, and is reported.

use crate::recording::{mixture, recording};
use crate::workbench::Workbench;

fn workbench() -> Workbench {
    Workbench::new().with_corpus("mix", &mixture(12)).with_corpus("other", &[recording("a").with("tags", ["one"])])
}

#[test]
fn a_filter_that_matches_nothing_is_named() {
    let workbench = workbench().with_golden();
    for command in [&["replay", "--check"][..], &["sweep", "--timeout", "100"]] {
        for (filters, unmet) in [
            (&["id=case-001", "id=case-999", "id=case-00*"][..], Some("id=case-999")),
            (&["tag=one", "tag=none"], Some("tag=none")),
            (
                &["status=accepted_llm", "status=skipped", "reason=unheard_of", "reason=accepted"],
                Some("reason=unheard_of"),
            ),
            (&["id=case-001", "id=case-002"], None),
            // Without a filter by id, a tag is asked of all.
            (&["tag=one"], None),
        ] {
            let filters: Vec<_> = filters.iter().flat_map(|filter| ["--filter", filter]).collect();
            let ran = workbench.run([command, &filters].concat());
            let told: Vec<_> = ran.stderr.lines().filter(|line| line.contains("nothing here agrees")).collect();
            let expected: Vec<_> =
                unmet.iter().map(|filter| format!("note: nothing here agrees with --filter {filter}")).collect();
            assert_eq!(told, expected, "{command:?} {filters:?}");
        }
    }
}

#[test]
fn an_unknown_corpus_is_not_a_corpus_without_changes() {
    let workbench = workbench().with_golden();
    for arguments in [
        &["pending", "nope"][..],
        &["pending", "mix", "nope"],
        &["pending", "-"],
        &["review", "nope"],
        &["accept", "mix", "nope", "--reason", "x"],
        &["reject", "nope", "--reason", "x"],
        &["accept", "nope", "--new", "--reason", "x"],
    ] {
        workbench.run(arguments).exits(4).says(&["there is no corpus `", "expected one of mix, other"]);
    }
    for arguments in [&["pending", "mix"][..], &["pending", "strict/mix", "other"]] {
        workbench.run(arguments).exits(0);
    }
}

#[test]
fn a_named_folder_that_does_not_exist_is_an_error() {
    let workbench = workbench().with_golden();
    for arguments in
        [&["check", "--golden", "none"][..], &["check", "--receipts", "none"], &["report", "--receipts", "none"]]
    {
        workbench.run(arguments).exits(4).says(&["there is no folder none"]);
    }
    workbench.run(["check"]).exits(0);
}

#[test]
fn a_corpus_without_a_matching_command_is_named() {
    let workbench = workbench().with_golden().with("blank.jsonl", "\n\n");
    for command in
        [&["replay", "--check", "--keep-going", "mix"][..], &["sweep", "--timeout", "9", "--keep-going", "mix"]]
    {
        let ran = workbench.run([command, &["blank.jsonl"]].concat()).says(&["nothing is left of blank.jsonl"]);
        assert!([0, 1].contains(&ran.code), "{}", ran.stderr);
    }
}
