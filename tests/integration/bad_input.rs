//! Inputs that cannot be used: each with its location, exit 4, and nothing written.

use crate::recording::{Recorded, corpus, mixture, recording};
use crate::workbench::{Ran, Workbench};
use regex::Regex;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

/// Stands in every bad line, and in no message.
const CANARIES: [&str; 2] = ["кАнАрЕйКа", "canary7f3"];

/// Replays and decides `file`: both stop with exit 4 and all of `fragments`, and nothing is written. Gives the message.
#[track_caller]
fn refuse(workbench: &Workbench, file: &str, fragments: &[&str]) -> String {
    let before = workbench.tree();
    let check = |ran: Ran| {
        let ran = ran.exits(4).says(fragments).says(&["error: "]);
        for canary in CANARIES {
            assert!(!ran.stderr.contains(canary), "{}", ran.stderr);
        }
        assert_eq!((workbench.tree(), workbench.run_folder()), (before.clone(), Vec::new()), "{}", ran.stderr);
        ran
    };
    let decided = check(workbench.run(["decide", file]));
    let replayed = check(workbench.run(["replay", file]));
    assert_eq!((replayed.stdout.as_str(), &replayed.stderr), ("", &decided.stderr));
    replayed.stderr
}

/// A good line, `bad`, and another good line.
fn around(bad: &[u8]) -> Vec<u8> {
    let (first, last) = (recording("first").line(), recording("last").line());
    [first.as_bytes(), b"\n", bad, b"\n", last.as_bytes(), b"\n"].concat()
}

fn with_canary() -> Recorded {
    recording("bad").text(&format!("купи {} {}", CANARIES[0], CANARIES[1])).with("note", CANARIES[0])
}

#[track_caller]
fn refuse_line(bad: &str, problem: &str) {
    let workbench = Workbench::new().with("corpora/bad.jsonl", around(bad.as_bytes()));
    let message = refuse(&workbench, "corpora/bad.jsonl", &["corpora/bad.jsonl:2", problem]);
    // The whole line, or two fields together, have no column of their own.
    let is_whole =
        ["invalid type: ", "captured: ", "seed: ", "candidate: stands"].iter().any(|start| problem.starts_with(start));
    let place = Regex::new(r"^error: corpora/bad\.jsonl:2:(\d+): ").unwrap().captures(&message);
    let is_placed = place.is_some_and(|place| (1..=bad.chars().count() + 1).contains(&place[1].parse().unwrap()));
    assert!(is_placed || is_whole, "{message}");
}

