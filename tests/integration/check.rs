//! `corridor check`: what is stored is looked through, and what is wrong is named.

use crate::recording::{corpus, mixture};
use crate::workbench::Workbench;
use std::fs;

/// Golden, a ledger, two runs and a receipt.
fn stored() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    workbench.run(["gate", "--to", "0.01"]);
    workbench
}

/// What becomes of the bytes of a file.
type Damage<'a> = &'a dyn Fn(Vec<u8>) -> Vec<u8>;

fn damage(path: &str, how: impl Fn(Vec<u8>) -> Vec<u8>) -> Workbench {
    let workbench = stored();
    let path = path.replace("RUN", workbench.read(".corridor/runs/latest-strict").trim());
    let bytes = fs::read(workbench.path(&path)).unwrap();
    workbench.write(&path, how(bytes));
    workbench
}

#[test]
fn nothing_is_wrong_with_what_the_program_wrote_and_nothing_is_written() {
    let workbench = stored();
    let before = workbench.everything();
    let shown = workbench.run(["check"]).exits(0).stdout;
    assert_eq!(
        shown,
        "nothing is wrong\nlooked through: 2 golden files, 0 pending files, 2 ledger lines, 2 runs, 1 receipt\n"
    );
    let json = workbench.run(["check", "--format", "json"]).exits(0).json();
    assert_eq!(json["format"], 1);
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(0));
    assert_eq!(workbench.everything(), before);
}

#[test]
fn without_anything_stored_a_check_is_inconclusive() {
    let shown = Workbench::new().run(["check"]).exits(3).stdout;
    assert!(shown.starts_with("nothing is stored"), "{shown}");
}

#[test]
fn each_kind_of_damage_is_named_with_its_file_and_help() {
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let none = |_: Vec<u8>| Vec::new();
    let marked = |bytes: Vec<u8>| [b"<<<<<<< ours\n".to_vec(), bytes].concat();
    let cases: [(&str, Damage); 12] = [
        (".corridor/runs/RUN/run.json", &cut),
        (".corridor/runs/RUN/summary.json", &none),
        (".corridor/runs/RUN/outcomes.jsonl", &cut),
        (".corridor/runs/RUN/risk.jsonl", &marked),
        (".corridor/runs/RUN/junit.xml", &none),
        (".corridor/runs/latest-strict", &cut),
        ("golden/strict/mix.json", &cut),
        ("golden/strict/mix.json", &marked),
        ("golden/LEDGER.jsonl", &cut),
        ("golden/LEDGER.jsonl", &marked),
        ("golden/LEDGER.jsonl", &none),
        ("rollout/receipts/0001-0.01-inconclusive.json", &cut),
    ];
    for (path, how) in cases {
        let workbench = damage(path, how);
        let before = workbench.everything();
        let shown = workbench.run(["check"]).exits(1).stdout;
        let name = path.rsplit('/').next().unwrap();
        let place = if path == "golden/LEDGER.jsonl" { "golden/" } else { name };
        assert!(shown.contains(place) && shown.contains("help: "), "{path}: {shown}");
        assert!(shown.contains(" wrong\n"), "{path}: {shown}");
        assert_eq!(workbench.everything(), before, "{path}");
    }
}

#[test]
fn unused_files_are_named() {
    let workbench = stored();
    for path in [".corridor/runs/notes.txt", "golden/strict/mix.json.orig", "golden/unheard-of/mix.json"] {
        workbench.write(path, "x");
    }
    let shown = workbench.run(["check"]).exits(1).stdout;
    for name in ["notes.txt", "mix.json.orig", "unheard-of"] {
        assert!(shown.contains(name), "{name}: {shown}");
    }
    assert!(shown.starts_with("3 things are wrong\n"), "{shown}");
}

#[test]
fn a_pending_change_is_no_damage_and_one_that_was_edited_is() {
    let workbench = stored();
    let mut recordings = mixture(6);
    recordings[0] = recordings[0].clone().regressed();
    workbench.write("corpora/mix.jsonl", corpus(&recordings));
    workbench.run(["replay", "--rules", "strict"]).exits(1);
    let shown = workbench.run(["check"]).exits(0).stdout;
    assert!(shown.contains("1 pending file,"), "{shown}");
    let pending = workbench.read("golden/strict/mix.json.new");
    workbench.write("golden/strict/mix.json.new", pending.replacen("case-001", "case-0011", 1));
    let shown = workbench.run(["check"]).exits(1).stdout;
    assert!(shown.contains("mix.json.new"), "{shown}");
}
