//! Every terminal state of the corridor: its line, its decision, and nothing raw in it.

use super::{Case, actions, answered, decide, environment, injected, on_list};
use crate::recording::{Recorded, recording};
use crate::workbench::{Workbench, lines, shipped};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What users and models say here; lower case, and found in any case.
const CANARY: &str = "канар7f3canary";

/// Status, reason, whether the sample was passed, and a recording that leads there.
type Way = (&'static str, &'static str, bool, Recorded);

/// The canary in every text of the user and of the household.
fn planted(recorded: Recorded) -> Recorded {
    let lists = json!([{"list_id": "list-home", "name": CANARY}, {"list_id": CANARY, "name": CANARY}]);
    recorded
        .without("label")
        .text(&format!("Купи {CANARY}"))
        .with("command.user_id", CANARY)
        .with("command.context.household.household_id", CANARY)
        .with("command.context.household.shopping_lists", lists)
        .with("environment", environment("PARTIAL_TRUST_TIMEOUT_MS", None))
}

fn under(variable: &str, value: &str) -> Recorded {
    planted(recording("a")).with("environment", environment(variable, Some(value)))
}

fn answer(answer: &Value) -> Recorded {
    planted(answered("a", &answer.to_string()))
}

fn failed(error: &str) -> Recorded {
    planted(recording("a")).with("exchanges", json!({"partial_trust_shopping": [{"error": error, "latency_ms": 5}]}))
}

fn candidate(intent: &str, actions: &Value) -> Recorded {
    planted(injected("a", json!({"intent": intent, "proposed_actions": actions})))
}

fn ways_of_reference() -> Vec<Way> {
    let fallback = |reason, recorded| ("fallback_deterministic", reason, true, recorded);
    let intent = "add_shopping_item";
    vec![
        ("skipped", "baseline_non_execute", false, planted(recording("a")).text(&format!("Что {CANARY}"))),
        ("skipped", "corridor_mismatch", false, under("PARTIAL_TRUST_INTENT", CANARY)),
        ("not_sampled", "not_sampled", false, under("PARTIAL_TRUST_SAMPLE_RATE", "0")),
        ("skipped", "policy_disabled", true, under("PARTIAL_TRUST_PROFILE_ID", CANARY)),
        fallback("timeout", failed("timeout")),
        fallback("llm_unavailable", failed("unavailable")),
        fallback("llm_error", failed("error")),
        fallback("invalid_json", planted(answered("a", CANARY))),
        fallback("schema_validation_failed", answer(&json!({"item_name": CANARY, CANARY: CANARY}))),
        fallback("invalid_schema", answer(&json!({"item_name": " ", "quantity": CANARY}))),
        fallback("corridor_mismatch", candidate(CANARY, &actions(&[on_list(CANARY)]))),
        fallback("invalid_schema", candidate(intent, &json!([{CANARY: CANARY}]))),
        fallback("invalid_item_name", answer(&json!({"item_name": CANARY.repeat(20)}))),
        fallback("list_id_unknown", answer(&json!({"item_name": CANARY, "list_id": format!("{CANARY} x")}))),
        fallback("low_confidence", answer(&json!({"item_name": CANARY, "confidence": 0.59}))),
        ("accepted_llm", "accepted", true, answer(&json!({"item_name": CANARY, "list_id": CANARY, "unit": CANARY}))),
    ]
}

fn ways_of_strict() -> Vec<Way> {
    let fallback = |reason, recorded| ("fallback_deterministic", reason, true, recorded);
    let two = format!("Купи {CANARY} и {CANARY}");
    let three = format!("Купи 3 {CANARY}");
    vec![
        ("skipped", "timeout_invalid", true, under("PARTIAL_TRUST_TIMEOUT_MS", CANARY)),
        fallback("items_lost", answer(&json!({"item_name": CANARY})).text(&two)),
        fallback("ungrounded_item", answer(&json!({"item_name": format!("{CANARY} x")}))),
        fallback("quantity_conflict", answer(&json!({"item_name": CANARY, "quantity": CANARY})).text(&three)),
    ]
}

#[test]
fn every_terminal_state_has_its_risk_line_without_raw_text() {
    for (rules, ways) in [("reference", ways_of_reference()), ("strict", ways_of_strict())] {
        let case = |(status, reason, sampled, recorded): &Way| {
            Case::new(*reason, recorded).ends(status, reason).shows("/risk/sampled", *sampled)
        };
        let cases: Vec<_> = ways.iter().map(case).collect();
        for (case, line) in cases.iter().zip(decide(&["--recorded-environment", "--rules", rules], &cases)) {
            assert!(case.line.contains(CANARY) && line["baseline"].is_object(), "{}", case.name);
            let risk = line["risk"].to_string().to_lowercase();
            assert!(!risk.contains("канар") && !risk.contains("canary"), "{}: {risk}", case.name);
        }
    }
}

