//! Verification of the four acceptance criteria by execution.
//!
//! Input: corpora and the project's conditions. Output: a [`Verification`], which says how often each check was run, could have failed,
//! and failed. Every recorded command is decided with the corridor off, with another intent, under every fault of the LLM and of the
//! risk log, and with planted secrets; then every combination of the corridor's inputs is driven. A check that could not have failed
//! is reported as vacuous.
//!
//! The system under test is an [`Implementation`]: the corridor of this build, or the same with a planted fault ([`planted`]), which the
//! checks have to catch. The decision code has no hooks for this: a fault is a source of candidates, a configuration, a sink, or a
//! [`DecisionPath`](crate::decide::DecisionPath) around the real one.

mod bench;
mod canary;
mod check;
mod counts;
mod coverage;
mod drive;
mod fault;
mod implementation;
mod job;
mod line;
mod matrix;
mod off;
mod planted;
mod queue;
mod scope;
mod sink;
mod standin;
mod state;
#[cfg(test)]
mod tests;
mod view;

pub use bench::Conditions;
pub use canary::Publication;
pub use check::{Check, Criterion, Part};
pub use counts::Count;
pub use coverage::{RuleCoverage, WayCoverage};
pub use drive::verify;
pub use implementation::{Arrival, Implementation, Ours};
pub use job::{VerifyCorpus, VerifyJob};
pub use planted::planted;
pub use queue::one_worker;
pub use view::{
    Catch, CheckResult, CriterionResult, Dimension, FaultCell, FaultRow, InvariantResult, OneWorker, PlantedResult,
    StateSpace, VERIFY_FORMAT, Verdict, Verification, VerifiedCorpus,
};
