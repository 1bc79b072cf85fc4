//! Every step on disk fails once, or is the last step of the program.
//!
//! A build with debug assertions takes a plan of faults (`CORRIDOR_FAULT`) and reports on standard error when a fault occurred.
//! Each test goes through the steps of a command one by one, until there is no further step.

use crate::recording::{corpus, mixture};
use crate::workbench::{Ran, Workbench, is_new};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// More steps than any command of these tests takes.
const MOST: usize = 400;

/// Runs `arguments` in a project that `make` makes anew, once for each step of the program, and gives each to `check`.
fn each_step(plan: &str, make: impl Fn() -> Workbench, arguments: &[&str], check: impl Fn(&Workbench, &Ran, &str)) {
    for number in 1..=MOST {
        let workbench = make();
        let plan = format!("{plan}:{number}");
        let ran = workbench.run_with(arguments, &[("CORRIDOR_FAULT", &plan), ("CORRIDOR_USER", "ann")], b"");
        if !ran.stderr.contains("fault at step") {
            assert!(number > 3, "{arguments:?} has too few steps to be tested: {number}");
            return;
        }
        assert!(ran.code == -1 || !ran.stderr.contains("panic"), "{plan}: {}", ran.stderr);
        check(&workbench, &ran, &plan);
    }
    panic!("{arguments:?} has more than {MOST} steps");
}

/// Two small corpora with golden, of which each answers something else by now.
fn changed() -> Workbench {
    let recordings = |from: usize| mixture(from + 2).split_off(from);
    let workbench = Workbench::new()
        .with("corridor.toml", "rules = [\"reference\"]\n")
        .with_corpus("one", &recordings(0))
        .with_corpus("two", &recordings(6))
        .with_golden();
    for (name, from) in [("one", 0), ("two", 6)] {
        let mut recordings = recordings(from);
        recordings[0] = recordings[0].clone().regressed();
        workbench.write(&format!("corpora/{name}.jsonl"), corpus(&recordings));
    }
    workbench
}

#[test]
fn a_file_that_was_asked_for_is_whole_or_not_there() {
    let arguments = ["generate", "--count", "3000", "--seed", "1", "--output", "out.jsonl"];
    let whole = Workbench::new();
    whole.run(arguments).exits(0);
    let whole = whole.read("out.jsonl");
    for (plan, older) in [("fail", None), ("kill", None), ("fail", Some("older")), ("kill", Some("older"))] {
        let make = || match older {
            Some(text) => Workbench::new().with("out.jsonl", text),
            None => Workbench::new(),
        };
        each_step(plan, make, &arguments, |workbench, ran, plan| {
            let left: Vec<_> = workbench.tree().into_keys().collect();
            let expected =
                if workbench.has("out.jsonl") { vec!["corridor.toml", "out.jsonl"] } else { vec!["corridor.toml"] };
            assert_eq!(left, expected, "{plan}");
            let is_whole = workbench.has("out.jsonl") && workbench.read("out.jsonl") == whole;
            assert!(is_whole || !workbench.has("out.jsonl") || Some(&*workbench.read("out.jsonl")) == older, "{plan}");
            assert!(matches!(ran.code, 4 | -1) || (ran.code == 0 && is_whole), "{plan}: {}", ran.code);
        });
    }
}

#[test]
fn a_verdict_has_a_whole_receipt_or_none() {
    let evidence = Workbench::new().with_corpus("household", &mixture(12));
    evidence.run(["replay"]).exits(0);
    let arguments = ["gate", "--to", "0.01"];
    for plan in ["fail", "kill"] {
        let seen = Cell::new(None);
        each_step(
            plan,
            || evidence.copy(),
            &arguments,
            |workbench, ran, plan| {
                assert!(matches!(ran.code, 1 | 3 | 4 | -1), "{plan}: {} {}", ran.code, ran.stderr);
                let receipts: Vec<_> =
                    workbench.tree().into_keys().filter(|path| path.starts_with("rollout/")).collect();
                assert!(
                    receipts.iter().all(|path| path.split('.').next_back() == Some("json")),
                    "{plan}: {receipts:?}"
                );
                if seen.replace(Some(receipts.len())) == Some(receipts.len()) {
                    return;
                }
                for receipt in &receipts {
                    workbench.run(["gate", "--check", receipt]).exits(0);
                }
                // The next one continues the chain, whatever is there.
                workbench.run(arguments).says(&[&format!("rollout/receipts/000{}-", receipts.len() + 1)]);
            },
        );
    }
}

