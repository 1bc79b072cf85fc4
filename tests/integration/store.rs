//! Where runs are stored, what a place that cannot be written to stops, and which run is the latest.

use crate::recording::recording;
use crate::workbench::Workbench;
use std::fs;

fn project() -> Workbench {
    Workbench::new()
        .with_corpus("small", &["one", "two", "three"].map(recording))
        .with_corpus("more", &["four", "five"].map(recording))
}

/// With golden, and without a place for runs: a file stands in its way.
fn unwritable() -> Workbench {
    let workbench = project().with_golden();
    fs::remove_dir_all(workbench.path(".corridor")).unwrap();
    workbench.with(".corridor", "a file")
}

#[test]
fn runs_are_stored_and_found_where_the_flag_the_variable_or_the_project_says() {
    let workbench = project().with("log.jsonl", "");
    let toml = workbench.read("corridor.toml");
    workbench.write("corridor.toml", format!("store = \"of-project\"\n{toml}"));
    let stores = [
        (vec![], vec![], "of-project"),
        (vec![], vec![("CORRIDOR_STORE", "of-variable")], "of-variable"),
        (vec!["--store", "of-flag"], vec![("CORRIDOR_STORE", "of-variable")], "of-flag"),
    ];
    for (flags, variables, folder) in stores {
        let run = |arguments: &[&str]| workbench.run_with([arguments, &flags].concat(), &variables, b"");
        run(&["report"]).exits(4);
        run(&["replay"]).exits(0);
        assert!(workbench.has(&format!("{folder}/latest-strict")), "{folder}");
        run(&["report"]).exits(3);
        run(&["diff", "latest-reference", "latest-strict"]);
        if folder == "of-flag" {
            run(&["gate", "--to", "0.01", "--dry-run"]).exits(3);
        }
        run(&["fidelity", "--risk-log", "log.jsonl"]).exits(3);
        run(&["accept", "--new", "--reason", "first"]).exits(0);
        run(&["report"]).exits(0);
        fs::remove_dir_all(workbench.path("golden")).unwrap();
    }
    assert!(!workbench.has(".corridor"));
}

#[test]
fn a_check_needs_no_place_for_its_run() {
    let workbench = unwritable();
    let before = workbench.tree();
    for rules in [vec![], vec!["--rules", "strict"]] {
        let ran = workbench.run([vec!["replay", "--check"], rules].concat()).exits(0);
        assert!(ran.stdout.contains("nothing changed against golden"), "{}", ran.stdout);
        ran.says(&["note: cannot", "the run of this check is not stored"]);
    }
    workbench.run(["replay", "--check", "--env", "PARTIAL_TRUST_ENABLED=false"]).exits(1);
    let decided = workbench.run(["decide", "corpora/small.jsonl"]).exits(0).stdout;
    workbench.write("mine.jsonl", decided);
    workbench.run(["replay", "small", "--decisions", "mine.jsonl", "--golden", "golden", "--check"]).exits(0);
    let input = workbench.read("corpora/small.jsonl");
    let arguments = ["replay", "-", "--name", "small", "--check", "--keep-going"];
    workbench.run_with(arguments, &[], input.as_bytes()).exits(0);
    fs::remove_file(workbench.path("mine.jsonl")).unwrap();
    assert_eq!(workbench.tree(), before);
    // A command that needs a run gets one, or says why not.
    workbench.run(["replay"]).exits(4).says(&["error: cannot", ".corridor"]);
    assert_eq!(workbench.tree(), before);
}

#[test]
fn existing_folders_stay_when_a_replay_fails() {
    let workbench = project().with("corpora/bad.jsonl", "no json\n");
    fs::create_dir_all(workbench.path("mine/runs")).unwrap();
    workbench.run(["replay", "--store", "mine/runs"]).exits(4);
    assert!(workbench.has("mine/runs"));
    workbench.run(["replay", "--store", "new/runs"]).exits(4);
    assert!(!workbench.has("new"), "what was made for it is gone with it");
    workbench.run(["replay"]).exits(4);
    assert!(!workbench.has(".corridor"));
}

