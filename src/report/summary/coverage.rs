//! Which terminal states of the corridor were reached, and why the others were not.

use super::super::number::{counted, grouped};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::Scope;
use crate::summary::{CoverageRow, Reach};
use std::io;

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    let rows = &scope.summary.coverage;
    let of = |state: Reach| rows.iter().filter(move |row| row.state == state);
    let (reached, open) = (of(Reach::Reached).count(), of(Reach::NotReached).count());
    if reached + open == 0 {
        return Ok(());
    }
    page.heading(&scope.title("coverage"), "")?;
    let text = format!("{reached} of {} reachable terminal states were reached", reached + open);
    page.paragraph(2, &[if open == 0 { Tone::Good.of(text) } else { text.into() }])?;
    if open > 0 {
        page.paragraph(2, &never_reached(of(Reach::NotReached)))?;
    }
    if scope.is_full() {
        for row in of(Reach::Reached) {
            page.paragraph(4, &[name(row), Span::from(format!("  {}", grouped(row.count)))])?;
        }
        explained(page, "excluded by this configuration:", of(Reach::Closed))?;
        explained(page, "cannot be reached by a command, only by an injected fault:", of(Reach::Unreachable))
    } else {
        let (closed, unreachable) = (of(Reach::Closed).count() as u64, of(Reach::Unreachable).count() as u64);
        let text = match (closed, unreachable) {
            (0, 0) => return Ok(()),
            (closed, 0) => format!("{} excluded by this configuration", counted(closed, "more state")),
            (0, unreachable) => format!("{} cannot be reached by a command", counted(unreachable, "more state")),
            (closed, unreachable) => format!(
                "{} excluded by this configuration, {} cannot be reached by a command",
                counted(closed, "more state"),
                grouped(unreachable)
            ),
        };
        page.paragraph(2, &[Tone::Faint.of(text)])
    }
}

/// `never reached: fallback_deterministic/timeout, llm_error; skipped/policy_disabled`
fn never_reached<'a>(rows: impl Iterator<Item = &'a CoverageRow>) -> Vec<Span> {
    let mut spans = vec![Tone::Warning.of("never reached:")];
    let mut status = None;
    for row in rows {
        let (gap, name) = if status == Some(row.status) {
            (", ", row.reason.to_string())
        } else {
            (if status.is_none() { " " } else { "; " }, format!("{}/{}", row.status, row.reason))
        };
        spans.extend([Span::from(gap), Tone::Code.of(name)]);
        status = Some(row.status);
    }
    spans
}

fn name(row: &CoverageRow) -> Span {
    Tone::Code.of(format!("{}/{}", row.status, row.reason))
}

fn explained<'a>(page: &mut Page, title: &str, rows: impl Iterator<Item = &'a CoverageRow>) -> io::Result<()> {
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        page.paragraph(2, &[title.into()])?;
    }
    for row in rows {
        let because = row.because.as_deref().unwrap_or_default();
        page.paragraph(4, &[name(row), Span::from(format!(" {because}"))])?;
    }
    Ok(())
}
