//! What a verdict looks like, and what the policy says.

use super::project::{POLICY, captured, finding, hold, live, project};
use crate::recording::recording;
use crate::workbench::{Workbench, shipped};
use serde_json::Value;

#[test]
fn every_rule_can_be_explained() {
    let workbench = live();
    let ran = hold(&workbench).exits(0);
    let findings = ran.json()["judgement"]["findings"].as_array().unwrap().clone();
    for rule in findings.iter().map(|finding| finding["rule"].as_str().unwrap()) {
        let alone = workbench.run(["gate", "--explain", rule]).exits(0);
        assert!(alone.stdout.contains("why") && alone.stdout.contains("decides"), "{}", alone.stdout);
        let asked = workbench.run(["gate", "--to", "0.10", "--explain", rule, "--dry-run"]).exits(0);
        assert!(asked.stdout.contains("found"), "{}", asked.stdout);
        assert!(shipped("docs/gate.md").contains(&format!("| `{rule}` |")), "{rule}");
    }
    workbench.run(["gate", "--explain", "luck"]).exits(2).says(&["items_lost"]);
}

#[test]
fn text_markdown_and_json_say_the_same() {
    let workbench = live();
    let arguments = |format| ["gate", "--hold", "0.10", "--risk-log", "risk.jsonl", "--dry-run", "--format", format];
    let json = workbench.run(arguments("json")).exits(0);
    let text = workbench.run(arguments("text")).exits(0);
    let markdown = workbench.run(arguments("markdown")).exits(0);
    let sentence = json.json()["sentence"].as_str().unwrap().to_owned();
    assert!(text.stdout.trim_end().ends_with(&sentence), "{}", text.stdout);
    assert!(markdown.stdout.starts_with("## Gate hold 0.10, rules reference: GO\n"), "{}", markdown.stdout);
    let verbal = finding(&json, "error")["seen"]["records"].to_string();
    assert!(text.stdout.contains(&verbal) && markdown.stdout.contains(&verbal));
}

#[test]
fn every_field_is_documented() {
    let workbench = live();
    let document = shipped("docs/gate.md");
    let receipt = workbench.read("rollout/receipts/0001-0.10-go.json");
    for text in [
        hold(&workbench).stdout,
        receipt,
        workbench.run(["gate", "--check", "rollout/receipts/0001-0.10-go.json", "--format", "json"]).stdout,
    ] {
        let mut names = Vec::new();
        fields(&serde_json::from_str(&text).unwrap(), &mut names);
        // Classes and effects are those of a summary, and the policy's own fields are explained in the policy.
        let elsewhere = shipped("docs/summary-json.md") + &shipped("src/gate/policy/rollout.toml");
        let unknown: Vec<_> = names
            .iter()
            .filter(|name| !document.contains(&format!("`{name}`")) && !elsewhere.contains(name.as_str()))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

fn fields(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                fields(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_hostile_id_is_harmless_in_every_format() {
    let id = "a\u{1b}[31m|<img src=x>@all\u{202e}`";
    let traffic = [recording(id).regressed(), captured(1)];
    let workbench = project(&traffic);
    let everybody = POLICY.replace("rate = 0.10", "rate = 1.0");
    workbench.write("rollout.toml", everybody);
    for format in ["text", "markdown"] {
        let ran = workbench.run(["gate", "--to", "1", "--dry-run", "--format", format]);
        // An id that is no name may be what a user said.
        assert!(ran.stdout.contains("sha256"), "{}", ran.stdout);
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']) && !ran.stdout.contains("img"), "{}", ran.stdout);
    }
    let json = workbench.run(["gate", "--to", "1", "--dry-run", "--format", "json"]);
    assert!(!json.stdout.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn the_policy_that_is_printed_is_the_one_that_is_built_in() {
    let workbench = Workbench::clone_of_shipped();
    workbench.run(["replay", "--check"]).exits(0);
    let printed = workbench.run(["gate", "--print-policy"]).exits(0);
    assert_eq!(printed.stdout, shipped("src/gate/policy/rollout.toml"));
    let judged = || workbench.run(["gate", "--to", "0.01", "--dry-run", "--format", "json"]).exits(1).json();
    let before = judged();
    workbench.write("rollout.toml", printed.stdout);
    let after = judged();
    assert_eq!((&after["judgement"], &after["policy"]), (&before["judgement"], &before["policy"]));
    assert_ne!(after["inputs"]["policy"], before["inputs"]["policy"]);
}

#[test]
fn a_bad_policy_is_refused_with_line_and_column() {
    let workbench = project(&[captured(1)]);
    for (text, says) in [
        (
            "format = 1\n[rule.regresed]\nkind = \"block\"\ngo = 0.1\n",
            "rollout.toml:2:7: rule: unknown field, expected one of `broken`",
        ),
        ("format = 1\nalpha = 2\n", "rollout.toml:2:9: alpha: expected a risk"),
        ("format = 7\n", "rollout.toml: format: is 7, this program reads 1"),
        ("format = \n", "rollout.toml:1:"),
    ] {
        workbench.write("rollout.toml", text);
        let ran = workbench.run(["gate", "--to", "0.10"]).exits(4).says(&[says, "--print-policy"]);
        assert!(ran.stdout.is_empty());
    }
    workbench.run(["gate", "--to", "0.10", "--policy", "none.toml"]).exits(4).says(&["none.toml"]);
}

#[test]
fn a_weaker_policy_is_reported_and_a_rule_in_dry_run_decides_nothing() {
    let workbench = project(&(0..500).map(|number| captured(number).regressed()).collect::<Vec<_>>());
    workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(1);
    let lax = format!(
        "{POLICY}[rule.regressed]\nkind = \"block\"\ngo = 0.02\nno_go = 0.05\ndry_run = true\n[rule.items_lost]\nkind = \"block\"\ngo = 0.01\n"
    );
    workbench.write("rollout.toml", lax);
    let ran = workbench.run(["gate", "--to", "0.10", "--dry-run"]).exits(0);
    assert!(
        ran.stdout.contains("not the built-in one") && ran.stdout.contains("rule.regressed.dry_run"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("regressed (dry run)"), "{}", ran.stdout);
}
