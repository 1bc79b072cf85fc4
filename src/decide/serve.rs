//! One command served as production serves it: decided, and then logged.
//!
//! The order is the point. A decision is final before the risk log hears of it, and nothing that the log does can take
//! it back: not an error, not a panic.

use super::{Decided, DecisionPath, RiskLine, Scratch};
use crate::model::{IdDigest, Recording};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where risk lines go.
pub trait RiskSink {
    /// Appends one line, given without its line end.
    ///
    /// # Errors
    ///
    /// Whatever kept the line from being written.
    fn append(&mut self, line: &str) -> io::Result<()>;
}

/// What became of the risk line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged {
    /// The corridor is off: there is none.
    Nothing,
    /// The sink took it.
    Written,
    /// The sink failed: the line is lost, and that is to be counted.
    Lost,
}

/// A decision, and what became of its risk line.
#[derive(Debug)]
pub struct Served<'a> {
    /// The decision; the same whatever the sink does.
    pub decided: Decided<'a>,
    /// The line.
    pub logged: Logged,
}

/// Decides a command, then appends its risk line to `sink`.
pub fn serve<'a>(
    path: &'a dyn DecisionPath,
    recording: &'a Recording<'a>,
    digest: &IdDigest,
    scratch: &'a mut Scratch,
    sink: &mut dyn RiskSink,
) -> Served<'a> {
    let decided = path.decide(recording, digest, scratch);
    let command = &recording.command;
    let logged = match &decided.risk {
        None => Logged::Nothing,
        Some(risk) => {
            let line = RiskLine::new(&command.command_id, &command.timestamp, risk);
            let append = AssertUnwindSafe(|| sink.append(&serde_json::to_string(&line)?));
            match catch_unwind(append) {
                Ok(Ok(())) => Logged::Written,
                Ok(Err(_)) | Err(_) => Logged::Lost,
            }
        }
    };
    Served { decided, logged }
}
