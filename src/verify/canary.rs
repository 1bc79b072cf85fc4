//! AC4: a secret in every field that a user or an LLM fills must not occur in anything that is published.
//!
//! Recordings, stored outcomes and golden hold the text of commands on purpose. Risk lines, summaries, `JUnit` files and error messages
//! are published.

use super::bench::{Bench, Case};
use super::check::Check;
use super::counts::{CheckCounts, Origin};
use super::standin::{StandIn, Stock};
use crate::corpus::parse_line;
use crate::decide::{RiskLine, RuleSet, Scratch};
use crate::model::{IdDigest, Recording};
use crate::summary::{
    CorpusSummary, CoverageContext, Decisions, GoldenResult, Repeated, Role, SUMMARY_FORMAT, Sampling, Summary, Tally,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The secret. It is appended to strings, so that equal strings stay equal.
const CANARY: &str = " zqcanary";
/// The text that is searched for, in lower case.
const NEEDLE: &[u8] = b"zqcanary";

/// A document that is made from a summary and published.
pub struct Publication<'a> {
    /// Its name, e.g. `JUnit file`.
    pub name: &'static str,
    /// Writes it.
    pub write: &'a (dyn Fn(&Summary) -> Vec<u8> + Sync),
}

/// Tallies of recordings with the secret, by rule set and corpus.
pub(super) type Tallies = BTreeMap<(RuleSet, String), Tally>;

/// Fields without free text: identifiers, times, names of the contract.
const FIXED: [&str; 9] =
    ["command_id", "timestamp", "capabilities", "at", "source", "error", "environment", "v", "seed"];
/// Fields on which the handling of a candidate depends: planted in the second round only.
const STRUCTURAL: [&str; 3] = ["intent", "job_type", "action"];

/// Plants the secret and decides the recording; twice, because a candidate with a secret in its structure is refused early.
pub(super) fn check(bench: &Bench, case: &Case, tallies: &mut Tallies, counts: &mut CheckCounts) {
    for everything in [false, true] {
        let Some(line) = planted(case.recording, everything) else { continue };
        let Ok(recording) = parse_line(line.as_bytes()) else { continue };
        for rules in bench.rules {
            let source = StandIn::new(Stock::Recorded);
            let path = bench.implementation.path(&bench.settings, *rules, &source);
            let digest = IdDigest::of(&recording.command.command_id);
            let mut scratch = Scratch::default();
            let outcome = counts.watch(Origin::Arranged, *rules, &*path, &recording, digest, &mut scratch);
            let risk = outcome.decided.as_ref().and_then(|decided| decided.risk.as_ref());
            if let Some(risk) = risk {
                let command = &recording.command;
                let line = serde_json::to_vec(&RiskLine::new(&command.command_id, &command.timestamp, risk));
                let holds = line.is_ok_and(|line| !leaks(&line));
                counts.check(Check::Canary, true, holds, || case.place(*rules, "in the risk line"));
            }
            let tally = tallies.entry((*rules, case.corpus.to_owned()));
            tally.or_insert_with(|| Tally::new(&[1.0])).add(&outcome);
        }
        if !everything {
            diagnostics(&line, case, counts);
        }
    }
}

/// Writes every publication of the summaries and searches it for the secret.
pub(super) fn published(bench: &Bench, tallies: &Tallies, publications: &[Publication], counts: &mut CheckCounts) {
    for rules in bench.rules {
        let corpora = tallies.iter().filter(|((of, _), _)| of == rules).map(|((_, name), tally)| CorpusSummary {
            name: name.clone(),
            role: Role::Adversarial,
            role_declared: true,
            read: 0,
            set_aside: 0,
            counts: tally.clone().finish(),
            golden: GoldenResult::Absent,
        });
        let mut summary = Summary {
            format: SUMMARY_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: *rules,
            decisions: Decisions::Ours,
            sampling: Sampling::Forced,
            seed: None,
            incomplete_because: Vec::new(),
            notes: Vec::new(),
            unclaimed_golden: Vec::new(),
            repeated: Repeated::default(),
            corpora: corpora.collect(),
            roles: Vec::new(),
            coverage: Vec::new(),
        };
        summary.add_up(CoverageContext { rules: *rules, settings: &bench.settings, foreign: false });
        for publication in publications {
            let bytes = (publication.write)(&summary);
            let opportunity = summary.recordings() > 0 && !bytes.is_empty();
            counts
                .check(Check::Canary, opportunity, !leaks(&bytes), || format!("in the {}, {rules}", publication.name));
        }
    }
}

