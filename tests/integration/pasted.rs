//! Commands that are printed are pasted: a shell takes them as they are, and they do what they say.
#![cfg(unix)]

use crate::recording::{Recorded, corpus, mixture, recording};
use crate::workbench::{Ran, Workbench};

/// Ids and folders that a shell, a terminal or a log would take for something else.
const NASTY: [&str; 12] = [
    "a b",
    "it's",
    "tab\there",
    "two\nlines",
    "$HOME `ls` \"q\" \\",
    "-x",
    "--full",
    "\u{202e}gnp",
    "zero\u{200b}width",
    "no\u{a0}break",
    "##[error]x",
    "#x",
];

/// The lines of a result that begin with `corridor`, without what stands before that.
fn commands(ran: &Ran) -> Vec<String> {
    ran.stdout.lines().map(str::trim_start).filter(|line| line.starts_with("corridor ")).map(str::to_owned).collect()
}

/// The arguments that `corridor` gets when a line is pasted.
fn pasted(line: &str) -> Vec<String> {
    let script = format!("corridor() {{ printf '%s\\0' \"$@\"; }}\n{line}");
    let ran = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    let words = String::from_utf8(ran.stdout).unwrap();
    words.split_terminator('\0').map(str::to_owned).collect()
}

/// One recording that is regressed.
fn regressed(id: &str) -> Vec<Recorded> {
    vec![recording("x").with("command.command_id", id).regressed()]
}

#[test]
fn any_id_and_any_folder_come_back_as_they_were() {
    for (place, nasty) in NASTY.into_iter().enumerate() {
        let workbench = Workbench::new().with_corpus("mix", &[recording("x").with("command.command_id", nasty)]);
        // A folder cannot be given where an option could stand.
        let golden = format!("./golden {nasty}");
        workbench.run(["replay", "--rules", "reference", "--golden", &golden, "--new"]).exits(1);
        workbench.run(["accept", "--golden", &golden, "--reason", "first"]).exits(0);
        workbench.write("corpora/mix.jsonl", corpus(&regressed(nasty)));
        let ran = workbench.run(["replay", "--rules", "reference", "--golden", &golden]).exits(1);
        let found: Vec<_> = commands(&ran).iter().map(|line| pasted(line)).collect();
        assert_eq!(found.len(), 2, "{place}: {}", ran.stdout);
        assert_eq!(found[0], ["review", "--golden", &golden]);
        assert!(found[1].contains(&nasty.to_owned()) && found[1].contains(&golden), "{:?}", found[1]);
        for line in commands(&ran) {
            assert!(!line.contains(['\t', '\u{202e}', '\u{200b}', '\u{a0}']) && !line.contains("\\u{"), "{line}");
        }
        let explain = commands(&ran).pop().unwrap();
        let explained = workbench.shell(&explain).exits(0);
        assert!(explained.stdout.contains("golden says something else"), "{}", explained.stdout);
    }
}

#[test]
fn what_pending_prints_settles_what_it_says() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    workbench.run(["replay", "--golden", "it's golden", "--new"]).exits(1);
    workbench.run(["accept", "--golden", "it's golden", "--reason", "first"]).exits(0);
    workbench.write("corpora/mix.jsonl", corpus(&[mixture(6), regressed("new one")].concat()));
    workbench.run(["replay", "--golden", "it's golden"]).exits(1);
    let ran = workbench.run(["pending", "mix", "--golden", "it's golden", "--rules", "reference"]).exits(1);
    let lines = commands(&ran);
    assert_eq!(lines.len(), 4, "{}", ran.stdout);
    workbench.shell(&lines[3]).exits(1);
    let accept = lines.iter().find(|line| line.starts_with("corridor accept")).unwrap();
    workbench.shell(accept).exits(0);
    workbench.run(["pending", "mix", "--golden", "it's golden", "--rules", "reference"]).exits(0);
}

