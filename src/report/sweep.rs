//! A sweep: a table for each role, with a row for each configuration.

#[cfg(test)]
mod tests;

use super::json::{Envelope, write_document};
use super::number::{count_cell, counted, grouped, listed, percent};
use super::page::Page;
use super::style::{Layout, Span, Tone};
use super::table::Table;
use super::words;
use crate::decide::RuleSet;
use crate::summary::{Sweep, SweptRole, SweptRow};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Version of the JSON document; raised when a field changes its meaning, its unit or its type, or goes.
const SWEEP_FORMAT: u32 = 1;

/// Writes a sweep as text.
pub fn write_sweep(sweep: &Sweep, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    let names = Names::of(sweep);
    page.paragraph(0, &heading(sweep, &names))?;
    notes(sweep).into_iter().try_for_each(|note| page.paragraph(2, &[Tone::Warning.of("note: "), note.into()]))?;
    if sweep.decided() == 0 {
        return page.paragraph(2, &[Tone::Bad.of("nothing was replayed")]);
    }
    sweep.roles.iter().try_for_each(|role| of_role(&mut page, sweep, role, &names))
}

/// Writes `{"format": 1, …}`. `docs/sweep.md` describes every field.
pub fn write_sweep_json(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Envelope { format: SWEEP_FORMAT, body: sweep }, out)
}

/// The rule sets and budgets: what differs names the rows, and the rest is in the heading.
struct Names {
    rules: BTreeSet<RuleSet>,
    budgets: BTreeSet<Option<u64>>,
}

impl Names {
    fn of(sweep: &Sweep) -> Self {
        let rows = || sweep.roles.iter().flat_map(|role| &role.rows);
        Self { rules: rows().map(|row| row.rules).collect(), budgets: rows().map(|row| row.timeout_ms).collect() }
    }

    fn row(&self, row: &SweptRow) -> String {
        match (self.has_titles(), self.budgets.len()) {
            (true, _) => format!("  {}", budget(row.timeout_ms)),
            (false, 1) => row.rules.to_string(),
            (false, _) => budget(row.timeout_ms),
        }
    }

    /// Whether rows of one rule set stand under its name.
    fn has_titles(&self) -> bool {
        self.rules.len() > 1 && self.budgets.len() > 1
    }
}

fn budget(timeout_ms: Option<u64>) -> String {
    timeout_ms.map_or_else(|| "no limit".to_owned(), |ms| format!("{} ms", grouped(ms)))
}

fn heading(sweep: &Sweep, names: &Names) -> Vec<Span> {
    let budgets = match (names.budgets.first(), names.budgets.last(), names.budgets.len()) {
        (Some(first), Some(last), count) if count > 1 => {
            format!("{count} budgets from {} to {}", budget(*first), budget(*last))
        }
        (first, _, _) => format!("budget {}", budget(first.copied().flatten())),
    };
    let read = sweep.corpora.iter().map(|corpus| corpus.read).sum();
    // With a filter, fewer recordings are counted than were read.
    let read_alone = if sweep.filters.is_empty() { "" } else { " read" };
    let text = format!(
        " · rules {} · {budgets} · {} · {}{read_alone} · forced (every command evaluated as if sampled)",
        listed(names.rules.iter().map(|rules| rules.as_str())),
        words::corpora(sweep.corpora.len()),
        counted(read, "recording"),
    );
    vec![Tone::Heading.of("sweep"), text.into()]
}

/// What limits the tables.
fn notes(sweep: &Sweep) -> Vec<String> {
    let mut notes = sweep.notes.clone();
    if !sweep.filters.is_empty() {
        notes.push(format!("only what agrees with {} is counted", listed(&sweep.filters)));
    }
    for corpus in sweep.corpora.iter().filter(|corpus| corpus.set_aside > 0) {
        notes.push(format!("of {}, {} were set aside", corpus.name, counted(corpus.set_aside, "bad line")));
    }
    let undeclared = sweep.corpora.iter().filter(|corpus| !corpus.role_declared);
    let undeclared: Vec<_> = undeclared.map(|corpus| corpus.name.as_str()).collect();
    if !undeclared.is_empty() {
        notes.push(format!("no role is declared for {}: edge", listed(&undeclared)));
    }
    notes
}

