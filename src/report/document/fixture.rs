//! A small document with every kind of content, and variants of it with hostile, secret and redacted texts.

use super::super::fixture::{side, summary};
use super::*;
use crate::decide::RuleSet;
use crate::golden::{ChangeKind, Field};
use crate::model::KnownReason;
use crate::outcome::Effect;

/// A text that every format has to escape: markup, scripts, links, mentions, tables, fences, commands, escapes.
pub(in crate::report) const HOSTILE: &str = concat!(
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&lt; @everyone #1 https://evil.example ",
    "[a](javascript:b) ![c](http://d) | e | ``` ::error::f%0A::set-output \u{1b}[31m\u{202e}\u{0}\u{ffff} ]]> {{g}} $h"
);

fn segments((text, emphasised): (&str, &str)) -> Vec<Segment> {
    let plain = |text: &str| Segment { text: text.to_owned(), emphasised: false };
    let strong = |text: &str| Segment { text: text.to_owned(), emphasised: true };
    let pieces = [plain(text), strong(emphasised)];
    pieces.into_iter().filter(|piece| !piece.text.is_empty()).collect()
}

/// A row; of each side the text, and what of it differs.
fn row(field: &str, before: Option<(&str, &str)>, after: Option<(&str, &str)>) -> DiffRow {
    DiffRow { field: field.to_owned(), before: before.map(segments), after: after.map(segments) }
}

/// A command that was regressed and is refused now.
pub(in crate::report) fn case(number: usize, text: &str) -> CaseView {
    CaseView {
        snapshot: "strict/household".to_owned(),
        command_id: format!("hh-ru-multi-{number:03}"),
        text: Some(text.to_owned()),
        class: Divergence::FellBack,
        status: Some(CorridorStatus::FallbackDeterministic),
        reason: Some(ReasonCode::Known(KnownReason::ItemsLost)),
        tags: vec!["multi-item".to_owned(), "ru".to_owned()],
        group: Some("ab".repeat(32)),
        golden_line: Some(12 + number as u64),
        diff: DiffView {
            before: "golden".to_owned(),
            after: "now".to_owned(),
            rows: vec![
                row("text", Some((text, "")), Some((text, ""))),
                row("class", Some(("", "regressed")), Some(("", "fell_back"))),
                row("reason", Some(("", "accepted")), Some(("", "items_lost"))),
                row("decision · item", Some(("молоко", "")), None),
                row("effects", Some(("items_lost ", "2")), None),
            ],
        },
    }
}

/// Two runs, three groups, a verdict, five cases.
pub(in crate::report) fn document() -> Document {
    let accepted = side(Divergence::Regressed, CorridorStatus::AcceptedLlm, KnownReason::Accepted);
    let refused = side(Divergence::FellBack, CorridorStatus::FallbackDeterministic, KnownReason::ItemsLost);
    let cases: Vec<_> = (0..4).map(|number| case(number, "Купи хлеб, молоко и яйца")).collect();
    let group = GroupView {
        fingerprint: "ab".repeat(32),
        members: "cd".repeat(32),
        shape: Shape {
            kind: ChangeKind::Changed,
            before: Some(accepted.clone()),
            after: Some(refused.clone()),
            fields: vec![Field::Status, Field::Reason, Field::Class, Field::Effects],
            items: Some(Effect::ItemsAdded),
        },
        severity: Severity::Items,
        what: "accepted → refused by `items_lost`".to_owned(),
        rest: "4 commands, 4 were regressed, now none".to_owned(),
        count: 4,
        parts: vec![PartView { snapshot: "strict/household".to_owned(), count: 4 }],
        representatives: cases.iter().take(3).cloned().collect(),
        reasons: vec![ReasonView {
            who: "mara".to_owned(),
            at: "2026-05-01T12:00:00Z".to_owned(),
            reason: Some("the rule guards lists".to_owned()),
            count: 3,
        }],
        unaccounted: Some(1),
    };
    let worse = GroupView {
        fingerprint: "12".repeat(32),
        members: "34".repeat(32),
        severity: Severity::NewlyRegressed,
        shape: Shape { before: Some(refused), after: Some(accepted), ..group.shape.clone() },
        what: "refused by `items_lost` → accepted".to_owned(),
        rest: "1 command, none was regressed, now 1".to_owned(),
        count: 1,
        parts: vec![PartView { snapshot: "reference/hazards".to_owned(), count: 1 }],
        representatives: vec![CaseView {
            snapshot: "reference/hazards".to_owned(),
            class: Divergence::Regressed,
            group: Some("12".repeat(32)),
            ..case(9, "Купи молоко")
        }],
        reasons: Vec::new(),
        unaccounted: None,
    };
    let other = CaseView {
        snapshot: "reference/household".to_owned(),
        class: Divergence::Unlabelled,
        group: None,
        golden_line: None,
        ..case(7, "Купи свежего молока")
    };
    let cases = worse.representatives.iter().cloned().chain(cases).chain([other]).collect();
    Document {
        format: DOCUMENT_FORMAT,
        tool_version: "0.1.0".to_owned(),
        redacted: false,
        runs: vec![
            RunView {
                name: "0f".repeat(32),
                summary: summary(RuleSet::Reference),
                verdict: Some(VerdictView {
                    receipt: "0001-0.01-no_go.json".to_owned(),
                    asked: "to 0.01".to_owned(),
                    verdict: Verdict::NoGo,
                    sentence: "items are lost in 10 of 58 accepted decisions".to_owned(),
                    at: "2026-05-01T12:00:00Z".to_owned(),
                }),
            },
            RunView { name: "1e".repeat(32), summary: summary(RuleSet::Strict), verdict: None },
        ],
        changes: Some(ChangesView {
            options: String::new(),
            pending: true,
            before: "golden".to_owned(),
            after: "now".to_owned(),
            headline: "5 commands changed".to_owned(),
            compared: Some(2),
            not_compared: 1,
            partial: false,
            unchanged: Some(112),
            changed: 5,
            groups: vec![worse, group],
            notes: vec!["strict/hostile was not compared: it has no golden".to_owned()],
        }),
        cases,
        cases_left_out: 0,
    }
}