#[test]
fn a_replay_leaves_everything_or_nothing() {
    let template = changed();
    let whole = template.copy();
    whole.run(["replay"]).exits(1);
    let (before, after) = (timeless(&template.copy()), timeless(&whole));
    let runs = template.copy().run_folder();
    let latest = |workbench: &Workbench| workbench.read(".corridor/runs/latest-reference");
    let latest_before = latest(&template.copy());
    for plan in ["fail", "from", "kill"] {
        each_step(
            plan,
            || template.copy(),
            &["replay"],
            |workbench, ran, plan| {
                assert!(matches!(ran.code, 1 | 4 | -1), "{plan}: {} {}", ran.code, ran.stderr);
                let left = timeless(workbench);
                if ran.code == 1 {
                    same(&left, &after, plan);
                } else if ran.code == 4 && !workbench.has("golden/.journal.new") {
                    assert!(left == before || left == after, "{plan}: {:?}\n{}", left.keys(), ran.stderr);
                }
                // What is built on the latest run finds what that run found pending.
                let is_half = latest(workbench) != latest_before && left != after;
                assert!(!is_half, "{plan}: {}", ran.stderr);
                let is_stored = workbench.run_folder().iter().any(|name| name.len() == 64 && !runs.contains(name));
                assert_eq!(ran.code == 4 && is_stored, ran.stderr.contains("stored"), "{plan}: {}", ran.stderr);
                workbench.run(["replay"]).exits(1);
                same(&timeless(workbench), &after, plan);
                assert!(!workbench.run_folder().iter().any(|name| name.starts_with('.')), "{plan}");
            },
        );
    }
}

/// Whatever step fails, a settlement is carried out completely or not at all, at once or when it is repeated.
#[test]
fn a_settlement_is_carried_out_completely_or_not_at_all() {
    let template = changed();
    template.run(["replay"]).exits(1);
    let settle = |workbench: &Workbench, action: &str| {
        workbench.run_with([action, "--reason", "so be it"], &[("CORRIDOR_USER", "ann")], b"")
    };
    let before = timeless(&template.copy());
    let [accepted, rejected] = ["accept", "reject"].map(|action| {
        let workbench = template.copy();
        settle(&workbench, action).exits(0);
        timeless(&workbench)
    });
    // Each write into a file that becomes golden is a step, and not only its flush.
    let struck_writes = Cell::new(0);
    for (action, opposite, done, undone) in
        [("accept", "reject", &accepted, &rejected), ("reject", "accept", &rejected, &accepted)]
    {
        for plan in ["fail", "from", "kill"] {
            let arguments = [action, "--reason", "so be it"];
            each_step(
                plan,
                || template.copy(),
                &arguments,
                |workbench, ran, plan| {
                    assert!(matches!(ran.code, 0 | 4 | -1), "{action} {plan}: {} {}", ran.code, ran.stderr);
                    let is_write = ran.stderr.contains(": Write ") && ran.stderr.contains(".json.");
                    struck_writes.set(struck_writes.get() + u32::from(is_write));
                    let left = timeless(workbench);
                    if ran.code == 0 {
                        // What cannot be removed afterwards is swept away later.
                        same(&left, done, &format!("{action} {plan}"));
                        return;
                    }
                    if ran.code == 4 && !workbench.has("golden/.journal.new") {
                        same(&left, &before, &format!("{action} {plan}: {}", ran.stderr));
                    }
                    // Listing what is pending changes nothing.
                    let everything = workbench.everything();
                    workbench.run(["pending"]);
                    assert!(workbench.everything() == everything, "{action} {plan}");
                    let copy = workbench.copy();
                    settle(&copy, opposite);
                    let ended = timeless(&copy);
                    assert!(&ended == undone || &ended == done, "{action} {plan}, then {opposite}");
                    settle(workbench, action);
                    same(&timeless(workbench), done, &format!("{action} {plan}, repeated"));
                    if action == "accept" && plan.starts_with("kill") {
                        workbench.run(["replay"]).exits(0);
                        assert!(workbench.tree().keys().all(|path| !is_new(path)), "{plan}");
                    }
                },
            );
        }
    }
    assert!(struck_writes.get() > 0, "no write into a golden file was struck");
}

/// Asserts that two projects are the same, and names the files that are not.
#[track_caller]
fn same(left: &BTreeMap<String, String>, right: &BTreeMap<String, String>, what: &str) {
    let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let differ: Vec<_> = names.into_iter().filter(|name| left.get(*name) != right.get(*name)).collect();
    assert!(differ.is_empty(), "{what}: {differ:?}");
}

/// The golden folder, without the times in the ledger and without temporary files that the next settlement removes.
fn timeless(workbench: &Workbench) -> BTreeMap<String, String> {
    let files = workbench.tree().into_iter().filter(|(path, _)| !path.ends_with(".part.new"));
    let files = files.map(|(path, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let lines = text.split_inclusive('\n').map(|line| match path.as_str() {
            "golden/LEDGER.jsonl" => line.split_once(r#"","who""#).map_or(line, |(_, rest)| rest).to_owned(),
            _ => line.to_owned(),
        });
        (path.clone(), lines.collect())
    });
    files.collect()
}
