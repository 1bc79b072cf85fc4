//! Output of the program: results on standard output, everything else on standard error.

use super::args::Global;
use super::exit::Failure;
use super::process::is_set;
use super::standard;
use crate::report::{Detail, Layout, capped_at};
use anstream::AutoStream;
use clap::{ColorChoice, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};

/// How to print: determined once from flags, environment and terminal.
pub(super) struct Output {
    choice: anstream::ColorChoice,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
}

/// Most characters of a line on standard error: a message may quote an id or a path of any length.
const LONGEST_LINE: usize = 2_000;

/// The error that standard output cannot be written.
pub(super) fn not_written(error: &io::Error) -> Failure {
    Failure::system("cannot write to standard output", error)
}

/// Inputs below this many bytes get no progress bar.
const WORTH_A_BAR: u64 = 16 << 20;

impl Output {
    /// `variable` looks up a variable of the environment; flags override it.
    pub(super) fn new(global: &Global, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let color = global.color.or_else(|| ColorChoice::from_str(&variable("CORRIDOR_COLOR")?, true).ok());
        let choice = match color.unwrap_or(ColorChoice::Auto) {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let is_quiet = || variable("CORRIDOR_QUIET").is_some_and(|value| is_set(&value));
        Self { choice, quiet: global.quiet || (!global.verbose && is_quiet()), verbose: global.verbose }
    }

    /// Whether results are coloured.
    fn is_coloured(&self) -> bool {
        let current = AutoStream::new(io::stdout(), self.choice).current_choice();
        matches!(current, anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi)
    }

    /// Columns of the terminal; `None` in a pipe.
    fn width() -> Option<usize> {
        io::stdout().is_terminal().then(|| usize::from(console::Term::stdout().size().1))
    }

    /// Prints a result. A closed pipe is no error: the reader wanted no more.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        standard::need_output()?;
        let mut stdout = AutoStream::new(io::stdout().lock(), self.choice);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(not_written(&error)),
            Ok(()) => Ok(()),
        }
    }

    /// How results are laid out.
    pub(super) fn layout(&self) -> Layout {
        Layout { width: Self::width(), colour: self.is_coloured() }
    }

    /// How much of a result is printed.
    pub(super) const fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Verdict,
            (false, false) => Detail::Usual,
            (false, true) => Detail::Full,
        }
    }

    /// Prints what `write` writes.
    pub(super) fn report(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut text = Vec::new();
        write(&mut text).map_err(|error| Failure::input(format!("cannot write the report: {error}")))?;
        self.result(&String::from_utf8_lossy(&text))
    }

    /// Prints a note on standard error, unless `--quiet`.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.diagnostic(text);
        }
    }

    /// Prints an error or a warning on standard error, even with `--quiet`.
    pub(super) fn diagnostic(&self, text: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.choice);
        // A failure to write to standard error cannot be reported.
        let lines: Vec<_> = text.lines().map(|line| capped_at(line, LONGEST_LINE)).collect();
        let _ = writeln!(stderr, "{}", lines.join("\n"));
    }

    /// A progress bar over long steps; hidden unless on a terminal.
    pub(super) fn steps(&self, what: &'static str) -> ProgressBar {
        if self.quiet {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta} left");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(0).with_style(style).with_message(what)
    }

    /// A progress bar over `bytes` of input; hidden for short inputs and unless on a terminal.
    pub(super) fn bar(&self, bytes: u64) -> ProgressBar {
        if self.quiet || bytes < WORTH_A_BAR {
            return ProgressBar::hidden();
        }
        let template = "{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left  {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(bytes).with_style(style)
    }
}
