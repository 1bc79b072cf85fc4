//! A candidate with everything that the acceptance rules compare it with.

use super::candidate::Candidate;
use crate::model::{Command, DecisionCore, ProposedAction};

/// A candidate with the command and the baseline that it is compared with.
pub(super) struct Case<'c, 'a> {
    pub(super) candidate: &'c Candidate<'a>,
    pub(super) command: &'c Command<'c>,
    pub(super) baseline: &'c DecisionCore<'a>,
    /// The one well-formed action that a decision may hold; `None` where the candidate is not exactly that.
    pub(super) proposal: Option<ProposedAction<'a>>,
}
