//! What a command writes into a file that the user names: never in place of what the project holds or the command reads; and
//! `-`, which is a standard stream or refused.

use crate::recording::{corpus, mixture, recording};
use crate::workbench::Workbench;

fn workbench() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    let workbench = workbench.with("risk.jsonl", "").with("bad.jsonl", corpus(&mixture(3)) + "no json\n");
    workbench.with("rollout/receipts/README.md", "").with("corpora/labels/mix.jsonl", "")
}

/// The commands that write a file, up to its name.
const WRITING: [&[&str]; 6] = [
    &["generate", "--count", "3", "--output"],
    &["report", "--format", "text", "--output"],
    &["diff", "latest-reference", "latest-strict", "--output"],
    &["analyze", "--risk-log", "risk.jsonl", "--output-json"],
    &["replay", "bad.jsonl", "--check", "--keep-going", "--rejects"],
    &["sweep", "bad.jsonl", "--timeout", "9", "--keep-going", "--rejects"],
];

#[test]
fn nothing_of_the_project_is_replaced_by_what_a_command_writes() {
    let workbench = workbench();
    let run = std::fs::read_link(workbench.path(".corridor/runs/latest-reference"));
    let latest = run.map_or_else(|_| workbench.read(".corridor/runs/latest-reference"), |to| to.display().to_string());
    let run = format!(".corridor/runs/{}/summary.json", latest.trim());
    #[cfg(unix)]
    {
        std::fs::rename(workbench.path("golden/strict/mix.json"), workbench.path("moved.json")).unwrap();
        std::os::unix::fs::symlink("../../moved.json", workbench.path("golden/strict/mix.json")).unwrap();
        std::os::unix::fs::symlink("corridor.toml", workbench.path("link.toml")).unwrap();
    }
    let before = workbench.tree();
    let mut places = vec![
        "corridor.toml",
        "./corpora/../corridor.toml",
        "golden/LEDGER.jsonl",
        "golden/reference/mix.json",
        "golden/reference/new.json.new",
        "golden/new",
        "corpora/mix.jsonl",
        "corpora/labels/mix.jsonl",
        "rollout.toml",
        "rollout/receipts/README.md",
        "rollout/receipts/0001-0.01-go.json",
        ".corridor/runs/latest-reference",
        run.as_str(),
    ];
    if cfg!(unix) {
        places.extend(["moved.json", "link.toml", "golden/strict/mix.json"]);
    }
    for command in WRITING {
        for place in &places {
            let ran = workbench.run([command, &[place]].concat()).exits(2);
            assert!(ran.stderr.contains(" would replace ") || ran.stderr.contains(" is among the "), "{}", ran.stderr);
            assert_eq!(workbench.tree(), before, "{command:?} {place}");
        }
    }
    // Nothing else writes there either.
    workbench.run(["replay", "--store", "golden/runs"]).exits(2).says(&["--store names golden/runs"]);
    let gate = ["gate", "--to", "0.01", "--receipts", "corpora/receipts"];
    workbench.run(gate).exits(2).says(&["--receipts names corpora/receipts", "corpora of the project"]);
    workbench.run(["verify", "mix", "--report=corpora/new.jsonl"]).exits(2).says(&["--report names corpora/new.jsonl"]);
    assert_eq!(workbench.tree(), before);
}

#[test]
fn an_input_of_the_same_command_is_not_replaced() {
    let workbench = workbench().with("policy.yaml", "x").with("bad.rejects", "{\"source\":\"older\"}\n");
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout;
    workbench.write("mine.jsonl", decided);
    let before = workbench.tree();
    for (arguments, what) in [
        (&["analyze", "--risk-log", "risk.jsonl", "--output-json", "./risk.jsonl"][..], "the risk log ./risk.jsonl"),
        (&["replay", "bad.jsonl", "--keep-going", "--rejects", "./bad.jsonl"], "the corpus ./bad.jsonl"),
        (&["sweep", "bad.jsonl", "--timeout", "9", "--keep-going", "--rejects", "bad.jsonl"], "the corpus bad.jsonl"),
        (&["replay", "mix", "--decisions", "mine.jsonl", "--keep-going", "--rejects", "mine.jsonl"], "the decisions"),
        (
            &["replay", "mix", "--env", "LLM_POLICY_PATH=policy.yaml", "--keep-going", "--rejects", "policy.yaml"],
            "the policy file",
        ),
    ] {
        workbench.run(arguments).exits(2).says(&["would replace", what]);
        assert_eq!(workbench.tree(), before, "{arguments:?}");
    }
    workbench.run(["replay", "bad.jsonl", "--check", "--keep-going", "--rejects", "bad.rejects"]).exits(0);
}

