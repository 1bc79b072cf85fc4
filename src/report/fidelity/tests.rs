//! The screens and the JSON of a comparison.

use super::super::fixture::{
    assert_colours_alone, assert_fits, assert_visible, documented, field_names, json, written,
};
use super::*;
use crate::decide::RuleSet;
use crate::model::Each;
use crate::risklog::LogView;
use crate::risklog::fidelity::{Commands, Field, LogLines, PairView, RunView};

fn agreement(commands: u64, agreeing: u64, disagreement_at_most: f64) -> Agreement {
    let rate = (commands == 820).then_some(0.990_243_902);
    Agreement { commands, agreeing, disagreeing: commands - agreeing, rate, disagreement_at_most }
}

fn some(count: u64) -> CasesView {
    let examples = ["cmd-43", "cmd-108", "cmd-121", "cmd-135", "sha256:e3b0c44298fc1c149afbf4c8996fb924"];
    let count_shown = usize::try_from(count).unwrap().min(examples.len());
    CasesView { count, examples: examples[..count_shown].iter().map(ToString::to_string).collect() }
}

fn ending(status: &str, reason: &str) -> Ending {
    Ending { status: status.to_owned(), reason: reason.to_owned() }
}

/// Production and replay differ in every field, and every note applies.
fn eventful() -> Fidelity {
    let log = |name: &str, state, is_ended| LogView { name: name.to_owned(), state, is_ended, is_cut_off: false };
    let pair = |production, replay, count| PairView { production, replay, cases: some(count) };
    Fidelity {
        since: Some("2026-02-01T00:00:00Z".to_owned()),
        until: None,
        logs: vec![log("old.jsonl", LogState::Missing, true), log("risk.jsonl", LogState::Read, false)],
        lines: LogLines {
            read: 1300,
            blank: 1,
            parse_errors: 12,
            records: 1260,
            outside_window: 25,
            undated: 2,
            without_id: 1,
            repeated: 259,
        },
        run: RunView {
            name: "ea9960ab679fd40d715d96e86008dfe63b82ef390cdd6f360e0ff1ffe927af3e".to_owned(),
            rules: RuleSet::Reference,
            decisions: Decisions::Foreign,
            sampling: Sampling::Forced,
            incomplete_because: vec!["it has a filter".to_owned()],
            outcomes_sha256: "11".repeat(32),
            risk_sha256: "22".repeat(32),
        },
        commands: Commands { in_log: 1000, in_run: 900, in_both: 840, only_in_log: 160, only_in_run: 60 },
        compared: agreement(820, 812, 0.018_8),
        reach: Each::from_fn(|reach| match reach {
            Reach::Sampled => agreement(41, 34, 0.351),
            Reach::NotSampled => agreement(700, 699, 0.009_91),
            Reach::BeforeSampling => agreement(79, 79, 0.045),
        }),
        fields: Each::from_fn(|field| match field {
            Field::Sampled => some(1),
            Field::Status => some(5),
            Field::Reason => some(6),
            Field::BaselineSummary => some(0),
            Field::LlmSummary => some(3),
        }),
        pairs: vec![
            pair(ending("fallback_deterministic", "timeout"), ending("accepted_llm", "accepted"), 4),
            pair(ending("error", "invalid_name"), ending("accepted_llm", "accepted"), 1),
        ],
        other_pairs: 1,
        not_compared: Each::from_fn(|obstacle| some(if obstacle == Obstacle::Unrecorded { 16 } else { 1 })),
    }
}

/// Production and replay agree.
fn quiet() -> Fidelity {
    let whole = agreement(820, 820, 0.006_1);
    let eventful = eventful();
    Fidelity {
        since: None,
        logs: eventful.logs[..1].iter().map(|log| LogView { state: LogState::Read, ..log.clone() }).collect(),
        lines: LogLines { read: 820, records: 820, ..LogLines::default() },
        run: RunView { decisions: Decisions::Ours, incomplete_because: Vec::new(), ..eventful.run },
        commands: Commands { in_log: 820, in_run: 820, in_both: 820, only_in_log: 0, only_in_run: 0 },
        compared: whole,
        reach: Each::from_fn(|reach| if reach == Reach::Sampled { whole } else { agreement(0, 0, 1.0) }),
        fields: Each::default(),
        pairs: Vec::new(),
        other_pairs: 0,
        not_compared: Each::default(),
        ..eventful
    }
}

fn shown(fidelity: &Fidelity, width: Option<usize>, colour: bool, detail: Detail) -> String {
    written(|out| write_fidelity(fidelity, Layout { width, colour }, detail, out))
}

#[test]
fn disagreements_through_a_pipe() {
    insta::assert_snapshot!(shown(&eventful(), None, false, Detail::Usual));
}

#[test]
fn disagreements_on_a_terminal_of_60_columns() {
    insta::assert_snapshot!(shown(&eventful(), Some(60), false, Detail::Usual));
}

#[test]
fn agreement_through_a_pipe() {
    insta::assert_snapshot!(shown(&quiet(), None, false, Detail::Usual));
}

#[test]
fn the_verdict_of_detail_is_the_sentence_and_the_notes() {
    let text = shown(&eventful(), None, false, Detail::Verdict);
    assert!(text.contains("agree on 812 of 820 commands in both (99.0%; at most 1.9% disagree, with 95% confidence at any number of looks)"), "{text}");
    assert!(text.contains("note: ") && !text.contains("disagreements by field"), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for fidelity in [eventful(), quiet()] {
        for columns in (40..=140).step_by(10) {
            let plain = shown(&fidelity, Some(columns), false, Detail::Full);
            assert_fits(&plain, columns);
            assert_colours_alone(&plain, &shown(&fidelity, Some(columns), true, Detail::Full));
        }
    }
}

#[test]
fn hostile_names_stay_within_their_lines() {
    let evil = "a\u{1b}[31m\u{202e}\n\u{9b}b";
    let mut fidelity = eventful();
    fidelity.run.name = evil.to_owned();
    fidelity.logs.iter_mut().for_each(|log| log.name = evil.to_owned());
    fidelity.run.incomplete_because = vec![evil.to_owned()];
    assert_visible(&shown(&fidelity, None, false, Detail::Full));
    assert_visible(&written(|out| write_fidelity_json(&fidelity, out)));
}

#[test]
fn every_field_is_documented_and_no_other() {
    let names = field_names(&json(|out| write_fidelity_json(&eventful(), out)));
    assert_eq!(names, documented(include_str!("../../../docs/operations/fidelity.md"), "JSON"));
}
