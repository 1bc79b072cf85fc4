//! Writes lines, wrapped to the width of a terminal, coloured, and escaped.
//!
//! Everything that a terminal report prints is written here, so that this is the only place that escapes it.

use super::escape::{head, visible, width};
use super::style::{Layout, Span, Tone};
use super::table::Table;
use std::io::{self, Write};

/// A writer of lines in a layout.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    layout: Layout,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, layout: Layout) -> Self {
        Self { out, layout }
    }

    /// An empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// The head of a section, after an empty line.
    pub(super) fn heading(&mut self, title: &str, remark: &str) -> io::Result<()> {
        self.blank()?;
        let mut spans = vec![Tone::Heading.of(title)];
        if !remark.is_empty() {
            spans.push(Tone::Faint.of(format!(" {remark}")));
        }
        self.paragraph(0, &spans)
    }

    /// A paragraph, indented by `indent` columns; lines after the first are indented by two more.
    pub(super) fn paragraph(&mut self, indent: usize, spans: &[Span]) -> io::Result<()> {
        self.wrapped(indent, indent + 2, spans)
    }

    /// A paragraph after a label; all of its lines begin in the same column.
    pub(super) fn labelled(&mut self, label: &str, column: usize, spans: &[Span]) -> io::Result<()> {
        let gap = column.saturating_sub(width(label)).max(1);
        let label = Tone::Faint.of(format!("{}{}", label.replace(' ', "\u{a0}"), "\u{a0}".repeat(gap)));
        let spans: Vec<_> = std::iter::once(label).chain(spans.iter().cloned()).collect();
        self.wrapped(0, column, &spans)
    }

    /// A table in the widest form that fits, or as a list.
    pub(super) fn table(&mut self, forms: &[Table]) -> io::Result<()> {
        let fits = |table: &&Table| self.layout.width.is_none_or(|width| table.width() <= width);
        if let Some(table) = forms.iter().find(fits) {
            return table.lines().iter().try_for_each(|line| self.line(line));
        }
        forms.first().map_or(Ok(()), |table| {
            table.as_list().iter().try_for_each(|(indent, spans)| self.paragraph(*indent, spans))
        })
    }

    /// A line that is never wrapped, since users copy it.
    pub(super) fn verbatim(&mut self, indent: usize, span: Span) -> io::Result<()> {
        self.line(&[indentation(indent), span])
    }

    fn wrapped(&mut self, indent: usize, hang: usize, spans: &[Span]) -> io::Result<()> {
        let Some(columns) = self.layout.width else {
            let line: Vec<_> = std::iter::once(indentation(indent)).chain(spans.iter().cloned()).collect();
            return self.line(&line);
        };
        let columns = columns.max(hang + 10);
        let mut line = vec![indentation(indent)];
        let mut used = indent;
        let mut is_fresh = true;
        for mut word in words(spans) {
            let space = if is_fresh { 0 } else { word.spaces };
            if !is_fresh && used + space + word.width > columns {
                self.line(&line)?;
                line = vec![indentation(hang)];
                used = hang;
            } else if space > 0 {
                line.push(indentation(space));
                used += space;
            }
            // A word longer than a line is cut where the line ends.
            while used + word.width > columns {
                let rest = word.split(columns - used);
                line.append(&mut word.spans);
                self.line(&line)?;
                line = vec![indentation(hang)];
                used = hang;
                word = rest;
            }
            used += word.width;
            line.append(&mut word.spans);
            is_fresh = false;
        }
        self.line(&line)
    }

    /// One line as it is, escaped and coloured, without spaces at its end.
    fn line(&mut self, spans: &[Span]) -> io::Result<()> {
        let last = spans.iter().rposition(|span| !span.text.trim_end_matches([' ', '\u{a0}']).is_empty());
        let shown = spans.iter().take(last.map_or(0, |last| last + 1));
        for (place, span) in shown.enumerate() {
            // `##[` begins a command anywhere in a log of GitHub Actions.
            let text = visible(&span.text).replace('\u{a0}', " ").replace("##[", r"#\u{23}[");
            let text = if Some(place) == last { text.trim_end() } else { &text };
            let style = span.tone.style(self.layout.colour);
            write!(self.out, "{style}{text}{style:#}")?;
        }
        self.out.write_all(b"\n")
    }
}

fn indentation(columns: usize) -> Span {
    Span::from(" ".repeat(columns))
}

/// The text between two spaces, in pieces of one or more spans.
struct Word {
    /// Spaces before it.
    spaces: usize,
    spans: Vec<Span>,
    width: usize,
}

impl Word {
    fn push(&mut self, tone: Tone, text: &str) {
        self.width += width(text);
        self.spans.push(tone.of(text));
    }

    /// Keeps what fits into `columns`, but at least one character, and returns the rest.
    fn split(&mut self, columns: usize) -> Self {
        let mut rest = Self { spaces: 0, spans: Vec::new(), width: 0 };
        let spans = std::mem::take(&mut self.spans);
        self.width = 0;
        for span in spans {
            let kept = if rest.spans.is_empty() { head(&span.text, columns.saturating_sub(self.width)) } else { "" };
            let is_stuck = self.spans.is_empty() && kept.is_empty() && rest.spans.is_empty();
            let first = span.text.chars().next().map_or(0, char::len_utf8);
            let cut = if is_stuck { first } else { kept.len() };
            let (kept, left) = span.text.split_at_checked(cut).unwrap_or((&span.text, ""));
            if !kept.is_empty() {
                self.push(span.tone, kept);
            }
            if !left.is_empty() {
                rest.push(span.tone, left);
            }
        }
        rest
    }
}

/// The words of a paragraph, escaped. A no-break space belongs to its word.
fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut spaces = 1;
    for span in spans {
        let text = visible(&span.text);
        for (place, piece) in text.split(' ').enumerate() {
            spaces += usize::from(place > 0);
            if piece.is_empty() {
                continue;
            }
            if spaces > 0 {
                words.push(Word { spaces, spans: Vec::new(), width: 0 });
                spaces = 0;
            }
            if let Some(word) = words.last_mut() {
                word.push(span.tone, piece);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{assert_fits, assert_visible, written};
    use super::*;
    use proptest::prelude::*;

    fn shown(columns: Option<usize>, indent: usize, spans: &[Span]) -> String {
        written(|out| Page::new(out, Layout { width: columns, colour: false }).paragraph(indent, spans))
    }

    #[test]
    fn paragraphs_are_wrapped_with_a_hanging_indent_and_long_words_are_cut() {
        let spans = [Span::from("one two "), Tone::Bad.of("three"), Span::from(", four five-and-a-very-long-word")];
        assert_eq!(
            shown(Some(16), 2, &spans),
            "  one two three,\n    four\n    five-and-a-v\n    ery-long-wor\n    d\n"
        );
        assert_eq!(shown(None, 2, &spans), "  one two three, four five-and-a-very-long-word\n");
    }

    proptest! {
        #[test]
        fn lines_stay_within_the_width(text in any::<String>(), columns in 20..60usize) {
            let text = shown(Some(columns), 2, &[Span::from(text)]);
            assert_fits(&text, columns);
            assert_visible(&text);
        }
    }
}
