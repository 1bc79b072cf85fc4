//! Damaged runs: every reader names the file that differs.

use crate::recording::recording;
use crate::workbench::{Run, Workbench};
use corridor::run::check_run;
use std::fs;
use std::path::Path;

const FILES: [&str; 5] = ["run.json", "summary.json", "outcomes.jsonl", "risk.jsonl", "junit.xml"];

/// A damage, how it is done to a file, and a part of the message about it.
type Harm = (&'static str, fn(&Path), &'static str);

fn edit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    // A digit or a letter becomes another one: the length stays, and the syntax.
    let at = bytes.iter().rposition(u8::is_ascii_alphanumeric).unwrap();
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn harms() -> Vec<Harm> {
    let mut harms: Vec<Harm> = vec![
        ("edited", edit, ""),
        ("cut", cut, ""),
        ("emptied", |path| fs::write(path, "").unwrap(), ""),
        ("appended to", |path| fs::write(path, fs::read_to_string(path).unwrap() + "\n").unwrap(), ""),
        ("removed", |path| fs::remove_file(path).unwrap(), "is missing"),
        (
            "a folder",
            |path| {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            },
            "is not a regular file",
        ),
    ];
    if cfg!(unix) {
        harms.push(("a link", link, "is a symbolic link"));
    }
    harms
}

#[cfg(unix)]
fn link(path: &Path) {
    let elsewhere = path.with_extension("elsewhere");
    fs::rename(path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(elsewhere, path).unwrap();
}

#[cfg(not(unix))]
fn link(_: &Path) {}

fn project() -> Workbench {
    let corpus = [recording("one"), recording("two"), recording("three")];
    let workbench = Workbench::new().with_corpus("small", &corpus).with("log.jsonl", "").with_golden();
    workbench.run(["replay"]).exits(0);
    workbench
}

fn restore(run: &Run, name: &str, bytes: &[u8]) {
    let path = run.folder.join(name);
    if path.is_dir() {
        fs::remove_dir(&path).unwrap();
    } else if path.symlink_metadata().is_ok() {
        fs::remove_file(&path).unwrap();
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn every_reader_says_which_file_of_a_run_differs() {
    let workbench = project();
    let run = workbench.latest("reference");
    let folder = run.folder.display().to_string();
    let commands: &[&[&str]] = &[
        &["report"],
        &["report", "latest-reference", "--format", "json"],
        &["report", &folder, "--format", "markdown"],
        &["diff", "latest-reference", "latest-strict"],
        &["diff", "golden/reference", &folder],
        &["gate", "--to", "0.01", "--dry-run", "--run", &folder],
        &["accept", "--new", "--rules", "reference", "--reason", "x"],
        &["fidelity", "--risk-log", "log.jsonl"],
    ];
    assert_eq!(check_run(&run.folder), []);
    for file in FILES {
        let path = run.folder.join(file);
        let bytes = fs::read(&path).unwrap();
        for (what, harm, says) in harms() {
            harm(&path);
            let found = check_run(&run.folder);
            assert!(found.iter().any(|damage| damage.file == file), "{file} {what}: {found:?}");
            for command in commands {
                // `fidelity` does not read it; all readers look for damage in the same place; a gate takes its time.
                let is_unread = file == "junit.xml" && command[0] == "fidelity";
                let is_said_before = command[0] == "gate" && !file.starts_with('o');
                if is_unread || is_said_before || (what != "edited" && command.len() > 1) {
                    continue;
                }
                let ran = workbench.run(*command).exits(4);
                let said = ran.stdout.clone() + &ran.stderr;
                assert!(said.contains(file) && said.contains(says), "{file} {what} {command:?}: {said}");
                assert!(said.contains("replay again"), "{file} {what} {command:?}: {said}");
            }
            restore(&run, file, &bytes);
        }
        assert_eq!(check_run(&run.folder), [], "{file}");
    }
    for command in commands.iter().filter(|command| command[0] == "report") {
        workbench.run(*command).exits(0);
    }
}

#[test]
fn a_replay_repairs_a_damaged_run_and_leaves_an_intact_one_alone() {
    let workbench = project();
    let run = workbench.latest("strict");
    let before: Vec<_> = FILES.iter().map(|file| run.read(file)).collect();
    for file in FILES {
        let path = run.folder.join(file);
        for (what, harm, _) in harms() {
            harm(&path);
            workbench.run(["replay"]).exits(0);
            let after: Vec<_> = FILES.iter().map(|file| run.read(file)).collect();
            assert_eq!(before, after, "{file} {what}");
            assert_eq!(check_run(&run.folder), [], "{file} {what}");
        }
    }
    let time = || run.folder.join("run.json").metadata().unwrap().modified().unwrap();
    let written = time();
    workbench.run(["replay"]).exits(0);
    assert_eq!(time(), written, "the same run stays as it is");
    assert_eq!(workbench.run_folder().iter().filter(|name| name.starts_with('.')).count(), 0);
}

#[test]
fn a_run_of_another_format_is_refused_with_the_command_that_creates_it_again() {
    let workbench = project();
    let run = workbench.latest("strict");
    let record = run.read("run.json");
    let old = record.replace("\"format\": 2", "\"format\": 1").replace("\"files\"", "\"parts\"");
    assert_ne!(old, record);
    fs::write(run.folder.join("run.json"), old).unwrap();
    let commands: [&[&str]; 5] = [
        &["report"],
        &["diff", "latest-reference", "latest-strict"],
        &["gate", "--to", "0.01", "--rules", "strict"],
        &["accept", "--new", "--reason", "x"],
        &["fidelity", "--rules", "strict", "--risk-log", "log.jsonl"],
    ];
    for command in commands {
        workbench.run(command).exits(4).says(&["run.json", "is of format 1", "corridor replay --rules strict"]);
    }
}

#[test]
fn a_pointer_to_a_run_of_other_rules_is_reported() {
    let workbench = project();
    workbench.write(".corridor/runs/latest-strict", workbench.read(".corridor/runs/latest-reference"));
    workbench.run(["report"]).exits(4).says(&["latest-strict", "replay again"]);
    workbench.run(["gate", "--to", "0.01", "--rules", "strict"]).exits(4).says(&["latest-strict"]);
}

#[test]
fn the_evidence_of_a_receipt_is_checked_in_all_files_of_the_run() {
    let workbench = project();
    workbench.run(["gate", "--to", "0.01"]).exits(3);
    let receipt = fs::read_dir(workbench.path("rollout/receipts")).unwrap().next().unwrap().unwrap().path();
    let check = ["gate", "--check", receipt.to_str().unwrap()];
    workbench.run(check).exits(0);
    for file in ["outcomes.jsonl", "junit.xml"] {
        let run = workbench.latest("reference");
        let bytes = fs::read(run.folder.join(file)).unwrap();
        edit(&run.folder.join(file));
        let ran = workbench.run(check).exits(4);
        assert!(ran.stdout.contains(file), "{file}: {}", ran.stdout);
        restore(&run, file, &bytes);
    }
}
