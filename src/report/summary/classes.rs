//! The table of corpora by divergence class: counts, by role.

use super::super::number::{count_cell, grouped};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::table::Table;
use super::Scope;
use crate::outcome::Divergence;
use crate::summary::{ClassCounts, Role, Summary};
use std::io;

/// The form of the table, the widest first.
#[derive(Clone, Copy)]
enum Form {
    /// Names as on the wire.
    Wide,
    /// Heads over two lines.
    Broken,
    /// Heads over two lines, a smaller gap, and rare classes in one column.
    Folded,
}

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    let summary = scope.summary;
    if summary.corpora.is_empty() {
        return Ok(());
    }
    page.heading(&scope.title("outcomes by corpus"), "(counts; each command is in exactly one class)")?;
    let shown = shown(summary);
    let form = |form| table(summary, &shown, form);
    page.table(&[form(Form::Wide), form(Form::Broken), form(Form::Broken).gap(1), form(Form::Folded).gap(1)])
}

/// Every class that occurs, by its name on the wire.
pub(in crate::report) fn class_table(summary: &Summary) -> Table {
    table(summary, &shown(summary), Form::Wide)
}

/// Classes that have a column.
fn shown(summary: &Summary) -> Vec<Divergence> {
    Divergence::ALL.iter().copied().filter(|class| is_shown(summary, *class)).collect()
}

fn is_shown(summary: &Summary, class: Divergence) -> bool {
    matches!(class, Divergence::Regressed | Divergence::Improved) || summary.of_class(class) > 0
}

fn table(summary: &Summary, shown: &[Divergence], form: Form) -> Table {
    let (own, folded): (Vec<Divergence>, Vec<Divergence>) = match form {
        Form::Wide | Form::Broken => (shown.to_vec(), Vec::new()),
        Form::Folded => shown.iter().partition(|class| !is_folded(**class)),
    };
    let mut heads =
        vec![String::new(), if matches!(form, Form::Wide) { "recordings" } else { "record-\nings" }.to_owned()];
    heads.extend(own.iter().map(|class| head(*class, form).to_owned()));
    if !folded.is_empty() {
        heads.push("other\nclasses".to_owned());
    }
    let cells = |name: &str, tone: Tone, recordings: u64, classes: &ClassCounts| {
        let mut row = vec![tone.of(name), tone.of(grouped(recordings))];
        row.extend(own.iter().map(|class| cell(*class, classes.of(*class), tone)));
        if !folded.is_empty() {
            row.push(count_cell(folded.iter().map(|class| classes.of(*class)).sum(), tone));
        }
        row
    };
    let mut table = Table::new(heads);
    for role in Role::ALL {
        let Some(totals) = summary.roles.iter().find(|totals| totals.role == *role) else { continue };
        table.title(Tone::Faint.of(role.as_str()));
        for corpus in summary.corpora.iter().filter(|corpus| corpus.role == *role) {
            let counts = &corpus.counts;
            table.row(cells(&format!("  {}", corpus.name), Tone::Plain, counts.recordings, &counts.classes));
        }
        if totals.corpora > 1 {
            table.row(cells("  total", Tone::Strong, totals.recordings, &totals.classes));
        }
    }
    if summary.roles.len() > 1 {
        let mut all = ClassCounts::default();
        summary.corpora.iter().for_each(|corpus| all.merge(&corpus.counts.classes));
        table.row(cells("all", Tone::Strong, summary.recordings(), &all));
    }
    table
}

/// Classes that share a column where columns are scarce.
const fn is_folded(class: Divergence) -> bool {
    match class {
        Divergence::BothRight | Divergence::BothWrong | Divergence::Unlabelled | Divergence::Unrecorded => true,
        Divergence::Outside
        | Divergence::FellBack
        | Divergence::Errored
        | Divergence::Agreed
        | Divergence::Improved
        | Divergence::Regressed
        | Divergence::Broken => false,
    }
}

const fn head(class: Divergence, form: Form) -> &'static str {
    if matches!(form, Form::Wide) {
        return class.as_str();
    }
    match class {
        Divergence::FellBack => "fell\nback",
        Divergence::BothRight => "both\nright",
        Divergence::BothWrong => "both\nwrong",
        Divergence::Unlabelled => "un-\nlabelled",
        Divergence::Unrecorded => "un-\nrecorded",
        Divergence::Outside
        | Divergence::Errored
        | Divergence::Agreed
        | Divergence::Improved
        | Divergence::Regressed
        | Divergence::Broken => class.as_str(),
    }
}

fn cell(class: Divergence, count: u64, tone: Tone) -> Span {
    let own = class_tone(class);
    count_cell(count, if own == Tone::Plain { tone } else { own })
}

/// The tone of a class.
pub(in crate::report) const fn class_tone(class: Divergence) -> Tone {
    match class {
        Divergence::Regressed | Divergence::Broken => Tone::Bad,
        Divergence::Improved => Tone::Good,
        Divergence::Errored | Divergence::Unrecorded => Tone::Warning,
        Divergence::Outside
        | Divergence::FellBack
        | Divergence::Agreed
        | Divergence::BothRight
        | Divergence::BothWrong
        | Divergence::Unlabelled => Tone::Plain,
    }
}
