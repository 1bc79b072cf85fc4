//! Colours, and the layout of the output.

use anstyle::{AnsiColor, Effects, Style};

/// The layout of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal; `None` for a pipe or a file, where nothing is wrapped.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Layout {
    /// A pipe: no width, no colour.
    pub const PIPE: Self = Self { width: None, colour: false };
}

/// The meaning of a piece of text, which determines its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// Running text.
    #[default]
    Plain,
    /// The head of a section.
    Heading,
    /// The important part of a line.
    Strong,
    /// Something is wrong.
    Bad,
    /// Something limits what the rest says.
    Warning,
    /// A good result.
    Good,
    /// Less important text.
    Faint,
    /// An identifier or a command.
    Code,
}

impl Tone {
    /// The style of this tone; no style at all without colour.
    pub(super) const fn style(self, colour: bool) -> Style {
        if !colour {
            return Style::new();
        }
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE)),
            Self::Strong => Style::new().effects(Effects::BOLD),
            Self::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Faint => Style::new().effects(Effects::DIMMED),
            Self::Code => AnsiColor::Cyan.on_default(),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) tone: Tone,
    pub(super) text: String,
}

impl Tone {
    /// A piece of text in this tone.
    pub(super) fn of(self, text: impl Into<String>) -> Span {
        Span { tone: self, text: text.into() }
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Tone::Plain.of(text)
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Tone::Plain.of(text)
    }
}