#[test]
fn every_violation_of_the_contract_names_its_line_column_and_field() {
    let secret = || json!(CANARIES[1]);
    let set: [(&str, Value, &str); 52] = [
        ("v", json!(2), "v: must be 1"),
        ("v", secret(), "v: invalid type: string"),
        ("command.command_id", json!(5), "command.command_id: invalid type: integer, expected a string"),
        ("command.command_id", json!(null), "command.command_id: invalid type: null"),
        ("command.user_id", json!(["x"]), "command.user_id: invalid type: array"),
        ("command.text", json!({"a": 1}), "command.text: invalid type: object"),
        ("command.timestamp", secret(), "command.timestamp: must be an RFC 3339 date-time"),
        ("command.timestamp", json!("2026-02-30T10:00:00Z"), "command.timestamp: must be an RFC 3339 date-time"),
        ("command.timestamp", json!("2026-02-10T10:00:00"), "command.timestamp: must be an RFC 3339 date-time"),
        ("command.timestamp", json!(1_770_000_000), "command.timestamp: invalid type: integer"),
        ("command.capabilities", json!([]), "command.capabilities: must hold at least one capability"),
        ("command.capabilities", json!([CANARIES[1]]), "command.capabilities[0]: not a known capability"),
        ("command.capabilities", json!("start_job"), "command.capabilities: invalid type: string"),
        ("command.context", json!([]), "command.context: invalid type: array, expected an object"),
        ("command.context.household", json!(null), "command.context.household: invalid type: null"),
        ("command.context.household.household_id", json!(1), "command.context.household.household_id: invalid type"),
        ("command.context.household.members", json!([]), "command.context.household.members: must hold at least one"),
        ("command.context.household.members", json!([{}]), "members[0]: missing field `user_id`"),
        ("command.context.household.members.0.user_id", json!(true), "members[0].user_id: invalid type: boolean"),
        ("command.context.household.members.0.workload_score", secret(), "members[0].workload_score: invalid type"),
        ("command.context.household.members.0.role", json!(3), "members[0].role: invalid type"),
        ("command.context.household.members.0.age", json!(3), "members[0]: unknown field, expected"),
        ("command.context.household.zones", json!([{"zone_id": "z"}]), "zones[0]: missing field `name`"),
        ("command.context.household.zones", json!([{"zone_id": 1, "name": "z"}]), "zones[0].zone_id: invalid type"),
        (
            "command.context.household.shopping_lists",
            json!([{"name": "l"}]),
            "shopping_lists[0]: missing field `list_id`",
        ),
        ("command.context.household.shopping_lists", json!({}), "shopping_lists: invalid type: object"),
        ("command.context.household.pets", json!([]), "command.context.household: unknown field, expected"),
        (
            "command.context.defaults.default_list_id",
            json!(7),
            "command.context.defaults.default_list_id: invalid type",
        ),
        ("command.context.defaults.default_zone", json!("z"), "command.context.defaults: unknown field, expected"),
        ("command.context.policies", json!({"quiet_hours": 1}), "command.context.policies.quiet_hours: invalid type"),
        (
            "command.context.policies",
            json!({"max_open_tasks_per_user": -1}),
            "policies.max_open_tasks_per_user: invalid",
        ),
        (
            "command.context.policies",
            json!({"max_open_tasks_per_user": 1.5}),
            "policies.max_open_tasks_per_user: invalid",
        ),
        ("command.context.weather", json!({}), "command.context: unknown field, expected"),
        ("command.priority", json!(1), "command: unknown field, expected"),
        (CANARIES[0], json!(1), "unknown field"),
        ("command", json!(CANARIES[0]), "command: invalid type: string"),
        ("exchanges", json!([]), "exchanges: invalid type: array"),
        ("exchanges.other_task", json!([]), "exchanges: unknown field, expected"),
        ("exchanges.partial_trust_shopping.0.latency_ms", json!(-1), "partial_trust_shopping[0].latency_ms: invalid"),
        ("exchanges.partial_trust_shopping.0.latency_ms", json!(1.5), "partial_trust_shopping[0].latency_ms: invalid"),
        ("exchanges.partial_trust_shopping.0.error", json!("timeout"), "either `raw` or `error`"),
        (
            "exchanges.partial_trust_shopping",
            json!([{"error": CANARIES[1], "latency_ms": 1}]),
            "partial_trust_shopping[0]",
        ),
        (
            "exchanges.partial_trust_shopping",
            json!([{"raw": "x"}]),
            "partial_trust_shopping[0]: missing field `latency_ms`",
        ),
        ("label.action", secret(), "label.action: not a known"),
        ("label.intent", secret(), "label.intent: not a known"),
        ("label.items", json!([{}]), "label.items[0]: missing field `name`"),
        ("label.items.0.colour", secret(), "label.items[0]: unknown field, expected"),
        ("tags", json!([1]), "tags[0]: invalid type"),
        ("note", json!(null), "note: invalid type: null"),
        ("environment", json!({"A": 1}), "environment.?: invalid type"),
        ("source", json!("found"), "source: not a known source"),
        ("candidate", json!({"mood": 1}), "candidate: unknown field, expected"),
    ];
    for (path, value, problem) in set {
        refuse_line(&with_canary().with(path, value).line(), problem);
    }
    for path in ["command_id", "user_id", "timestamp", "text", "capabilities", "context"] {
        let path = format!("command.{path}");
        let problem = format!("command: missing field `{}`", &path[8..]);
        refuse_line(&with_canary().without(&path).line(), &problem);
    }
    refuse_line(
        &with_canary().without("command.context.household").line(),
        "command.context: missing field `household`",
    );
    refuse_line(&with_canary().without("command").line(), "missing field `command`");
}

#[test]
fn fields_that_contradict_each_other_are_named() {
    let captured =
        json!({"at": "2026-01-01T00:00:00Z", "system_version": "1", "model": CANARIES[0], "prompt_digest": "d"});
    refuse_line(&with_canary().with("source", "captured").line(), "captured: is required");
    refuse_line(&with_canary().with("captured", captured).line(), "captured: belongs to source `captured`");
    refuse_line(&with_canary().with("seed", 4).line(), "seed: belongs to source `generated`");
    refuse_line(&with_canary().with("candidate", json!({})).line(), "candidate: stands in place of");
}

