//! The corpora that are shipped: valid, labelled, in their roles, and as golden has them.

use crate::workbench::{Workbench, lines, shipped, text};
use corridor::corpus::parse_line;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CORPORA: [(&str, &str); 5] = [
    ("acceptance-edges", "edge"),
    ("hazards", "adversarial"),
    ("hostile", "adversarial"),
    ("household", "representative"),
    ("llm-faults", "edge"),
];

fn recordings(corpus: &str) -> Vec<Value> {
    lines(&shipped(&format!("corpora/{corpus}.jsonl")))
}

fn tags(outcome: &Value) -> Vec<&str> {
    outcome["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn every_line_is_a_recording_and_ends_in_lf() {
    for (corpus, _) in CORPORA {
        let text = shipped(&format!("corpora/{corpus}.jsonl"));
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{corpus}");
        for (number, line) in (1..).zip(text.lines()) {
            if let Err(error) = parse_line(line.as_bytes()) {
                panic!("{corpus}.jsonl:{number}: {error}");
            }
        }
    }
}

#[test]
fn every_recording_is_there_once() {
    for (corpus, _) in CORPORA {
        let (mut ids, mut all) = (BTreeSet::new(), BTreeSet::new());
        for recording in recordings(corpus) {
            let id = text(&recording["command"], "command_id");
            assert!(ids.insert(id.clone()), "{corpus}: {id} occurs twice");
            assert!(all.insert(recording.to_string()), "{corpus}: {id}");
        }
    }
}

#[test]
fn every_corpus_is_labelled_and_says_that_it_was_written() {
    for (corpus, _) in CORPORA {
        let recordings = recordings(corpus);
        let labelled = recordings.iter().filter(|recording| recording["label"]["action"].is_string()).count();
        assert!(labelled * 5 >= recordings.len() * 4, "{corpus}: {labelled} of {} are labelled", recordings.len());
        assert!(recordings.iter().all(|recording| recording["source"] == "authored"), "{corpus}");
    }
    let household = recordings("household");
    assert!(household.len() >= 150, "{}", household.len());
    assert!(household.iter().all(|recording| recording["label"]["action"].is_string()));
}

#[test]
fn an_untouched_clone_is_clean_although_hazards_holds_regressions() {
    let workbench = Workbench::clone_of_shipped();
    let before = workbench.tree();
    let summaries = workbench.run(["replay", "--check", "--format", "json"]).exits(0).json();
    assert_eq!(workbench.tree(), before, "a check writes nothing");
    assert_eq!(summaries.as_array().unwrap().len(), 2);
    for summary in summaries.as_array().unwrap() {
        assert_eq!(summary["incomplete_because"], json!([]));
        assert_eq!(summary["notes"], json!([]));
        let found: Vec<_> =
            summary["corpora"].as_array().unwrap().iter().map(|c| (text(c, "name"), text(c, "role"))).collect();
        assert_eq!(found, CORPORA.map(|(name, role)| (name.to_owned(), role.to_owned())));
        for corpus in summary["corpora"].as_array().unwrap() {
            let name = text(corpus, "name");
            assert_eq!(corpus["role_declared"], true, "{name}");
            assert_eq!(corpus["counts"]["classes"]["broken"], 0, "{name}");
            assert_eq!(corpus["golden"]["state"], "compared", "{name}");
            assert_eq!(corpus["golden"]["unchanged"], corpus["counts"]["recordings"], "{name}");
            let regressed = corpus["counts"]["classes"]["regressed"].as_u64().unwrap();
            assert!(name != "hazards" || regressed > 0, "{}", summary["rules"]);
        }
    }
    reaches_everything(&summaries);
    known_hazards_are_seen(&workbench);
}

/// Some recording reaches every terminal state that a forced replay of the default environment can reach.
fn reaches_everything(summaries: &Value) {
    for summary in summaries.as_array().unwrap() {
        let rules = text(summary, "rules");
        let rows = summary["coverage"].as_array().unwrap();
        let in_state = |state: &str| -> BTreeSet<String> {
            let rows = rows.iter().filter(|row| row["state"] == state);
            rows.map(|row| format!("{}/{}", text(row, "status"), text(row, "reason"))).collect()
        };
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(in_state("not_reached"), set(&[]), "{rules}");
        let unreachable = [
            "fallback_deterministic/candidate_missing",
            "fallback_deterministic/corridor_disabled",
            "fallback_deterministic/empty_text",
            "fallback_deterministic/policy_disabled",
            "skipped/capability_mismatch",
        ];
        assert_eq!(in_state("unreachable"), set(&unreachable), "{rules}");
        let mut closed = vec!["not_sampled/not_sampled", "skipped/policy_disabled"];
        closed.extend((rules == "strict").then_some("skipped/timeout_invalid"));
        assert_eq!(in_state("closed"), set(&closed), "{rules}");
        let ways = if rules == "strict" { 16 } else { 13 };
        assert_eq!(in_state("reached").len(), ways, "{rules}: {:?}", in_state("reached"));
    }
}

/// The hazards that a replay sees: items lost, wrong item, list dropped, and the unit of sampling.
fn known_hazards_are_seen(workbench: &Workbench) {
    let hazards = |rules| {
        let outcomes = workbench.latest(rules).outcomes().into_iter().filter(|outcome| outcome["corpus"] == "hazards");
        outcomes.map(|outcome| (text(&outcome, "command_id"), outcome)).collect::<BTreeMap<_, _>>()
    };
    let reference = hazards("reference");
    let mut seen = BTreeMap::<&str, u32>::new();
    for (id, outcome) in &reference {
        let effects = outcome["effects"].as_object();
        let has = |names: &[&str]| effects.is_some_and(|effects| names.iter().any(|name| effects.contains_key(*name)));
        let (hazard, is_seen) = match tags(outcome)[0] {
            "h1" => ("h1", outcome["class"] == "regressed" && has(&["items_lost"])),
            "h2" => {
                ("h2", outcome["class"] == "regressed" && has(&["name_changed", "quantity_changed", "unit_changed"]))
            }
            "h3" => ("h3", outcome["class"] == "regressed" && has(&["list_dropped", "list_changed"])),
            "h16" => ("h16", outcome["class"] == "agreed"),
            other => panic!("{id}: {other}"),
        };
        assert!(is_seen, "{id}: {outcome}");
        *seen.entry(hazard).or_default() += 1;
    }
    assert!(seen["h1"] >= 5 && seen["h2"] >= 5 && seen["h3"] >= 5 && seen["h16"] == 20, "{seen:?}");

    let person: Vec<_> = reference.values().filter(|outcome| tags(outcome).contains(&"h16")).collect();
    let users: BTreeSet<_> = person.iter().map(|outcome| text(outcome, "user_id")).collect();
    let exposed = person.iter().filter(|outcome| outcome["bucket"].as_f64().unwrap() < 0.1).count();
    assert_eq!((users.len(), exposed), (1, 2), "one person, a tenth of whose commands are in the sample at 0.10");

    // What the strict rules are for: no item is lost, no list is dropped, no other thing is bought.
    for (id, outcome) in hazards("strict") {
        assert!(!(tags(&outcome).contains(&"h1") && outcome["class"] != "fell_back"), "{outcome}");
        let effects = outcome["effects"].as_object();
        let lost =
            effects.is_some_and(|effects| effects.contains_key("items_lost") || effects.contains_key("list_dropped"));
        assert!(!lost, "{id}");
    }
}
