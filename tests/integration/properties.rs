//! What holds for every input: random recordings, random answers, random environments, every field of an outcome.

use crate::recording::{Recorded, corpus, recording};
use crate::workbench::{Workbench, shipped};
use corridor::corpus::parse_line;
use corridor::decide::{DecisionPath, Environment, OurPath, PolicySource, RuleSet, Scratch, Settings};
use corridor::golden::{Entry, GoldenReader, GoldenWriter, Scope, compare};
use corridor::model::{CorridorStatus, IdDigest, Intent, Recording};
use corridor::outcome::{Divergence, Outcome};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stands in every text of a random recording, and in no risk line.
const CANARY: &str = "кенар7f3";

fn texts() -> impl Strategy<Value = String> {
    let start = select(vec![
        "Купи ",
        "buy ",
        "добавь ",
        "Покупки ",
        "Сделай ",
        "",
        "оплати ",
        "Купи это ",
        "план ",
        "add 2 kg ",
    ]);
    let word = prop_oneof![
        select(vec!["хлеб", "молоко", "2 литра кефира", "для кота", "always", "½"]).prop_map(str::to_owned),
        ".{0,8}"
    ];
    let words = proptest::collection::vec(word, 0..4);
    let joined = select(vec![", ", " и ", " "]);
    (start, words, joined, any::<bool>()).prop_map(|(start, words, joint, marked)| {
        format!("{start}{}{}", words.join(joint), if marked { CANARY } else { "" })
    })
}

fn answers() -> impl Strategy<Value = Value> {
    let text = || {
        prop_oneof![
            select(vec!["хлеб", " молоко ", "", "list-home", "list-other", "2", CANARY]).prop_map(|text| json!(text)),
            ".{0,6}".prop_map(|text| json!(text)),
            select(vec![json!(null), json!(5), json!(true), json!([])]),
        ]
    };
    let number = prop_oneof![
        (0.0..1.5f64).prop_map(|number| json!(number)),
        select(vec![json!(0.59), json!(0.6), json!("1"), json!(null)])
    ];
    let fields = (
        text(),
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of(number),
    );
    let object = fields.prop_map(|(name, quantity, unit, list, confidence)| {
        let mut answer = json!({"item_name": name});
        for (key, value) in [("quantity", quantity), ("unit", unit), ("list_id", list), ("confidence", confidence)] {
            if let Some(value) = value {
                answer[key] = value;
            }
        }
        answer.to_string()
    });
    let wrapped = (object, select(vec!["X", "```json\nX\n```", "Sure! X", "[X]", "{X", "X X"]))
        .prop_map(|(answer, frame)| frame.replace('X', &answer));
    let raw = prop_oneof![4 => wrapped, 1 => ".{0,20}"].prop_map(|raw| json!({"raw": raw, "latency_ms": 30}));
    let failed =
        select(vec!["timeout", "unavailable", "error"]).prop_map(|error| json!({"error": error, "latency_ms": 70}));
    prop_oneof![5 => raw, 1 => failed]
}

fn recordings() -> impl Strategy<Value = Recorded> {
    let capabilities = prop_oneof![
        6 => Just(json!(["start_job", "propose_create_task", "propose_add_shopping_item"])),
        1 => subsequence(vec!["start_job", "propose_create_task", "propose_add_shopping_item", "clarify"], 1..4).prop_map(|some| json!(some)),
    ];
    let attempts = proptest::collection::vec(answers(), 0..5);
    let extraction = proptest::option::of(proptest::collection::vec(answers(), 1..3));
    let list = proptest::option::weighted(0.8, Just(json!({"default_list_id": "list-home"})));
    ("[a-z0-9]{6}", texts(), capabilities, attempts, extraction, list).prop_map(
        |(id, text, capabilities, attempts, extraction, list)| {
            let mut exchanges = json!({"partial_trust_shopping": attempts});
            if let Some(extraction) = extraction {
                exchanges["shopping_extraction"] = json!(extraction);
            }
            let recorded =
                recording(&id).text(&text).with("command.capabilities", capabilities).with("exchanges", exchanges);
            match list {
                Some(list) => recorded.with("command.context.defaults", list),
                None => recorded.with("command.context.defaults", json!({})),
            }
        },
    )
}

