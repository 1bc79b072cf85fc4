//! Two runs, or a run and golden.

use super::changed;
use crate::workbench::Workbench;
use serde_json::{Value, json};

/// The stored runs of a rule set, the newest last.
fn run(workbench: &Workbench, rules: &str) -> String {
    workbench.read(&format!(".corridor/runs/latest-{rules}")).trim().to_owned()
}

fn changes(workbench: &Workbench, sides: [&str; 2], code: i32) -> Value {
    let document = workbench.run(["diff", sides[0], sides[1], "--format", "json"]).exits(code).json();
    document["changes"].clone()
}

#[test]
fn two_runs_of_one_corpus_differ_where_it_was_changed() {
    let workbench = changed();
    let before = run(&workbench, "reference");
    workbench.run(["replay"]).exits(1);
    let after = run(&workbench, "reference");
    let tree = workbench.tree();
    let found = changes(&workbench, [&before[..8], &after], 1);
    assert_eq!((&found["changed"], &found["unchanged"]), (&json!(2), &json!(10)));
    assert_eq!(found["groups"][0]["severity"], "newly_regressed");
    assert_eq!(changes(&workbench, [&after, &after], 0)["changed"], 0);
    let back = changes(&workbench, [&after, &before], 1);
    assert_eq!(back["groups"][0]["severity"], "items", "what is fixed is no regression");
    let with_golden = changes(&workbench, ["golden/reference", &after], 1);
    assert_eq!(with_golden["groups"][0]["fingerprint"], found["groups"][0]["fingerprint"]);
    assert_eq!(changes(&workbench, ["golden", "golden"], 0)["unchanged"], 24);
    assert_eq!(workbench.tree(), tree, "nothing is written");
    let shown = workbench.run(["diff", "latest-reference", &after]).exits(0).stdout;
    assert!(shown.contains("nothing changed, 12 the same"), "{shown}");
}

#[test]
fn two_rule_sets_are_compared_corpus_by_corpus() {
    let workbench = changed();
    workbench.run(["replay"]).exits(1);
    let found = changes(&workbench, ["latest-reference", "latest-strict"], 1);
    let parts = found["groups"][0]["parts"].as_array().unwrap();
    assert_eq!(parts[0]["snapshot"], "reference..strict/mix");
    assert_eq!(found["notes"], json!(["rules: reference → strict"]));
}

#[test]
fn a_part_of_a_corpus_is_compared_as_far_as_it_goes() {
    let workbench = changed();
    let whole = run(&workbench, "reference");
    workbench.run(["replay", "--rules", "reference", "--filter", "id=case-00*"]).exits(1);
    let folders = workbench.run_folder();
    let runs: Vec<_> = folders.iter().filter(|name| name.len() == 64).collect();
    let part = runs.into_iter().find(|name| {
        let record: Value = serde_json::from_str(&workbench.read(&format!(".corridor/runs/{name}/run.json"))).unwrap();
        record["incomplete_because"] != json!([])
    });
    let part = part.unwrap();
    for sides in [[whole.as_str(), part], [part, whole.as_str()]] {
        let found = changes(&workbench, sides, 1);
        let kinds: Vec<_> = found["groups"].as_array().unwrap().iter().map(|group| &group["kind"]).collect();
        assert!(kinds.iter().all(|kind| **kind == "changed"), "{kinds:?}");
        assert!(found["notes"].to_string().contains("holds a part of its corpora"), "{found}");
    }
}

#[test]
fn sides_that_cannot_be_compared_are_reported() {
    let workbench = changed().with("other/run.json", "{}").with("empty/readme", "");
    for (arguments, code, said) in [
        (vec!["diff"], 2, "diff takes two sides, or --base"),
        (vec!["diff", "golden"], 2, "there is one side"),
        (vec!["diff", "golden", "latest-reference", "--base", "HEAD"], 2, "cannot be used with"),
        (vec!["diff", "golden", "nowhere"], 4, "there is no run and no golden folder `nowhere`"),
        (vec!["diff", "golden", "0123456789"], 4, "there is no run and no golden folder"),
        (vec!["diff", "golden", "empty"], 4, "neither a stored run nor a golden folder"),
        (vec!["diff", "golden", "other"], 4, "is no run record"),
        (vec!["report", "nowhere"], 4, "there is no run `nowhere`"),
        (vec!["report", "latest-reference", "latest-reference"], 2, "of the same rule set"),
    ] {
        let ran = workbench.run(arguments.clone()).exits(code);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
    let strict = workbench.path("golden/strict");
    std::fs::rename(strict.join("mix.json"), strict.join("else.json")).unwrap();
    let ran = workbench.run(["diff", "golden/strict", "latest-strict"]).exits(3);
    assert!(ran.stdout.contains("strict/else is in"), "{}", ran.stdout);
}

#[test]
fn a_line_that_was_set_aside_may_be_any_command() {
    let workbench = changed();
    let whole = run(&workbench, "reference");
    let mut lines: Vec<_> = workbench.read("corpora/mix.jsonl").lines().map(str::to_owned).collect();
    lines[3] = "{".to_owned();
    workbench.write("corpora/mix.jsonl", lines.join("\n") + "\n");
    workbench.run(["replay", "--rules", "reference", "--keep-going", "--check"]).exits(1);
    let folders = workbench.run_folder();
    let part = folders.iter().find(|name| {
        name.len() == 64 && workbench.read(&format!(".corridor/runs/{name}/run.json")).contains("set aside")
    });
    let found = changes(&workbench, [&whole, part.unwrap()], 1);
    assert_eq!((&found["changed"], &found["unchanged"]), (&json!(2), &json!(9)), "the twelfth is no change");
}
