//! What a reader of a run sees.

use super::super::escape::{is_hidden, width};
use super::super::fixture;
use super::*;
use crate::decide::RuleSet;
use crate::golden::{ChangeKind, Field, Severity};
use crate::model::{CorridorStatus, KnownReason};
use crate::outcome::Divergence;
use crate::summary::{ChangeGroupView, Decisions, GoldenResult, SideView};

fn shown(summaries: &[Summary], width: Option<usize>, detail: Detail) -> String {
    let next = ["corridor explain household hh-ru-multi-000".to_owned(), "corridor gate --to 0.05".to_owned()];
    let options = SummaryOptions { layout: Layout { width, colour: false }, detail, next: &next };
    let mut bytes = Vec::new();
    write_summaries(summaries, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn both() -> Vec<Summary> {
    RuleSet::ALL.iter().map(|rules| fixture::summary(*rules)).collect()
}

fn side(class: Divergence, status: CorridorStatus, reason: KnownReason) -> SideView {
    SideView { class, status: Some(status), reason: Some(reason.into()) }
}

/// Golden was made with the reference rules, and the run has strict ones.
fn changed() -> Summary {
    let mut summary = fixture::summary(RuleSet::Strict);
    let accepted = |class| side(class, CorridorStatus::AcceptedLlm, KnownReason::Accepted);
    let refused = |reason| side(Divergence::FellBack, CorridorStatus::FallbackDeterministic, reason);
    let group =
        |before: Option<SideView>, after: Option<SideView>, severity, fields: &[Field], ids: &[&str]| ChangeGroupView {
            kind: match (&before, &after) {
                (Some(_), Some(_)) => ChangeKind::Changed,
                (None, _) => ChangeKind::Added,
                (Some(_), None) => ChangeKind::Missing,
            },
            severity,
            before,
            after,
            fields: fields.to_vec(),
            count: ids.len() as u64,
            examples: ids.iter().take(5).map(|id| (*id).to_owned()).collect(),
        };
    let fields = [Field::Status, Field::Reason, Field::Decision, Field::Class, Field::Effects];
    let lost = |ids: &[&str]| {
        let (before, after) = (accepted(Divergence::Regressed), refused(KnownReason::ItemsLost));
        group(Some(before), Some(after), Severity::Class, &fields, ids)
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
        Severity::Reason,
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
    summary
}

#[test]
fn both_rule_sets_on_a_terminal_of_100_columns() {
    insta::assert_snapshot!(shown(&both(), Some(100), Detail::Usual));
}

#[test]
fn one_rule_set_on_a_terminal_of_60_columns() {
    insta::assert_snapshot!(shown(&both()[..1], Some(60), Detail::Usual));
}

#[test]
fn changes_through_a_pipe() {
    insta::assert_snapshot!(shown(&[changed()], None, Detail::Usual));
}

#[test]
fn everything_through_a_pipe() {
    insta::assert_snapshot!(shown(&both()[1..], None, Detail::Full));
}

#[test]
fn foreign_and_incomplete_runs_say_so_first() {
    let mut summary = fixture::summary(RuleSet::Reference);
    summary.decisions = Decisions::Foreign;
    summary.seed = Some(7);
    summary.incomplete_because =
        vec!["a sample of 20 of 66 recordings".to_owned(), "2 lines were set aside".to_owned()];
    summary.notes = vec!["the policy does not load: every shopping command would raise".to_owned()];
    for corpus in &mut summary.corpora {
        corpus.golden = GoldenResult::Skipped { because: "--no-golden".to_owned() };
        corpus.role_declared = corpus.name == "household";
        corpus.set_aside = 1;
    }
    insta::assert_snapshot!(shown(&[summary], Some(80), Detail::Verdict));
}

#[test]
fn hostile_names_are_shown_as_code_points() {
    let mut summary = changed();
    for corpus in &mut summary.corpora {
        corpus.name = format!("{}\u{202e}\u{1b}[31m", corpus.name);
        if let GoldenResult::Compared { groups, .. } = &mut corpus.golden {
            groups.truncate(1);
            for group in groups {
                group.examples = vec!["\u{1b}]0;owned\u{7}".to_owned(), "a\nb\u{200b}".to_owned()];
            }
        }
    }
    summary.notes = vec!["\u{9b}2J".to_owned()];
    for columns in [None, Some(40), Some(100)] {
        let text = shown(&[summary.clone()], columns, Detail::Full);
        assert!(!text.replace('\n', "").chars().any(is_hidden), "{text}");
        assert!(text.contains(r"\u{202e}\u{1b}[31m"));
    }
    insta::assert_snapshot!(shown(&[summary], Some(100), Detail::Verdict));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut summaries = both();
    summaries.push(changed());
    for columns in [40, 60, 72, 80, 100, 120, 200] {
        for detail in [Detail::Verdict, Detail::Usual, Detail::Full] {
            let text = shown(&summaries, Some(columns), detail);
            let wide: Vec<_> = text.lines().filter(|line| width(line) > columns).collect();
            assert!(wide.is_empty(), "{columns}: {wide:#?}");
        }
    }
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let summaries = both();
    for width in [None, Some(60), Some(100)] {
        let options = |colour| SummaryOptions { layout: Layout { width, colour }, ..SummaryOptions::default() };
        let written = |colour| {
            let mut bytes = Vec::new();
            write_summaries(&summaries, options(colour), &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let coloured = written(true);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), written(false));
    }
}

#[test]
fn an_empty_run_says_that_nothing_was_replayed() {
    let mut summary = fixture::summary(RuleSet::Reference);
    summary.corpora.clear();
    summary.roles.clear();
    assert!(shown(&[summary], None, Detail::Usual).contains("nothing was replayed"));
}
