//! Settlements that are refused, interrupted, completed and undone; no other command carries one out in passing.

use crate::recording::{corpus, mixture};
use crate::workbench::{Ran, Workbench, is_new, lines};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, SystemTime};

const LEDGER: &str = "golden/LEDGER.jsonl";
const JOURNAL: &str = "golden/.journal.new";
const GOLDEN: &str = "golden/reference/mix.json";
const PENDING: &str = "golden/reference/mix.json.new";
const CORPORA: [&str; 6] = ["mix", "two", "three", "four", "five", "six"];

/// Golden of some corpora, in each of which two commands now answer something else; the changes are pending.
fn pending(corpora: &[&str]) -> Workbench {
    let mut workbench = Workbench::new();
    for name in corpora {
        workbench = workbench.with_corpus(name, &mixture(12));
    }
    let workbench = workbench.with_golden();
    let mut recordings = mixture(12);
    for number in [0, 6] {
        recordings[number] = recordings[number].clone().regressed();
    }
    for name in corpora {
        workbench.write(&format!("corpora/{name}.jsonl"), corpus(&recordings));
    }
    workbench.run(["replay"]).exits(1);
    workbench
}

/// Length and modification time of everything in `golden`, to see that a listing command writes nothing.
fn traces(workbench: &Workbench) -> BTreeMap<String, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![workbench.path("golden")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.metadata().unwrap();
            found.insert(path.display().to_string(), (metadata.len(), metadata.modified().unwrap()));
            if metadata.is_dir() {
                folders.push(path);
            }
        }
        let metadata = folder.metadata().unwrap();
        found.insert(folder.display().to_string(), (0, metadata.modified().unwrap()));
    }
    found
}

/// The golden files, the pending files and the ledger.
fn golden(workbench: &Workbench) -> BTreeMap<String, Vec<u8>> {
    let mut tree = workbench.tree();
    tree.retain(|path, _| path.starts_with("golden/") && !path.contains("/."));
    tree
}

/// A project in which the command was killed right after it had written its journal.
fn interrupted(arguments: &[&str]) -> Workbench {
    let workbench = pending(&CORPORA);
    for step in 1..=400 {
        workbench.run_with(arguments, &[("CORRIDOR_FAULT", &format!("kill:{step}"))], b"");
        if workbench.has(JOURNAL) {
            return workbench;
        }
    }
    panic!("{arguments:?} never wrote a journal");
}

fn actions(workbench: &Workbench, action: &str) -> usize {
    lines(&workbench.read(LEDGER)).iter().filter(|line| line["action"] == action).count()
}

/// The command after `what` in a message, as words.
fn printed(ran: &Ran, what: &str) -> Vec<String> {
    let (_, rest) = ran.stderr.split_once(what).unwrap_or_else(|| panic!("{}", ran.stderr));
    let command = rest.split([';', '\n']).next().unwrap().trim();
    command.strip_prefix("corridor ").unwrap().split(' ').map(|word| word.trim_matches('"').to_owned()).collect()
}

#[test]
fn a_failed_accept_is_not_carried_out_later() {
    let workbench = pending(&["mix", "two"]);
    let ledger = workbench.read(LEDGER);
    let before = golden(&workbench);
    fs::remove_file(workbench.path(LEDGER)).unwrap();
    fs::create_dir(workbench.path(LEDGER)).unwrap();
    let ran = workbench.run(["accept", "--reason", "once"]).exits(4).says(&["LEDGER.jsonl", "nothing was changed"]);
    assert_eq!(ran.stdout, "");
    workbench.run(["pending"]).exits(1);
    fs::remove_dir(workbench.path(LEDGER)).unwrap();
    workbench.write(LEDGER, &ledger);
    assert_eq!(golden(&workbench), before);
    workbench.run(["pending"]).exits(1);
    workbench.run(["reject", "--reason", "no"]).exits(0);
    let mut after = golden(&workbench);
    after.remove(LEDGER);
    let mut expected = before;
    expected.retain(|path, _| path != LEDGER && !is_new(path));
    assert_eq!(after, expected, "golden stands");
    assert_eq!((actions(&workbench, "accept"), actions(&workbench, "reject")), (4, 4));
}

