//! Helpers and small recordings for the tests of this module.

use super::escape::{is_hidden, width};
use crate::decide::{DecisionPath, Environment, OurPath, PolicySource, RuleSet, Scratch, Settings};
use crate::golden::{ChangeKind, Field, Severity, Shape, Side};
use crate::model::{CorridorStatus, IdDigest, KnownReason, Recording};
use crate::outcome::{Divergence, Effect, Outcome};
use crate::summary::{
    ChangeGroupView, CorpusSummary, CoverageContext, Decisions, GoldenResult, Role, SUMMARY_FORMAT, Sampling, Summary,
    Tally,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io;

pub(super) const RATES: [f64; 4] = [0.01, 0.05, 0.1, 1.0];

const LABEL_MILK: &str = r#"{"intent":"add_shopping_item","action":"start_job","items":[{"name":"молоко"}]}"#;
const LABEL_THREE: &str = r#"{"intent":"add_shopping_item","action":"start_job",
    "items":[{"name":"хлеб"},{"name":"молоко"},{"name":"яйца"}]}"#;

/// What a function writes.
pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The JSON document that a function writes.
pub(super) fn json(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Value {
    serde_json::from_str(&written(write)).unwrap()
}

/// Checks that every character of a text is visible.
#[track_caller]
pub(super) fn assert_visible(text: &str) {
    assert!(!text.replace('\n', "").chars().any(is_hidden), "{text}");
}

/// Checks that no line is wider than `columns`.
#[track_caller]
pub(super) fn assert_fits(text: &str, columns: usize) {
    let wide: Vec<_> = text.lines().filter(|line| width(line) > columns).collect();
    assert!(wide.is_empty(), "{columns}: {wide:#?}");
}

/// Checks that colours add escapes to a plain text and nothing else.
#[track_caller]
pub(super) fn assert_colours_alone(plain: &str, coloured: &str) {
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(coloured).to_string(), plain);
}

/// The names of all fields of a JSON value, at any depth.
pub(super) fn field_names(value: &Value) -> BTreeSet<String> {
    field_names_outside(value, &[])
}

