//! Where a candidate comes from: a recording, or whatever else stands in the place of the LLM.
//!
//! The corridor asks its source once all gates are open, and nothing before. What a source does there (it may fail in
//! any way, a panic included) must never reach the decision.

use super::corridor::SHOPPING;
use crate::model::{Attempt, InjectedCandidate, Recording};

/// What the corridor asks for a candidate.
pub trait CandidateSource: Sync {
    /// What there is for this command. Asked at most once a command.
    fn supply<'a>(&'a self, recording: &'a Recording<'a>) -> Supply<'a>;
}

/// What a source gives.
#[derive(Clone, Copy, Debug)]
pub enum Supply<'a> {
    /// Calls to the LLM, in the order in which the task makes them.
    Attempts(&'a [Attempt<'a>]),
    /// A finished candidate; no task runs.
    Finished(&'a InjectedCandidate<'a>),
}

/// The recording itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recorded;

impl CandidateSource for Recorded {
    fn supply<'a>(&'a self, recording: &'a Recording<'a>) -> Supply<'a> {
        match &recording.candidate {
            Some(candidate) => Supply::Finished(candidate),
            None => Supply::Attempts(recording.exchanges.of(SHOPPING.task)),
        }
    }
}

impl<S: CandidateSource + ?Sized> CandidateSource for &S {
    fn supply<'a>(&'a self, recording: &'a Recording<'a>) -> Supply<'a> {
        (**self).supply(recording)
    }
}