#[test]
fn an_interrupted_accept_is_completed_only_by_the_same_accept() {
    let accept = ["accept", "--reason", "once"];
    let done = pending(&CORPORA);
    done.run(accept).exits(0);
    let workbench = interrupted(&accept);
    let before = workbench.tree();
    std::thread::sleep(Duration::from_millis(5));
    let seen = traces(&workbench);
    for listing in [
        ["pending"].as_slice(),
        &["pending", "--format", "json"],
        &["review"],
        &["replay", "--check"],
        &["diff", "golden", "golden"],
        &["report"],
        &["accept", "--help"],
    ] {
        let ran = workbench.run(listing);
        assert!(ran.code <= 3, "{listing:?}: {}", ran.stderr);
        if listing[1..] != ["--help"] {
            let ran = ran.says(&[
                "a settlement is interrupted: accept of ",
                "completes it as well: corridor check --repair",
                "to undo it: corridor reject ",
            ]);
            for refused in ["corridor accept", "corridor reject", "corridor review"] {
                assert!(!ran.stdout.contains(refused), "{listing:?} proposes what is refused: {}", ran.stdout);
            }
            assert_eq!(ran.stderr.matches("a settlement is interrupted").count(), 1, "{}", ran.stderr);
        }
    }
    assert_eq!(workbench.run(["pending", "--format", "json"]).json()["files"].as_array().unwrap().len(), 12);
    assert_eq!(traces(&workbench), seen, "looking writes nothing");
    for other in [
        ["accept", "mix", "--reason", "x"].as_slice(),
        &["accept", "--case", "mix:case-000", "--reason", "x"],
        &["accept", "nowhere", "--reason", "x"],
        &["reject", "two"],
        &["replay"],
        &["replay", "mix", "--new"],
    ] {
        workbench
            .run(other)
            .exits(4)
            .says(&["a settlement is interrupted: accept of ", "help: to complete it: corridor accept "]);
        assert_eq!(workbench.tree(), before, "{other:?}");
    }
    let ran = workbench.run(accept).exits(0);
    assert!(ran.stdout.starts_with("completed what was interrupted: accept of "), "{}", ran.stdout);
    let without_ledger = |workbench: &Workbench| {
        let mut golden = golden(workbench);
        golden.remove(LEDGER);
        golden
    };
    assert_eq!(without_ledger(&workbench), without_ledger(&done));
    assert_eq!(lines(&workbench.read(LEDGER)).len(), lines(&done.read(LEDGER)).len());
    workbench.run(["replay"]).exits(0);
    assert!(workbench.tree().keys().all(|path| !is_new(path)));
}

#[test]
fn rejecting_an_interrupted_accept_undoes_it_first() {
    let before = pending(&CORPORA);
    let workbench = interrupted(&["accept", "--reason", "once"]);
    let message = workbench.run(["pending"]).exits(1);
    let undo = printed(&message, "to undo it: ");
    let ran = workbench.run(&undo).exits(0);
    assert!(ran.stdout.starts_with("undid what was interrupted: accept of "), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("rejected 2 changes of ")).count(), 12);
    for rules in ["reference", "strict"] {
        for name in CORPORA {
            let file = format!("golden/{rules}/{name}.json");
            assert_eq!(workbench.read(&file), before.read(&file));
        }
    }
    assert_eq!((actions(&workbench, "accept"), actions(&workbench, "reject")), (12, 12));
    workbench.run(["pending"]).exits(0);
}

