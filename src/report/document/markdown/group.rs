//! A group of changes in a comment: as one line, with details, or with details and cases.

use super::super::{CaseView, DiffRow, GroupView, ReasonView, Segment};
use super::inert::{code, cut, fence, html, sentence};
use crate::report::cap;
use crate::report::number::{counted, grouped, listed};

/// Characters of a sentence.
const SENTENCE: usize = 400;
/// Characters of a name.
const NAME: usize = 160;
/// Characters of a value, which is already cut by [`cap`] and has its marks.
const VALUE: usize = cap::LONGEST + cap::MARKS;
/// Characters of a command, high enough that none is cut: a cut command would do something else.
pub(super) const COMMAND: usize = 4_096;
/// Snapshots, reasons and cases that a group lists.
const LISTED: usize = 5;
/// Rows of a case.
const ROWS: usize = 24;

/// How much of a group is shown, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// One line.
    Line,
    /// With its snapshots and the reasons in the ledger.
    Open,
    /// With its representative cases as well.
    Full,
}

/// A group, with a line feed at the end.
pub(super) fn group(view: &GroupView, form: Form, pending: Option<&str>) -> String {
    let severity = view.severity.as_str().replace('_', " ");
    if form == Form::Line {
        let (what, rest) = (sentence(&view.what, SENTENCE), sentence(&view.rest, SENTENCE));
        return format!("- **{severity}** · {what}: {rest}{}\n", unaccounted(view));
    }
    let (what, rest) = (html(&view.what, SENTENCE), html(&view.rest, SENTENCE));
    let summary = format!("<details><summary><b>{severity}</b> · {what}: {rest}{}</summary>\n\n", unaccounted(view));
    let mut parts = vec![summary, format!("- in {}\n", snapshots(view))];
    parts.extend(view.reasons.iter().take(LISTED).map(accepted));
    if view.reasons.len() > LISTED {
        parts.push(format!("- and {}\n", counted((view.reasons.len() - LISTED) as u64, "more reason")));
    }
    let command = pending.and_then(|options| view.accepting(options));
    parts.extend(command.map(|command| format!("- to accept it: {}\n", code(&command, COMMAND))));
    if form == Form::Full {
        parts.extend(view.representatives.iter().take(LISTED).map(representative));
    }
    parts.push("\n</details>\n\n".to_owned());
    parts.concat()
}

/// The first few snapshots with members, and how many more there are.
fn snapshots(view: &GroupView) -> String {
    let shown = view.parts.iter().take(LISTED);
    let mut shown: Vec<_> =
        shown.map(|part| format!("{} {}", code(&part.snapshot, NAME), grouped(part.count))).collect();
    if view.parts.len() > LISTED {
        shown.push(counted((view.parts.len() - LISTED) as u64, "more snapshot"));
    }
    listed(&shown)
}

fn unaccounted(view: &GroupView) -> String {
    match view.unaccounted {
        None | Some(0) => String::new(),
        Some(count) => format!("; {} without a line in the ledger: golden was changed by hand", grouped(count)),
    }
}

fn accepted(reason: &ReasonView) -> String {
    let why = match &reason.reason {
        Some(why) => sentence(why, SENTENCE),
        None => "no reason given".to_owned(),
    };
    let (who, at) = (code(&reason.who, NAME), code(&reason.at, NAME));
    format!("- {} accepted by {who} at {at}: {why}\n", grouped(reason.count))
}

fn representative(case: &CaseView) -> String {
    let line = case.golden_line.map_or_else(String::new, |line| format!(", line {line} of golden"));
    let (before, after) = (code(&case.diff.before, NAME), code(&case.diff.after, NAME));
    let head =
        format!("\n{} of {}{line}, {before} → {after}:\n\n", code(&case.command_id, NAME), code(&case.snapshot, NAME));
    let text = case.text.as_ref().filter(|_| !case.diff.rows.iter().any(|row| row.field == "text"));
    let mut lines: Vec<_> = text.map(|text| format!("  text: {}", cut(text, VALUE))).into_iter().collect();
    let shown: Vec<_> = case.diff.rows.iter().filter(|row| row.differs() || row.field == "text").collect();
    lines.extend(shown.iter().take(ROWS).flat_map(|row| row_lines(row)));
    if shown.len() > ROWS {
        lines.push(format!("  and {}", counted((shown.len() - ROWS) as u64, "more row")));
    }
    head + &fence(&lines)
}

fn row_lines(row: &DiffRow) -> Vec<String> {
    let field = cut(&row.field, NAME);
    let line = |sign: &str, side: &Option<Vec<Segment>>| {
        let text = side.as_ref()?.iter().fold(String::new(), |text, segment| text + &segment.text);
        Some(format!("{sign} {field}: {}", cut(&text, VALUE)))
    };
    let lines =
        if row.differs() { [line("-", &row.before), line("+", &row.after)] } else { [line(" ", &row.before), None] };
    lines.into_iter().flatten().collect()
}
