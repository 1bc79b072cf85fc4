//! The four acceptance criteria, shown by execution.
//!
//! Corpora and the project's conditions go in; a [`Verification`] comes out: what was checked, how often it could have
//! failed, and what was found. Every recorded command is put in front of a corridor that is off, that belongs to another
//! intent, whose LLM fails in every way, whose risk log fails, and that is planted with secrets; then every combination
//! of the corridor's inputs is driven. A check that had no chance to fail is not a pass: it is named.
//!
//! What is verified is an [`Implementation`]: the corridor of this build, or that corridor with a fault planted in it
//! ([`planted`]), by which the checks are checked. The decision code has no hook for either: a fault is a source of
//! candidates, a configuration, a sink, or a [`DecisionPath`](crate::decide::DecisionPath) around the real one.

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
pub use queue::{one_worker, slow_then_fast};
pub use view::{
    Catch, CheckResult, CriterionResult, Dimension, FaultCell, FaultRow, InvariantResult, OneWorker, PlantedResult,
    StateSpace, VERIFY_FORMAT, Verdict, Verification, VerifiedCorpus,
};