#[test]
fn every_reason_that_the_documentation_calls_reachable_is_reached_here() {
    let reasons = shipped("docs/reasons.md");
    let documented: BTreeSet<_> = reasons.lines().filter_map(reachable_reason).collect();
    let ways = [ways_of_reference(), ways_of_strict()].concat();
    let reached: BTreeSet<_> = ways.iter().map(|(_, reason, ..)| *reason).collect();
    assert_eq!(documented, reached);
}

/// The reason of a row of a table that says in its last cell how the reason is reached.
fn reachable_reason(row: &str) -> Option<&str> {
    let cells: Vec<_> = row.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let how = cells.last()?;
    let is_reached = ["yes", "injected", "configuration", "with "].iter().any(|word| how.starts_with(word));
    let mut codes = cells.iter().take(3).filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
    codes.next_back().filter(|_| is_reached)
}

#[test]
fn explain_names_the_terminal_state() {
    for (rules, ways) in [("reference", ways_of_reference()), ("strict", ways_of_strict())] {
        let named = |(number, way): (usize, &Way)| way.3.clone().with("command.command_id", format!("way-{number}"));
        let recordings: Vec<_> = ways.iter().enumerate().map(named).collect();
        let bench = Workbench::new().with_corpus("ways", &recordings);
        for (number, (status, reason, ..)) in ways.iter().enumerate() {
            let id = format!("way-{number}");
            let ran = bench.run(["explain", "ways", &id, "--recorded-environment", "--rules", rules]).exits(0);
            let risk = format!("\"status\":\"{status}\", \"reason_code\":\"{reason}\"");
            assert!(ran.stdout.contains(&risk), "{reason}: {}", ran.stdout);
            let class = match *status {
                "fallback_deterministic" => "fell_back",
                "accepted_llm" => "unlabelled",
                _ => "outside",
            };
            assert!(ran.stdout.contains(&format!("→ {class}:")), "{reason}: {}", ran.stdout);
        }
    }
}

#[test]
fn while_the_switch_is_off_there_is_no_risk_line() {
    for (_, reason, _, recorded) in ways_of_reference() {
        let off = recorded.with("environment", environment("PARTIAL_TRUST_ENABLED", Some("false")));
        let line = decide(&["--recorded-environment"], &[Case::new(reason, &off)]).remove(0);
        assert_eq!((&line["risk"], &line["decision"]), (&Value::Null, &line["baseline"]), "{reason}");
    }
}

/// Nothing that can be recorded makes our own path panic, so an implementation that caught something stands in.
#[test]
fn an_error_that_was_caught_leaves_the_baseline_and_a_name_that_is_no_message() {
    let bench = Workbench::new().with_corpus("one", &[recording("a")]);
    let plain = lines(&bench.run(["decide", "corpora/one.jsonl"]).exits(0).stdout).remove(0);
    let caught = |name: &str, decision: &Value| {
        let mut line = plain.clone();
        line["decision"] = decision.clone();
        for field in ["latency_ms", "model_meta", "llm_summary", "diff_summary"] {
            line["risk"][field] = Value::Null;
        }
        for (field, value) in [("status", json!("error")), ("reason_code", json!(name)), ("sampled", json!(false))] {
            line["risk"][field] = value;
        }
        bench.write("theirs.jsonl", format!("{line}\n"));
        let _ = std::fs::remove_dir_all(bench.path(".corridor"));
        let ran = bench.run(["replay", "one", "--decisions", "theirs.jsonl", "--rules", "reference"]);
        (ran.code, bench.runs().first().map(|run| run.classes()["a"].clone()).unwrap_or_default())
    };
    let baseline = &plain["baseline"];
    let longest = "E".repeat(64);
    for name in ["KeyError", "panic", "E", &longest] {
        assert_eq!(caught(name, baseline), (0, "errored".to_owned()), "{name}");
    }
    for message in ["could not read: купи", "Key Error", "", &format!("{longest}E")] {
        assert_eq!(caught(message, baseline), (4, String::new()), "{message:?}");
    }
    let mut other = baseline.clone();
    other["payload"]["proposed_actions"][0]["payload"]["item"]["name"] = json!("пиво");
    assert_eq!(caught("KeyError", &other), (5, "broken".to_owned()));
}
