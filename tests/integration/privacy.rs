//! No raw text where none belongs.
//!
//! The text of a command may be in outcomes and golden files, which are the project's own; a label, a note or an
//! answer in neither. Nothing raw may reach a risk line, a summary, a report or a terminal.

use crate::recording::{Recorded, recording};
use crate::workbench::{Ran, Workbench};
use serde_json::{Value, json};

/// Lower case, and found in any case.
const CANARY: &str = "кенар7f3canary";

fn text(around: &str) -> String {
    format!("{around} {CANARY}")
}

/// The canary in every free-form field around the command and in all but the command's text.
fn planted(command_id: &str) -> Recorded {
    recording(command_id)
        .with("command.user_id", CANARY)
        .with("command.context.household.household_id", CANARY)
        .with(
            "command.context.household.members",
            json!([
                {"user_id": CANARY, "display_name": CANARY, "role": CANARY, "workload_score": 1.5}
            ]),
        )
        .with("command.context.household.zones", json!([{"zone_id": CANARY, "name": CANARY}]))
        .with(
            "command.context.household.shopping_lists",
            json!([
                {"list_id": "list-home", "name": CANARY}, {"list_id": CANARY, "name": CANARY}
            ]),
        )
        .with("command.context.policies", json!({"quiet_hours": CANARY, "max_open_tasks_per_user": 3}))
        .with("label.items", json!([{"name": CANARY, "quantity": CANARY, "unit": CANARY, "list_id": CANARY}]))
        .with("note", CANARY)
        .with("tags", json!([CANARY]))
        .with("environment", json!({"OTHER": CANARY, CANARY: "x"}))
}

fn answered(command_id: &str, raw: &str) -> Recorded {
    let attempts = json!([
        {"raw": raw, "latency_ms": 10}, {"raw": raw, "latency_ms": 10},
        {"raw": raw, "latency_ms": 10}, {"raw": raw, "latency_ms": 10}
    ]);
    planted(command_id).with("exchanges", json!({"partial_trust_shopping": attempts, "shopping_extraction": attempts}))
}

fn injected(command_id: &str, candidate: &Value) -> Recorded {
    planted(command_id).without("exchanges").with("candidate", candidate.clone())
}

fn item(name: &str) -> Value {
    json!([{"action": "propose_add_shopping_item", "payload": {"item": {"name": name, "list_id": "list-home"}}}])
}

/// Every way through the corridor, with the canary in what the LLM says.
fn corpus() -> Vec<Recorded> {
    let answer = |answer: &Value| answer.to_string();
    vec![
        answered(
            "accepted",
            &answer(&json!({"item_name": CANARY, "quantity": CANARY, "unit": CANARY, "list_id": CANARY})),
        ),
        answered("accepted-long", &answer(&json!({"item_name": text("молоко"), "confidence": 0.7}))),
        answered("not-json", &text("I would say")),
        answered("not-an-object", &format!("[\"{CANARY}\"]")),
        answered("schema", &answer(&json!({"item_name": 5, CANARY: CANARY}))),
        answered("unknown-list", &answer(&json!({"item_name": CANARY, "list_id": text("list")}))),
        answered("too-long", &answer(&json!({"item_name": CANARY.repeat(20)}))),
        answered("unsure", &answer(&json!({"item_name": CANARY, "confidence": 0.1}))),
        answered("fenced", &format!("```json\n{{\"item_name\":\"{CANARY}\"}}\n```")),
        answered("extraction", &answer(&json!({"items": [{"name": CANARY, "quantity": CANARY, "unit": CANARY}]})))
            .text("Покупки"),
        answered("unrecorded", "x").with("exchanges", json!({})),
        injected("intent", &json!({"intent": CANARY, "proposed_actions": item("хлеб")})),
        injected("job-type", &json!({"job_type": CANARY, "proposed_actions": item("хлеб")})),
        injected("action", &json!({"proposed_actions": [{"action": CANARY, "payload": {"item": {"name": CANARY}}}]})),
        injected("no-list", &json!({"proposed_actions": CANARY})),
        injected("key", &json!({"proposed_actions": [{CANARY: CANARY, "action": CANARY}]})),
        injected("confidence", &json!({"proposed_actions": item(CANARY), "confidence": CANARY})),
        injected(
            "meta",
            &json!({"proposed_actions": item(CANARY), "latency_ms": 5, "confidence": 0.9,
            "model_meta": {"profile": CANARY, "task_id": CANARY, "escalated": CANARY, "prompt": CANARY, CANARY: CANARY}}),
        ),
        planted("text").text(&text("Купи")),
        planted("task")
            .text(&text("Сделай уборку"))
            .with("label", json!({"action": "start_job", "task": {"title": CANARY}})),
        planted("question").text(&text("Что")).with("label", json!({"action": "clarify", "missing_fields": [CANARY]})),
        planted("reject").text(&text("оплати")),
        planted("captured").with("source", "captured").with(
            "captured",
            json!({"at": "2026-01-01T00:00:00Z",
            "system_version": CANARY, "model": CANARY, "prompt_digest": CANARY}),
        ),
    ]
}

