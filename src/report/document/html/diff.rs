//! Both sides of a case beside each other. What differs is struck out or underlined, so that it does not take colours to
//! see it.

use super::super::{CaseView, DiffRow, Segment};
use super::inline::Text;
use maud::{Markup, html};

/// The sides, row by row.
pub(super) fn sides(case: &CaseView) -> Markup {
    let diff = &case.diff;
    html! {
        @if diff.rows.is_empty() {
            p.faint { "There is nothing to show side by side." }
        } @else {
            table.sides {
                thead { tr { th scope="col" { "field" } th scope="col" { (Text(&diff.before)) } th scope="col" { (Text(&diff.after)) } } }
                tbody { @for row in &diff.rows { (line(row)) } }
            }
        }
    }
}

fn line(row: &DiffRow) -> Markup {
    let is_on_one_side = row.before.is_none() != row.after.is_none();
    html! {
        tr class=[row.differs().then_some("differs")] {
            th scope="row" { (Text(&row.field)) }
            td { (side(row.before.as_deref(), |segment| segment.emphasised || is_on_one_side, |text| html! { del { (text) } })) }
            td { (side(row.after.as_deref(), |segment| segment.emphasised || is_on_one_side, |text| html! { ins { (text) } })) }
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
