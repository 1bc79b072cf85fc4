//! Every format of a report of stored runs.

use super::changed;
use crate::recording::recording;
use crate::workbench::Workbench;
use serde_json::json;

const FORMATS: [&str; 6] = ["text", "json", "markdown", "html", "junit", "annotations"];

#[test]
fn a_report_says_the_same_in_every_format_and_never_replays() {
    let workbench = changed();
    workbench.run(["replay"]).exits(1);
    std::fs::remove_dir_all(workbench.path("corpora")).unwrap();
    let tree = workbench.tree();
    for format in FORMATS {
        let one = workbench.run(["report", "--format", format]).exits(0).stdout;
        assert_eq!(one, workbench.run(["report", "--format", format]).exits(0).stdout, "{format}");
        assert!(one.contains("regressed"), "{format}: {one}");
        workbench.run(["report", "--format", format, "--output", "out"]).exits(0);
        assert_eq!(workbench.read("out"), one, "{format}");
        std::fs::remove_file(workbench.path("out")).unwrap();
    }
    assert_eq!(workbench.tree(), tree);
    let document = workbench.run(["report", "--format", "json"]).exits(0).json();
    assert_eq!(document["runs"].as_array().unwrap().len(), 2);
    let changed = document["changes"]["changed"].as_u64().unwrap();
    let listed = document["cases"].as_array().unwrap();
    assert_eq!(listed.iter().filter(|case| case["group"] != json!(null)).count() as u64, changed);
    let first = workbench.run(["report", "--format", "json", "--cases", "1"]).exits(0).json();
    assert_eq!(first["cases"], json!([listed[0]]));
    assert_eq!(first["cases_left_out"], json!(listed.len() - 1));
}

#[test]
fn the_newest_verdict_about_a_run_is_in_its_report() {
    let workbench = changed();
    workbench.run(["replay"]).exits(1);
    assert_eq!(workbench.run(["report", "--format", "json"]).json()["runs"][0]["verdict"], json!(null));
    let asked = workbench.run(["gate", "--to", "0.01"]);
    assert!([1, 3].contains(&asked.code), "{}", asked.stderr);
    let document = workbench.run(["report", "--format", "json"]).exits(0).json();
    let verdict = &document["runs"][0]["verdict"];
    assert_eq!(verdict["asked"], "to 0.01");
    assert_eq!(document["runs"][1]["verdict"], json!(null), "it was about the other rule set");
    assert!(workbench.run(["report"]).exits(0).stdout.contains(verdict["receipt"].as_str().unwrap()));
    let receipt = format!("rollout/receipts/{}", verdict["receipt"].as_str().unwrap());
    let forged = workbench.read(&receipt).replace("mara", "ann").replace("\"sequence\": 1", "\"sequence\": 7");
    workbench.write(&receipt, forged);
    let document = workbench.run(["report", "--format", "json"]).exits(0).json();
    assert_eq!(document["runs"][0]["verdict"], json!(null));
    assert!(document["changes"]["notes"].to_string().contains("cannot be believed"), "{document}");
}

/// Text that must not be found again.
const CANARY: &str = "канарейка7f3a";

fn planted() -> Workbench {
    let text = |text: &str| format!("Купи {CANARY} {text}");
    let item = json!({"item_name": format!("{CANARY} пиво"), "list_id": "list-home", "confidence": 0.9});
    let recordings = [
        recording("plain").text(&text("хлеб")).answer(&item),
        recording(&format!("id {CANARY}")).text(&text("хлеб и молоко")).answer(&item).with("tags", json!([CANARY])),
        recording("gone").text(&text("хлеб")),
    ];
    let workbench = Workbench::new().with_corpus("mix", &recordings).with_golden();
    let changed = [
        recording("plain").text(&text("батон")).answer(&item),
        recording(&format!("id {CANARY}")).text(&text("сыр")).answer(&item).with("tags", json!([CANARY])),
    ];
    workbench.write("corpora/mix.jsonl", crate::recording::corpus(&changed));
    workbench.run(["replay"]).exits(1);
    workbench
}

#[test]
fn a_redacted_report_holds_no_text_of_a_user_in_any_format() {
    let workbench = planted();
    for format in FORMATS {
        let shown = workbench.run(["report", "--format", format]).exits(0).stdout;
        let redacted = workbench.run(["report", "--redact", "--format", format]).exits(0).stdout;
        assert!(!redacted.contains("канарейка") && !redacted.contains("7f3a"), "{format}: {redacted}");
        let is_public = ["junit", "annotations"].contains(&format);
        let texts = shown.replace(&format!("id {CANARY}"), "");
        assert_eq!(texts.contains(CANARY), !is_public, "{format}: {shown}");
        let between = workbench.run(["diff", "golden/reference", "latest-reference", "--redact", "--format", format]);
        assert!(!between.exits(1).stdout.contains("канарейка"), "{format}");
    }
    let page = workbench.run(["report", "--redact", "--format", "json"]).exits(0).json();
    assert!(page["cases"].to_string().contains("[text 2]"), "what differs can still be told apart: {page}");
}
