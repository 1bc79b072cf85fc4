//! Messages name places and documented fields, and repeat no other key and no value of the input.

use crate::recording::recording;
use crate::workbench::Workbench;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Looks like the name of a field, and is none.
const CANARY: &str = "canary7f3";

/// Every object and array in `value`, by the pointer that leads to it.
fn containers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.push(at.to_owned());
            object.iter().for_each(|(key, value)| containers(value, &format!("{at}/{key}"), found));
        }
        Value::Array(elements) => {
            found.push(at.to_owned());
            elements.iter().enumerate().for_each(|(at_index, value)| {
                containers(value, &format!("{at}/{at_index}"), found);
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `document` with a canary as a key, a value, an element, or in place of something that is there.
fn spoiled(document: &Value, place: usize, kind: usize, shape: usize) -> Value {
    let mut found = Vec::new();
    containers(document, "", &mut found);
    let mut document = document.clone();
    let container = document.pointer_mut(&found[place % found.len()]).unwrap();
    let shapes = [json!(CANARY), json!({CANARY: 1}), json!([CANARY]), json!({CANARY: {CANARY: [CANARY]}}), json!(4711)];
    let put = shapes[shape % shapes.len()].clone();
    match container {
        Value::Object(object) => {
            let keys: Vec<_> = object.keys().cloned().collect();
            match keys.get(kind) {
                Some(key) => {
                    object.insert(key.clone(), put);
                }
                None => {
                    object.insert(if kind.is_multiple_of(2) { CANARY } else { "text" }.to_owned(), put);
                }
            }
        }
        Value::Array(elements) => elements.push(put),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    document
}

fn recorded() -> Value {
    let captured = json!({"at": "2026-01-01T00:00:00Z", "system_version": "1", "model": "m", "prompt_digest": "d"});
    let whole = recording("a").with("source", "captured").with("captured", captured);
    let whole = whole.with("environment", json!({"PARTIAL_TRUST_ENABLED": "true"})).with("tags", json!(["t"]));
    serde_json::from_str(&whole.line()).unwrap()
}

fn injected() -> Value {
    let action = json!({"action": "propose_add_shopping_item", "payload": {"item": {"name": "хлеб"}}});
    let candidate = json!({"intent": "add_shopping_item", "proposed_actions": [action], "confidence": 0.9,
        "model_meta": {"profile": "p"}, "latency_ms": 5});
    serde_json::from_str(&recording("a").without("exchanges").with("candidate", candidate).line()).unwrap()
}

proptest! {
    #[test]
    fn no_error_about_a_recording_repeats_what_stands_in_it(
        with_candidate: bool, place in 0_usize..60, kind in 0_usize..14, shape in 0_usize..5, cut in 0_usize..400
    ) {
        let document = spoiled(&if with_candidate { injected() } else { recorded() }, place, kind, shape);
        let text = document.to_string();
        let cut = (0..=text.len().saturating_sub(cut)).rev().find(|end| text.is_char_boundary(*end)).unwrap();
        for line in [text.as_str(), &text[..cut]] {
            if let Err(error) = corridor::corpus::parse_line(line.as_bytes()) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains(CANARY) && !shown.contains("4711"), "{shown}");
            }
        }
    }
}

#[test]
fn a_key_of_a_candidate_is_never_shown() {
    let deep = "[".repeat(200);
    for (good, bad) in [
        (r#""proposed_actions":[{"#, format!(r#""proposed_actions":[{{"{CANARY}":{{"x":nope}}, "#)),
        (r#""proposed_actions":[{"#, format!(r#""proposed_actions":[{{"{CANARY}":{deep}, "#)),
        (r#""model_meta":{"#, format!(r#""model_meta":{{"{CANARY}":tru, "#)),
        (r#""confidence":0.9"#, format!(r#""confidence":{{"{CANARY}":1e999}}"#)),
    ] {
        let line = injected().to_string();
        assert!(line.contains(good), "{line}");
        let workbench = Workbench::new().with("corpora/bad.jsonl", line.replacen(good, &bad, 1));
        for command in [&["replay"][..], &["decide", "corpora/bad.jsonl"], &["sweep", "--timeout", "9"], &["verify"]] {
            let ran = workbench.run(command).exits(4).says(&["bad.jsonl:1:", "candidate."]);
            assert!(!ran.stderr.contains(CANARY), "{}", ran.stderr);
        }
    }
}

/// A word of a user in the place of a key, in every file that people or other programs write.
#[test]
fn no_error_about_any_file_repeats_a_key_or_a_value_of_it() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("case-001"), recording("case-002").regressed()]);
    let workbench = workbench.with_golden();
    let decisions = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0).stdout;
    let spoil = |text: &str, kind: usize| -> Vec<String> {
        let document: Value = serde_json::from_str(text).unwrap();
        (0..12)
            .flat_map(|place| (0..4).map(move |shape| (place, shape)))
            .map(|(place, shape)| spoiled(&document, place, kind, shape).to_string())
            .collect()
    };
    let silent = |arguments: &[&str]| {
        let ran = workbench.run(arguments);
        assert!(!ran.stderr.contains(CANARY), "{arguments:?}: {}", ran.stderr);
        ran.code
    };
    let decision = decisions.lines().next().unwrap();
    for (number, bad) in spoil(decision, 99).into_iter().chain(spoil(decision, 0)).enumerate() {
        if !number.is_multiple_of(7) {
            continue;
        }
        let rest = decisions.split_once('\n').unwrap().1;
        workbench.write("mine.jsonl", format!("{bad}\n{rest}"));
        silent(&["replay", "mix", "--decisions", "mine.jsonl"]);
    }
    let golden = workbench.read("golden/reference/mix.json");
    for bad in spoil(&golden, 99).into_iter().chain(spoil(&golden, 1)).step_by(9) {
        workbench.write("golden/reference/mix.json", bad);
        assert_ne!(silent(&["replay", "--check"]), 0);
    }
    workbench.write("golden/reference/mix.json", &golden);
    let ledger = workbench.read("golden/LEDGER.jsonl");
    for bad in spoil(ledger.lines().next().unwrap(), 99).into_iter().step_by(9) {
        workbench.write("golden/LEDGER.jsonl", bad + "\n");
        silent(&["diff", "golden", "latest-reference"]);
    }
    workbench.write("golden/LEDGER.jsonl", &ledger);
    let policy = json!({"schema_version": 1, "profiles": {"cheap": {}, "reliable": {}}, "tasks":
        {"shopping_extraction": {}}, "routing": {"shopping_extraction": {"cheap": {"model": "m"}}}});
    let mut policies = spoil(&policy.to_string(), 99);
    policies.push(format!("{CANARY}: secret\n"));
    policies.push(format!("schema_version: 1\n{CANARY}: 1\n{CANARY}: 2\n"));
    policies.push(format!("profiles:\n  {CANARY}: 1\n"));
    for bad in policies.into_iter().step_by(3) {
        workbench.write("policy.yaml", bad);
        let ran = workbench.run(["preflight", "--policy", "policy.yaml", "--env-file", "none.env"]);
        assert!(!ran.stderr.contains(CANARY));
    }
    let mut runs = Map::new();
    runs.insert(CANARY.to_owned(), json!({CANARY: CANARY}));
    for file in ["run.json", "summary.json", "outcomes.jsonl"] {
        let path = workbench.latest("reference").folder.join(file);
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, Value::Object(runs.clone()).to_string()).unwrap();
        for command in [&["report"][..], &["diff", "latest-reference", "latest-strict"], &["gate", "--to", "0.01"]] {
            silent(command);
        }
        std::fs::write(&path, good).unwrap();
    }
}

#[test]
fn no_value_of_a_variable_is_repeated_from_the_command_line() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("a")]);
    let replay = |arguments: &[&str]| {
        let ran = workbench.run(arguments).exits(2);
        assert!(!ran.stderr.contains(CANARY) && ran.stdout.is_empty(), "{arguments:?}: {}", ran.stderr);
        ran
    };
    let (key, other, bare) = (format!("LLM_API_KEY={CANARY}"), format!("LLM_APIKEY={CANARY}"), format!("{CANARY}=="));
    for command in [&["replay"][..], &["sweep", "--timeout", "1"], &["decide"], &["explain", "a"]] {
        let with = |rest: &[&str]| replay(&[command, rest].concat());
        with(&["--env", &other]).says(&["did you mean LLM_API_KEY?"]);
        with(&[&format!("--env={other}")]);
        with(&["--env", &format!("COLOUR={CANARY}")]).says(&["expected one of PARTIAL_TRUST_ENABLED"]);
        with(&["--env", CANARY]).says(&["expected KEY=VALUE"]);
        with(&["--env", &bare]);
        with(&["--unset", &key]).says(&["LLM_API_KEY=…"]);
        with(&["--env", "LLM_POLICY_ENABLED=1", &key]).says(&["--env LLM_API_KEY=…"]);
    }
    for arguments in [
        &["pending", &key][..],
        &["preflight", &key],
        &["report", &key],
        &["accept", &key],
        &[&key, "replay"],
        &["preflight", &other],
        &[&other, "replay"],
        &["replay", "--filter", &format!("text={CANARY}")],
        &["replay", &format!("--quiet={CANARY}")],
        &["replay", &format!("--envv={key}")],
        &["replay", "--threads", &key],
    ] {
        replay(arguments);
    }
}

