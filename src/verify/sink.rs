//! AC3: a failure of the risk log does not change the decision, which is final by then.
//!
//! In the deployed system the error handler itself logs, so that a log that cannot be written loses the decision (H9).

use super::bench::{Bench, Case};
use super::check::Check;
use super::counts::{CheckCounts, Row};
use super::standin::StandIn;
use crate::decide::{CandidateSource, Logged, RiskSink, RuleSet, Scratch};
use crate::model::CallError;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// How appending to a log fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    /// An error of this kind.
    Error(ErrorKind),
    /// Half a line, then an error.
    Half,
    Panic,
}

/// Name in the report, description of the log, and failure. Serving does not look at the kind of an error.
pub(super) const FAILURES: [(&str, &str, Failure); 4] = [
    ("log_unwritable", "not to be written", Failure::Error(ErrorKind::PermissionDenied)),
    ("log_full", "full", Failure::Error(ErrorKind::StorageFull)),
    ("log_half_line", "full in the middle of a line", Failure::Half),
    ("log_panics", "panicking", Failure::Panic),
];

impl RiskSink for Failure {
    fn append(&mut self, line: &str) -> io::Result<()> {
        match *self {
            Self::Error(kind) => Err(kind.into()),
            Self::Half => {
                let mut file = [0; 64];
                // A file of 64 bytes: what fits is written, and the rest is refused.
                io::Write::write_all(&mut file.as_mut_slice(), line.as_bytes())
            }
            Self::Panic => resume_unwind(Box::new("planted")),
        }
    }
}

/// A log that works.
struct Works;

impl RiskSink for Works {
    fn append(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// Serves the command with a log that works and with each that fails, once accepted and once fallen back.
pub(super) fn check(bench: &Bench, case: &Case, counts: &mut CheckCounts) {
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        let accepted = StandIn::answer(&case.perfect.answer(|_| ()));
        let failed = StandIn::new(super::standin::Stock::fails(CallError::Error));
        for source in [&accepted, &failed] {
            with_each_failure(bench, *rules, *is_open, source, case, counts);
        }
    }
}

fn with_each_failure(
    bench: &Bench,
    rules: RuleSet,
    is_open: bool,
    source: &dyn CandidateSource,
    case: &Case,
    counts: &mut CheckCounts,
) {
    let path = bench.implementation.path(&bench.settings, rules, source);
    // What was served: the decision's bytes, and what became of the line; nothing after a panic.
    let serve = |sink: &mut dyn RiskSink| {
        let serve = AssertUnwindSafe(|| {
            let mut scratch = Scratch::default();
            let served = bench.implementation.serve(&*path, case.recording, &case.digest, &mut scratch, sink);
            Some((serde_json::to_vec(served.decided.decision()).ok()?, served.logged))
        });
        catch_unwind(serve).ok().flatten()
    };
    let good = serve(&mut Works);
    let has_line = good.as_ref().is_some_and(|(_, logged)| *logged == Logged::Written);
    for (number, (_, what, mut failure)) in FAILURES.into_iter().enumerate() {
        let holds = match (&good, serve(&mut failure)) {
            (Some((decision, Logged::Written)), Some((bad, Logged::Lost)))
            | (Some((decision, Logged::Nothing)), Some((bad, Logged::Nothing))) => *decision == bad,
            (Some(_) | None, Some(_) | None) => false,
        };
        let place = || case.place(rules, &format!("with a risk log that is {what}"));
        counts.check(Check::RiskLogFailure, is_open && has_line, holds, place);
        if has_line {
            counts.cell((Row::RiskLog(number), rules), case.corpus, is_open, holds, place);
        }
    }
}
