//! Completions, as bash asks for them: values, corpora and runs in place of files; nothing written, and no word about what is
//! wrong.

use crate::recording::mixture;
use crate::workbench::{PROGRAM, Workbench};
use std::path::Path;
use std::process::Command;

const BASH: &str = "/bin/bash";

/// Prints what is offered for the last of the words.
const ASK: &str = r#"
source <("$PROGRAM" completions bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
_clap_complete_corridor "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

fn offered(workbench: &Workbench, typed: &[&str]) -> Vec<String> {
    let mut bash = Command::new(BASH);
    bash.args(["-c", ASK, "bash", "corridor"]).args(typed).current_dir(workbench.path(""));
    let ran = bash.env_clear().env("PROGRAM", PROGRAM).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{typed:?}");
    let offered = String::from_utf8(ran.stdout).unwrap();
    // Flags are offered behind the values where nothing was typed yet.
    offered
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect()
}

#[test]
fn values_corpora_and_runs_are_offered_where_they_belong() {
    if !Path::new(BASH).exists() {
        return;
    }
    let workbench = Workbench::new().with_corpus("household", &mixture(2)).with_corpus("hazards", &mixture(2));
    let workbench = workbench.with("traffic.jsonl", "");
    workbench.run(["replay"]).exits(0);
    let before = workbench.tree();
    for (typed, expected) in [
        (&["replay", "--rules", ""][..], &["reference", "strict"][..]),
        (&["replay", "--rules", "reference,s"], &["reference,strict"]),
        (&["replay", ""], &["hazards", "household"]),
        (&["replay", "ho"], &["household"]),
        (&["replay", "tr"], &["traffic.jsonl"]),
        (&["explain", ""], &["hazards", "household"]),
        (&["accept", "ha"], &["hazards"]),
        (&["verify", "--only", "a"], &["ac1", "ac2", "ac3", "ac4"]),
        (&["report", "lat"], &["latest-reference", "latest-strict"]),
        (&["diff", "latest-reference", "latest-s"], &["latest-strict"]),
        (&["gate", "--to", ""], &["0.01", "0.05", "0.1"]),
        (&["gate", "--hold", "0.0"], &["0.01", "0.05"]),
        (&["gate", "--explain", "items"], &["items_lost"]),
        (&["preflight", "--preset", ""], &["stage-1", "stage-2", "stage-3"]),
        (&["preflight", "--allow", "baseline"], &["baseline_asks_llm"]),
        (&["generate", "--preset", "f"], &["faulty"]),
        (&["replay", "--filter", "class=reg"], &["class=regressed"]),
        (&["replay", "--unset", "PARTIAL_TRUST_TIME"], &["PARTIAL_TRUST_TIMEOUT_MS"]),
    ] {
        let mut found = offered(&workbench, typed);
        found.sort();
        assert_eq!(found, expected, "{typed:?}");
    }
    assert!(offered(&workbench, &["report", ""]).len() > 2, "names of runs");
    assert_eq!(workbench.tree(), before);
}

#[test]
fn on_an_error_nothing_is_offered_or_printed() {
    let workbench = Workbench::new().with("corridor.toml", "[");
    for shell in ["bash", "zsh", "fish", "tcsh", "/"] {
        let variables =
            [("CORRIDOR_COMPLETE", shell), ("_CLAP_COMPLETE_INDEX", "2"), ("_CLAP_COMPLETE_COMP_TYPE", "9")];
        for arguments in
            [&["--", "corridor", "replay", "ho"][..], &["--", "corridor", "nonsense", "\u{1b}"], &["--"], &[]]
        {
            let ran = workbench.run_with(arguments, &variables, b"");
            assert_eq!(ran.stderr, "", "{shell}");
        }
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        workbench.run(["completions", shell]).exits(0).says(&[]);
    }
    workbench.run(["completions", "tcsh"]).exits(2);
}

/// As Bash gives them, which takes words apart at `=`.
#[test]
fn words_with_an_equals_sign_are_completed_behind_it() {
    if !Path::new(BASH).exists() {
        return;
    }
    let workbench = Workbench::new().with_corpus("household", &mixture(2)).with("other/corpora/elsewhere.jsonl", "");
    let workbench = workbench.with("other/corridor.toml", "").with("runs/latest-strict", "");
    for (typed, expected) in [
        (&["replay", "--rules", "=", ""][..], &["reference", "strict"][..]),
        (&["replay", "--rules", "=", "s"], &["strict"]),
        (&["gate", "--to", "=", "0.0"], &["0.01", "0.05"]),
        (&["replay", "--filter", "class", "=", "reg"], &["regressed"]),
        (&["replay", "--filter", "=", "class", "=", "reg"], &["regressed"]),
        (&["replay", "--rules", "=", "strict", "ho"], &["household"]),
        (&["replay", "--env", "LLM_POLICY_ENABLED", "=", "true", "ho"], &["household"]),
        (&["replay", "--config", "other/corridor.toml", "else"], &["elsewhere"]),
        (&["replay", "--config", "=", "other/corridor.toml", "else"], &["elsewhere"]),
        (&["report", "--store", "runs", "lat"], &["latest-strict"]),
    ] {
        let mut found = offered(&workbench, typed);
        found.sort();
        assert_eq!(found, expected, "{typed:?}");
    }
}
