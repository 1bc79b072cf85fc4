//! Changes against golden: one sentence per group, the most severe first, over all corpora.

use super::super::number::{counted, grouped, listed, was_or_were};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::words::side;
use super::Scope;
use super::accuracy::examples;
use crate::golden::{ChangeKind, Field, Severity, Shape, Side};
use crate::outcome::{Divergence, Effect};
use crate::summary::{ChangeGroupView, GoldenResult, Summary};
use std::cmp::Reverse;
use std::io;

/// Groups that are shown unless all details are requested.
const SHOWN: usize = 12;

/// A group over several corpora.
struct Group<'a> {
    kind: &'a ChangeGroupView,
    count: u64,
    parts: Vec<(&'a str, &'a ChangeGroupView)>,
}

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    let groups = over_corpora(scope.summary);
    if groups.is_empty() {
        return Ok(());
    }
    page.heading(&scope.title("changes against golden"), "(by kind, the worst first)")?;
    let shown = if scope.is_full() { groups.len() } else { SHOWN };
    for group in groups.iter().take(shown) {
        write_sentence(page, group.kind, group.count)?;
        for (corpus, part) in &group.parts {
            page.paragraph(4, &examples(corpus, part.count, part.examples.iter()))?;
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
    let Sentence { what, rest } = sentence(&group.shape, count, "command");
    page.paragraph(2, &[tone(group.severity).of(what), Span::from(format!(": {rest}"))])
}

fn over_corpora(summary: &Summary) -> Vec<Group<'_>> {
    let mut all: Vec<Group> = Vec::new();
    for corpus in &summary.corpora {
        let GoldenResult::Compared { groups, .. } = &corpus.golden else { continue };
        for view in groups {
            let part = (corpus.name.as_str(), view);
            match all.iter_mut().find(|group| group.kind.shape == view.shape) {
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

/// A group in words: what changed, and how often.
pub(in crate::report) struct Sentence {
    pub(in crate::report) what: String,
    pub(in crate::report) rest: String,
}

/// `noun` says what is counted: commands under one rule set, outcomes over several.
///
/// ``accepted → refused by `items_lost` `` and ``41 commands, 41 were regressed, now none: fell_back; worst effect: items_lost → none; for the user: items_added``
pub(in crate::report) fn sentence(shape: &Shape, count: u64, noun: &str) -> Sentence {
    let commands = counted(count, noun);
    let (before, after) = (shape.before.as_ref(), shape.after.as_ref());
    let words = |side_of: Option<&Side>| side_of.map_or_else(String::new, side);
    let class = |side: Option<&Side>| side.map_or("unknown", |side| side.class.as_str());
    match shape.kind {
        ChangeKind::Added => Sentence {
            what: format!("new: {}", words(after)),
            rest: format!("{commands}: {}{}", class(after), lost(after)),
        },
        ChangeKind::Missing => Sentence {
            what: format!("missing: {}", words(before)),
            rest: format!("{commands}: {}{}", class(before), lost(before)),
        },
        ChangeKind::Changed => {
            let (then, now) = (words(before), words(after));
            let what = if then == now { format!("{now}, as before") } else { format!("{then} → {now}") };
            let rest = format!("{commands}{}{}{}", classes(shape, count), effects(shape), fields(shape));
            Sentence { what, rest }
        }
    }
}

/// The change of the class, with the number of regressions.
fn classes(shape: &Shape, count: u64) -> String {
    let (Some(before), Some(after)) = (&shape.before, &shape.after) else { return String::new() };
    let number = grouped(count);
    match (before.class, after.class) {
        (then, now) if then == now => format!(": still {now}"),
        (Divergence::Regressed, now) => format!(", {number} {} regressed, now none: {now}", was_or_were(count)),
        (then, Divergence::Regressed) => format!(", none was regressed, now {number}: {then} before"),
        (then, now) => format!(": {then} → {now}"),
    }
}

/// The worst effect of the candidate on the baseline's items before and now, and the effect on the items of the user.
fn effects(shape: &Shape) -> String {
    let worst = |side: &Option<Side>| side.as_ref().and_then(|side| side.effect).map_or("none", Effect::as_str);
    let (then, now) = (worst(&shape.before), worst(&shape.after));
    let theirs = match (shape.fields.contains(&Field::Effects), then == now) {
        (false, _) => String::new(),
        (true, true) => format!("; worst effect: {now}, as before"),
        (true, false) => format!("; worst effect: {then} → {now}"),
    };
    let users = shape.items.map_or_else(String::new, |effect| format!("; for the user: {effect}"));
    theirs + &users
}

/// Differing fields that the rest of the sentence does not mention.
fn fields(shape: &Shape) -> String {
    let said = [Field::Status, Field::Reason, Field::Class, Field::Effects, Field::Decision];
    let left: Vec<_> = shape.fields.iter().filter(|field| !said.contains(field)).map(|field| field.as_str()).collect();
    if left.is_empty() { String::new() } else { format!("; differs in {}", listed(&left)) }
}

/// The worst effect of the candidate on the baseline's items.
fn lost(side: Option<&Side>) -> String {
    side.and_then(|side| side.effect).map_or_else(String::new, |effect| format!(" ({effect})"))
}

/// The tone of a severity.
pub(in crate::report) const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::NewlyBroken | Severity::NewlyRegressed => Tone::Bad,
        Severity::Missing | Severity::Items | Severity::Decision | Severity::Class => Tone::Warning,
        Severity::Refusal | Severity::Wording | Severity::Added => Tone::Plain,
    }
}