#[test]
fn the_printed_commands_complete_cases_and_groups_in_a_named_golden_folder() {
    let group = |workbench: &Workbench| {
        let json = workbench.run(["pending", "--format", "json"]).json();
        let group = &json["changes"]["groups"][0];
        format!("{:.12}@{:.12}", group["fingerprint"].as_str().unwrap(), group["members"].as_str().unwrap())
    };
    let name = group(&pending(&CORPORA));
    let all: Vec<String> = CORPORA.iter().map(|corpus| format!("{corpus}:case-000")).collect();
    let mut cases = vec!["accept", "--golden", "golden", "--reason", "x"];
    for case in &all {
        cases.extend(["--case", case]);
    }
    for arguments in [cases.as_slice(), &["accept", "--group", &name, "--reason", "x"]] {
        let workbench = interrupted(arguments);
        let message = workbench.run(["pending", "--golden", "golden"]).exits(1).says(&["--golden golden"]);
        let complete = printed(&message, "to complete it: ");
        let ran = workbench.run(&complete).exits(0);
        assert!(ran.stdout.starts_with("completed what was interrupted: accept of "), "{}", ran.stdout);
        let ledger = lines(&workbench.read(LEDGER));
        let reasons: Vec<_> = ledger[12..].iter().map(|line: &Value| line["reason"].clone()).collect();
        assert!(reasons.len() > 1 && reasons.iter().all(|reason| reason == "x"), "{reasons:?}: {complete:?}");
    }
}

#[test]
fn a_damaged_ledger_fails_a_check_and_takes_no_line() {
    let workbench = pending(&["mix"]);
    let ledger = workbench.read(LEDGER);
    let (first, _) = ledger.split_once('\n').unwrap();
    for (text, place, what) in [
        (format!("{first}\n<<<<<<< HEAD\n{first}\n=======\n>>>>>>> x\n"), "LEDGER.jsonl:2:1", "conflict marker"),
        (format!("{ledger}{}", &first[..40]), "LEDGER.jsonl:3:40", "ends too early"),
        (ledger.trim_end().to_owned(), "LEDGER.jsonl:2:1", "no line end"),
        (ledger.replacen("accept", "adopt", 1), "LEDGER.jsonl:1:", "`action`"),
        (format!("\u{feff}{ledger}"), "LEDGER.jsonl:1:1", "not JSON"),
    ] {
        workbench.write(LEDGER, &text);
        let before = workbench.tree();
        workbench.run(["replay", "--check"]).exits(4).says(&["error: ", place, what, "help: "]);
        workbench.run_with(["replay"], &[("CI", "true")], b"").exits(4).says(&[place]);
        for action in ["accept", "reject"] {
            workbench.run([action, "--reason", "x"]).exits(4).says(&["error: ", place, what, "help: "]);
        }
        assert_eq!(workbench.tree(), before, "{what}");
        workbench.run(["replay"]).exits(1).says(&["warning: ", place]);
    }
    workbench.write(LEDGER, ledger);
    workbench.run(["accept", "--reason", "x"]).exits(0);
}

#[test]
fn an_edited_pending_file_does_not_become_golden() {
    let workbench = pending(&["mix"]);
    let found = workbench.read(PENDING);
    for edited in [found.replace("  ", "\t"), found.replace('\n', "\r\n"), found.replace("\"regressed\"", "\"agreed\"")]
    {
        workbench.write(PENDING, edited);
        let before = workbench.tree();
        workbench.run(["accept", "--reason", "x"]).exits(4).says(&["mix.json.new", "replay again"]);
        assert_eq!(workbench.tree(), before);
    }
    workbench.run(["replay"]).exits(1);
    workbench.run(["accept", "--reason", "x"]).exits(0);
    assert_eq!(workbench.read(GOLDEN), found);
}

#[test]
fn pending_works_without_writing_anything() {
    let workbench = pending(&["mix"]);
    fs::remove_file(workbench.path("golden/.lock")).unwrap();
    let before = traces(&workbench);
    for listing in [["pending"].as_slice(), &["pending", "--format", "json"], &["review"], &["replay", "--check"]] {
        workbench.run(listing).exits(1);
        assert_eq!(traces(&workbench), before, "{listing:?}");
    }
}