#[test]
fn next_explains_what_changed_and_nothing_else() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    let first = workbench.run(["replay"]).exits(0);
    assert!(first.stdout.contains("corridor accept --new --reason \"…\"  # make golden"), "{}", first.stdout);
    assert!(first.stdout.contains("corridor explain mix case-"), "nothing is known yet: {}", first.stdout);
    let workbench = workbench.with_golden();
    let known = workbench.run(["replay"]).exits(0);
    assert!(commands(&known).is_empty() && !known.stdout.contains("\nnext"), "{}", known.stdout);
    let mut recordings = mixture(12);
    recordings[6] = recordings[6].clone().regressed();
    workbench.write("corpora/mix.jsonl", corpus(&recordings));
    let ran = workbench.run(["replay", "--check"]).exits(1);
    assert_eq!(commands(&ran), ["corridor explain mix case-006"], "{}", ran.stdout);
}

#[test]
fn a_project_file_and_variables_are_carried() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    std::fs::rename(workbench.path("corridor.toml"), workbench.path("my project.toml")).unwrap();
    let arguments = [
        "--config",
        "my project.toml",
        "replay",
        "--check",
        "--rules",
        "strict",
        "--env",
        "PARTIAL_TRUST_TIMEOUT_MS=1",
    ];
    let ran = workbench.run(arguments).exits(1);
    let lines = commands(&ran);
    let [line] = lines.as_slice() else { panic!("{}", ran.stdout) };
    let words = pasted(line);
    for pair in [["--config", "my project.toml"], ["--env", "PARTIAL_TRUST_TIMEOUT_MS=1"], ["--rules", "strict"]] {
        assert!(words.windows(2).any(|words| words == pair), "{line}");
    }
    workbench.shell(line).exits(0);
}

#[test]
fn a_report_of_another_golden_folder_carries_it() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    workbench.run(["replay", "--golden", "other golden", "--new"]).exits(1);
    workbench.run(["accept", "--golden", "other golden", "--reason", "first"]).exits(0);
    workbench.write("corpora/mix.jsonl", corpus(&[mixture(6), regressed("new")].concat()));
    workbench.run(["replay", "--golden", "other golden"]).exits(1);
    for format in ["markdown", "html"] {
        let ran = workbench.run(["report", "--golden", "other golden", "--format", format]).exits(0);
        assert!(ran.stdout.contains("corridor accept mix --rules ") && ran.stdout.contains("--golden "), "{format}");
        assert!(ran.stdout.contains("other golden"), "{format}");
    }
}

#[test]
fn commands_in_advice_carry_what_was_typed() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6)).with_golden();
    let empty = Workbench::new().with("corridor.toml", "");
    let config = empty.path("corridor.toml");
    let (config, store) = (config.to_str().unwrap(), empty.path("my `runs`"));
    let (golden, store) = (empty.path("my golden"), store.to_str().unwrap());
    std::fs::create_dir(&golden).unwrap();
    let golden = golden.to_str().unwrap();
    for (arguments, options) in [
        (&["report"][..], &["--config", "--store"][..]),
        (&["accept", "--new", "--reason", "x", "--golden", golden], &["--config", "--store", "--golden"]),
        (&["reject", "--reason", "x", "--golden", golden], &["--config", "--store", "--golden"]),
        (&["fidelity", "--risk-log", "none"], &["--config", "--store"]),
    ] {
        let ran = workbench.run([&["--config", config, "--store", store], arguments].concat());
        let advice = ran.stderr.lines().find_map(|line| line.strip_prefix("help: ")).unwrap();
        let commands: Vec<_> = advice.split('`').skip(1).step_by(2).collect();
        assert!(!commands.is_empty(), "{arguments:?}: {}", ran.stderr);
        for command in commands {
            let words = pasted(command);
            for option in options {
                let value = words.iter().position(|word| word == option).map(|place| words[place + 1].as_str());
                let expected = [config, store, golden].into_iter().find(|typed| Some(*typed) == value);
                assert!(expected.is_some() && words.iter().filter(|word| word == option).count() == 1, "{command}");
            }
        }
    }
}