#[test]
fn no_error_about_a_project_or_a_rollout_repeats_its_text() {
    let workbench = Workbench::new().with_corpus("mix", &[recording("a")]);
    workbench.run(["replay"]).exits(0);
    let says = |file: &str, text: &str, places: &[&str]| {
        workbench.write(file, text);
        for command in [&["replay"][..], &["gate", "--to", "0.01", "--dry-run"]] {
            if file == "rollout.toml" && command == ["replay"] {
                continue;
            }
            let ran = workbench.run(command).exits(4).says(places);
            assert!(!ran.stderr.contains(CANARY) && !ran.stderr.contains("4711"), "{text}: {}", ran.stderr);
        }
        std::fs::remove_file(workbench.path(file)).unwrap();
    };
    for (text, places) in [
        (format!("rules = '{CANARY}'"), &["corridor.toml:1:9: rules: ", "array"][..]),
        (format!("rules = ['{CANARY}']"), &["rules: ", "reference"]),
        (format!("\n{CANARY} = 1"), &["corridor.toml:2:1: unknown field, expected one of `rules`"]),
        ("golden = 4711".to_owned(), &["corridor.toml:1:10: golden: invalid type: integer"]),
        (format!("[environment]\n{CANARY} = '1'"), &["corridor.toml:2: environment: ", "expected one of PARTIAL"]),
        (format!("[environment]\nLLM_KEY = '{CANARY}'"), &["corridor.toml:2: ", "did you mean LLM_API_KEY?"]),
        (format!("[environment]\nLLM_API_KEY = ['{CANARY}']"), &["corridor.toml:2:15: environment.LLM_API_KEY: "]),
        (format!("[corpus.mix]\nrole = '{CANARY}'"), &["corridor.toml:2:8: corpus.?.role: ", "representative"]),
        (format!("[recordings]\nstale = '{CANARY}'"), &["corridor.toml:2:9: recordings.stale: "]),
        ("[recordings]\nmax_age_days = 471100".to_owned(), &["corridor.toml:2:16: recordings.max_age_days: "]),
        (format!("stages = ['{CANARY}']"), &["corridor.toml:1:11: stages[0]: "]),
        (format!("x = {CANARY}"), &["corridor.toml:1:5: "]),
        (format!("[{CANARY}"), &["corridor.toml:1:"]),
        (format!("{CANARY} = 1\n{CANARY} = 2"), &["corridor.toml:2:1: duplicate key"]),
    ] {
        says("corridor.toml", &text, places);
    }
    for (text, places) in [
        (
            format!("format = '{CANARY}'"),
            &["rollout.toml:1:10: format: invalid type: string, expected a whole number"][..],
        ),
        (format!("format = 1\n{CANARY} = 1"), &["rollout.toml:2:1: unknown field"]),
        ("format = 1\nalpha = 4711".to_owned(), &["rollout.toml:2:9: alpha: expected a risk"]),
        (format!("format = 1\n[rule.{CANARY}]\ngo = 1"), &["rollout.toml:2:7: rule: unknown field"]),
        (format!("format = 1\n[evidence]\nsince = '{CANARY}'"), &["rollout.toml:3:9: evidence.since: expected a date"]),
        (
            format!("format = 1\n[traffic]\ncommands_per_day = '{CANARY}'"),
            &["rollout.toml:3:20: traffic.commands_per_day"],
        ),
    ] {
        says("rollout.toml", &text, places);
    }
}

