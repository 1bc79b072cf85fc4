//! Both sides of a case beside each other. Differences are struck out or underlined, so that they are visible without colours.

use super::super::super::number::counted;
use super::super::{CaseView, DiffRow, Segment};
use super::inline::Text;
use maud::{Markup, html};

/// Which rows are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// All of them.
    All,
    /// Those that differ, and how many others there are.
    Differing,
}

/// The sides, row by row; a row that is the same on both sides spans both columns.
pub(super) fn sides(case: &CaseView, rows: Rows) -> Markup {
    let diff = &case.diff;
    let (shown, same): (Vec<_>, Vec<_>) = diff.rows.iter().partition(|row| rows == Rows::All || row.differs());
    html! {
        @if !shown.is_empty() {
            table.sides {
                thead { tr {
                    th scope="col" { "field" }
                    th scope="col" { (Text(&diff.before)) }
                    th scope="col" { (Text(&diff.after)) }
                } }
                tbody { @for row in shown { (line(row)) } }
            }
        }
        @if !same.is_empty() { p.faint { (counted(same.len() as u64, "row")) " the same on both sides" } }
        @if diff.rows.is_empty() { p.faint { "There is nothing to show side by side." } }
    }
}

fn line(row: &DiffRow) -> Markup {
    let is_on_one_side = row.before.is_none() != row.after.is_none();
    let is_marked = |segment: &Segment| segment.emphasised || is_on_one_side;
    html! {
        tr class=[row.differs().then_some("differs")] {
            th scope="row" { (Text(&row.field)) }
            @if row.differs() {
                td { (side(row.before.as_deref(), is_marked, |text| html! { del { (text) } })) }
                td { (side(row.after.as_deref(), is_marked, |text| html! { ins { (text) } })) }
            } @else {
                td colspan="2" { (side(row.before.as_deref(), |_| false, |text| html! { (text) })) }
            }
        }
    }
}

fn side(
    segments: Option<&[Segment]>,
    is_marked: impl Fn(&Segment) -> bool,
    marked: impl Fn(Text<'_>) -> Markup,
) -> Markup {
    html! {
        @match segments {
            None => { i { "absent" } }
            Some(segments) => {
                @for segment in segments {
                    @if is_marked(segment) { (marked(Text(&segment.text))) } @else { (Text(&segment.text)) }
                }
            }
        }
    }
}
