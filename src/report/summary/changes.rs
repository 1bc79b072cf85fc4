//! Changes against golden: one sentence per kind, the most severe first, over all corpora.

use super::super::number::{counted, grouped, listed};
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

/// Groups that are shown unless everything is wanted.
const SHOWN: usize = 12;

/// The same kind of change in several corpora.
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
    let Sentence { what, rest } = sentence(&group.shape, count);
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

/// A group in words: what happened, and to how many.
pub(in crate::report) struct Sentence {
    pub(in crate::report) what: String,
    pub(in crate::report) rest: String,
}

/// ``accepted → refused by `items_lost` `` and ``41 commands, 41 were regressed, now none; fields status and reason``
pub(in crate::report) fn sentence(shape: &Shape, count: u64) -> Sentence {
    let commands = counted(count, "command");
    let (before, after) = (shape.before.as_ref(), shape.after.as_ref());
    let words = |side_of: Option<&Side>| side_of.map_or_else(String::new, side);
    let class = |side: Option<&Side>| side.map_or("unknown", |side| side.class.as_str());
    match shape.kind {
        ChangeKind::Added => Sentence {
            what: format!("new, not in golden: {}", words(after)),
            rest: format!("{commands}: {}{}", class(after), lost(after)),
        },
        ChangeKind::Missing => Sentence {
            what: format!("in golden, and not in the corpus: {}", words(before)),
            rest: format!("{commands}: {}{}", class(before), lost(before)),
        },
        ChangeKind::Changed => {
            let (then, now) = (words(before), words(after));
            let what = if then == now { format!("{now}, as before") } else { format!("{then} → {now}") };
            let fields: Vec<_> = shape.fields.iter().map(|field| Field::as_str(*field)).collect();
            let noun = if fields.len() == 1 { "field" } else { "fields" };
            let rest = format!("{commands}{}{}; {noun} {}", classes(shape, count), items(shape), listed(&fields));
            Sentence { what, rest }
        }
    }
}

/// What became of the classes: the regressed ones by number, because that is what a reader looks for.
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

/// What the user gets that is not what they got.
fn items(shape: &Shape) -> String {
    if shape.items.is_empty() { String::new() } else { format!("; the user's items: {}", effects(&shape.items)) }
}

/// What the candidate did to the baseline's items.
fn lost(side: Option<&Side>) -> String {
    match side {
        Some(side) if !side.effects.is_empty() => format!(" ({})", effects(&side.effects)),
        Some(_) | None => String::new(),
    }
}

fn effects(effects: &[Effect]) -> String {
    let names: Vec<_> = effects.iter().map(|effect| effect.as_str()).collect();
    listed(&names)
}

const fn was_or_were(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// How loud a severity is said.
pub(in crate::report) const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::NewlyBroken | Severity::NewlyRegressed => Tone::Bad,
        Severity::Missing | Severity::Items | Severity::Decision | Severity::Class => Tone::Warning,
        Severity::Refusal | Severity::Wording | Severity::Added => Tone::Plain,
    }
}
