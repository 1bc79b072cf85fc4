//! The tables of a terminal report as HTML tables.

use super::super::super::style::Span;
use super::super::super::table::{Table, TableRow};
use super::inline::{Text, class_of, line};
use maud::{Markup, html};

/// `table`, whose first column is called `names`. On a narrow window its rows become lists, for which each cell carries
/// the name of its column.
pub(super) fn numbers(caption: &str, names: &str, table: &Table) -> Markup {
    let heads = table.heads();
    html! {
        table.numbers {
            caption { (Text(caption)) }
            thead { tr {
                th scope="col" { (names) }
                @for head in heads.iter().skip(1) { th scope="col" { (Text(head)) } }
            } }
            tbody {
                @for row in table.rows() {
                    @match row {
                        TableRow::Title(title) => {
                            tr.title { th scope="rowgroup" colspan=(heads.len()) { (Text(&title.text)) } }
                        }
                        TableRow::Cells(cells) => { tr class=[is_empty(cells).then_some("empty")] {
                            @for (place, cell) in cells.iter().enumerate() {
                                @if place == 0 {
                                    // On a terminal, names under a title are indented.
                                    th scope="row" class={ (class_of(cell.tone)) @if cell.text.starts_with(' ') { " nested" } } {
                                        (Text(cell.text.trim()))
                                    }
                                } @else {
                                    td class=[is_zero(cell).then_some("zero")] data-head=[heads.get(place)] {
                                        (line(std::slice::from_ref(cell)))
                                    }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn is_empty(cells: &[Span]) -> bool {
    cells.iter().skip(1).all(is_zero)
}

fn is_zero(cell: &Span) -> bool {
    cell.text == "0"
}
