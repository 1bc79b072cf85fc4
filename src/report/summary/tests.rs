//! The screens of a run.

use super::super::fixture::{self, assert_colours_alone, assert_fits, assert_visible, written};
use super::*;
use crate::decide::RuleSet;
use crate::summary::{Decisions, GoldenResult};

fn shown(summaries: &[Summary], width: Option<usize>, detail: Detail) -> String {
    let next = ["corridor explain household hh-ru-multi-000".to_owned(), "corridor gate --to 0.05".to_owned()];
    let options = SummaryOptions { layout: Layout { width, colour: false }, detail, next: &next };
    written(|out| write_summaries(summaries, options, out))
}

fn both() -> Vec<Summary> {
    RuleSet::ALL.iter().map(|rules| fixture::summary(*rules)).collect()
}

/// Golden was made with the reference rules, and the run has strict ones.
fn changed() -> Summary {
    let mut summary = fixture::summary(RuleSet::Strict);
    fixture::change(&mut summary);
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
        assert_visible(&text);
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
            // Commands are not wrapped.
            let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("  corridor ")).collect();
            assert_fits(&lines.join("\n"), columns);
        }
    }
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let summaries = both();
    for width in [None, Some(60), Some(100)] {
        let options = |colour| SummaryOptions { layout: Layout { width, colour }, ..SummaryOptions::default() };
        let shown = |colour| written(|out| write_summaries(&summaries, options(colour), out));
        assert_colours_alone(&shown(false), &shown(true));
    }
}

#[test]
fn an_empty_run_says_that_nothing_was_replayed() {
    let mut summary = fixture::summary(RuleSet::Reference);
    summary.corpora.clear();
    summary.roles.clear();
    assert!(shown(&[summary], None, Detail::Usual).contains("nothing was replayed"));
}