#[test]
fn a_policy_is_complained_of_by_documented_names_alone() {
    let good = json!({"schema_version": 1, "profiles": {"cheap": {}, "reliable": {}}, "tasks":
        {"shopping_extraction": {}}, "routing": {"shopping_extraction": {"cheap": {"model": "m"}}}});
    let workbench = Workbench::new().with("p.env", "LLM_POLICY_ENABLED=true\nPARTIAL_TRUST_ENABLED=true\n");
    for (pointer, key, value, place) in [
        ("/routing/shopping_extraction", CANARY, json!({"model": "m"}), "routing.shopping_extraction.?"),
        ("/routing", CANARY, json!({CANARY: {"model": "m"}}), "routing.?.?"),
        ("/routing/shopping_extraction/cheap", "model", json!("${CANARY}"), "routing.shopping_extraction.cheap.model"),
        (
            "/routing/shopping_extraction/cheap",
            "timeout_ms",
            json!(CANARY),
            "routing.shopping_extraction.cheap.timeout_ms",
        ),
        ("", "fallback_chain", json!([{"event": CANARY, "action": CANARY}]), "fallback_chain[0]"),
    ] {
        let mut policy = good.clone();
        policy.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        workbench.write("policy.json", policy.to_string());
        for format in ["text", "json"] {
            let ran = workbench
                .run(["preflight", "--env-file", "p.env", "--policy", "policy.json", "--format", format])
                .exits(1);
            assert!(!ran.stdout.contains(CANARY) && ran.stdout.contains(place), "{}", ran.stdout);
        }
    }
    for text in [
        format!("schema_version: !{CANARY} 1\n"),
        format!("schema_version: *{CANARY}\n"),
        format!("? [{CANARY}]\n: 1\n"),
        format!("profiles: &{CANARY} {{cheap: {{{CANARY}: 1}}}}\n"),
        format!("{CANARY}: |\n {CANARY}\n\t{CANARY}"),
        format!("schema_version: \"{CANARY}\nprofiles: '{CANARY}"),
        format!("schema_version: 1\nprofiles: {{cheap: {{}}, {CANARY}: {{description: [{CANARY}]}}}}\n"),
        format!("---\n{CANARY}: 1\n---\n{CANARY}: 2\n"),
    ] {
        workbench.write("policy.yaml", &text);
        let ran = workbench.run(["preflight", "--env-file", "p.env", "--policy", "policy.yaml"]).exits(1);
        assert!(!ran.stdout.contains(CANARY), "{text}: {}", ran.stdout);
    }
}

#[test]
fn a_command_to_type_next_repeats_no_credential_of_a_variable() {
    let workbench = Workbench::new().with_corpus("mix", &["one", "two"].map(recording)).with_golden();
    for value in [
        format!("LLM_BASE_URL=https://u:{CANARY}@host/v1"),
        format!("LLM_BASE_URL=https://host/v1?api_key={CANARY}"),
        format!("LLM_API_KEY={CANARY}"),
        format!("PARTIAL_TRUST_PROFILE_ID=sk-proj-{CANARY}AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let ran = workbench.run(["replay", "--env", "PARTIAL_TRUST_TIMEOUT_MS=0", "--env", &value]);
        assert!(!ran.stdout.contains(CANARY), "{value}: {}", ran.stdout);
        let stray = workbench.run(["replay", "-q", &value]);
        assert!(!stray.stderr.contains(CANARY), "{value}: {}", stray.stderr);
    }
}
