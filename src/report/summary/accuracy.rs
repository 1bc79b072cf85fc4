//! Accuracy of both paths against labels, and the recordings that cannot be compared.

use super::super::cap::capped;
use super::super::number::{counted, grouped, is_or_are, share};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::table::Table;
use super::Scope;
use crate::outcome::Divergence;
use crate::summary::{CorpusSummary, EntityTotals, Role};
use std::io;

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    for corpus in &scope.summary.corpora {
        match corpus.role {
            Role::Representative => rates(page, scope, corpus)?,
            Role::Adversarial | Role::Edge => {}
        }
    }
    Ok(())
}

fn rates(page: &mut Page, scope: Scope, corpus: &CorpusSummary) -> io::Result<()> {
    let counts = &corpus.counts;
    let accuracy = &counts.accuracy;
    if counts.labelled == 0 && accuracy.intent_labelled == 0 {
        return Ok(());
    }
    let remark = format!(
        "({}: {} of {} labelled)",
        corpus.name,
        grouped(counts.labelled),
        counted(counts.recordings, "recording")
    );
    page.heading(&scope.title("accuracy against labels"), &remark)?;
    let mut table = Table::new(["", "baseline", "corridor"]);
    let mut row = |name: &str, baseline: String, corridor: String| {
        table.row(vec![name.into(), baseline.into(), corridor.into()]);
    };
    if counts.labelled > 0 {
        let right = |right| share(right, counts.labelled);
        row("right decisions", right(accuracy.baseline_right), right(accuracy.corridor_right));
    }
    let (baseline, corridor) = (&accuracy.baseline_entities, &accuracy.corridor_entities);
    if baseline.labelled > 0 {
        let precision = |totals: &EntityTotals| share(totals.matched, totals.proposed);
        let recall = |totals: &EntityTotals| share(totals.matched, totals.labelled);
        row("item precision", precision(baseline), precision(corridor));
        row("item recall", recall(baseline), recall(corridor));
    }
    if accuracy.intent_labelled > 0 {
        row("right intents", share(accuracy.intent_right, accuracy.intent_labelled), "–".to_owned());
    }
    page.table(&[table])
}

/// Lines that were set aside, and commands whose recording lacks an attempt.
pub(super) fn not_comparable(page: &mut Page, scope: Scope) -> io::Result<()> {
    let summary = scope.summary;
    let unrecorded = summary.of_class(Divergence::Unrecorded);
    let set_aside: u64 = summary.corpora.iter().map(|corpus| corpus.set_aside).sum();
    if unrecorded == 0 && set_aside == 0 {
        return Ok(());
    }
    page.heading(&scope.title("not comparable"), "(never counts as evidence of safety)")?;
    if unrecorded > 0 {
        let text = format!(
            "{} {} unrecorded: an attempt was asked for that the recording does not hold",
            counted(unrecorded, "command"),
            is_or_are(unrecorded)
        );
        page.paragraph(2, &[Tone::Warning.of(text)])?;
        for corpus in &summary.corpora {
            let count = corpus.counts.classes.of(Divergence::Unrecorded);
            if count > 0 {
                let ids = corpus.counts.unrecorded.iter();
                page.paragraph(4, &examples(&corpus.name, count, ids))?;
            }
        }
    }
    if set_aside > 0 {
        let text = format!("{} {} set aside as bad and not replayed", counted(set_aside, "line"), is_or_are(set_aside));
        page.paragraph(2, &[Tone::Warning.of(text)])?;
        for corpus in summary.corpora.iter().filter(|corpus| corpus.set_aside > 0) {
            page.paragraph(4, &[format!("{}: {}", corpus.name, grouped(corpus.set_aside)).into()])?;
        }
    }
    Ok(())
}

/// `household 41: id, id, …`
pub(super) fn examples<'a>(corpus: &str, count: u64, ids: impl Iterator<Item = &'a String>) -> Vec<Span> {
    let mut spans = vec![Span::from(format!("{corpus} {}", grouped(count)))];
    let mut named = 0;
    for id in ids {
        spans.push(if named == 0 { ": " } else { ", " }.into());
        spans.push(Tone::Code.of(capped(id).replace(' ', "\u{a0}")));
        named += 1;
    }
    if named < count && named > 0 {
        spans.push(", …".into());
    }
    spans
}
