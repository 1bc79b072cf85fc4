//! Nothing is left out in silence: a corpus that is declared and not there is bad input where all are asked for, and files that
//! are not read are named.

use crate::recording::{corpus, mixture, recording};
use crate::workbench::{Workbench, project_file};
use std::fs;

const TRAFFIC: &str = "[corpus.traffic]\nrole = \"representative\"\n";

/// A project that declares `traffic` and `mix`, of which `mix` is there.
fn workbench() -> Workbench {
    let project = format!("{}[corpus.mix]\nrole = \"edge\"\n\n{TRAFFIC}", project_file());
    Workbench::new().with("corridor.toml", project).with_corpus("mix", &mixture(6))
}

/// Everything that takes all corpora where none is named.
const ALL: [&[&str]; 4] =
    [&["replay", "--check"], &["sweep", "--timeout", "100"], &["verify", "--only", "ac1"], &["explain", "case-001"]];

#[test]
fn a_declared_corpus_that_is_not_there_is_bad_input_where_all_are_asked_for() {
    let line = project_file().lines().count() + 4;
    for (file, help) in [
        ("", "take it out of the project file"),
        ("corpora/traffic.ndjson", "traffic.ndjson is not read: rename it to traffic.jsonl"),
        ("corpora/traffic.JSONL", "traffic.JSONL is not read: rename it to traffic.jsonl"),
        ("corpora/traffic.json", "traffic.json is not read: rename it to traffic.jsonl"),
        ("corpora/traffic", "corpora/traffic is not read: rename it to traffic.jsonl"),
        ("corpora/Traffic.txt", "Traffic.txt is not read: rename it to traffic.jsonl"),
        ("corpora/traffic.json.gz", "traffic.json.gz is not read: rename it to traffic.jsonl.gz"),
        ("corpora/traffic.jsonl.bz2", "traffic.jsonl.bz2 is not read: decompress it to traffic.jsonl"),
        ("corpora/march/traffic.jsonl", "march/traffic.jsonl is not read: move it to "),
        ("corpora/Traffic.jsonl", "`Traffic` is there: names are compared exactly"),
        ("golden/reference/traffic.json", "take it out of the project file"),
    ] {
        let workbench = workbench();
        if !file.is_empty() {
            workbench.write(file, corpus(&[recording("t")]));
        }
        let before = workbench.tree();
        for command in ALL {
            let place = format!("corridor.toml:{line})");
            workbench.run(command).exits(4).says(&["`traffic` (", &place, "help: ", help]);
        }
        assert_eq!((workbench.tree(), workbench.run_folder()), (before, Vec::new()));
        workbench.run(["replay", "mix", "--check"]).exits(1);
        workbench.run(["replay", "traffic", "--check"]).exits(4);
        workbench.run(["explain", "mix", "case-001"]).exits(0);
    }
}

