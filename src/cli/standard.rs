//! Whether standard input and output were open when the program started.
//!
//! Rust's runtime replaces a closed standard stream by `/dev/null`, and its standard library ignores the error of a write to
//! a stream that is not open for writing. Output would be lost without an error, so `main` looks before the runtime starts
//! and passes on what it saw.

use super::exit::Failure;
use crate::corpus::CorpusInput;
use std::sync::OnceLock;

/// Which standard streams the program was started with. Standard error may be closed: that could not be reported.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    /// Standard input is open for reading.
    pub input: bool,
    /// Standard output is open for writing.
    pub output: bool,
}

static STREAMS: OnceLock<Streams> = OnceLock::new();

/// Stores the state at the start; called once.
pub(super) fn remember(streams: Streams) {
    let _ = STREAMS.set(streams);
}

/// Refuses a command that prints, if standard output is closed.
pub(super) fn need_output() -> Result<(), Failure> {
    if STREAMS.get().is_none_or(|streams| streams.output) {
        return Ok(());
    }
    let message = "cannot write to standard output: it is closed, or not open for writing";
    Err(Failure::input(message).with_help("nothing was done; where the result is not wanted: >/dev/null"))
}

/// Standard input as an input, if it is open.
pub(super) fn input() -> Result<CorpusInput, Failure> {
    if STREAMS.get().is_none_or(|streams| streams.input) {
        return Ok(CorpusInput::Stdin);
    }
    let message = "cannot read standard input: it is closed, or not open for reading";
    Err(Failure::input(message).with_help("name a file in place of `-`, or send something"))
}