#[test]
fn lines_that_are_no_json_object_are_named() {
    let good = with_canary().line();
    let cut = good.chars().take(200).collect::<String>();
    for (bad, problem) in [
        (cut.as_str(), "EOF while parsing"),
        (CANARIES[1], "expected"),
        ("[1]", "invalid type: array"),
        ("null", "invalid type: null"),
        ("\"canary7f3\"", "invalid type: string"),
        ("{\"command\":}", "expected value"),
        (&good.replacen("\"v\":1", "\"v\":NaN", 1), "expected"),
        (&good.replacen("\"v\":1", "\"v\":1,\"v\":1", 1), "duplicate field `v`"),
        (&format!("{good}{good}"), "trailing characters"),
        (&good.replacen("купи", "\\ud800", 1), "hex escape"),
        (&good.replacen("купи", "\u{1}", 1), "control character"),
        (&format!("{good}\r"), "CR LF"),
        (&format!("\u{feff}{good}"), "byte order mark"),
    ] {
        refuse_line(bad, problem);
    }
}

#[test]
fn damaged_files_are_named() {
    let good = with_canary().line();
    let broken_utf8 = [&good.as_bytes()[..40], b"\xff\xfe", &good.as_bytes()[40..]].concat();
    let long = format!("{{\"note\":\"{}{}\"}}", CANARIES[1], "x".repeat(1 << 20));
    let cut = good.chars().take(100).collect::<String>();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content, fragments) in [
        (around(&broken_utf8), ["bad.jsonl:2:41:", "invalid UTF-8"]),
        (around(b""), ["bad.jsonl:2", "blank"]),
        (around(b" \t "), ["bad.jsonl:2", "blank"]),
        (around(long.as_bytes()), ["bad.jsonl:2", "longer than 1 MiB"]),
        (format!("{good}\n{cut}").into_bytes(), ["bad.jsonl:2:100:", "EOF"]),
        (format!("\u{feff}{good}\n").into_bytes(), ["bad.jsonl:1:1:", "byte order mark"]),
        (format!("{good}\r\n{good}\r\n").into_bytes(), ["bad.jsonl:1:", "CR LF"]),
        (utf16, ["bad.jsonl:1:", "error: "]),
        (around(b"\0\0\0"), ["bad.jsonl:2:", "error: "]),
    ] {
        let workbench = Workbench::new().with("corpora/bad.jsonl", content);
        refuse(&workbench, "corpora/bad.jsonl", &fragments);
    }
}