/// As [`field_names`], without the keys of the objects in the fields `maps`.
pub(super) fn field_names_outside(value: &Value, maps: &[&str]) -> BTreeSet<String> {
    let inner =
        |name: &str, value| if maps.contains(&name) { BTreeSet::new() } else { field_names_outside(value, maps) };
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| inner(name, value).into_iter().chain([name.clone()])).collect()
        }
        Value::Array(values) => values.iter().flat_map(|value| inner("", value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}

/// The names between backticks in the first columns of the tables of a section of a document.
pub(super) fn documented(document: &str, section: &str) -> BTreeSet<String> {
    let (_, section) = document.split_once(&format!("\n## {section}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// A recording; `answer` is the attempts of the corridor's task, `label` may be empty.
pub(super) fn recording(id: &str, text: &str, answer: &str, label: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let exchange = match answer {
        "" => String::new(),
        injected if injected.starts_with('{') => format!(r#""candidate":{injected},"#),
        attempts => format!(r#""exchanges":{{"partial_trust_shopping":{attempts}}},"#),
    };
    let label = if label.is_empty() { String::new() } else { format!(r#""label":{label},"#) };
    format!(
        r#"{{"command":{{"command_id":{},"user_id":"u-{}","timestamp":"2026-03-02T08:00:00Z","text":{},
        "capabilities":["start_job","propose_create_task","propose_add_shopping_item","clarify"],
        "context":{{"household":{{"members":[{{"user_id":"u"}}],
            "shopping_lists":[{{"list_id":"list-main","name":"Main"}},{{"list_id":"list-dacha","name":"Дача"}}]}},
            "defaults":{{"default_list_id":"list-main"}}}}}},{exchange}{label}"v":1}}"#,
        quoted(id),
        id.len() % 5,
        quoted(text),
    )
    .replace('\n', " ")
}

/// One attempt that answers `item`.
pub(super) fn answer(item: &str, latency_ms: u64) -> String {
    format!(r#"[{{"raw":{},"latency_ms":{latency_ms}}}]"#, serde_json::to_string(item).unwrap())
}

pub(super) fn settings(variables: &[(&str, &str)]) -> Settings {
    let mut environment: Environment = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
        ("LLM_POLICY_ENABLED", "true"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Settings::from_environment(&environment, &PolicySource::BuiltIn)
}

/// The outcome of one recording, every command in the sample.
pub(super) fn outcome<'a>(path: &'a OurPath, recording: &'a Recording<'a>, scratch: &'a mut Scratch) -> Outcome<'a> {
    let digest = IdDigest::of(&recording.command.command_id);
    Outcome::new(recording, digest, path.decide(recording, &digest, scratch))
}

fn household() -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..40 {
        let id = format!("hh-ru-milk-{number:03}");
        lines.push(recording(
            &id,
            "Купи молоко",
            &answer(r#"{"item_name":"молоко","list_id":"list-main"}"#, 80),
            LABEL_MILK,
        ));
        if number % 4 == 0 {
            let id = format!("hh-ru-multi-{number:03}");
            lines.push(recording(
                &id,
                "Купи хлеб, молоко и яйца",
                &answer(r#"{"item_name":"молоко"}"#, 90),
                LABEL_THREE,
            ));
        }
        if number % 5 == 0 {
            let id = format!("hh-ru-fresh-{number:03}");
            let name = if number % 10 == 0 { "молоко" } else { "сливки" };
            let label = format!(r#"{{"action":"start_job","items":[{{"name":"{name}"}}]}}"#);
            let item = format!(r#"{{"item_name":"{name}","list_id":"list-main"}}"#);
            lines.push(recording(&id, "Купи свежего молока", &answer(&item, 95), &label));
        }
    }
    lines.push(recording("hh-ru-task", "Сделай уборку", "", ""));
    lines
}

fn hazards() -> Vec<String> {
    vec![
        recording("hazard-h1", "Купи хлеб, молоко и яйца", &answer(r#"{"item_name":"молоко"}"#, 75), LABEL_THREE),
        recording("hazard-h2", "Купи молоко", &answer(r#"{"item_name":"пиво","quantity":"100"}"#, 75), LABEL_MILK),
        recording("hazard-h3-unlabelled", "Купи молоко", &answer(r#"{"item_name":"молоко"}"#, 75), ""),
    ]
}

fn faults() -> Vec<String> {
    vec![
        recording(
            "fault-json",
            "Купи молоко",
            r#"[{"raw":"no","latency_ms":5},{"raw":"no","latency_ms":5},{"raw":"no","latency_ms":5},{"raw":"no","latency_ms":5}]"#,
            "",
        ),
        recording("fault-slow", "Купи молоко", &answer(r#"{"item_name":"молоко"}"#, 900), LABEL_MILK),
        recording("fault-unrecorded", "Купи молоко", "", ""),
        recording("fault-low", "Купи молоко", &answer(r#"{"item_name":"молоко","confidence":0.59}"#, 20), ""),
    ]
}

fn corpus(name: &str, role: Role, lines: &[String], path: &OurPath) -> CorpusSummary {
    let mut tally = Tally::new(&RATES);
    for line in lines {
        let recording = serde_json::from_str::<Recording>(line).unwrap();
        let mut scratch = Scratch::default();
        tally.add(&outcome(path, &recording, &mut scratch));
    }
    let counts = tally.finish();
    CorpusSummary {
        name: name.to_owned(),
        role,
        role_declared: true,
        read: counts.recordings,
        set_aside: 0,
        golden: GoldenResult::Compared {
            unchanged: counts.recordings,
            carried: 0,
            changed: 0,
            added: 0,
            missing: 0,
            groups: Vec::new(),
            pending: false,
        },
        counts,
    }
}

/// A summary of three small corpora of one role each, as golden has them.
pub(super) fn summary(rules: RuleSet) -> Summary {
    let settings = settings(&[]).forced();
    let path = OurPath::new(settings.clone(), rules);
    let mut summary = Summary {
        repeated: crate::summary::Repeated::default(),
        unclaimed_golden: Vec::new(),
        format: SUMMARY_FORMAT,
        tool_version: "0.1.0".to_owned(),
        rules,
        decisions: Decisions::Ours,
        sampling: Sampling::Forced,
        seed: None,
        incomplete_because: Vec::new(),
        notes: Vec::new(),
        corpora: vec![
            corpus("hazards", Role::Adversarial, &hazards(), &path),
            corpus("household", Role::Representative, &household(), &path),
            corpus("llm-faults", Role::Edge, &faults(), &path),
        ],
        roles: Vec::new(),
        coverage: Vec::new(),
    };
    let context = CoverageContext { rules, settings: &settings, foreign: false };
    summary.add_up(context);
    summary
}

pub(super) fn side(class: Divergence, status: CorridorStatus, reason: KnownReason) -> Side {
    let effect = (class == Divergence::Regressed).then_some(Effect::ItemsLost);
    Side { class, status: Some(status), reason: Some(reason.into()), effect }
}

/// Changes of every severity, as if golden had been made with other rules.
pub(super) fn change(summary: &mut Summary) {
    let accepted = |class| side(class, CorridorStatus::AcceptedLlm, KnownReason::Accepted);
    let refused = |reason| side(Divergence::FellBack, CorridorStatus::FallbackDeterministic, reason);
    let group = |before: Option<Side>, after: Option<Side>, severity, fields: &[Field], ids: &[&str]| ChangeGroupView {
        shape: Shape {
            kind: match (&before, &after) {
                (Some(_), Some(_)) => ChangeKind::Changed,
                (None, _) => ChangeKind::Added,
                (Some(_), None) => ChangeKind::Missing,
            },
            before,
            after,
            fields: fields.to_vec(),
            items: (severity == Severity::Items).then_some(Effect::ItemsAdded),
        },
        severity,
        fingerprint: "ab".repeat(32),
        members: "cd".repeat(32),
        count: ids.len() as u64,
        examples: ids.iter().take(3).map(|id| (*id).to_owned()).collect(),
    };
    let fields = [Field::Status, Field::Reason, Field::Decision, Field::Class, Field::Effects];
    let lost = |ids: &[&str]| {
        let (before, after) = (accepted(Divergence::Regressed), refused(KnownReason::ItemsLost));
        group(Some(before), Some(after), Severity::Items, &fields, ids)
    };
    let regressed = group(
        Some(refused(KnownReason::Timeout)),
        Some(accepted(Divergence::Regressed)),
        Severity::NewlyRegressed,
        &fields,
        &["hh-ru-new"],
    );
    let added = group(None, Some(accepted(Divergence::Agreed)), Severity::Added, &[], &["hh-ru-more"]);
    let gone = group(Some(accepted(Divergence::Agreed)), None, Severity::Missing, &[], &["hh-ru-gone"]);
    let reason = group(
        Some(refused(KnownReason::InvalidJson)),
        Some(refused(KnownReason::Timeout)),
        Severity::Refusal,
        &[Field::Reason],
        &["hh-ru-slow"],
    );
    let multi = ["hh-ru-multi-000", "hh-ru-multi-004", "hh-ru-multi-008", "hh-ru-multi-012", "m-1", "m-2", "m-3"];
    let household = vec![regressed, gone, lost(&multi), reason, added];
    for corpus in &mut summary.corpora {
        corpus.golden = match corpus.name.as_str() {
            "household" => GoldenResult::Compared {
                unchanged: 48,
                carried: 0,
                changed: 9,
                added: 1,
                missing: 1,
                groups: household.clone(),
                pending: true,
            },
            "hazards" => GoldenResult::Compared {
                unchanged: 2,
                carried: 0,
                changed: 1,
                added: 0,
                missing: 0,
                groups: vec![lost(&["hazard-h1"])],
                pending: true,
            },
            _ => GoldenResult::Absent,
        };
    }
}
