//! Standard streams that are closed, full, or open the wrong way: what cannot be printed is exit 4, and nothing goes where
//! it does not belong.
#![cfg(unix)]

use crate::recording::{corpus, mixture};
use crate::workbench::{PROGRAM, Ran, Workbench};
use std::process::{Command, Stdio};

/// Runs the program with streams redirected as a shell does it.
fn redirected(workbench: &Workbench, arguments: &[&str], redirection: &str) -> Ran {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}"), PROGRAM]).args(arguments);
    command.current_dir(workbench.path(".")).env_clear().stdin(Stdio::null());
    Ran::new(format!("{arguments:?} {redirection}"), command.output().unwrap())
}

/// Every command that prints, with its exit code where it can.
const PRINTING: [(&[&str], i32); 18] = [
    (&["--version"], 0),
    (&["--help"], 0),
    (&["replay", "--help"], 0),
    (&["replay", "--check"], 0),
    (&["sweep", "--timeout", "100"], 0),
    (&["pending"], 0),
    (&["review"], 0),
    (&["diff", "latest-reference", "latest-reference"], 0),
    (&["report", "--format", "json"], 0),
    (&["decide", "corpora/mix.jsonl"], 0),
    (&["decide", "corpora/mix.jsonl", "--threads", "2"], 0),
    (&["explain", "case-001"], 0),
    (&["preflight", "--preset", "stage-2", "--format", "json"], 1),
    (&["analyze", "--risk-log", "corpora/mix.jsonl"], 0),
    (&["fidelity", "--risk-log", "none.log"], 3),
    (&["gate", "--print-policy"], 0),
    (&["generate", "--count", "3"], 0),
    (&["completions", "bash"], 0),
];

#[test]
fn a_closed_standard_output_is_an_error_and_dev_null_is_not() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    for (arguments, code) in PRINTING {
        redirected(&workbench, arguments, ">/dev/null").exits(code);
        // Open for reading as well, as some programs give it to their children; the runtime's own looks like that.
        redirected(&workbench, arguments, "1<>/dev/null").exits(code);
        for lost in [">&-", "</dev/null 1<&0", ">&- <&-", "2>&- >&-"] {
            let ran = redirected(&workbench, arguments, lost).exits(4);
            assert_eq!(ran.stdout, "");
            if !lost.contains("2>") {
                ran.says(&["error: cannot write to standard output"]);
            }
        }
    }
}

#[test]
fn a_full_standard_output_is_an_error_of_every_command() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    if !std::path::Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    for (arguments, _) in PRINTING {
        redirected(&workbench, arguments, ">/dev/full").exits(4).says(&["error: cannot write"]);
    }
}

#[test]
fn a_result_in_a_file_needs_no_standard_output() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    for (arguments, file) in [
        (&["report", "--format", "json", "--output", "report.json"][..], "report.json"),
        (&["generate", "--count", "3", "--output", "three.jsonl"], "three.jsonl"),
    ] {
        redirected(&workbench, arguments, ">&- 2>&- <&-").exits(0);
        let written = workbench.read(file);
        redirected(&workbench, arguments, "").exits(0);
        assert_eq!((workbench.read(file), written.is_empty()), (written.clone(), false));
    }
}

#[test]
fn nothing_is_settled_if_it_cannot_be_printed_and_never_a_part() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_corpus("other", &mixture(6));
    workbench.run(["replay", "--new"]).exits(1);
    let before = workbench.tree();
    redirected(&workbench, &["accept", "--reason", "first"], ">&-").exits(4).says(&["nothing was done"]);
    assert_eq!(workbench.tree(), before);
    if std::path::Path::new("/dev/full").exists() {
        redirected(&workbench, &["accept", "--reason", "first"], ">/dev/full").exits(4).says(&["it is settled"]);
        workbench.run(["pending"]).exits(0);
        workbench.run(["replay", "--check"]).exits(0);
    }
}

#[test]
fn a_closed_standard_input_is_no_empty_one() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    for arguments in [
        &["decide"][..],
        &["decide", "-"],
        &["replay", "-", "--check"],
        &["sweep", "-", "--timeout", "100"],
        &["analyze", "--risk-log", "-"],
        &["fidelity", "--risk-log", "-"],
    ] {
        for lost in ["<&-", "0>/dev/null", "<&- 2>&-"] {
            let ran = redirected(&workbench, arguments, lost).exits(4);
            if !lost.contains("2>") {
                ran.says(&["error: cannot read standard input"]);
            }
        }
    }
    redirected(&workbench, &["decide"], "</dev/null").exits(0);
    redirected(&workbench, &["decide", "corpora/mix.jsonl"], "<&-").exits(0);
}

#[test]
fn closed_streams_are_not_confused_with_files_that_are_opened_later() {
    let recordings = corpus(&mixture(6));
    let workbench = Workbench::new().with("corpora/mix.jsonl", &recordings).with_golden();
    let whole = redirected(&workbench, &["decide", "corpora/mix.jsonl"], "").exits(0);
    let before = workbench.tree();
    let quiet = redirected(&workbench, &["decide", "corpora/mix.jsonl"], "<&- 2>&-").exits(0);
    assert_eq!(quiet.stdout, whole.stdout);
    redirected(&workbench, &["decide", "corpora/none.jsonl"], "2>&-").exits(4);
    redirected(&workbench, &["replay", "--check"], "<&- 2>&-").exits(0);
    assert_eq!(workbench.tree(), before);
}