#[test]
fn a_duplicate_names_both_lines() {
    let mut recordings = mixture(50);
    recordings.push(with_canary().with("command.command_id", "case-007"));
    let workbench = Workbench::new().with_corpus("bad", &recordings);
    let before = workbench.tree();
    let ran = workbench.run(["replay"]).exits(4).says(&["bad.jsonl:51", "command_id", "line 8", "help: "]);
    assert!(CANARIES.iter().all(|canary| !ran.stderr.contains(canary)));
    assert_eq!((workbench.tree(), workbench.run_folder()), (before, Vec::new()));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let workbench =
        Workbench::new().with("corpora/empty.jsonl", "").with("corpora/plain.jsonl.gz", corpus(&mixture(3)));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(corpus(&mixture(40)).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let mut flipped = packed.clone();
    let place = packed.len() - 6;
    flipped[place] ^= 0x55;
    let zst = zstd::encode_all(corpus(&mixture(40)).as_bytes(), 1).unwrap();
    fs::create_dir(workbench.path("corpora/folder.jsonl")).unwrap();
    let workbench = workbench
        .with("corpora/cut.jsonl.gz", &packed[..packed.len() / 2])
        .with("corpora/flipped.jsonl.gz", flipped)
        .with("corpora/cut.jsonl.zst", &zst[..zst.len() / 2])
        .with("corpora/text.jsonl.zst", "this is canary7f3");
    for (file, fragments) in [
        ("corpora/cut.jsonl.gz", ["cut.jsonl.gz:", "caused by: "]),
        ("corpora/flipped.jsonl.gz", ["flipped.jsonl.gz:", "caused by: "]),
        ("corpora/cut.jsonl.zst", ["cut.jsonl.zst:", "caused by: "]),
        ("corpora/text.jsonl.zst", ["text.jsonl.zst:", "caused by: "]),
        ("corpora/plain.jsonl.gz", ["plain.jsonl.gz:", "caused by: "]),
        ("corpora/folder.jsonl", ["folder.jsonl", "is a directory"]),
        ("corpora/nowhere.jsonl", ["nowhere.jsonl", "caused by: "]),
    ] {
        refuse(&workbench, file, &fragments);
    }
    workbench.run(["replay", "corpora/empty.jsonl"]).exits(4).says(&["empty.jsonl", "is empty"]);
    workbench.run(["replay", "nowhere"]).exits(4).says(&["`nowhere`", "help: "]);
    workbench.run_with(["replay", "-"], &[], &packed[..100]).exits(4).says(&["<stdin>"]);
    assert_eq!(workbench.run_folder(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let workbench = Workbench::new().with_corpus("bad", &[with_canary()]);
    let path = workbench.path("corpora/bad.jsonl");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::File::open(&path).is_ok() {
        println!("skipped: permissions do not bind this user");
        return;
    }
    for arguments in [["replay", "--quiet"], ["decide", "corpora/bad.jsonl"]] {
        workbench.run(arguments).exits(4).says(&["corpora/bad.jsonl", "caused by: "]);
    }
    assert_eq!(workbench.run_folder(), Vec::<String>::new());
}

#[test]
fn a_bad_project_file_is_named_with_line_and_column() {
    for (text, fragments) in [
        ("rules = [\"reference\"\n", ["corridor.toml:", "error: "]),
        ("\nrule = []\n", ["corridor.toml:2:1: ", "unknown field"]),
        ("rules = [\"lax\"]\n", ["corridor.toml", "rules"]),
        ("rules = []\n", ["corridor.toml", "rules"]),
        ("stages = [0.5, 1.5]\n", ["corridor.toml", "stages"]),
        ("stages = [0.0]\n", ["corridor.toml", "stages"]),
        ("[corpus.mix]\nrole = \"best\"\n", ["corridor.toml:2:8: ", "role"]),
        ("[corpus.mix]\n", ["corridor.toml:1:", "role"]),
        ("[environment]\nA = 1\n", ["corridor.toml:2:5: ", "string"]),
    ] {
        let workbench = Workbench::new().with_corpus("mix", &mixture(3)).with("corridor.toml", text);
        workbench.run(["replay"]).exits(4).says(&fragments);
        workbench.run(["pending"]).exits(4).says(&fragments);
        assert_eq!(workbench.run_folder(), Vec::<String>::new());
    }
    let workbench = Workbench::new();
    workbench.run(["replay", "--config", "nowhere.toml"]).exits(4).says(&["nowhere.toml"]);
    workbench.run(["replay"]).exits(4).says(&["corpora", "help: "]);
}

#[cfg(unix)]
#[test]
fn a_full_output_device_is_an_error() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full");
        return;
    };
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    for arguments in [
        vec!["decide", "corpora/mix.jsonl"],
        vec!["generate", "--count", "3"],
        vec!["generate", "--list"],
        vec!["replay", "--format", "json"],
        vec!["replay"],
        vec!["completions", "bash"],
    ] {
        let mut command = workbench.command(&arguments);
        let output = command.stdout(Stdio::from(full.try_clone().unwrap())).output().unwrap();
        Ran::new(format!("{arguments:?}"), output).exits(4).says(&["error: "]);
    }
}

/// A limit on the size of a file stands in for a full disk: the write that does not fit fails.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing_and_leaves_nothing() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(40)).with_golden();
    let limited = |blocks: u32, arguments: &[&str]| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, crate::workbench::PROGRAM]).args(arguments).current_dir(workbench.path("."));
        Ran::new(format!("{blocks} blocks: {arguments:?}"), command.env_clear().output().unwrap())
    };
    if !limited(0, &["--version"]).stdout.starts_with("corridor") {
        println!("skipped: no shell that limits the size of files");
        return;
    }
    let (tree, runs) = (workbench.tree(), workbench.run_folder());
    let mut recordings = mixture(40);
    recordings[0] = recordings[0].clone().regressed();
    for blocks in [0, 1, 8, 40] {
        workbench.write("corpora/mix.jsonl", corpus(&recordings));
        let ran = limited(blocks, &["replay"]).exits(4).says(&["error: cannot ", "caused by: "]);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        assert_eq!(workbench.run_folder(), runs, "{blocks} blocks");
        workbench.write("corpora/mix.jsonl", corpus(&mixture(40)));
        assert_eq!(workbench.tree(), tree, "{blocks} blocks");
    }
    workbench.write("corpora/mix.jsonl", corpus(&recordings));
    workbench.run(["replay"]).exits(1);
    let before = workbench.tree();
    limited(1, &["accept", "--case", "case-000", "--reason", "x"])
        .exits(4)
        .says(&["error: it failed, and nothing was changed in golden", "caused by: cannot "]);
    assert_eq!(workbench.tree(), before);
    limited(1, &["generate", "--count", "50", "-o", "made.jsonl"]).exits(4).says(&["made.jsonl"]);
    assert_eq!(workbench.tree(), before);
    workbench.run(["accept", "--case", "case-000", "--reason", "x"]).exits(0);
}