/// The same, with `text` as every id, text, tag and value of its cases and in the reasons of its groups.
fn filled(text: &str) -> Document {
    let mut document = document();
    let text = || text.to_owned();
    let fill = |case: &mut CaseView| {
        case.command_id = text();
        case.text = Some(text());
        case.tags = vec![text()];
        for segment in case.diff.rows.iter_mut().flat_map(|row| row.before.iter_mut().chain(&mut row.after)).flatten() {
            segment.text = text();
        }
    };
    document.cases.iter_mut().for_each(fill);
    for group in document.changes.iter_mut().flat_map(|changes| &mut changes.groups) {
        group.representatives.iter_mut().for_each(fill);
        for reason in &mut group.reasons {
            (reason.who, reason.reason) = (text(), Some(text()));
        }
    }
    document
}

/// The same, with [`HOSTILE`] as every text from outside.
pub(in crate::report) fn hostile() -> Document {
    let mut document = filled(HOSTILE);
    let hostile = || HOSTILE.to_owned();
    document.cases.iter_mut().for_each(|case| case.snapshot = hostile());
    for run in &mut document.runs {
        run.summary.notes = vec![hostile()];
        run.summary.incomplete_because = vec![hostile()];
        for corpus in &mut run.summary.corpora {
            corpus.name = hostile();
        }
        if let Some(verdict) = &mut run.verdict {
            verdict.receipt = hostile();
            verdict.sentence = hostile();
        }
    }
    if let Some(changes) = &mut document.changes {
        changes.before = hostile();
        changes.notes = vec![hostile()];
        for group in &mut changes.groups {
            group.parts = vec![PartView { snapshot: hostile(), count: group.count }];
            group.representatives.iter_mut().for_each(|case| case.snapshot = hostile());
        }
    }
    document
}

/// A text of a user: not a name, and different from all other texts.
pub(in crate::report) const CANARY: &str = "канарейка canary";

/// A document with [`CANARY`] in every text of a user and in every id, which a caller may have filled with one.
pub(in crate::report) fn secret() -> Document {
    let mut document = filled(CANARY);
    let canary = || CANARY.to_owned();
    for run in &mut document.runs {
        super::super::fixture::change(&mut run.summary);
        for corpus in &mut run.summary.corpora {
            corpus.counts.classes.add(Divergence::Broken);
            let severity = crate::summary::Severity::Broken;
            corpus.counts.worst.add(crate::summary::NamedCase { severity, effect: None, command_id: canary() });
            corpus.counts.unrecorded = serde_json::from_value(serde_json::json!([CANARY])).unwrap();
            if let crate::summary::GoldenResult::Compared { groups, .. } = &mut corpus.golden {
                for group in groups {
                    group.examples = vec![canary()];
                }
            }
        }
    }
    document
}

/// A document that was made without texts of users, from entries with [`CANARY`] as every text.
pub(in crate::report) fn redacted() -> Document {
    let item = serde_json::json!({"name": CANARY, "quantity": CANARY, "unit": CANARY, "list_id": CANARY});
    let action = serde_json::json!({"action": "propose_add_shopping_item", "payload": {"item": item}});
    let decision = serde_json::json!({"status": "ok", "action": "start_job", "confidence": 0.78,
        "payload": {"job_type": "add_shopping_item", "proposed_actions": [action]}});
    let entry = |class: &str| {
        let entry = serde_json::json!({"command_id": CANARY, "text": CANARY, "baseline": decision, "decision": decision,
            "status": "accepted_llm", "reason": "accepted", "class": class});
        let text = entry.to_string();
        serde_json::from_str::<crate::golden::Entry>(&text).unwrap().canonical()
    };
    let mut document = document();
    let changes = document.changes.as_mut().unwrap();
    let change = crate::golden::Change {
        command_id: CANARY.to_owned(),
        shape: changes.groups[0].shape.clone(),
        before: Some(entry("agreed")),
        after: Some(entry("regressed")),
    };
    let mut groups = crate::golden::Groups::default();
    groups.add(CANARY, &change);
    let shown = Shown { before: "golden".to_owned(), after: "now".to_owned(), options: String::new(), redacted: true };
    changes.groups = groups.groups().iter().map(|group| GroupView::of(group, &shown)).collect();
    changes.changed = 1;
    document.cases = vec![CaseView::changed(CANARY, &change, &[CANARY], "ab", &shown).unwrap()];
    document.redacted = true;
    document
}
