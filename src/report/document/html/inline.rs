//! Pieces of a line: text from outside, tones, identifiers.

use super::super::super::escape::visible;
use super::super::super::style::{Span, Tone};
use maud::{Markup, Render, html};
use std::io::{self, Write};

/// Characters of a digest that are shown.
const SHORT: usize = 12;

/// Text from outside: hidden characters are shown as code points, and markup is escaped.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

impl Render for Text<'_> {
    fn render_to(&self, buffer: &mut String) {
        visible(self.0).render_to(buffer);
    }
}

/// Writes a piece of the page, which is never in memory as a whole.
pub(super) fn write_markup(out: &mut dyn Write, markup: &Markup) -> io::Result<()> {
    out.write_all(markup.0.as_bytes())
}

/// A sentence whose identifiers are between backticks.
pub(super) fn sentence(text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (Text(piece)) } } @else { (Text(piece)) }
        }
    }
}

/// The beginning of a digest.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

/// A line of a terminal report.
pub(super) fn line(spans: &[Span]) -> Markup {
    html! { @for span in spans { (piece(span)) } }
}

fn piece(span: &Span) -> Markup {
    let text = Text(&span.text);
    html! {
        @match span.tone {
            Tone::Plain => { (text) }
            Tone::Strong | Tone::Heading => { strong { (text) } }
            Tone::Code => { code { (text) } }
            Tone::Bad | Tone::Warning | Tone::Good | Tone::Faint => { span class=(class_of(span.tone)) { (text) } }
        }
    }
}

/// The class of the style sheet.
pub(super) const fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Heading => "heading",
        Tone::Strong => "strong",
        Tone::Bad => "bad",
        Tone::Warning => "warning",
        Tone::Good => "good",
        Tone::Faint => "faint",
        Tone::Code => "code",
    }
}

/// A word in a box, in the colour of what it means.
pub(super) fn badge(word: &str, tone: Tone) -> Markup {
    html! { span class={ "badge " (class_of(tone)) } { (Text(word)) } }
}