fn leaks(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes.to_ascii_lowercase(), NEEDLE).is_some()
}

/// Damages the planted line, so that an error message could quote it.
fn diagnostics(line: &str, case: &Case, counts: &mut CheckCounts) {
    let cut = |part: usize| {
        let end = (0..=line.len() * part / 3).rev().find(|end| line.is_char_boundary(*end));
        line.get(..end.unwrap_or_default()).unwrap_or_default().to_owned()
    };
    let damaged = [
        ("cut off early", Some(cut(1))),
        ("cut off late", Some(cut(2))),
        ("text for a time", at(line, "/command/timestamp", json!(CANARY))),
        ("an unknown capability", at(line, "/command/capabilities", json!([CANARY]))),
        ("text for an object", at(line, "/command/context", json!(CANARY))),
        ("text for a list", at(line, "/command/context/household/members", json!(CANARY))),
        ("a list for a text", at(line, "/command/text", json!([CANARY]))),
        ("text for a version", at(line, "/v", json!(CANARY))),
    ];
    for (what, damaged) in damaged {
        let Some(damaged) = damaged else { continue };
        let Err(error) = parse_line(damaged.as_bytes()) else { continue };
        let field = error.field.clone().unwrap_or_default();
        let message = format!("{error} {field} {}", error.help.unwrap_or_default());
        counts.check(Check::CanaryDiagnostic, true, !leaks(message.as_bytes()), || {
            format!("{}:{} with {what}", case.corpus, &*case.recording.command.command_id)
        });
    }
}

/// The line with another value at a JSON pointer.
fn at(line: &str, pointer: &str, value: Value) -> Option<String> {
    let mut document: Value = serde_json::from_str(line).ok()?;
    *document.pointer_mut(pointer)? = value;
    Some(document.to_string())
}

/// The recording's line with the secret after every free-form string; with `everything` also after structural ones.
fn planted(recording: &Recording, everything: bool) -> Option<String> {
    let mut document = serde_json::to_value(recording).ok()?;
    let object = document.as_object_mut()?;
    object.remove("seed");
    object.insert("v".to_owned(), json!(1));
    for (key, value) in object.iter_mut() {
        match key.as_str() {
            "label" => plant_label(value),
            "exchanges" => plant_exchanges(value, everything),
            "candidate" => plant(value, everything),
            "source" | "environment" | "v" => {}
            _ => plant(value, false),
        }
    }
    Some(document.to_string())
}

fn plant(value: &mut Value, everything: bool) {
    match value {
        Value::String(text) => text.push_str(CANARY),
        Value::Array(values) => values.iter_mut().for_each(|value| plant(value, everything)),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                let is_kept = FIXED.contains(&key.as_str()) || (!everything && STRUCTURAL.contains(&key.as_str()));
                if !is_kept {
                    plant(value, everything);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A label's intent and action are names of the contract.
fn plant_label(label: &mut Value) {
    if let Some(fields) = label.as_object_mut() {
        let free = fields.iter_mut().filter(|(key, _)| !matches!(key.as_str(), "intent" | "action"));
        free.for_each(|(_, value)| plant(value, false));
    }
}

/// Most answers are JSON objects: the secret is appended to their strings, otherwise to the text.
fn plant_exchanges(exchanges: &mut Value, everything: bool) {
    let attempts = exchanges.as_object_mut().into_iter().flat_map(|tasks| tasks.values_mut());
    for attempt in attempts.filter_map(Value::as_array_mut).flatten() {
        let Some(Value::String(raw)) = attempt.get_mut("raw") else { continue };
        match serde_json::from_str::<Map<String, Value>>(raw) {
            Ok(answer) => {
                let mut answer = Value::Object(answer);
                plant(&mut answer, everything);
                if everything && let Some(fields) = answer.as_object_mut() {
                    fields.insert(CANARY.to_owned(), json!(CANARY));
                }
                *raw = answer.to_string();
            }
            Err(_) => raw.push_str(CANARY),
        }
    }
}
