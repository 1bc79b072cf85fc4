//! Limits of the machine: exit 4 with the cause, and never an internal error.
#![cfg(unix)]

use crate::recording::mixture;
use crate::workbench::Workbench;

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_kill() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(200));
    let ran = workbench.shell("ulimit -f 1; corridor replay mix --rules reference").exits(4);
    assert!(ran.stderr.contains("caused by: File too large"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: a file may not grow that large here"), "{}", ran.stderr);
    assert!(ran.stdout.is_empty());
}

#[test]
fn too_many_open_files_are_an_error_with_its_cause() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    for files in 4..=9 {
        let ran = workbench.shell(&format!("ulimit -n {files}; corridor replay --check"));
        assert!([0, 4].contains(&ran.code), "{files}: {} {}", ran.code, ran.stderr);
        if ran.code == 4 {
            assert!(ran.stderr.contains("(`ulimit -n`)"), "{files}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_temporary_folder_that_is_not_there_is_named_with_what_to_do() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with("risk.jsonl", "{}\n");
    let nowhere = [("TMPDIR", "/nonexistent-folder")];
    for arguments in [&["sweep", "--timeout", "1,100"][..], &["analyze", "--self-test"]] {
        let ran = workbench.run_with(arguments, &nowhere, b"").exits(4);
        assert!(ran.stderr.contains("/nonexistent-folder"), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("help: set TMPDIR to a folder"), "{arguments:?}: {}", ran.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_error_that_cannot_be_written_changes_no_exit_code() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    workbench.shell("corridor frobnicate 2>/dev/full").exits(2);
    workbench.shell("corridor explain nowhere nothing 2>/dev/full").exits(4);
    workbench.shell("corridor replay --check 2>/dev/full").exits(1);
}

#[test]
fn a_deleted_current_folder_is_an_error_with_its_cause() {
    let workbench = Workbench::new().with("gone/x", "");
    let ran = workbench.shell("cd gone; rm -r ../gone; corridor replay").exits(4);
    assert!(ran.stderr.contains("cannot find the current directory\ncaused by: "), "{}", ran.stderr);
}
