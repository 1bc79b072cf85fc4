//! A verification on a terminal.

use super::super::number::{counted, grouped};
use super::super::page::Page;
use super::super::style::{Layout, Span, Tone};
use super::super::summary::Detail;
use super::super::table::Table;
use super::{capability, cell, dimensions, end, matrix, one_worker, rules, sentence};
use crate::verify::{Count, Criterion, CriterionResult, Part, PlantedResult, Verdict, Verification};
use std::io::{self, Write};

/// Catches of a planted fault that are named; the others are counted.
const NAMED: usize = 3;

/// Writes a verification: the verdict; the criteria with their checks; the fault matrix; the state space and coverage;
/// the planted faults.
pub fn write_verification(
    verification: &Verification,
    layout: Layout,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    let recordings = verification.corpora.iter().map(|corpus| corpus.recordings).sum();
    let dot = || Tone::Faint.of("\u{a0}· ");
    page.paragraph(
        0,
        &[
            Tone::Strong.of("verify"),
            dot(),
            rules(&verification.rules).into(),
            dot(),
            super::super::words::corpora(verification.corpora.len()).into(),
            dot(),
            counted(recordings, "recording").into(),
        ],
    )?;
    page.paragraph(2, &[tone(verification.verdict).of(sentence(verification))])?;
    vacuous(&mut page, verification)?;
    if detail == Detail::Verdict {
        return Ok(());
    }
    for criterion in &verification.criteria {
        write_criterion(&mut page, criterion, &verification.parts, detail)?;
    }
    page.heading("invariants", "(watched in every decision, whatever was checked)")?;
    let rows = verification.invariants.iter();
    page.table(&[counts(rows.map(|row| (row.invariant.as_str(), row.verdict, &row.count)))])?;
    for result in &verification.invariants {
        examples(&mut page, result.invariant.as_str(), &result.count)?;
    }
    if !verification.faults.is_empty() {
        write_matrix(&mut page, verification)?;
    }
    if verification.state_space.combinations > 0 {
        write_space(&mut page, verification)?;
    }
    if verification.is_whole() {
        write_coverage(&mut page, verification, detail)?;
    }
    verification.planted.as_deref().map_or(Ok(()), |planted| write_planted(&mut page, planted, detail))
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Held => Tone::Good,
        Verdict::Vacuous => Tone::Warning,
        Verdict::Failed | Verdict::Broken => Tone::Bad,
    }
}

fn vacuous(page: &mut Page, verification: &Verification) -> io::Result<()> {
    for what in &verification.vacuous {
        page.paragraph(2, &[Tone::Warning.of("no chance to fail: "), what.clone().into()])?;
    }
    Ok(())
}

fn write_criterion(page: &mut Page, criterion: &CriterionResult, parts: &[Part], detail: Detail) -> io::Result<()> {
    let title = format!("{} {}", criterion.criterion.as_str().to_uppercase(), criterion.statement);
    // The state space is a part of the third criterion that may not have been run.
    let without = if criterion.criterion == Criterion::Ac3 && !parts.contains(&Part::States) {
        ", without the state space"
    } else if criterion.criterion == Criterion::Ac3 && !parts.contains(&Part::Ac3) {
        ", the state space alone"
    } else {
        ""
    };
    page.heading(&title, &format!("({}{without})", criterion.verdict))?;
    let rows = criterion.checks.iter();
    page.table(&[counts(rows.map(|row| (row.check.as_str(), row.verdict, &row.count)))])?;
    for check in &criterion.checks {
        if detail == Detail::Full {
            page.paragraph(4, &[Tone::Code.of(check.check.as_str()), Span::from(": "), check.claim.clone().into()])?;
        }
        examples(page, check.check.as_str(), &check.count)?;
    }
    Ok(())
}

/// A table of checks: how often each ran, could have failed, and failed.
fn counts<'a>(rows: impl Iterator<Item = (&'a str, Verdict, &'a Count)>) -> Table {
    let mut table = Table::new(["", "verdict", "runs", "could fail", "violations"]);
    for (name, verdict, count) in rows {
        let violations = if count.violations > 0 { Tone::Bad } else { Tone::Plain };
        table.row(vec![
            name.into(),
            tone(verdict).of(verdict.as_str()),
            grouped(count.runs).into(),
            grouped(count.opportunities).into(),
            violations.of(grouped(count.violations)),
        ]);
    }
    table
}

fn examples(page: &mut Page, name: &str, count: &Count) -> io::Result<()> {
    for example in &count.examples {
        page.paragraph(4, &[Tone::Bad.of(format!("{name} violated: ")), example.clone().into()])?;
    }
    let more = count.violations.saturating_sub(count.examples.len() as u64);
    if more > 0 { page.paragraph(4, &[format!("and {} more of {name}", grouped(more)).into()]) } else { Ok(()) }
}

