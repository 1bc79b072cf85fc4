//! Receipts: what was decided stays decided, and what was edited is noticed.

use super::project::{captured, contradictions, hold, live, project};
use crate::workbench::{Ran, Workbench};
use serde_json::{Value, json};

const FIRST: &str = "rollout/receipts/0001-0.10-go.json";

fn three() -> Workbench {
    let workbench = project(&(0..410).map(captured).collect::<Vec<_>>());
    for _ in 0..3 {
        workbench.run(["gate", "--to", "0.10"]).exits(0);
    }
    workbench
}

fn check(workbench: &Workbench, receipt: &str) -> Ran {
    workbench.run(["gate", "--check", receipt, "--format", "json"])
}

fn states(ran: &Ran) -> Vec<(String, String)> {
    let checked = ran.json()["checked"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    checked.iter().map(|item| (text(&item["what"]), text(&item["state"]))).collect()
}

#[track_caller]
fn says(ran: &Ran, what: &str, state: &str) {
    assert!(states(ran).contains(&(what.to_owned(), state.to_owned())), "{:?}", states(ran));
}

#[test]
fn each_receipt_follows_the_one_before_and_none_is_replaced() {
    let workbench = three();
    let receipt = |number: u32| -> Value {
        serde_json::from_str(&workbench.read(&format!("rollout/receipts/000{number}-0.10-go.json"))).unwrap()
    };
    assert_eq!(receipt(1)["previous"], json!(null));
    assert_eq!(receipt(3)["previous"]["file"], "0002-0.10-go.json");
    assert_eq!(receipt(3)["sequence"], 3);
    for number in 1..4 {
        check(&workbench, &format!("rollout/receipts/000{number}-0.10-go.json")).exits(0);
    }
}

#[test]
fn a_dry_run_leaves_nothing() {
    let workbench = project(&(0..410).map(captured).collect::<Vec<_>>());
    let before = workbench.tree();
    workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(0).says(&["--dry-run"]);
    assert_eq!(workbench.tree(), before);
}

#[test]
fn an_edited_receipt_is_detected_anywhere_in_the_chain() {
    for (from, to) in [
        ("\"verdict\": \"go\"", "\"verdict\": \"no_go\""),
        ("\"records\": 410", "\"records\": 999"),
        ("\"critical\": false", "\"critical\":  false"),
        ("\"sequence\": 1", "\"sequence\": 1, \"note\": \"\""),
    ] {
        let workbench = three();
        let text = workbench.read(FIRST);
        assert!(text.contains(from));
        workbench.write(FIRST, text.replacen(from, to, 1));
        let ran = check(&workbench, FIRST).exits(4);
        says(&ran, "receipt", "differs");
        let next = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
        assert_eq!(contradictions(&next), ["tampered"]);
        assert!(!workbench.has("rollout/receipts/0004-0.10-go.json"));
    }
}

#[test]
fn a_removed_or_inserted_receipt_breaks_the_chain() {
    let workbench = three();
    let second = workbench.path("rollout/receipts/0002-0.10-go.json");
    let text = std::fs::read(&second).unwrap();
    std::fs::remove_file(&second).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10"]).exits(4);
    assert!(ran.stdout.contains("number 2 is not there"), "{}", ran.stdout);
    // Another one in its place is sealed, and not the one that the next one names.
    std::fs::write(&second, &text).unwrap();
    workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(0);
    let other = three();
    std::fs::write(&second, other.read("rollout/receipts/0002-0.10-go.json")).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10"]).exits(4);
    assert!(ran.stdout.contains("does not follow"), "{}", ran.stdout);
}

#[test]
fn a_check_reports_changed_and_missing_evidence() {
    let workbench = live();
    hold(&workbench).exits(0);
    let receipt = "rollout/receipts/0002-0.10-go.json";
    says(&check(&workbench, receipt).exits(0), "verdict", "same");
    // The service goes on writing.
    let log = workbench.read("risk.jsonl");
    workbench.write("risk.jsonl", log.clone() + "{\"status\":\"error\"}\n");
    says(&check(&workbench, receipt).exits(0), "risk log", "same");
    workbench.write("risk.jsonl", log.replacen("accepted_llm", "accepted_LLM", 1));
    says(&check(&workbench, receipt).exits(4), "risk log", "differs");
    std::fs::remove_file(workbench.path("risk.jsonl")).unwrap();
    says(&check(&workbench, receipt).exits(3), "risk log", "gone");
    workbench.write("risk.jsonl", log);
    // Runs are not committed: who clones has to replay.
    std::fs::remove_dir_all(workbench.path(".corridor")).unwrap();
    let gone = check(&workbench, receipt).exits(3);
    says(&gone, "run", "gone");
    assert!(gone.stdout.contains("corridor replay --rules reference"));
    workbench.run(["replay", "--check"]).exits(1);
    check(&workbench, receipt).exits(0);
    let outcomes = workbench.latest("reference").folder.join("outcomes.jsonl");
    let text = std::fs::read_to_string(&outcomes).unwrap();
    std::fs::write(&outcomes, text.replacen("agreed", "regressed", 1)).unwrap();
    says(&check(&workbench, receipt).exits(4), "run", "differs");
}

#[test]
fn a_receipt_is_about_what_the_corpora_were() {
    let workbench = three();
    let corpus = workbench.read("corpora/traffic.jsonl");
    workbench.write("corpora/traffic.jsonl", corpus + &captured(9000).line() + "\n");
    let ran = check(&workbench, FIRST).exits(0);
    let notes = ran.json()["notes"].as_array().unwrap().clone();
    assert!(notes.iter().any(|note| note.as_str().unwrap().contains("traffic has changed since")), "{notes:?}");
}

#[test]
fn a_check_changes_nothing_and_reports_bad_files() {
    let workbench = three();
    let before = workbench.tree();
    check(&workbench, FIRST).exits(0);
    workbench
        .run(["gate", "--check", "rollout/receipts/0009-0.10-go.json"])
        .exits(4)
        .says(&["cannot read the receipt"]);
    workbench.write("other.json", "{}");
    says(&check(&workbench, "other.json").exits(4), "receipt", "differs");
    std::fs::remove_file(workbench.path("other.json")).unwrap();
    assert_eq!(workbench.tree(), before);
}

#[test]
fn receipts_hold_no_text_of_users() {
    let secret = "кАнАрЕйКа";
    let traffic: Vec<_> = (0..60)
        .map(|number| {
            captured(number)
                .text(&format!("Купи {secret}"))
                .answer(&json!({"item_name": format!("{secret} {secret}"), "confidence": 0.9}))
                .with("note", secret)
                .with("tags", json!([secret]))
        })
        .collect();
    let workbench = project(&traffic);
    for arguments in [
        vec!["gate", "--to", "0.10"],
        vec!["gate", "--to", "0.10", "--format", "json"],
        vec!["gate", "--to", "0.10", "--format", "markdown", "-v"],
        vec!["gate", "--to", "0.10", "--explain", "regressed"],
    ] {
        let ran = workbench.run(arguments).exits(1);
        assert!(!(ran.stdout + &ran.stderr).to_lowercase().contains(&secret.to_lowercase()));
    }
    for (path, bytes) in workbench.tree() {
        let holds = String::from_utf8_lossy(&bytes).to_lowercase().contains(&secret.to_lowercase());
        assert!(!holds || path.starts_with("corpora/"), "{path}");
    }
}

#[test]
fn gates_at_the_same_time_do_not_write_over_each_other() {
    let workbench = project(&(0..410).map(captured).collect::<Vec<_>>());
    let children: Vec<_> = (0..6).map(|_| workbench.command(["gate", "--to", "0.10"]).spawn().unwrap()).collect();
    let done = children.into_iter().filter_map(|child| {
        let output = child.wait_with_output().unwrap();
        let code = output.status.code().unwrap();
        assert!(code == 0 || String::from_utf8_lossy(&output.stderr).contains("meanwhile"), "{output:?}");
        (code == 0).then_some(())
    });
    let done = done.count();
    let written = std::fs::read_dir(workbench.path("rollout/receipts")).unwrap().count();
    assert_eq!(written, done);
    workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(0);
}

#[test]
fn a_verdict_is_shown_also_where_its_receipt_cannot_be_written() {
    let workbench = project(&(0..60).map(|number| captured(number).regressed()).collect::<Vec<_>>());
    workbench.write("file", "");
    let ran = workbench.run(["gate", "--to", "0.10", "--receipts", "file/receipts"]).exits(4);
    assert!(ran.stdout.contains("NO_GO: "), "{}", ran.stdout);
    ran.says(&["cannot write", "the verdict above is not recorded"]);
}

#[test]
fn a_pipe_among_receipts_is_reported_and_does_not_block() {
    let workbench = three();
    std::fs::create_dir(workbench.path("rollout/receipts/folder.json")).unwrap();
    let ran = workbench.run(["gate", "--to", "0.10", "--format", "json"]).exits(4);
    assert_eq!(contradictions(&ran), ["tampered"]);
}