fn holds_canary(text: &str) -> bool {
    text.to_lowercase().contains(CANARY)
}

#[track_caller]
fn assert_silent(what: &str, text: &str) {
    if let Some(line) = text.lines().find(|line| holds_canary(line)) {
        panic!("{what}: {line:.1000}");
    }
}

#[track_caller]
fn assert_nothing_printed(what: &str, ran: &Ran) {
    assert_silent(what, &ran.stdout);
    assert_silent(what, &ran.stderr);
}

#[test]
fn raw_text_reaches_neither_risk_lines_nor_summaries_nor_the_terminal() {
    let workbench = Workbench::new().with_corpus("planted", &corpus());
    for mode in [
        ["--format", "json"],
        ["--format", "text"],
        ["--verbose", "--as-deployed"],
        ["--recorded-environment", "--verbose"],
    ] {
        let ran = workbench.run([["replay", "--new"], mode].concat());
        assert!(ran.code == 0 || ran.code == 1, "{ran:?}");
        assert_nothing_printed(&format!("{mode:?}"), &ran);
    }
    assert_eq!(workbench.runs().len(), 6);
    for run in workbench.runs() {
        for file in ["risk.jsonl", "summary.json", "run.json", "junit.xml"] {
            assert_silent(file, &run.read(file));
        }
        let classes = run.classes();
        assert_eq!(classes.len(), corpus().len());
        assert!(classes.values().all(|class| class != "broken" && class != "errored"), "{classes:?}");
    }
    // It was there to be found.
    assert!(holds_canary(&workbench.latest("reference").read("outcomes.jsonl")));
    assert_nothing_printed("accept", &workbench.run(["accept", "--reason", "x"]).exits(0));
    assert_silent("ledger", &workbench.read("golden/LEDGER.jsonl"));
}

#[test]
fn neither_labels_nor_notes_nor_answers_that_were_refused_are_stored() {
    let quiet = |one: Recorded| {
        one.without("command.context.household")
            .with(
                "command.context.household",
                json!({"members": [{"user_id": "u"}], "shopping_lists": [{"list_id": "list-home", "name": "x"}]}),
            )
            .with("command.user_id", "u")
            .with("tags", json!([]))
    };
    let corpus: Vec<_> =
        corpus().into_iter().filter(|one| !one.line().contains("\"text\":\"Купи кенар")).map(quiet).collect();
    let workbench = Workbench::new().with_corpus("planted", &corpus);
    workbench.run(["replay", "--new", "--rules", "reference"]).exits(1);
    for outcome in workbench.latest("reference").outcomes() {
        let is_accepted = outcome["status"] == "accepted_llm"
            || holds_canary(&outcome["text"].to_string())
            || outcome["command_id"] == "extraction";
        assert!(is_accepted || !holds_canary(&outcome.to_string()), "{outcome}");
    }
}

#[test]
fn a_secret_given_as_a_variable_is_not_recorded() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("a")]);
    let secret = format!("LLM_API_KEY={CANARY}");
    let ran = workbench.run(["replay", "--env", &secret, "--verbose"]).exits(0);
    assert_nothing_printed("replay", &ran);
    for run in workbench.runs() {
        assert_silent("run.json", &run.read("run.json"));
    }
}

#[test]
fn the_filters_risk_lines_hold_no_raw_text() {
    let workbench = Workbench::new().with_corpus("planted", &corpus());
    for rules in ["reference", "strict"] {
        let ran = workbench.run(["decide", "--rules", rules, "corpora/planted.jsonl"]).exits(0);
        assert_eq!(ran.stderr, "");
        for line in crate::workbench::lines(&ran.stdout) {
            assert!(!holds_canary(&line["risk"].to_string()), "{line}");
        }
    }
}

/// Command ids are the caller's, and some of the hostile ones would steer a terminal.
#[test]
fn nothing_that_steers_a_terminal_is_printed() {
    let steers = |symbol: char| {
        symbol != '\n'
            && (symbol.is_control()
                || matches!(symbol, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'))
    };
    let evil = "a\u{1b}[31m\u{202e}\r\u{7}\u{9b}b\n::error::x";
    let mut recordings = vec![recording(evil).regressed(), recording("plain")];
    let workbench = Workbench::new().with_corpus("mix", &recordings);
    let mut printed = vec![workbench.run(["replay", "--verbose", "--new"]).exits(1)];
    printed.push(workbench.run(["pending"]).exits(1));
    printed.push(workbench.run(["accept", "--case", evil, "--reason", "x"]).exits(0));
    printed.push(workbench.run(["accept", "--case", evil]).exits(4));
    recordings.push(recording(evil));
    workbench.write("corpora/mix.jsonl", crate::recording::corpus(&recordings));
    printed.push(workbench.run(["replay"]).exits(4));
    printed.push(workbench.run(["replay", "--keep-going", "--check"]));
    printed.push(workbench.run(["replay", evil]).exits(4));
    printed.push(workbench.run(["decide", evil]).exits(4));
    for ran in printed {
        let found = ran.stdout.chars().chain(ran.stderr.chars()).find(|symbol| steers(*symbol));
        assert_eq!(found, None, "{ran:?}");
    }
}
