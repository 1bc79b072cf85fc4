//! Whether standard input and output were there when the program was started.
//!
//! Rust's runtime opens `/dev/null` in place of a standard stream that is closed, so that no file which is opened later is
//! taken for it, and its standard library takes a write to one that is not open for writing for done. What goes to such a
//! stream is lost without an error: so the program looks before the runtime starts, and says here what it saw.

use super::exit::Failure;
use crate::corpus::CorpusInput;
use std::sync::OnceLock;

/// Which standard streams the program was started with. Standard error may be missing: there is nowhere to say so.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    /// Standard input is open for reading.
    pub input: bool,
    /// Standard output is open for writing.
    pub output: bool,
}

static STREAMS: OnceLock<Streams> = OnceLock::new();

/// Remembers what was seen; once, at the start.
pub(super) fn remember(streams: Streams) {
    let _ = STREAMS.set(streams);
}

/// Refuses to begin what is to be printed where nothing can be.
pub(super) fn need_output() -> Result<(), Failure> {
    if STREAMS.get().is_none_or(|streams| streams.output) {
        return Ok(());
    }
    let message = "cannot write to standard output: it is closed, or not open for writing";
    Err(Failure::input(message).with_help("nothing was done; where the result is not wanted: >/dev/null"))
}

/// Standard input as an input, if there is any.
pub(super) fn input() -> Result<CorpusInput, Failure> {
    if STREAMS.get().is_none_or(|streams| streams.input) {
        return Ok(CorpusInput::Stdin);
    }
    let message = "cannot read standard input: it is closed, or not open for reading";
    Err(Failure::input(message).with_help("name a file in place of `-`, or send something"))
}