#[test]
fn a_report_writes_nothing_into_the_run() {
    let workbench = project().with_golden();
    workbench.run(["replay"]).exits(0);
    let times = |workbench: &Workbench| {
        let run = workbench.latest("strict").folder;
        let time = run.metadata().unwrap().modified().unwrap();
        (time, fs::read_dir(run).unwrap().count())
    };
    let before = times(&workbench);
    for format in ["text", "html"] {
        workbench.run(["report", "--format", format]).exits(0);
        workbench.run(["diff", "latest-reference", "latest-strict", "--format", format]);
    }
    assert_eq!(times(&workbench), before);
}

#[test]
fn a_run_of_a_part_does_not_take_the_place_of_a_run_of_everything() {
    let workbench = project();
    let latest = |workbench: &Workbench| workbench.read(".corridor/runs/latest-strict");
    let replay = |arguments: &[&str]| workbench.run([&["replay", "--rules", "strict"], arguments].concat()).exits(0);
    // Who only ever replays one corpus has a latest run.
    replay(&["small"]);
    let small = latest(&workbench);
    workbench.run(["report", "latest-strict"]).exits(3);
    replay(&["more"]);
    let more = latest(&workbench);
    assert_ne!(small, more);
    replay(&[]);
    let all = latest(&workbench);
    for part in [&["small"][..], &["more"], &["more", "--threads", "1"], &["small", "--golden", "corpora"]] {
        let ran = replay(part).says(&["not as the latest run", ".corridor/runs/"]);
        assert!(ran.stderr.contains(&all[..12]), "{}", ran.stderr);
        assert_eq!(latest(&workbench), all, "{part:?}");
    }
    // Neither does a corpus from elsewhere.
    workbench.write("other.jsonl", workbench.read("corpora/small.jsonl"));
    replay(&["other.jsonl"]);
    assert_eq!(latest(&workbench), all);
    // All of them by name are all of them.
    workbench.write("corpora/more.jsonl", recording("six").line() + "\n");
    replay(&["small", "more"]);
    assert_ne!(latest(&workbench), all);
    // A pointer to a missing run blocks nothing.
    workbench.write(".corridor/runs/latest-strict", "nowhere\n");
    replay(&["small"]);
    assert_eq!(latest(&workbench), small);
}

/// Two checkouts of one project, with runs in one place.
fn two_projects() -> (Workbench, Workbench, tempfile::TempDir) {
    let one = Workbench::new().with_corpus("small", &["one", "two", "three"].map(recording));
    let other = Workbench::new().with_corpus("small", &["four", "five"].map(recording));
    (one, other, tempfile::tempdir().unwrap())
}

#[test]
fn runs_of_another_project_in_the_same_folder_are_not_used() {
    let (one, other, folder) = two_projects();
    let store = folder.path().to_str().unwrap();
    let run =
        |workbench: &Workbench, arguments: &[&str]| workbench.run_with(arguments, &[("CORRIDOR_STORE", store)], b"");
    other.write("log.jsonl", "");
    run(&one, &["replay"]).exits(0);
    let refusing: [&[&str]; 7] = [
        &["report"],
        &["report", "latest-strict"],
        &["accept", "--new", "--reason", "first"],
        &["diff", "latest-reference", "latest-strict"],
        &["gate", "--to", "0.01", "--dry-run"],
        &["gate", "--to", "0.01"],
        &["fidelity", "--risk-log", "log.jsonl"],
    ];
    let before = other.tree();
    for arguments in refusing {
        let ran = run(&other, arguments).exits(4);
        let told = ran.says(&["there is no complete run", store, "of other projects", "corridor replay"]);
        assert_eq!(told.stdout, "", "{arguments:?}");
    }
    assert_eq!(other.tree(), before);
    // With a run of its own, each project sees its own, whichever came last.
    run(&other, &["replay"]).exits(0);
    run(&one, &["accept", "--new", "--reason", "first"]).exits(0);
    run(&other, &["accept", "--new", "--reason", "first"]).exits(0);
    for (workbench, ids) in [(&one, 3), (&other, 2)] {
        assert_eq!(workbench.read("golden/strict/small.json").matches("\"command_id\"").count(), ids);
        run(workbench, &["report"]).exits(0);
        run(workbench, &["replay", "--check"]).exits(0);
    }
    // A run of everything in one project keeps no part of another from being its latest.
    run(&one, &["check"]).exits(0);
    assert!(run(&other, &["replay", "small"]).exits(0).stderr.is_empty());
}

