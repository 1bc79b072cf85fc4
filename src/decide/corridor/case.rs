//! A candidate that came, and what the acceptance rules compare it with.

use super::candidate::Candidate;
use crate::model::{Command, DecisionCore, ProposedAction};

/// A candidate that came, and what it is judged by.
pub(super) struct Case<'c, 'a> {
    pub(super) candidate: &'c Candidate<'a>,
    pub(super) command: &'c Command<'c>,
    pub(super) baseline: &'c DecisionCore<'a>,
    /// The one action that a decision may take; `None` where the candidate is not exactly that.
    pub(super) proposal: Option<ProposedAction<'a>>,
}