#[test]
fn files_that_are_not_read_are_named_in_one_line_and_change_no_exit_code() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    for file in ["README.md", "readme.ru.md", ".hidden", ".git/config", "labels/mix.jsonl", "labels/deep/mix.csv"] {
        workbench.write(&format!("corpora/{file}"), "x");
    }
    fs::create_dir(workbench.path("corpora/empty")).unwrap();
    for command in ALL {
        let ran = workbench.run(command).exits(0);
        assert!(!ran.stderr.contains("not read"), "{}", ran.stderr);
    }
    let unread = ["a.ndjson", "b.JSONL", "c.json", "d.jsonl.bz2", "sub/e.jsonl", "sub/deep/f.jsonl.gz", "mix.jsonl~"];
    for file in unread {
        workbench.write(&format!("corpora/{file}"), corpus(&[recording("t")]));
    }
    for command in ALL {
        let ran = workbench.run(command).exits(0).says(&["7 files are not read in "]);
        let told: Vec<_> = ran.stderr.lines().filter(|line| line.contains("not read")).collect();
        assert!(told.len() == 1 && unread.iter().all(|file| told[0].contains(file)), "{told:?}");
    }
    for command in [&["replay", "mix", "--check"][..], &["explain", "mix", "case-001"], &["pending"]] {
        let ran = workbench.run(command).exits(0);
        assert!(!ran.stderr.contains("not read"), "naming corpora asks for those alone: {}", ran.stderr);
    }
    for number in 0..40 {
        workbench.write(&format!("corpora/more-{number}.txt"), "x");
    }
    workbench.run(["replay", "--check"]).exits(0).says(&["47 files are not read", " and 37 more"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_utf_8_is_named_too() {
    use std::os::unix::ffi::OsStrExt;
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jsonl");
    fs::write(workbench.path("corpora").join(name), corpus(&[recording("t")])).unwrap();
    workbench.run(["replay", "--check"]).exits(0).says(&["1 file is not read", "caf", "UTF-8"]);
}

#[test]
fn a_file_named_as_a_corpus_that_cannot_be_read_is_bad_input() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    fs::create_dir(workbench.path("corpora/folder.jsonl")).unwrap();
    for command in ALL {
        workbench.run(command).exits(4).says(&["folder.jsonl", "is a directory"]);
    }
    fs::remove_dir(workbench.path("corpora/folder.jsonl")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", workbench.path("corpora/link.jsonl")).unwrap();
        for command in ALL {
            workbench.run(command).exits(4).says(&["link.jsonl", "caused by: "]);
        }
        fs::remove_file(workbench.path("corpora/link.jsonl")).unwrap();
    }
    fs::remove_file(workbench.path("corpora/mix.jsonl")).unwrap();
    for command in ALL {
        workbench.run(command).exits(4).says(&["there is no corpus in "]);
    }
}

#[test]
fn two_files_of_one_name_are_refused_whether_or_not_they_are_named() {
    let recordings = corpus(&mixture(6));
    let packed = zstd::encode_all(recordings.as_bytes(), 1).unwrap();
    let workbench = Workbench::new().with("corpora/mix.jsonl", &recordings).with("corpora/mix.jsonl.zst", packed);
    for command in [&["replay"][..], &["replay", "mix"], &["sweep", "mix", "--timeout", "9"], &["explain", "mix", "a"]]
    {
        workbench.run(command).exits(2).says(&["two corpora", "`mix`", "help: "]);
    }
    workbench.run(["replay", "mix", "mix"]).exits(2);
    workbench.run(["replay", "corpora/mix.jsonl"]).exits(0);
    workbench.run(["replay", "corpora/mix.jsonl", "corpora/mix.jsonl"]).exits(2).says(&["two corpora"]);
}

#[test]
fn an_unknown_variable_or_key_of_the_project_file_is_refused() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    for (text, says) in [
        ("[environment]\nPARTIAL_TRUST_TIMEOUT = \"50\"\n", "`PARTIAL_TRUST_TIMEOUT` is not a variable"),
        ("corpora_folder = \"corpora\"\n", "unknown field"),
        ("[corpus.mix]\nrole = \"edge\"\nroles = \"edge\"\n", "unknown field"),
        ("[environments]\n", "unknown field"),
    ] {
        workbench.write("corridor.toml", text);
        workbench.run(["replay", "--check"]).exits(4).says(&["corridor.toml", says]);
    }
}

#[test]
fn a_gate_compares_a_run_with_declared_corpora_that_are_missing() {
    let workbench = Workbench::new().with_corpus("household", &mixture(60)).with_corpus("mix", &mixture(6));
    workbench.run(["replay"]).exits(0);
    fs::rename(workbench.path("corpora/household.jsonl"), workbench.path("corpora/household.ndjson")).unwrap();
    let ran = workbench.run(["gate", "--to", "0.01"]);
    assert!(ran.code != 0 && ran.stdout.contains("household"), "{} {}", ran.code, ran.stdout);
}