fn environments() -> impl Strategy<Value = Environment> {
    let choice = |values: &[&str]| {
        proptest::option::weighted(0.8, select(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()))
    };
    (
        choice(&["true", "true", "true", "1", " YES ", "no", ""]),
        choice(&["add_shopping_item", "add_shopping_item", "create_task", ""]),
        choice(&["1", "1", "0.5", "0.01", "0", "-1", "nan", "inf"]),
        choice(&["200", "200", "100", "50", "0", "abc"]),
        choice(&["partial_trust", "partial_trust", "reliable", "cheap", "other"]),
        choice(&["true", "true", "true", "false"]),
        choice(&["true", "true", "true", "false"]),
    )
        .prop_map(|(enabled, intent, rate, timeout, profile, policy, placeholders)| {
            let names = [
                ("PARTIAL_TRUST_ENABLED", enabled),
                ("PARTIAL_TRUST_INTENT", intent),
                ("PARTIAL_TRUST_SAMPLE_RATE", rate),
                ("PARTIAL_TRUST_TIMEOUT_MS", timeout),
                ("PARTIAL_TRUST_PROFILE_ID", profile),
                ("LLM_POLICY_ENABLED", policy),
                ("LLM_POLICY_ALLOW_PLACEHOLDERS", placeholders),
            ];
            names.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
        })
}

fn rule_sets() -> impl Strategy<Value = RuleSet> {
    select(RuleSet::ALL.to_vec())
}

fn with_outcome<T>(
    line: &str,
    environment: &Environment,
    rules: RuleSet,
    look: impl FnOnce(&Recording, &Outcome) -> T,
) -> T {
    let recording = parse_line(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line}"));
    let digest = IdDigest::of(&recording.command.command_id);
    let path = OurPath::new(Settings::from_environment(environment, &PolicySource::BuiltIn), rules);
    let mut scratch = Scratch::default();
    let outcome = Outcome::new(&recording, digest, path.decide(&recording, &digest, &mut scratch));
    look(&recording, &outcome)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_corridor_that_does_not_accept_never_changes_a_decision(
        recorded in recordings(), environment in environments(), rules in rule_sets()
    ) {
        with_outcome(&recorded.line(), &environment, rules, |_, outcome| {
            let decided = outcome.decided.as_ref().unwrap();
            let status = decided.risk.as_ref().map(|risk| risk.status);
            if status == Some(CorridorStatus::AcceptedLlm) {
                prop_assert!(decided.intent == Intent::AddShoppingItem && decided.baseline.is_started_job());
                prop_assert!(decided.decision().is_started_job() && decided.decision().items().count() == 1);
            } else {
                prop_assert_eq!(decided.decision(), &decided.baseline);
            }
            prop_assert_ne!(outcome.divergence, Divergence::Broken);
            Ok(())
        })?;
    }

    #[test]
    fn no_raw_text_is_in_any_risk_line(recorded in recordings(), environment in environments(), rules in rule_sets()) {
        with_outcome(&recorded.line(), &environment, rules, |recording, outcome| {
            let risk = outcome.decided.as_ref().unwrap().risk.as_ref();
            let risk = serde_json::to_value(risk).unwrap();
            prop_assert!(!risk.to_string().to_lowercase().contains(CANARY), "{risk} for {}", &*recording.command.text);
            prop_assert!(risk.as_object().is_none_or(corridor::decide::is_clean_risk), "{risk}");
            Ok(())
        })?;
    }

    #[test]
    fn who_is_in_a_sample_is_in_every_larger_one(recorded in recordings(), low in 0.0..1.0f64, high in 0.0..1.0f64) {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        let sampled = |rate: f64| {
            let mut environment: Environment = Environment::new();
            environment.insert("PARTIAL_TRUST_ENABLED".to_owned(), "true".to_owned());
            environment.insert("PARTIAL_TRUST_SAMPLE_RATE".to_owned(), rate.to_string());
            with_outcome(&recorded.line(), &environment, RuleSet::Reference, |_, outcome| {
                outcome.verdict().is_some_and(|(status, _)| status == CorridorStatus::NotSampled)
            })
        };
        prop_assert!(sampled(low) || !sampled(high), "sampled at {low} and not at {high}");
    }

    #[test]
    fn the_baseline_does_not_depend_on_the_corridor(recorded in recordings(), environment in environments()) {
        let baseline = |environment: &Environment, rules| {
            with_outcome(&recorded.line(), environment, rules, |_, outcome| {
                serde_json::to_string(&outcome.decided.as_ref().unwrap().baseline).unwrap()
            })
        };
        let mut off = environment.clone();
        off.insert("PARTIAL_TRUST_ENABLED".to_owned(), "false".to_owned());
        let expected = baseline(&off, RuleSet::Reference);
        prop_assert_eq!(&baseline(&environment, RuleSet::Reference), &expected);
        prop_assert_eq!(&baseline(&environment, RuleSet::Strict), &expected);
    }
}