fn write_matrix(page: &mut Page, verification: &Verification) -> io::Result<()> {
    page.heading(
        "fault matrix",
        "(commands of the corridor put through each fault, all rule sets; each must end as named)",
    )?;
    let corpora = verification.corpora.iter().map(|corpus| corpus.name.as_str());
    let header: Vec<&str> = std::iter::once("").chain(corpora).collect();
    let (mut wide, mut narrow) = (Table::new(header.clone()), Table::new(header));
    for line in matrix(verification) {
        let cells = line.cells.iter().map(|count| {
            let tone = if count.violations > 0 { Tone::Bad } else { Tone::Plain };
            tone.of(cell(count))
        });
        let cells: Vec<Span> = cells.collect();
        let with = |name: String| std::iter::once(Span::from(name)).chain(cells.iter().cloned()).collect();
        wide.row(with(format!("{} → {}", line.row.fault, end(line.row))));
        narrow.row(with(line.row.fault.clone()));
    }
    page.table(&[wide, narrow])?;
    page.paragraph(2, &[one_worker(verification).into()])
}

fn write_space(page: &mut Page, verification: &Verification) -> io::Result<()> {
    let space = &verification.state_space;
    page.heading("state space", &format!("({})", dimensions(verification)))?;
    let text = format!(
        "all {} were driven through the code and compared with the rules",
        counted(space.combinations, "combination")
    );
    page.paragraph(2, &[text.into()])?;
    page.paragraph(2, &[capability(verification).into()])
}

fn write_coverage(page: &mut Page, verification: &Verification, detail: Detail) -> io::Result<()> {
    page.heading("coverage", "(terminal states: by recordings as they are, arranged, enumerated)")?;
    let reachable = verification.ways.iter().filter(|way| way.unreachable_because.is_none());
    let taken = reachable.clone().filter(|way| way.total() > 0).count() as u64;
    let text = format!(
        "{} of {} reachable terminal states were reached, {} cannot be",
        grouped(taken),
        grouped(reachable.count() as u64),
        grouped(verification.ways.iter().filter(|way| way.unreachable_because.is_some()).count() as u64)
    );
    page.paragraph(2, &[text.into()])?;
    if detail == Detail::Full {
        let mut table = Table::new(["", "replayed", "arranged", "enumerated"]);
        for way in &verification.ways {
            let numbers = [way.replayed, way.arranged, way.enumerated].map(|number| Span::from(grouped(number)));
            let name = Span::from(format!("{} {} / {}", way.rules, way.status, way.reason));
            table.row(std::iter::once(name).chain(numbers).collect());
        }
        page.table(&[table])?;
        for way in &verification.ways {
            if let Some(because) = &way.unreachable_because {
                let name = format!("{} {} / {}", way.rules, way.status, way.reason);
                page.paragraph(4, &[Tone::Code.of(name), Span::from(": "), because.clone().into()])?;
            }
        }
    }
    let mut table = Table::new(["acceptance rule", "applied", "refused"]);
    for rule in &verification.acceptance_rules {
        let name = format!("{} {}", rule.rules, rule.rule);
        table.row(vec![name.into(), grouped(rule.opportunities).into(), grouped(rule.refused).into()]);
    }
    page.table(&[table])
}

fn write_planted(page: &mut Page, planted: &[PlantedResult], detail: Detail) -> io::Result<()> {
    let survived = planted.iter().filter(|fault| fault.survived()).count() as u64;
    let text = format!("({}, {} unnoticed)", counted(planted.len() as u64, "fault"), grouped(survived));
    page.heading("planted faults", &text)?;
    for fault in planted {
        let mut spans = vec![Tone::Code.of(fault.fault.clone()), Span::from(format!(" {}", fault.what))];
        if let Some(hazard) = &fault.hazard {
            spans.push(Tone::Faint.of(format!(" ({hazard})")));
        }
        if fault.survived() {
            spans.push(Tone::Bad.of(": NOT DETECTED"));
        } else {
            let shown = if detail == Detail::Full { fault.caught_by.len() } else { NAMED };
            let named: Vec<_> = fault
                .caught_by
                .iter()
                .take(shown)
                .map(|catch| format!("{} {}", catch.by, grouped(catch.times)))
                .collect();
            let more = fault.caught_by.len().saturating_sub(shown);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            spans.push(format!(": caught by {}{more}", named.join(", ")).into());
        }
        page.paragraph(2, &spans)?;
    }
    Ok(())
}
