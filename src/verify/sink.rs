//! AC3: the risk log fails in every way it can, and the decision, which is final by then, stands.
//!
//! In the deployed system the error handler itself logs, so a log that cannot be written destroys the decision (H9).

use super::bench::{Bench, Case};
use super::check::Check;
use super::evidence::Evidence;
use super::standin::StandIn;
use crate::decide::{CandidateSource, Logged, RiskSink, RuleSet, Scratch};
use crate::model::{CallError, DecisionCore};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What a log may do to whoever appends.
#[derive(Clone, Copy, Debug)]
enum Failure {
    /// An error of this kind.
    Error(ErrorKind),
    /// Half a line, then an error.
    Half,
    Panic,
}

const FAILURES: [(&str, Failure); 10] = [
    ("not there", Failure::Error(ErrorKind::NotFound)),
    ("not allowed", Failure::Error(ErrorKind::PermissionDenied)),
    ("a directory", Failure::Error(ErrorKind::IsADirectory)),
    ("read-only", Failure::Error(ErrorKind::ReadOnlyFilesystem)),
    ("full", Failure::Error(ErrorKind::StorageFull)),
    ("over its quota", Failure::Error(ErrorKind::QuotaExceeded)),
    ("gone", Failure::Error(ErrorKind::BrokenPipe)),
    ("interrupted", Failure::Error(ErrorKind::Interrupted)),
    ("full in the middle of a line", Failure::Half),
    ("panicking", Failure::Panic),
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
#[derive(Default)]
struct Lines(u64);

impl RiskSink for Lines {
    fn append(&mut self, _: &str) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

/// Serves the command with a log that works and with each that fails, once accepted and once fallen back.
pub(super) fn check(bench: &Bench, case: &Case, evidence: &mut Evidence) {
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        let accepted = StandIn::answer(case.perfect.answer(|_| ()));
        let failed = StandIn::new(super::standin::Stock::fails(CallError::Error));
        for source in [&accepted, &failed] {
            with_each_failure(bench, *rules, *is_open, source, case, evidence);
        }
    }
}

fn with_each_failure(
    bench: &Bench,
    rules: RuleSet,
    is_open: bool,
    source: &dyn CandidateSource,
    case: &Case,
    evidence: &mut Evidence,
) {
    let path = bench.implementation.path(&bench.settings, rules, source);
    let serve = |sink: &mut dyn RiskSink, look: &mut dyn FnMut(Option<(&DecisionCore, Logged)>)| {
        let mut scratch = Scratch::default();
        let serve = AssertUnwindSafe(|| {
            let served = bench.implementation.serve(&*path, case.recording, &case.digest, &mut scratch, sink);
            look(Some((served.decided.decision(), served.logged)));
        });
        if catch_unwind(serve).is_err() {
            look(None);
        }
    };
    let mut good = None;
    serve(&mut Lines::default(), &mut |served| {
        good = served.and_then(|(decision, logged)| Some((serde_json::to_vec(decision).ok()?, logged)));
    });
    let has_line = good.as_ref().is_some_and(|(_, logged)| *logged == Logged::Written);
    for (what, mut failure) in FAILURES {
        let mut holds = false;
        serve(&mut failure, &mut |served| {
            holds = match (&good, served) {
                (Some((decision, Logged::Written)), Some((bad, Logged::Lost))) => {
                    serde_json::to_vec(bad).is_ok_and(|bad| bad == *decision)
                }
                (Some((decision, Logged::Nothing)), Some((bad, Logged::Nothing))) => {
                    serde_json::to_vec(bad).is_ok_and(|bad| bad == *decision)
                }
                (Some(_) | None, Some(_) | None) => false,
            };
        });
        evidence.check(Check::RiskLogFailure, is_open && has_line, holds, || {
            case.place(rules, &format!("with a risk log that is {what}"))
        });
    }
}