#[test]
fn other_files_are_written() {
    let workbench = workbench().with("corpora/note.md", "");
    for command in WRITING {
        for place in ["out", ".corridor/out", "docs.out"] {
            let ran = workbench.run([command, &[place]].concat());
            assert!([0, 1].contains(&ran.code) && workbench.has(place), "{command:?} {place} {}", ran.stderr);
            std::fs::remove_file(workbench.path(place)).unwrap();
        }
    }
    // A new corpus may be put among the others; one that is there is removed by hand.
    let generate = ["generate", "--count", "3", "--output", "corpora/load.jsonl"];
    workbench.run(generate).exits(0);
    workbench.run(generate).exits(2).says(&["would replace the corpus corpora/load.jsonl", "remove this one first"]);
    // Without a project there is nothing to be replaced, and a project file is never taken for another.
    let bare = Workbench::new().with("corridor.toml", "unreadable");
    bare.run(["generate", "--count", "3", "-o", "corridor.toml"]).exits(2).says(&["would replace the project file"]);
    bare.run(["generate", "--count", "3", "-o", "out.jsonl"]).exits(0);
}

#[test]
fn a_dash_is_a_standard_stream_or_refused() {
    let workbench = workbench();
    let before = workbench.tree();
    for arguments in [
        &["preflight", "--env-file", "-"][..],
        &["preflight", "--policy", "-"],
        &["gate", "--to", "0.01", "--policy", "-"],
        &["gate", "--to", "0.01", "--run", "-"],
        &["gate", "--to", "0.01", "--receipts", "-"],
        &["gate", "--check", "-"],
        &["check", "--golden", "-"],
        &["check", "--receipts", "-"],
        &["replay", "--config", "-"],
        &["replay", "--store", "-"],
        &["replay", "--golden", "-"],
        &["replay", "--keep-going", "--rejects", "-"],
        &["sweep", "--timeout", "9", "--keep-going", "--rejects", "-"],
        &["analyze", "--risk-log", "risk.jsonl", "--output-json", "-"],
        &["fidelity", "--risk-log", "risk.jsonl", "--run", "-"],
        &["report", "--receipts", "-"],
        &["verify", "mix", "--report=-"],
        &["pending", "--golden", "-"],
    ] {
        workbench.run(arguments).exits(2).says(&["no standard stream here", "./-"]);
    }
    for arguments in [
        &["generate", "--count", "3"][..],
        &["report", "--format", "json"],
        &["diff", "golden/strict", "golden/strict"],
    ] {
        let printed = workbench.run(arguments).exits(0).stdout;
        assert_eq!(workbench.run([arguments, &["--output", "-"]].concat()).exits(0).stdout, printed);
    }
    assert_eq!(workbench.tree(), before);
}

#[test]
fn decisions_come_from_standard_input_where_recordings_do_not() {
    let workbench = workbench();
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout;
    let ran = workbench.run_with(["replay", "mix", "--check", "--decisions", "-"], &[], decided.as_bytes()).exits(0);
    assert!(ran.stdout.contains("foreign"), "{}", ran.stdout);
    let both = ["replay", "-", "--name", "mix", "--decisions", "-"];
    workbench.run_with(both, &[], decided.as_bytes()).exits(2).says(&["cannot both come from standard input"]);
    let broken = ["replay", "mix", "--check", "--decisions", "-"];
    workbench.run_with(broken, &[], b"{}\n").exits(4).says(&["<stdin>:1"]);
}

#[test]
fn a_list_of_rejects_needs_a_file() {
    let workbench = Workbench::new().with("a.jsonl", recording("a").line() + "\nbad\n");
    let ran = workbench.run(["replay", "a.jsonl", "--check", "--keep-going", "--rejects", "/dev/null"]).exits(2);
    ran.says(&["/dev/null is not a regular file"]);
}

#[test]
fn golden_in_the_folder_of_the_project_is_kept_as_well() {
    let workbench = Workbench::new().with("corridor.toml", "golden = \".\"\n");
    let workbench = workbench.with_corpus("mix", &mixture(6)).with_golden();
    assert!(workbench.has("strict/mix.json") && workbench.has("LEDGER.jsonl"));
    let before = workbench.tree();
    for place in ["strict/mix.json", "reference/new.json.new", "LEDGER.jsonl"] {
        workbench.run(["report", "--output", place]).exits(2);
        assert_eq!(workbench.tree(), before, "{place}");
    }
    workbench.run(["report", "--format", "text", "--output", "report.txt"]).exits(0);
}

#[test]
fn one_folder_for_two_things_is_refused() {
    for (project, fragment) in [
        ("golden = \"corpora\"\n", "golden: is the folder of corpora"),
        ("store = \"./corpora/\"\n", "store: is the folder of corpora"),
        ("golden = \"g\"\nstore = \"./g\"\n", "store: is the folder of golden"),
    ] {
        let workbench = Workbench::new().with_corpus("mix", &mixture(2)).with("corridor.toml", project);
        let before = workbench.tree();
        workbench.run(["replay"]).exits(4).says(&["corridor.toml: ", fragment]);
        assert_eq!(workbench.tree(), before);
    }
}
