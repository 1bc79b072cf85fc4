//! Sources of candidates: a recording, or a stand-in for the LLM.
//!
//! The corridor asks its source only after all gates are open. No failure of a source, not even a panic, may change the
//! baseline's decision.

use super::corridor::SHOPPING;
use crate::model::{Attempt, InjectedCandidate, Recording};

/// A source of candidates.
pub trait CandidateSource: Sync {
    /// What the source has for this command. Called at most once per command.
    fn supply<'a>(&'a self, recording: &'a Recording<'a>) -> Supply<'a>;
}

/// The answer of a source.
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
