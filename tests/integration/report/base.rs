//! The golden files of a Git revision against those of the working tree.

use super::changed;
use crate::workbench::Workbench;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// Git in the project, with nothing of whoever runs the tests; false where there is no Git here.
fn git(workbench: &Workbench, arguments: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=mara", "-c", "user.email=mara@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments);
    git.current_dir(workbench.path(".")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Where programs are looked for; the workbench clears it.
#[expect(clippy::disallowed_methods, reason = "Git is wherever it is on this machine")]
fn path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// A repository whose first commit, tagged `base`, holds golden; its author then accepted what changed. `None` without Git.
#[expect(clippy::print_stdout, reason = "a test that was not made says so")]
fn repository() -> Option<Workbench> {
    let workbench = changed().with(".gitignore", ".corridor/\n*.new\n.lock\n");
    if !git(&workbench, &["init", "-q"]) {
        println!("there is no Git here: nothing was tested");
        return None;
    }
    assert!(git(&workbench, &["add", "-A"]) && git(&workbench, &["commit", "-qm", "base"]));
    assert!(git(&workbench, &["tag", "base"]));
    workbench.run(["replay"]).exits(1);
    Some(workbench)
}

fn changes(workbench: &Workbench, code: i32) -> Value {
    let path = path();
    let ran = workbench.run_with(["diff", "--base", "base", "--format", "json"], &[("PATH", &path)], b"").exits(code);
    ran.json()["changes"].clone()
}

#[test]
fn what_a_pull_request_accepted_is_shown_with_its_reasons() {
    let Some(workbench) = repository() else { return };
    assert_eq!(changes(&workbench, 0)["changed"], 0, "what is pending is not golden yet");
    workbench.run_with(["accept", "--reason", "beer it is"], &[("CORRIDOR_USER", "ann")], b"").exits(0);
    let tree = workbench.tree();
    let found = changes(&workbench, 1);
    assert_eq!((&found["changed"], &found["unchanged"]), (&json!(4), &json!(20)));
    assert!(found["before"].as_str().unwrap().starts_with("golden at base ("), "{found}");
    let counted: u64 = found["groups"].as_array().unwrap().iter().map(|group| group["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 4);
    for group in found["groups"].as_array().unwrap() {
        assert_eq!(group["unaccounted"], 0);
        let reasons = group["reasons"].as_array().unwrap();
        assert!(reasons.iter().all(|reason| reason["reason"] == "beer it is" && reason["who"] == "ann"), "{group}");
        let accounted: u64 = reasons.iter().map(|reason| reason["count"].as_u64().unwrap()).sum();
        assert_eq!(accounted, group["count"].as_u64().unwrap());
    }
    assert_eq!(workbench.tree(), tree, "it only reads");
}

#[test]
fn golden_that_was_changed_by_hand_is_detected() {
    let Some(workbench) = repository() else { return };
    workbench.run(["accept", "--rules", "strict", "--reason", "beer it is"]).exits(0);
    let golden = workbench.read("golden/reference/mix.json").replace("\"agreed\"", "\"improved\"");
    workbench.write("golden/reference/mix.json", golden);
    let strict = workbench.read("golden/strict/mix.json").replacen("хлеб", "батон", 1);
    workbench.write("golden/strict/mix.json", strict);
    let found = changes(&workbench, 1);
    let groups = found["groups"].as_array().unwrap();
    let by_hand = groups.iter().find(|group| group["after"]["class"] == "improved").unwrap();
    assert_eq!(by_hand["unaccounted"], by_hand["count"]);
    let notes = found["notes"].to_string();
    assert!(notes.contains("strict/mix: golden does not match the ledger"), "{notes}");
    let path = path();
    let shown = workbench.run_with(["diff", "--base", "base"], &[("PATH", &path)], b"").exits(1).stdout;
    assert!(shown.contains("without a line in the ledger: golden was changed by hand"), "{shown}");
}

#[test]
fn added_and_removed_golden_files_are_changes() {
    let Some(workbench) = repository() else { return };
    std::fs::remove_file(workbench.path("golden/strict/mix.json")).unwrap();
    std::fs::copy(workbench.path("golden/reference/mix.json"), workbench.path("golden/reference/more.json")).unwrap();
    let found = changes(&workbench, 1);
    let kinds: std::collections::BTreeSet<_> =
        found["groups"].as_array().unwrap().iter().map(|group| group["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds.into_iter().collect::<Vec<_>>(), &found["changed"]), (vec!["added", "missing"], &json!(24)));
}

#[test]
fn an_unknown_revision_is_reported() {
    let Some(workbench) = repository() else { return };
    let path = path();
    for revision in ["nowhere", "--help", "base:golden", ""] {
        let base = format!("--base={revision}");
        let ran = workbench.run_with(["diff", &base], &[("PATH", &path)], b"");
        assert!([2, 4].contains(&ran.code) && ran.stderr.starts_with("error: "), "{revision}: {}", ran.stderr);
    }
    let elsewhere = changed();
    let outside = [("PATH", path.as_str()), ("GIT_CEILING_DIRECTORIES", "/")];
    elsewhere.run_with(["diff", "--base", "HEAD"], &outside, b"").exits(4);
    let ran = workbench.run_with(["diff", "--base", "base"], &[("PATH", "/nowhere")], b"").exits(4);
    assert!(ran.stderr.contains("cannot run Git"), "{}", ran.stderr);
}
