//! A document as text: verdicts, summaries, and the groups of changes.

use super::super::gate::tone_of;
use super::super::groups::page_groups;
use super::super::number::{counted, grouped};
use super::super::page::Page;
use super::super::style::{Layout, Tone};
use super::super::summary::{Detail, SummaryOptions, write_summaries};
use super::{ChangesView, Document, OUTCOME, VerdictView};
use std::io::{self, Write};

/// Writes a document as text.
pub fn write_document_text(document: &Document, layout: Layout, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    for run in &document.runs {
        if let Some(verdict) = &run.verdict {
            write_verdict(&mut page, run.summary.rules.as_str(), verdict)?;
            page.blank()?;
        }
    }
    let summaries: Vec<_> = document.runs.iter().map(|run| run.summary.clone()).collect();
    if !summaries.is_empty() {
        write_summaries(&summaries, SummaryOptions { layout, detail, next: &[] }, out)?;
    }
    let mut page = Page::new(out, layout);
    document.changes.as_ref().map_or(Ok(()), |changes| write_changes(&mut page, changes))
}

fn write_verdict(page: &mut Page, rules: &str, verdict: &VerdictView) -> io::Result<()> {
    let VerdictView { receipt, asked, verdict, sentence, at } = verdict;
    page.heading(&format!("gate · {rules} · {asked}"), &format!("(receipt {receipt}, {at})"))?;
    page.paragraph(2, &[tone_of(*verdict).of(format!("{verdict}: ")), sentence.clone().into()])
}

fn write_changes(page: &mut Page, changes: &ChangesView) -> io::Result<()> {
    let ChangesView { before, after, unchanged, changed, groups, .. } = changes;
    let same = unchanged.filter(|_| changes.is_compared());
    let same = same.map_or_else(String::new, |unchanged| format!(", {} the same", grouped(unchanged)));
    page.heading(&format!("{before} → {after}"), "")?;
    let text = match groups.len() {
        0 => format!("{}{same}", changes.headline),
        groups => {
            format!("{} changed in {}{same}", counted(*changed, "outcome"), counted(groups as u64, "group"))
        }
    };
    page.paragraph(0, &[text.into()])?;
    if !groups.is_empty() {
        page.paragraph(0, &[Tone::Faint.of(OUTCOME)])?;
    }
    page.blank()?;
    page_groups(page, changes)
}