#[test]
fn a_project_within_another_keeps_its_own_latest_run() {
    let workbench = project();
    workbench.write("inner/corridor.toml", "");
    workbench.write("inner/corpora/inside.jsonl", recording("inside").line() + "\n");
    workbench.run(["replay", "--config", "inner/corridor.toml"]).exits(0);
    workbench.run(["replay", "--store", "inner/.corridor/runs"]).exits(0);
    let inner = workbench.run(["report", "--config", "inner/corridor.toml"]).exits(3).stdout;
    assert!(inner.contains("inside") && !inner.contains("small"), "{inner}");
    let outer = workbench.run(["report", "--store", "inner/.corridor/runs"]).exits(3).stdout;
    assert!(outer.contains("small") && !outer.contains("inside"), "{outer}");
}

#[test]
fn another_project_file_beside_ours_is_another_project() {
    let workbench = project();
    workbench.write("other.toml", workbench.read("corridor.toml"));
    workbench.run(["replay"]).exits(0);
    workbench.run(["report", "--config", "other.toml"]).exits(4).says(&["of other projects"]);
    workbench.run(["replay", "--config", "other.toml", "--env", "PARTIAL_TRUST_TIMEOUT_MS=200"]);
    workbench.run(["replay", "--config", "other.toml"]).exits(0);
    workbench.run(["report", "--config", "other.toml"]).exits(3);
    workbench.run(["check"]).exits(0);
}

#[test]
fn a_project_that_moves_finds_the_runs_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let workbench = project();
    workbench.run(["replay"]).exits(0);
    workbench.shell(&format!("mkdir '{0}/moved' && cp -r . '{0}/moved'", folder.path().display())).exits(0);
    let moved = workbench.shell(&format!("cd '{}/moved' && corridor report", folder.path().display()));
    moved.exits(3);
}

#[test]
fn golden_is_not_created_from_recordings_that_have_changed() {
    let workbench = project();
    workbench.run(["replay"]).exits(0);
    workbench.write("corpora/small.jsonl", recording("six").line() + "\n");
    // As a copy that keeps the time of its original.
    #[cfg(unix)]
    workbench.shell("touch -d 2020-01-01 corpora/small.jsonl").exits(0);
    let ran = workbench.run(["accept", "--new", "--reason", "first"]).exits(4);
    ran.says(&["the corpus small has changed since the latest run", "corridor replay"]);
    assert!(!workbench.has("golden/strict/more.json") && !workbench.has("golden/strict/small.json"));
    let report = workbench.run(["report"]).exits(3);
    assert!(report.stdout.contains("other recordings than the corpus holds now"), "{}", report.stdout);
    // The other corpus is what it was.
    workbench.run(["accept", "more", "--new", "--reason", "first"]).exits(0);
    // Touched is not changed.
    workbench.run(["replay"]).exits(0);
    workbench.write("corpora/small.jsonl", workbench.read("corpora/small.jsonl"));
    workbench.run(["accept", "--new", "--reason", "first"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_full_stops_no_check() {
    let workbench = project().with_golden();
    let check = ["replay", "--check"];
    let before = workbench.tree();
    let mut struck = 0;
    for number in 1..200 {
        let plan = format!("fail:{number}");
        let ran = workbench.run_with(check, &[("CORRIDOR_FAULT", &plan)], b"");
        if !ran.stderr.contains("fault at step") {
            break;
        }
        struck += 1;
        let ran = ran.exits(0);
        assert!(ran.stdout.contains("nothing changed against golden"), "{plan}: {}", ran.stdout);
        // Folders that were created for a failed run are removed already.
        let _ = fs::remove_dir_all(workbench.path(".corridor"));
    }
    assert!(struck > 10, "{struck}");
    assert_eq!(workbench.tree(), before);
}
