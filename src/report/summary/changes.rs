//! Changes against golden: one sentence per kind, the most severe first, over all corpora.

use super::super::number::{counted, listed};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::words::side;
use super::Scope;
use super::accuracy::examples;
use crate::golden::{ChangeKind, Field, Severity};
use crate::summary::{ChangeGroupView, GoldenResult, SideView, Summary};
use std::cmp::Reverse;
use std::io;

/// Groups that are shown unless everything is wanted.
const SHOWN: usize = 12;

/// The same kind of change in several corpora.
pub(in crate::report) struct Group<'a> {
    pub(in crate::report) kind: &'a ChangeGroupView,
    pub(in crate::report) count: u64,
    parts: Vec<(&'a str, &'a ChangeGroupView)>,
}

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    let groups = grouped(scope.summary);
    if groups.is_empty() {
        return Ok(());
    }
    page.heading(&scope.title("changes against golden"), "(by kind, the worst first)")?;
    let shown = if scope.is_full() { groups.len() } else { SHOWN };
    for group in groups.iter().take(shown) {
        write_sentence(page, group.kind, group.count)?;
        for (corpus, part) in &group.parts {
            page.paragraph(4, &examples(corpus, part.count, part.examples.iter().map(String::as_str)))?;
        }
    }
    let left: u64 = groups.iter().skip(shown).map(|group| group.count).sum();
    if left > 0 {
        let text = format!(
            "and {} in {} that are not shown here",
            counted(left, "command"),
            counted((groups.len() - shown) as u64, "more group")
        );
        page.paragraph(2, &[Tone::Faint.of(text)])?;
    }
    Ok(())
}

fn write_sentence(page: &mut Page, group: &ChangeGroupView, count: u64) -> io::Result<()> {
    let Sentence { what, rest } = sentence(group, count);
    page.paragraph(2, &[tone(group.severity).of(what), Span::from(rest)])
}

/// One group of one golden file, with the first of its cases.
pub(in crate::report) fn write_group(page: &mut Page, group: &ChangeGroupView) -> io::Result<()> {
    write_sentence(page, group, group.count)?;
    page.paragraph(4, &examples("cases", group.count, group.examples.iter().map(String::as_str)))
}

fn grouped(summary: &Summary) -> Vec<Group<'_>> {
    let mut all: Vec<Group> = Vec::new();
    for corpus in &summary.corpora {
        let GoldenResult::Compared { groups, .. } = &corpus.golden else { continue };
        for view in groups {
            let part = (corpus.name.as_str(), view);
            match all.iter_mut().find(|group| is_same_kind(group.kind, view)) {
                Some(group) => {
                    group.count += view.count;
                    group.parts.push(part);
                }
                None => all.push(Group { kind: view, count: view.count, parts: vec![part] }),
            }
        }
    }
    all.sort_by_key(|group| (group.kind.severity, Reverse(group.count)));
    all
}

fn is_same_kind(one: &ChangeGroupView, other: &ChangeGroupView) -> bool {
    let kind = |view: &ChangeGroupView| (view.kind, view.before.clone(), view.after.clone(), view.fields.clone());
    kind(one) == kind(other)
}

/// A group in words: what happened, and to how many.
pub(in crate::report) struct Sentence {
    pub(in crate::report) what: String,
    pub(in crate::report) rest: String,
}

/// ``accepted → refused by `items_lost`: 41 commands: regressed → fell_back; fields status, reason``
pub(in crate::report) fn sentence(group: &ChangeGroupView, count: u64) -> Sentence {
    let commands = counted(count, "command");
    let (before, after) = (group.before.as_ref(), group.after.as_ref());
    let words = |view: Option<&SideView>| view.map_or_else(String::new, side);
    let class = |view: Option<&SideView>| view.map_or("unknown", |view| view.class.as_str());
    match group.kind {
        ChangeKind::Added => Sentence {
            what: format!("new, not in golden: {}", words(after)),
            rest: format!(": {commands}: {}", class(after)),
        },
        ChangeKind::Missing => Sentence {
            what: format!("in golden, and not in the corpus: {}", words(before)),
            rest: format!(": {commands}: {}", class(before)),
        },
        ChangeKind::Changed => {
            let (then, now) = (words(before), words(after));
            let what = if then == now { format!("{now}, as before") } else { format!("{then} → {now}") };
            let (then, now) = (class(before), class(after));
            let classes = if then == now { format!("still {now}") } else { format!("{then} → {now}") };
            let fields: Vec<_> = group.fields.iter().map(|field| Field::as_str(*field)).collect();
            let noun = if fields.len() == 1 { "field" } else { "fields" };
            Sentence { what, rest: format!(": {commands}: {classes}; {noun} {}", listed(&fields)) }
        }
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::NewlyBroken | Severity::NewlyRegressed => Tone::Bad,
        Severity::Missing | Severity::Class | Severity::Effects | Severity::Decision => Tone::Warning,
        Severity::Reason | Severity::Text | Severity::Added => Tone::Plain,
    }
}
