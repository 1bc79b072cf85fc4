//! `corridor verify`: the verdict and its exit code, the parts, the report, and what it must not touch.

use crate::recording::{corpus, recording};
use crate::workbench::{Workbench, project_file, shipped};
use serde_json::{Value, json};

/// A small project with a bit of everything: commands in the corridor, with one item and with three, and others.
fn small() -> Workbench {
    let several = recording("several").with("command.text", "Купи хлеб, молоко и яйца");
    let question = recording("question").with("command.text", "Привет");
    let task = recording("task").with("command.text", "Сделай уборку");
    Workbench::new().with_corpus("small", &[recording("one"), several, question, task])
}

fn verification(workbench: &Workbench, arguments: &[&str], exit: i32) -> Value {
    let arguments: Vec<_> = ["verify", "--format", "json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&workbench.run(arguments).exits(exit).stdout).unwrap()
}

#[test]
fn all_criteria_hold_on_the_shipped_corpora_and_all_could_have_failed() {
    let workbench = Workbench::clone_of_shipped();
    let before = workbench.tree();
    let found = verification(&workbench, &[], 0);
    assert_eq!(found["verdict"], "held");
    assert_eq!(found["vacuous"], json!([]));
    assert_eq!(found["criteria"].as_array().unwrap().len(), 4);
    for criterion in found["criteria"].as_array().unwrap() {
        for check in criterion["checks"].as_array().unwrap() {
            assert!(check["opportunities"].as_u64().unwrap() > 0 && check["violations"] == 0, "{check}");
        }
    }
    // 2 rule sets, switch 2, intent 3, rate 3, policy 4, budget 2; 7 baselines, 3 capabilities; 590 answers.
    assert_eq!(found["state_space"]["combinations"], 2 * 2 * 3 * 3 * 4 * 2 * 7 * 3 * 590);
    assert!(found["faults"].as_array().unwrap().len() > 100);
    assert!(found["one_worker"]["timed_out"].as_u64().unwrap() > 0);
    assert!(!workbench.has(".corridor"), "verify stores no run");
    assert_eq!(workbench.tree(), before);
}

#[test]
fn a_part_runs_alone_and_says_so() {
    let workbench = small();
    for (parts, criteria) in [("ac1", vec!["ac1"]), ("ac2,ac4", vec!["ac2", "ac4"]), ("ac3", vec!["ac3"])] {
        let found = verification(&workbench, &["--only", parts], 0);
        let names: Vec<_> = found["criteria"].as_array().unwrap().iter().map(|row| row["criterion"].clone()).collect();
        assert_eq!(names, criteria);
        assert_eq!(found["state_space"]["combinations"], 0);
    }
    let text = workbench.run(["verify", "--only", "ac1"]).exits(0).stdout;
    assert!(text.contains("coverage was not judged"), "{text}");
    workbench.run(["verify", "--only", "ac5"]).exits(2);
    workbench.run(["verify", "--only", "ac1", "--planted"]).exits(2);
}

#[test]
fn a_check_that_could_not_fail_is_named_and_does_not_pass() {
    let workbench = Workbench::new().with_corpus("one", &[recording("one")]);
    let ran = workbench.run(["verify", "--only", "ac2"]).exits(3);
    assert!(ran.stdout.contains("vacuous"), "{}", ran.stdout);
    let off = project_file().replace("PARTIAL_TRUST_ENABLED = \"true\"", "PARTIAL_TRUST_ENABLED = \"no\"");
    let workbench = small().with("corridor.toml", off);
    let ran = workbench.run(["verify", "--only", "ac3"]).exits(3);
    assert!(ran.stderr.contains("the corridor is off"), "{}", ran.stderr);
    let found = verification(&workbench, &["--only", "ac1,ac2,ac3"], 3);
    assert_eq!(found["verdict"], "vacuous");
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_in_any_form() {
    let workbench = small();
    let lines = workbench.read("corpora/small.jsonl");
    let one = workbench.run(["verify", "--only", "ac1,ac2,ac3,ac4", "--threads", "1"]).exits(0).stdout;
    let many = workbench.run(["verify", "--only", "ac1,ac2,ac3,ac4", "--threads", "7"]).exits(0).stdout;
    assert_eq!(one, many);
    let piped = workbench.run_with(["verify", "-", "--only", "ac2"], &[], lines.as_bytes()).exits(0).stdout;
    assert!(piped.contains("1 corpus"), "{piped}");
}

#[test]
fn a_bad_corpus_is_named_with_its_place_and_nothing_is_said() {
    let good = corpus(&[recording("one")]);
    let workbench = Workbench::new()
        .with("corpora/bad.jsonl", format!("{good}{{\"command\": 5}}\n"))
        .with("corpora/twice.jsonl", format!("{good}{good}"))
        .with("corpora/empty.jsonl", "");
    for (name, expected) in [
        ("bad", "bad.jsonl:2:"),
        ("twice", "twice.jsonl:2:1: command_id occurs twice in this corpus, first on line 1"),
        ("empty", "is empty"),
        ("nowhere", "there is no corpus `nowhere`"),
    ] {
        let ran = workbench.run(["verify", name, "--only", "ac1"]).exits(4);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    workbench.run(["verify", "corpora/bad.jsonl", "bad"]).exits(2);
}

#[test]
fn a_planted_panic_is_not_shown_as_a_bug() {
    let ran = small().run(["verify", "--only", "ac3"]).exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_report_is_written_whole_and_a_stale_one_is_a_finding() {
    let workbench = small();
    workbench.run(["verify", "--report"]).exits(2);
    workbench.run(["verify", "small", "--planted", "--report"]).exits(2);
    let ran = workbench.run(["verify", "--report=corpora/small.jsonl"]).exits(4);
    assert!(ran.stderr.contains("is no verification report"), "{}", ran.stderr);
    assert!(workbench.read("corpora/small.jsonl").starts_with('{'));
    let verify = |more: &str| ["verify", "--rules=reference", "--report=report.md", "-q", more].map(str::to_owned);
    workbench.run(verify("--format=text"));
    let report = workbench.read("report.md");
    for part in ["# Verification report", "## AC4", "## Fault matrix", "None were planted.", "## What could not"] {
        assert!(report.contains(part), "{part}");
    }
    let ran = workbench.run(verify("--check"));
    assert!(!ran.stderr.contains("stale"), "{}", ran.stderr);
    workbench.write("report.md", report.replace("## AC4", "## AC5"));
    let ran = workbench.run(verify("--check"));
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("stale"), "{}", ran.stderr);
    assert!(workbench.read("report.md").contains("## AC5"), "a check writes nothing");
    workbench.run(["verify", "--check"]).exits(2);
}

#[test]
fn the_shipped_report_is_about_this_build_and_these_corpora() {
    let report = shipped("docs/verification-report.md");
    assert!(report.contains(&format!("`corridor` {}", env!("CARGO_PKG_VERSION"))), "written by another version");
    assert!(report.contains("**Verdict: held**"), "the report that is shipped does not say that everything holds");
    assert!(report.contains("0 of 48 went unnoticed"));
}
