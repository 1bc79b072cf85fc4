//! The screens and the JSON of a sweep.

use super::super::fixture::{self, assert_fits, assert_visible, json, written};
use super::*;
use crate::decide::{Budget, DecisionPath, OurPath, Scratch, Settings};
use crate::model::{IdDigest, Recording};
use crate::outcome::Outcome;
use crate::summary::{Role, SweepCounts, SweptCorpus};

/// One corpus of 23 commands: fast, slow, cut off, unrecorded, and without a latency.
fn lines() -> Vec<String> {
    let bread = |id: &str, answer: &str| {
        let label = r#"{"action":"start_job","items":[{"name":"хлеб"},{"name":"молоко"}]}"#;
        fixture::recording(id, "Купи хлеб и молоко", answer, label)
    };
    let lost = |ms| fixture::answer(r#"{"item_name":"хлеб"}"#, ms);
    let injected =
        r#"{"proposed_actions":[{"action":"propose_add_shopping_item","payload":{"item":{"name":"хлеб"}}}]}"#;
    let mut lines: Vec<_> = (0..20).map(|place| bread(&format!("c-{place}"), &lost(40 + place * 20))).collect();
    lines.push(bread("c-cut-off", r#"[{"error":"timeout","latency_ms":150}]"#));
    lines.push(bread("c-unrecorded", ""));
    lines.push(bread("c-injected", injected));
    lines
}

fn counts(rules: RuleSet, timeout_ms: u64) -> SweepCounts {
    let settings = Settings { budget: Budget::Limit(timeout_ms), ..fixture::settings(&[]).forced() };
    let path = OurPath::new(settings, rules);
    let mut counts = SweepCounts::default();
    for line in lines() {
        let recording = serde_json::from_str::<Recording>(&line).unwrap();
        let (digest, mut scratch) = (IdDigest::of(&recording.command.command_id), Scratch::default());
        counts.add(&Outcome::new(&recording, digest, path.decide(&recording, &digest, &mut scratch)));
    }
    counts
}

fn sweep(rules: &[RuleSet], budgets: &[u64]) -> Sweep {
    let corpus = |name: &str, role, role_declared, set_aside| SweptCorpus {
        name: name.to_owned(),
        role,
        role_declared,
        read: 23,
        set_aside,
    };
    let row = |rules, budget| SweptRow::new(rules, Some(budget), &counts(rules, budget));
    let rows = rules.iter().flat_map(|rules| budgets.iter().map(move |budget| row(*rules, *budget)));
    let rows: Vec<_> = rows.collect();
    let none = rules.iter().map(|rules| SweptRow::new(*rules, Some(200), &SweepCounts::default()));
    let none = if budgets == [200] { none.collect() } else { rows.clone() };
    Sweep {
        tool_version: "1.2.3".to_owned(),
        environment: [("PARTIAL_TRUST_ENABLED".to_owned(), "true".to_owned())].into(),
        filters: vec!["tag=two".to_owned()],
        notes: vec!["something has to be known".to_owned()],
        corpora: vec![corpus("household", Role::Representative, true, 0), corpus("odd", Role::Edge, false, 2)],
        roles: vec![SweptRole { role: Role::Representative, rows }, SweptRole { role: Role::Edge, rows: none }],
    }
}

fn shown(sweep: &Sweep, width: Option<usize>) -> String {
    written(|out| write_sweep(sweep, Layout { width, colour: false }, out))
}

const BOTH: [RuleSet; 2] = [RuleSet::Reference, RuleSet::Strict];

#[test]
fn a_sweep_shows_every_combination_by_role() {
    insta::assert_snapshot!("combinations", shown(&sweep(&BOTH, &[100, 200, 1000]), None));
    insta::assert_snapshot!("narrow", shown(&sweep(&BOTH, &[100, 200, 1000]), Some(60)));
    insta::assert_snapshot!("rules", shown(&sweep(&BOTH, &[200]), Some(100)));
    insta::assert_snapshot!("budgets", shown(&sweep(&[RuleSet::Strict], &[100, 200]), Some(100)));
}

#[test]
fn a_sweep_of_nothing_says_so() {
    let mut empty = sweep(&BOTH, &[200]);
    empty.roles.remove(0);
    assert!(shown(&empty, None).contains("nothing was replayed"));
}

#[test]
fn lines_fit_the_terminal_and_hostile_names_do_nothing() {
    let mut sweep = sweep(&BOTH, &[100, 200]);
    sweep.corpora[0].name = "a\u{1b}[31m\u{202e}b".to_owned();
    sweep.filters = vec!["tag=\u{7}x".to_owned()];
    for columns in [40, 60, 80, 100] {
        let text = shown(&sweep, Some(columns));
        assert_fits(&text, columns);
        assert_visible(&text);
    }
    assert_visible(&written(|out| write_sweep_json(&sweep, out)));
}

#[test]
fn every_field_is_documented() {
    let documentation = include_str!("../../../docs/sweep.md");
    let keys = fixture::field_names(&json(|out| write_sweep_json(&sweep(&BOTH, &[100, 200]), out)));
    let known = crate::model::VARIABLES.map(str::to_owned);
    let missing: Vec<_> =
        keys.iter().filter(|key| !known.contains(key) && !documentation.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
