//! Tables: a column of names, then columns of numbers, right aligned.
//!
//! comfy-table lays them out without colour, since it would count escapes as columns; colours are added to its lines here.

use super::escape::{head, visible, width};
use super::style::{Span, Tone};
use comfy_table::{CellAlignment, Row, TableStyle};

/// A table in one form.
#[derive(Clone, Debug)]
pub(super) struct Table {
    header: Vec<String>,
    rows: Vec<TableRow>,
    gap: u16,
    indent: usize,
    numbers: bool,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) enum TableRow {
    /// A line between rows, over all columns.
    Title(Span),
    /// A name, then a cell for each head.
    Cells(Vec<Span>),
}

impl Table {
    /// A table with these heads; a line feed in a head breaks it.
    pub(super) fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            gap: 2,
            indent: 2,
            numbers: true,
        }
    }

    /// A table of words without heads, all left aligned.
    pub(super) fn of_words() -> Self {
        Self { numbers: false, ..Self::new::<String>([]) }
    }

    /// Columns between two columns.
    pub(super) fn gap(mut self, gap: u16) -> Self {
        self.gap = gap;
        self
    }

    /// Adds a row: its name, then a cell for each head.
    pub(super) fn row(&mut self, cells: Vec<Span>) {
        self.rows.push(TableRow::Cells(cells));
    }

    /// Adds a line over all columns.
    pub(super) fn title(&mut self, title: Span) {
        self.rows.push(TableRow::Title(title));
    }

    /// The heads, each on one line; the first is that of the names.
    pub(super) fn heads(&self) -> Vec<String> {
        self.header.iter().map(|head| head.replace("-\n", "").replace('\n', " ")).collect()
    }

    /// The rows, as they were added.
    pub(super) fn rows(&self) -> &[TableRow] {
        &self.rows
    }

    /// Width of the widest line.
    pub(super) fn width(&self) -> usize {
        let lines = self.lines();
        lines.iter().map(|line| line.iter().map(|span| width(&span.text)).sum()).max().unwrap_or_default()
    }

    /// The lines, each in pieces.
    pub(super) fn lines(&self) -> Vec<Vec<Span>> {
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new());
        if !self.header.is_empty() {
            table.set_header(Row::from(self.header.clone()));
        }
        for row in &self.rows {
            if let TableRow::Cells(cells) = row {
                table.add_row(cells.iter().map(|span| visible(&span.text).into_owned()).collect::<Vec<_>>());
            }
        }
        let gap = self.gap;
        table.column_iter_mut().enumerate().for_each(|(place, column)| {
            let is_number = self.numbers && place > 0;
            column.set_padding((if place == 0 { 0 } else { gap }, 0));
            column.set_cell_alignment(if is_number { CellAlignment::Right } else { CellAlignment::Left });
        });
        let widths = table.column_max_content_widths();
        let widths: Vec<usize> = widths
            .iter()
            .enumerate()
            .map(|(n, width)| usize::from(*width) + if n == 0 { 0 } else { usize::from(gap) })
            .collect();
        let mut drawn = table.lines();
        let header_lines = self.header.iter().map(|head| head.lines().count()).max().unwrap_or_default();
        let mut lines: Vec<Vec<Span>> = Vec::new();
        for line in drawn.by_ref().take(header_lines) {
            lines.push(self.indented([Tone::Faint.of(line)]));
        }
        for row in &self.rows {
            match row {
                TableRow::Title(title) => lines.push(self.indented([title.clone()])),
                TableRow::Cells(cells) => {
                    let line = drawn.next().unwrap_or_default();
                    lines.push(self.indented(painted(&line, &widths, cells)));
                }
            }
        }
        lines
    }

    fn indented(&self, spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
        std::iter::once(Span::from(" ".repeat(self.indent))).chain(spans).collect()
    }

    /// The rows as paragraphs, for terminals on which no table fits: `name: head 1 · head 2`, without zeros and empty cells.
    pub(super) fn as_list(&self) -> Vec<(usize, Vec<Span>)> {
        let heads = self.heads();
        let rows = self.rows.iter().map(|row| match row {
            TableRow::Title(title) => (self.indent, vec![title.clone()]),
            TableRow::Cells(cells) => {
                if !self.numbers {
                    return (self.indent, joined(cells));
                }
                let mut cells = cells.iter();
                let name = cells.next().map(|name| name.text.as_str()).unwrap_or_default();
                let nested = name.len() - name.trim_start().len();
                let mut spans = vec![Span::from(format!("{}:", name.trim()))];
                let shown = heads.iter().skip(1).zip(cells).filter(|(_, cell)| !matches!(cell.text.as_str(), "" | "0"));
                for (place, (head, cell)) in shown.enumerate() {
                    let dot = if place == 0 { "" } else { "\u{a0}·" };
                    let head = head.replace(' ', "\u{a0}");
                    spans.push(Span::from(format!("{dot} {head}\u{a0}")));
                    spans.push(cell.clone());
                }
                if spans.len() == 1 {
                    spans.push(Tone::Faint.of(" none"));
                }
                (self.indent + nested, spans)
            }
        });
        rows.collect()
    }
}

/// Cells of words one after the other.
fn joined(cells: &[Span]) -> Vec<Span> {
    let filled = cells.iter().filter(|cell| !cell.text.is_empty());
    filled.flat_map(|cell| [cell.clone(), Span::from("  ")]).collect()
}

/// Cuts a line at its columns and gives each piece the tone of its cell.
fn painted(line: &str, widths: &[usize], cells: &[Span]) -> Vec<Span> {
    let mut left = line;
    let pieces = widths.iter().zip(cells).map(|(width, cell)| {
        let piece = head(left, *width);
        left = left.get(piece.len()..).unwrap_or_default();
        cell.tone.of(piece)
    });
    pieces.collect()
}
