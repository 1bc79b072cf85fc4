//! Groups of changes on a terminal.

use super::cap::capped;
use super::document::{CaseView, ChangesView, DiffRow, GroupView, ReasonView, Segment};
use super::number::{counted, grouped};
use super::page::Page;
use super::style::{Layout, Span, Tone};
use super::summary::tone;
use crate::golden::GroupName;
use std::io::{self, Write};

/// Rows of a case.
const ROWS: usize = 24;

/// Writes one group, with its representatives.
pub fn write_change_group(group: &GroupView, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    page_group(&mut Page::new(out, layout), group)
}

/// All groups, the most severe first.
pub(super) fn page_groups(page: &mut Page, changes: &ChangesView) -> io::Result<()> {
    for group in &changes.groups {
        page_group(page, group)?;
        page.blank()?;
    }
    changes.notes.iter().try_for_each(|note| page.paragraph(0, &[Tone::Warning.of(format!("note: {note}"))]))
}

fn page_group(page: &mut Page, group: &GroupView) -> io::Result<()> {
    let severity = tone(group.severity).of(format!("{}  ", group.severity));
    page.paragraph(0, &[severity, Tone::Strong.of(group.what.clone()), format!(": {}", group.rest).into()])?;
    let parts: Vec<_> = group.parts.iter().map(|part| format!("{} {}", part.snapshot, grouped(part.count))).collect();
    page.paragraph(2, &[format!("in {}", parts.join(", ")).into()])?;
    group.reasons.iter().try_for_each(|reason| page_reason(page, reason))?;
    if let Some(unaccounted) = group.unaccounted.filter(|count| *count > 0) {
        let text =
            format!("{} without a line in the ledger: golden was changed by hand", counted(unaccounted, "outcome"));
        page.paragraph(2, &[Tone::Bad.of(text)])?;
    }
    for case in &group.representatives {
        page_case(page, case)?;
    }
    let left = group.count - group.representatives.len() as u64;
    if left > 0 {
        page.paragraph(2, &[Tone::Faint.of(format!("and {} like these", grouped(left)))])?;
    }
    let name = GroupName::of(&group.fingerprint, &group.members);
    page.paragraph(2, &[Tone::Faint.of("group "), Tone::Code.of(name.to_string())])
}

fn page_reason(page: &mut Page, reason: &ReasonView) -> io::Result<()> {
    let why = reason.reason.as_ref().map_or_else(|| "without a reason".to_owned(), |reason| format!("\"{reason}\""));
    let text = format!("{} accepted by {} at {}: {why}", grouped(reason.count), reason.who, reason.at);
    page.paragraph(2, &[Tone::Good.of(text)])
}

/// One command: what the user said, and the rows that differ.
fn page_case(page: &mut Page, case: &CaseView) -> io::Result<()> {
    let mut spans = vec![Tone::Code.of(format!("{}:{}", case.snapshot, case.command_id).replace(' ', "\u{a0}"))];
    spans.extend(case.text.as_ref().map(|text| Span::from(format!("  «{text}»"))));
    page.paragraph(2, &spans)?;
    // Class, status and reason are the same for all members, and are in the sentence of the group.
    let is_own = |row: &&DiffRow| row.differs() && !["class", "status", "reason"].contains(&&*row.field);
    if case.diff.rows.iter().any(|row| is_own(&row)) {
        let own = || case.diff.rows.iter().filter(is_own);
        own().take(ROWS).try_for_each(|row| page_row(page, row))?;
        let left = own().count().saturating_sub(ROWS) as u64;
        let more = (left > 0).then(|| Tone::Faint.of(format!("and {}", counted(left, "more row"))));
        return more.map_or(Ok(()), |more| page.paragraph(4, &[more]));
    }
    // Both sides decide the same: the decision is shown once.
    let is_done = |text: &&str| ["item ", "task ", "missing field ", "code "].iter().any(|word| text.starts_with(word));
    let decided = case.diff.rows.iter().filter(|row| row.field == "baseline" || row.field == "decision");
    let decided: Vec<_> = decided.filter_map(|row| row.after.as_ref()).flatten().map(|piece| &*piece.text).collect();
    let decided: Vec<_> = decided.into_iter().filter(is_done).collect();
    if decided.is_empty() {
        Ok(())
    } else {
        page.paragraph(4, &[Tone::Faint.of(format!("both: {}", capped(&decided.join("; "))))])
    }
}

/// Differences within a line are marked by colour alone, since any other mark could be a part of the text.
fn page_row(page: &mut Page, row: &DiffRow) -> io::Result<()> {
    for (tone, sign, side) in [(Tone::Bad, '-', &row.before), (Tone::Good, '+', &row.after)] {
        let Some(segments) = side else { continue };
        let mut spans = vec![tone.of(format!("{sign}\u{a0}{}\u{a0}", row.field))];
        spans.extend(segments.iter().map(
            |Segment { text, emphasised }| {
                if *emphasised { tone.of(text.clone()) } else { Span::from(text.clone()) }
            },
        ));
        page.paragraph(4, &spans)?;
    }
    Ok(())
}
