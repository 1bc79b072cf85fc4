//! Fixed faults: each test failed before the fix.

use crate::recording::{corpus, mixture, recording};
use crate::workbench::Workbench;
use serde_json::json;

#[test]
fn replays_at_the_same_time_do_not_disturb_each_other() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    workbench.run(["replay"]).exits(0);
    std::thread::scope(|scope| {
        for number in 0..3 {
            let workbench = &workbench;
            scope.spawn(move || {
                for _ in 0..25 {
                    workbench.run(["replay", "--env", &format!("PARTIAL_TRUST_TIMEOUT_MS=20{number}")]).exits(0);
                }
            });
        }
    });
}

#[test]
fn a_kill_while_a_run_is_replaced_does_not_lose_the_latest() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    workbench.run(["replay"]).exits(0);
    for step in 1..=400 {
        let plan = format!("kill:{step}");
        let ran = workbench.run_with(["replay", "--threads", "1"], &[("CORRIDOR_FAULT", &plan)], b"");
        for rules in ["reference", "strict"] {
            assert_eq!(workbench.latest(rules).outcomes().len(), 6, "{plan} {rules}");
        }
        if !ran.stderr.contains("fault at step") {
            assert!(step > 10, "a replay has too few steps to be tested: {step}");
            return;
        }
    }
    panic!("a replay has more than 400 steps");
}

#[test]
fn first_golden_is_created_for_all_rule_sets_or_none() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    workbench.run(["replay"]).exits(0);
    std::fs::remove_dir_all(workbench.latest("strict").folder).unwrap();
    let before = workbench.tree();
    workbench.run(["accept", "--new", "--reason", "x"]).exits(4);
    assert_eq!(workbench.tree(), before);
}

#[test]
fn keep_going_does_not_hide_missing_commands() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    workbench.write("corpora/mix.jsonl", corpus(&mixture(11)));
    workbench.run(["replay", "--check"]).exits(1);
    workbench.run(["replay", "--check", "--keep-going"]).exits(1);
}

#[test]
fn the_filter_does_not_read_the_environment() {
    let workbench = Workbench::new();
    let input = recording("a").line();
    for variable in [("CORRIDOR_COLOR", "purple"), ("CORRIDOR_QUIET", "perhaps")] {
        workbench.run_with(["decide"], &[variable], input.as_bytes()).exits(0);
    }
}

#[test]
fn a_switch_in_the_environment_is_on_for_1_and_off_for_0() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(6));
    for value in ["1", "0", "true", "false", ""] {
        workbench.run_with(["replay"], &[("CORRIDOR_QUIET", value)], b"").exits(0);
    }
}

#[test]
fn a_line_that_is_no_object_has_a_column() {
    for bad in ["[1]", "null", "\"x\"", "5"] {
        let workbench = Workbench::new().with("bad.jsonl", format!("{bad}\n"));
        let ran = workbench.run(["decide", "bad.jsonl"]).exits(4);
        let place = ran.stderr.strip_prefix("error: bad.jsonl:1:").unwrap();
        assert!(place.starts_with(|c: char| c.is_ascii_digit()), "{place}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_has_to_be_read_twice_is_kept_or_refused_for_what_it_is() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    let input = corpus(&mixture(12));
    let ran = workbench.run_with(["replay", "/dev/stdin", "--sample", "3"], &[], input.as_bytes());
    assert!(ran.code == 0 || !ran.stderr.contains("is empty"), "{}", ran.stderr);
}

#[test]
fn a_foreign_decision_without_a_recorded_extraction_is_unrecorded() {
    let one = recording("a").text("Покупки: рис").without("label");
    let workbench = Workbench::new().with_corpus("mix", &[one]);
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    assert_eq!(workbench.latest("reference").classes()["a"], "unrecorded");
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0);
    let workbench = workbench.with("mine.jsonl", decided.stdout);
    let run = workbench.replay(["replay", "mix", "--decisions", "mine.jsonl"]);
    assert_eq!(run.classes()["a"], "unrecorded");
}

#[test]
fn json_steers_no_terminal_either() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("a\u{202e}b\u{9b}c").regressed()]);
    let ran = workbench.run(["replay", "--format", "json"]).exits(0);
    assert!(!ran.stdout.contains(['\u{202e}', '\u{9b}']), "raw bidi or C1 in JSON");
    assert_eq!(ran.json()[0]["corpora"][0]["counts"]["worst"][0]["command_id"], json!("a\u{202e}b\u{9b}c"));
}

#[test]
fn a_deleted_golden_file_or_corpus_is_detected() {
    let workbench = Workbench::new().with("corridor.toml", "[corpus.other]\nrole = \"edge\"\n");
    let workbench = workbench.with_corpus("mix", &mixture(6)).with_corpus("other", &mixture(3)).with_golden();
    workbench.run(["replay", "--check"]).exits(0);
    std::fs::rename(workbench.path("corpora/other.jsonl"), workbench.path("other.jsonl")).unwrap();
    workbench.run(["replay", "--check"]).exits(4).says(&["declared and not in ", "corpus `other`"]);
    std::fs::rename(workbench.path("other.jsonl"), workbench.path("corpora/other.jsonl")).unwrap();
    std::fs::remove_file(workbench.path("golden/strict/other.json")).unwrap();
    workbench.run(["replay", "--check"]).exits(1);
}

#[test]
fn a_filter_with_threads_ends_at_a_bad_line_while_its_peer_waits() {
    use std::io::Write;
    let workbench = Workbench::new();
    let mut filter =
        workbench.command(["decide", "--threads", "2"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = filter.stdin.take().unwrap();
    stdin.write_all(b"not json\n").unwrap();
    // Standard input stays open until the program has ended.
    assert_eq!(filter.wait().unwrap().code(), Some(4));
    drop(stdin);
}

#[test]
fn compressed_standard_input_can_be_sampled() {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12));
    let compressed = zstd::encode_all(corpus(&mixture(12)).as_bytes(), 0).unwrap();
    let ran = workbench.run_with(["replay", "-", "--sample", "3", "--format", "json"], &[], &compressed).exits(0);
    assert_eq!(ran.json()[0]["corpora"][0]["counts"]["recordings"], 3);
}

#[test]
fn recordings_before_the_damage_of_an_archive_are_decided() {
    let recordings = corpus(&mixture(400));
    let mut compressed = zstd::encode_all(recordings.as_bytes(), 0).unwrap();
    compressed.truncate(compressed.len() - 40);
    let workbench = Workbench::new().with("broken.jsonl.zst", compressed);
    let ran = workbench.run(["decide", "broken.jsonl.zst"]).exits(4);
    let lines = ran.stdout.lines().count();
    assert!(ran.stderr.contains(&format!("broken.jsonl.zst:{}: cannot read on", lines + 1)), "{}", ran.stderr);
}

#[test]
fn an_accepted_decision_that_is_no_shopping_job_is_broken() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("a")]);
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout;
    let mut line: serde_json::Value = serde_json::from_str(&decided).unwrap();
    line["decision"] = json!({"status": "ok", "action": "propose_create_task", "confidence": 0.78,
        "payload": {"task": {"title": "t"}}});
    let workbench = workbench.with("mine.jsonl", format!("{line}\n"));
    workbench.run(["replay", "mix", "--decisions", "mine.jsonl"]).exits(5);
}
