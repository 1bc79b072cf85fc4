//! Serves one command as production does: decides it, then logs it.
//!
//! A decision is final before the risk line is appended, so that neither an error nor a panic of the log can change it.

use super::{Decided, DecisionPath, RiskLine, Scratch};
use crate::model::{IdDigest, Recording};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where risk lines go.
pub trait RiskSink {
    /// Appends one line; `line` has no line end.
    ///
    /// # Errors
    ///
    /// The line was not written.
    fn append(&mut self, line: &str) -> io::Result<()>;
}

/// The result of logging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged {
    /// The corridor is off: there is no risk line.
    Nothing,
    /// The sink wrote it.
    Written,
    /// The sink failed: the line is lost, and has to be counted.
    Lost,
}

/// A decision and the result of logging it.
#[derive(Debug)]
pub struct Served<'a> {
    /// The decision; the same whatever the sink does.
    pub decided: Decided<'a>,
    /// Whether the risk line was written.
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