#[cfg(unix)]
#[test]
fn golden_that_is_a_link_stays_one_and_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let workbench = pending(&["mix"]);
    let new = workbench.read(PENDING);
    fs::create_dir(workbench.path("elsewhere")).unwrap();
    fs::rename(workbench.path(GOLDEN), workbench.path("elsewhere/golden")).unwrap();
    symlink("../../elsewhere/golden", workbench.path(GOLDEN)).unwrap();
    let mode = |path: &str| fs::metadata(workbench.path(path)).unwrap().permissions().mode() & 0o777;
    for (path, mode) in [("elsewhere/golden", 0o640), (LEDGER, 0o664), ("golden/strict/mix.json", 0o604)] {
        fs::set_permissions(workbench.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    workbench.run(["accept", "--reason", "x"]).exits(0);
    assert!(workbench.path(GOLDEN).symlink_metadata().unwrap().is_symlink());
    assert_eq!(workbench.read("elsewhere/golden"), new);
    assert_eq!(fs::read_dir(workbench.path("elsewhere")).unwrap().count(), 1);
    assert_eq!((mode("elsewhere/golden"), mode(LEDGER), mode("golden/strict/mix.json")), (0o640, 0o664, 0o604));
    workbench.run(["replay", "--check"]).exits(0);
}

#[test]
fn nothing_is_wrong_with_the_golden_files_that_are_shipped() {
    let workbench = Workbench::clone_of_shipped();
    let flaws = corridor::golden::Store::new(workbench.path("golden")).flaws(&["reference", "strict"]).unwrap();
    assert_eq!(flaws, []);
}

#[test]
fn a_repair_does_what_was_announced() {
    let interrupted = interrupted(&["accept", "--reason", "once"]);
    let said = |workbench: &Workbench| {
        let ran = workbench.run(["check"]).exits(1);
        let repaired = workbench.run(["check", "--repair"]);
        (ran.stdout, repaired.stdout)
    };
    let undone = interrupted.copy();
    let (told, done) = said(&interrupted.copy());
    assert!(told.contains("completes it") && done.contains("completed: accept of "), "{told}\n{done}");
    // Without a file that is needed to complete it, it can only be undone.
    let journal: Value = serde_json::from_str(&interrupted.read(JOURNAL)).unwrap();
    let mut prepared = journal["files"].as_array().unwrap().iter().filter_map(|file| {
        let folder = file["file"].as_str()?.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Some(format!("golden/{folder}{}", file["prepared"].as_str()?))
    });
    let prepared = prepared.rfind(|path| undone.has(path));
    fs::remove_file(undone.path(&prepared.unwrap())).unwrap();
    let refused = undone.run(["replay"]).exits(4);
    refused.says(&["it cannot be completed any more", "to undo it: corridor check --repair"]);
    let (told, done) = said(&undone);
    assert!(told.contains("undoes it") && done.contains("undone: accept of "), "{told}\n{done}");
}

#[cfg(unix)]
#[test]
fn the_link_of_a_pending_file_is_removed_with_it() {
    let workbench = pending(&["mix"]);
    fs::create_dir(workbench.path("elsewhere")).unwrap();
    fs::rename(workbench.path(PENDING), workbench.path("elsewhere/pending")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere/pending", workbench.path(PENDING)).unwrap();
    workbench.run(["accept", "--case", "case-000", "--rules", "reference", "--reason", "one"]).exits(0);
    assert!(workbench.path(PENDING).is_symlink() && workbench.has("elsewhere/pending"), "the rest is still pending");
    workbench.run(["accept", "--reason", "all"]).exits(0);
    assert!(!workbench.path(PENDING).is_symlink() && !workbench.has("elsewhere/pending"));
    workbench.run(["check"]).exits(0);
}
