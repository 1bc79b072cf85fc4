//! What `--base` says where Git does not do what it is asked for: a stand-in for Git plays each way.
use crate::recording::mixture;
use crate::workbench::{Ran, Workbench};
use std::os::unix::fs::PermissionsExt;

/// `diff --base main`, with a shell script in place of Git.
fn diff_with(git: &str) -> Ran {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let script = format!("#!/bin/sh\nshift 2\n{git}\n");
    let workbench = workbench.with("bin/git", script);
    let path = workbench.path("bin/git");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", workbench.path("bin").display());
    workbench.run_with(["diff", "--base", "main"], &[("PATH", &path)], b"")
}

#[test]
fn a_checkout_of_another_user_is_reported_as_such() {
    let said = "fatal: detected dubious ownership in repository at '/builds/x'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /builds/x";
    let ran = diff_with(&format!("cat >&2 <<'E'\n{said}\nE\nexit 128")).exits(4);
    ran.says(&[
        "error: Git cannot look for the commit `main`",
        "caused by: Git says (exit status: 128):\nfatal: detected dubious ownership in repository at '/builds/x'\nTo add an",
        r"\u{9}git config --global --add safe.directory /builds/x",
        "help: Git does not trust a checkout of another user until it is told to: git config --global --add safe.directory /builds/x",
    ]);
}

#[test]
fn each_failure_has_its_own_advice() {
    let said = |words: &str| format!("echo '{words}' >&2; exit 128");
    diff_with(&said("fatal: not a git repository (or any of the parent directories): .git"))
        .exits(4)
        .says(&["fatal: not a git repository", "help: the golden folder has to be in a Git repository"]);
    let unknown = "[ \"$2\" = --is-shallow-repository ] && echo SHALLOW && exit; echo 'fatal: Needed a single revision' >&2; exit 128";
    diff_with(&unknown.replace("SHALLOW", "true")).exits(4).says(&[
        "error: Git finds no commit `main`",
        "fatal: Needed a single revision",
        "git fetch --unshallow",
    ]);
    diff_with(&unknown.replace("SHALLOW", "false")).exits(4).says(&["`git branch --all` and `git tag` list"]);
    diff_with("kill -9 $$").exits(4).says(&["error: Git cannot look", "caused by: Git says nothing (signal: 9"]);
    let first = "[ $1 = rev-parse ] && echo 4f0c1d2e && exit;";
    diff_with(&format!("{first} echo 'fatal: bad tree' >&2; exit 128"))
        .exits(4)
        .says(&["error: Git cannot list what", "fatal: bad tree"]);
}

#[test]
fn a_file_that_breaks_off_has_its_cause() {
    let script = "case $1 in rev-parse) echo 4f0c1d2e;; ls-tree) printf 'reference/mix.json\\0';;
        *) printf '[\\n'; echo 'error: inflate: data stream error' >&2; echo 'fatal: loose object is corrupt' >&2; exit 128;; esac";
    diff_with(script).exits(4).says(&[
        "Git could not read all of it. Git says (exit status: 128):",
        "error: inflate: data stream error\nfatal: loose object is corrupt",
    ]);
}

#[test]
fn the_message_of_git_is_bounded_and_shows_no_hidden_character() {
    let ran = diff_with("yes 'fatal: x\u{202e}y' | head -c 100000 >&2; exit 128").exits(4);
    assert!(
        ran.stderr.len() < 20_000 && ran.stderr.contains(r"x\u{202e}y") && ran.stderr.contains("\n…"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_missing_git_is_reported_as_such() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    workbench.run_with(["diff", "--base", "main"], &[("PATH", "/nonexistent")], b"").exits(4).says(&[
        "error: cannot run Git",
        "No such file",
        "help: --base reads golden files of a revision with Git: install it",
    ]);
}