/// Distinct ids, as a corpus has them.
fn corpora() -> impl Strategy<Value = Vec<Recorded>> {
    proptest::collection::vec(recordings(), 1..25).prop_map(|recordings| {
        let numbered = recordings.into_iter().enumerate();
        numbered.map(|(number, recorded)| recorded.with("command.command_id", format!("case-{number}"))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accept_then_replay_is_clean(first in corpora(), second in corpora()) {
        let workbench = Workbench::new().with_corpus("mix", &first).with_golden();
        workbench.run(["replay", "--check"]).exits(0);
        workbench.write("corpora/mix.jsonl", corpus(&second));
        let code = workbench.run(["replay"]).code;
        prop_assert!(code == 0 || code == 1);
        if code == 1 {
            workbench.run(["accept", "--prune", "--reason", "x"]).exits(0);
        }
        let tree = workbench.tree();
        workbench.run(["replay"]).exits(0);
        prop_assert_eq!(workbench.tree(), tree);
    }

    #[test]
    fn order_and_threads_change_nothing((recordings, shuffled) in corpora().prop_flat_map(|corpus| (Just(corpus.clone()), Just(corpus).prop_shuffle()))) {
        let mut found = BTreeSet::new();
        for (recordings, threads) in [(&recordings, "1"), (&shuffled, "1"), (&shuffled, "8")] {
            let workbench = Workbench::new().with_corpus("mix", recordings);
            let ran = workbench.run(["replay", "--threads", threads, "--new", "--format", "json"]).exits(1);
            let run = workbench.latest("strict");
            found.insert((run.read("outcomes.jsonl"), run.read("risk.jsonl"), workbench.read("golden/strict/mix.json.new"), ran.stdout));
        }
        prop_assert_eq!(found.len(), 1);
    }
}

/// Every way to change one place of `value` at a path, with the path.
fn mutations(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    let mut put = |what: &str, changed: Value| found.push((format!("{path} {what}"), changed));
    match value {
        Value::Null => put("set", json!(0)),
        Value::Bool(on) => put("flipped", json!(!on)),
        Value::Number(number) => put("raised", json!(number.as_f64().unwrap() + 1.0)),
        Value::String(text) => {
            put("longer", json!(format!("{text}x")));
            put("nothing", json!(""));
            put("a number", json!(1));
        }
        Value::Array(items) => {
            let inner = items.iter().enumerate().map(|(index, item)| (index.to_string(), item));
            for (key, item) in inner {
                let (mut below, index) = (Vec::new(), key.parse::<usize>().unwrap());
                mutations(item, &format!("{path}/{key}"), &mut below);
                found
                    .extend(below.into_iter().map(|(what, item)| (what, replaced(value, |items| items[index] = item))));
                found.push((
                    format!("{path}/{key} removed"),
                    replaced(value, |items| drop(items.as_array_mut().unwrap().remove(index))),
                ));
                found.push((
                    format!("{path}/{key} doubled"),
                    replaced(value, |items| {
                        let item = items[index].clone();
                        items.as_array_mut().unwrap().insert(index, item);
                    }),
                ));
            }
        }
        Value::Object(fields) => {
            put("a field too many", replaced(value, |fields| fields["surplus"] = json!(1)));
            for (key, field) in fields {
                let mut below = Vec::new();
                mutations(field, &format!("{path}/{key}"), &mut below);
                found.extend(
                    below.into_iter().map(|(what, field)| (what, replaced(value, |fields| fields[key] = field))),
                );
                found.push((
                    format!("{path}/{key} removed"),
                    replaced(value, |fields| drop(fields.as_object_mut().unwrap().remove(key))),
                ));
            }
        }
    }
}

fn replaced(value: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut value = value.clone();
    change(&mut value);
    value
}

/// Whether a replay that finds `entry` would notice that golden says `other`.
fn is_noticed(entry: &Value, other: &Value) -> bool {
    let text = entry.to_string();
    let entry: Entry = serde_json::from_str(&text).unwrap();
    let current = [Ok((entry.command_id.to_string(), entry.canonical()))];
    let golden = GoldenReader::new(format!("[{other}]").into_bytes().leak() as &[u8], "golden.json");
    let comparison =
        compare(current.into_iter(), Some(golden), Scope::Whole, None::<&mut GoldenWriter<Vec<u8>>>, |_| Ok(()));
    !comparison.is_ok_and(|comparison| comparison.is_clean())
}

#[test]
fn every_single_field_mutation_of_an_outcome_is_noticed() {
    let mut count = 0;
    let mut kinds = BTreeSet::new();
    for file in
        ["golden/reference/hazards.json", "golden/strict/acceptance-edges.json", "golden/strict/llm-faults.json"]
    {
        let entries: Vec<Value> = serde_json::from_str(&shipped(file)).unwrap();
        for entry in entries {
            assert!(!is_noticed(&entry, &entry), "{entry}");
            let mut all = Vec::new();
            mutations(&entry, "", &mut all);
            // One entry of each shape says it all.
            let shape = |what: &str| what.replace(|symbol: char| symbol.is_ascii_digit(), "");
            let fields: BTreeSet<_> = all.iter().map(|(what, _)| shape(what)).collect();
            if !kinds.insert((fields, entry["class"].to_string())) {
                continue;
            }
            for (what, changed) in all {
                assert!(is_noticed(&entry, &changed), "{file}: {}: {what}", entry["command_id"]);
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn a_mutated_golden_file_never_passes_a_check() {
    let workbench = Workbench::new().with_corpus("mix", &crate::recording::mixture(6)).with_golden();
    let good = workbench.read("golden/reference/mix.json");
    let mut entries: Value = serde_json::from_str(&good).unwrap();
    for (pointer, changed) in [
        ("/0/text", json!("x")),
        ("/0/baseline/confidence", json!(0.79)),
        ("/0/baseline/payload/proposed_actions/0/payload/item/list_id", json!("list-2")),
        ("/1/decision/payload/proposed_actions/0/payload/item/name", json!("вино")),
        ("/1/effects/name_changed", json!(2)),
        ("/1/class", json!("agreed")),
        ("/2/reason", json!("timeout")),
        ("/4/status", json!("error")),
        ("/5/command_id", json!("case-999")),
    ] {
        let old = std::mem::replace(entries.pointer_mut(pointer).unwrap(), changed);
        workbench.write("golden/reference/mix.json", entries.to_string());
        workbench.run(["replay", "--check"]).exits(1);
        *entries.pointer_mut(pointer).unwrap() = old;
    }
    // White space and the order of keys are no change.
    workbench.write("golden/reference/mix.json", entries.to_string());
    workbench.run(["replay", "--check"]).exits(0);
}