fn of_role(page: &mut Page, sweep: &Sweep, role: &SweptRole, names: &Names) -> io::Result<()> {
    let corpora = sweep.corpora.iter().filter(|corpus| corpus.role == role.role);
    let remark = format!(
        "({}; p95: what 95% of the asked commands wait at most, in virtual time; a timeout waits for the whole budget)",
        listed(corpora.map(|corpus| &corpus.name)),
    );
    page.heading(role.role.as_str(), &remark)?;
    page.table(&[table(role, names, true), table(role, names, false), table(role, names, false).gap(1)])?;
    let most = |count: fn(&SweptRow) -> u64| role.rows.iter().map(count).max().unwrap_or_default();
    let cut_off = most(|row| row.cut_off);
    if cut_off > 0 {
        let text = format!(
            "up to {} timed out when recorded: what a larger budget would have given there is not known",
            counted(cut_off, "command"),
        );
        page.paragraph(2, &[Tone::Warning.of(text)])?;
    }
    let unmeasured = most(|row| row.latency.unmeasured);
    if unmeasured > 0 {
        let text = format!("up to {} without a latency: not in p95", counted(unmeasured, "command"));
        page.paragraph(2, &[Tone::Warning.of(text)])?;
    }
    Ok(())
}

fn table(role: &SweptRole, names: &Names, is_wide: bool) -> Table {
    let lacks = |count: fn(&SweptRow) -> u64| role.rows.iter().all(|row| count(row) == 0);
    let has_unrecorded = !lacks(|row| row.unrecorded);
    let has_broken = !lacks(broken);
    let mut heads = vec!["", "asked", "accepted", "acceptance", "regressed", "improved", "items lost", "timeouts"];
    heads.extend(has_unrecorded.then_some("unrecorded"));
    heads.extend(has_broken.then_some("broken"));
    heads.push("p95 ms");
    let heads = heads.into_iter().map(|head| match head {
        _ if is_wide => head,
        "acceptance" => "accept-\nance",
        "items lost" => "items\nlost",
        "unrecorded" => "un-\nrecorded",
        head => head,
    });
    let mut table = Table::new(heads);
    let mut rules = None;
    for row in &role.rows {
        if names.has_titles() && rules.replace(row.rules) != Some(row.rules) {
            table.title(Tone::Faint.of(row.rules.as_str()));
        }
        let mut cells = vec![
            names.row(row).into(),
            count_cell(row.asked, Tone::Plain),
            count_cell(row.accepted, Tone::Plain),
            percent(row.accepted, row.asked).unwrap_or_else(|| "–".to_owned()).into(),
            count_cell(row.regressed, Tone::Bad),
            count_cell(row.improved, Tone::Good),
            count_cell(row.items_lost, Tone::Bad),
            count_cell(row.timeouts, Tone::Plain),
        ];
        cells.extend(has_unrecorded.then(|| count_cell(row.unrecorded, Tone::Warning)));
        cells.extend(has_broken.then(|| count_cell(broken(row), Tone::Bad)));
        cells.push(p95(row));
        table.row(cells);
    }
    table
}

fn broken(row: &SweptRow) -> u64 {
    row.classes.of(crate::outcome::Divergence::Broken)
}

fn p95(row: &SweptRow) -> Span {
    let at_least = if row.latency.at_least { "≥" } else { "" };
    let shown = |ms: u32| format!("{at_least}{}", grouped(ms.into()));
    row.latency.p95_ms.map_or_else(|| "–".to_owned(), shown).into()
}
