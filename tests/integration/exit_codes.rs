//! Every exit code, the help texts, closed pipes.

use crate::recording::mixture;
use crate::workbench::{Ran, Workbench, json_lines, lines};
use regex::Regex;
use serde_json::json;
use std::io::Read;

const SUBCOMMANDS: [&str; 12] = [
    "replay",
    "sweep",
    "pending",
    "accept",
    "reject",
    "decide",
    "explain",
    "verify",
    "preflight",
    "analyze",
    "generate",
    "completions",
];

#[test]
fn every_exit_code_means_what_the_table_says() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let mut decisions = lines(&workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout);
    decisions[0]["risk"]["prompt"] = json!("купи");
    let leaking = json_lines(&decisions);
    let workbench = workbench.with("leaking.jsonl", leaking).with("bad.jsonl", "{").with("empty.jsonl", "");
    let table: [(i32, &[&str]); 34] = [
        (0, &["replay"]),
        (0, &["replay", "--check"]),
        (0, &["sweep", "--timeout", "1,100"]),
        (0, &["pending"]),
        (0, &["decide", "corpora/mix.jsonl"]),
        (0, &["generate", "--count", "2"]),
        (0, &["generate", "--list"]),
        (0, &["completions", "zsh"]),
        (0, &["--help"]),
        (0, &["--version"]),
        (0, &["help", "replay"]),
        (1, &["replay", "--env", "PARTIAL_TRUST_TIMEOUT_MS=1"]),
        (1, &["pending"]),
        (1, &["replay", "--check", "--env", "PARTIAL_TRUST_TIMEOUT_MS=1"]),
        (2, &[]),
        (2, &["frobnicate"]),
        (2, &["replay", "--frobnicate"]),
        (2, &["replay", "--rules", "lax"]),
        (2, &["replay", "--threads", "0"]),
        (2, &["replay", "--quiet", "--verbose"]),
        (2, &["generate", "--preset", "none"]),
        (2, &["generate", "--set", "wrong_item=2"]),
        (2, &["decide", "--env", "x"]),
        (3, &["replay", "--filter", "id=nobody"]),
        (2, &["sweep"]),
        (3, &["sweep", "--timeout", "100", "--filter", "id=nobody"]),
        (4, &["sweep", "bad.jsonl", "--timeout", "100"]),
        (2, &["replay", "--sample", "0"]),
        (4, &["replay", "nowhere"]),
        (4, &["replay", "bad.jsonl"]),
        (4, &["replay", "empty.jsonl"]),
        (4, &["decide", "nowhere.jsonl"]),
        (4, &["accept", "--case", "nobody"]),
        (5, &["replay", "mix", "--decisions", "leaking.jsonl"]),
    ];
    for (code, arguments) in table {
        let ran = workbench.run(arguments).exits(code);
        if matches!(code, 2 | 4) {
            let says_why = ran.stderr.starts_with("error: ") || arguments.is_empty();
            assert!(says_why && ran.stdout.is_empty(), "{arguments:?}: {}", ran.stderr);
        } else {
            assert!(!ran.stderr.contains("error"), "{arguments:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn broken_outweighs_changed_and_changed_outweighs_nothing_replayed() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let mut decisions = lines(&workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout);
    let items = &mut decisions[0]["decision"]["payload"]["proposed_actions"][0]["payload"]["item"];
    items["name"] = json!("сыр");
    decisions[1]["risk"]["prompt"] = json!("купи");
    let foreign = json_lines(&decisions);
    let workbench = workbench.with("foreign.jsonl", foreign);
    let arguments =
        ["replay", "mix", "--decisions", "foreign.jsonl", "--golden", "golden", "--check", "--format", "json"];
    let ran = workbench.run(arguments).exits(5);
    assert!(ran.json()[0]["corpora"][0]["golden"]["changed"].as_u64().unwrap() >= 1);
}

/// Subcommand, whole help text.
fn helps() -> Vec<(String, String)> {
    let workbench = Workbench::new();
    let mut helps = Vec::new();
    for flag in ["-h", "--help"] {
        helps.push((format!("corridor {flag}"), workbench.run([flag]).exits(0).stdout));
        for subcommand in SUBCOMMANDS {
            helps.push((format!("corridor {subcommand} {flag}"), workbench.run([subcommand, flag]).exits(0).stdout));
        }
    }
    helps
}

#[test]
fn the_help_lists_every_subcommand() {
    let help = Workbench::new().run(["--help"]).exits(0).stdout;
    let (_, commands) = help.split_once("\nCommands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let listed: Vec<_> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(SUBCOMMANDS.iter().all(|subcommand| listed.contains(subcommand)), "{listed:?}");
    assert!(help.contains("Exit codes:"));
}

#[test]
fn help_texts_are_of_one_style() {
    let option =
        Regex::new(r"^ {2,6}(?:-[a-z], )?(?:--[a-z-]+(?: <[^>]+>)?|[\[<][A-Z_\[\] ]+[\]>](?:\.\.\.)?)(?: {2,}(.*))?$")
            .unwrap();
    let mut findings = Vec::new();
    for (command, help) in helps() {
        let mut wrong = |what: &str, line: &str| findings.push(format!("{command}: {what}: {line}"));
        let first = help.lines().next().unwrap_or_default();
        if !first.starts_with(|start: char| start.is_uppercase()) {
            wrong("a description opens with a capital letter", first);
        }
        if first.ends_with('.') && !command.starts_with("corridor -") {
            wrong("a short description has no full stop", first);
        }
        if !help.contains("\nUsage: corridor") {
            wrong("there is no usage", first);
        }
        let lines: Vec<_> = help.lines().collect();
        let usage_ends = lines.iter().position(|line| line.starts_with("Usage: ")).unwrap_or(0);
        for (number, line) in lines.iter().enumerate() {
            if line.chars().count() > 100 {
                wrong("is longer than 100 columns", line);
            }
            if line.contains('\t') || line.contains('\u{1b}') {
                wrong("holds a tab or an escape sequence", line);
            }
            let Some(found) = option.captures(line).filter(|_| number > usage_ends) else { continue };
            let description =
                found.get(1).map_or_else(|| lines.get(number + 1).unwrap_or(&"").trim(), |text| text.as_str());
            // Long help breaks lines, so that only the beginning of a description stands here.
            if !description.starts_with(|start: char| start.is_uppercase()) {
                wrong("a description opens with a capital letter", line);
            }
            if description.ends_with('.') {
                wrong("a description has no full stop", line);
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn short_and_long_help_name_the_same_options() {
    let option = Regex::new(r"(?m)^ {2,6}(?:-[a-z], )?(--[a-z-]+)").unwrap();
    let workbench = Workbench::new();
    for subcommand in SUBCOMMANDS {
        let [short, long] = ["-h", "--help"].map(|flag| {
            let help = workbench.run([subcommand, flag]).exits(0).stdout;
            option.captures_iter(&help).map(|found| found[1].to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(short, long, "{subcommand}");
        assert!(short.iter().any(|name| name == "--help"), "{subcommand}");
    }
}

#[test]
fn a_broken_pipe_is_silent() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(300));
    for arguments in [
        vec!["replay", "--format", "json"],
        vec!["replay"],
        vec!["generate", "--count", "2000"],
        vec!["completions", "bash"],
        vec!["--help"],
    ] {
        let mut child = workbench.command(&arguments).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        drop(stdout);
        let ran = Ran::new(format!("{arguments:?} | head -c1"), child.wait_with_output().unwrap()).exits(0);
        assert_eq!(ran.stderr, "");
    }
    // No byte is read at all.
    let mut child = workbench.command(["replay", "--format", "json"]).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::new("replay | true".to_owned(), child.wait_with_output().unwrap()).exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn progress_and_colour_stay_out_of_pipes() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    for variables in [[("NO_COLOR", "1")], [("TERM", "xterm-256color")], [("COLORTERM", "truecolor")]] {
        let ran = workbench.run_with(["replay", "--verbose"], &variables, b"").exits(0);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}') && !ran.stderr.contains('\r'));
    }
    let quiet = workbench.run(["replay", "--quiet"]).exits(0);
    assert_eq!(quiet.stderr, "");
}
