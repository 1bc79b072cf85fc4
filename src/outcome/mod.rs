//! The outcome of one command in a replay: both decisions, their divergence class, the effects on the items.
//!
//! Input: a recording and the result of a [`DecisionPath`](crate::decide::DecisionPath). Output: an [`Outcome`], and the
//! canonical line that a run stores. Pure, and the same on any machine.

mod divergence;
mod effect;
mod label;
mod line;
mod spelled;

use crate::decide::Decided;
use crate::model::{CorridorStatus, DecisionCore, IdDigest, Intent, ReasonCode, Recording};
use divergence::ClassInputs;
pub use divergence::{Divergence, Invariant};
pub use effect::{Effect, Effects};
pub use label::{EntityCount, Score, entities, is_right};
pub use line::OutcomeLine;

/// The outcome of one command.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The recorded command.
    pub recording: &'a Recording<'a>,
    /// Digest of the command id: sampling and order.
    pub digest: IdDigest,
    /// The result of the decision path; `None` after a panic that escaped it.
    pub decided: Option<Decided<'a>>,
    /// The one class.
    pub divergence: Divergence,
    /// The invariant that is broken, where one is.
    pub broken: Option<Invariant>,
    /// What the candidate did to the items, where it was accepted and differs.
    pub effects: Effects,
    /// What the label says.
    pub score: Option<Score>,
}

impl<'a> Outcome<'a> {
    /// Judges the result of a decision path.
    #[must_use]
    pub fn new(recording: &'a Recording<'a>, digest: IdDigest, decided: Decided<'a>) -> Self {
        let differs = decided.replacement.as_ref().is_some_and(|decision| *decision != decided.baseline);
        let status = decided.risk.as_ref().map(|risk| risk.status);
        let accepted = status == Some(CorridorStatus::AcceptedLlm);
        let in_corridor = decided.intent == Intent::AddShoppingItem
            && decided.baseline.is_started_job()
            && decided.decision().is_shopping_job();
        let broken = if decided.leaked {
            Some(Invariant::RawTextInRiskLine)
        } else if differs && !accepted {
            Some(Invariant::ReplacedWithoutAcceptance)
        } else if accepted && !in_corridor {
            Some(Invariant::AcceptedOutsideCorridor)
        } else {
            None
        };
        let score = recording.label.as_ref().and_then(|label| {
            let baseline = is_right(&decided.baseline, label)?;
            let corridor = if differs { is_right(decided.decision(), label)? } else { baseline };
            Some(Score { baseline, corridor })
        });
        let divergence = Divergence::of(ClassInputs { broken, unrecorded: decided.unrecorded, status, differs, score });
        let effects = match &decided.replacement {
            Some(decision) if accepted && differs => Effects::between(&decided.baseline, decision),
            Some(_) | None => Effects::default(),
        };
        Self { recording, digest, decided: Some(decided), divergence, broken, effects, score }
    }

    /// A command whose decision path panicked: broken, without any decision.
    #[must_use]
    pub fn panicked(recording: &'a Recording<'a>, digest: IdDigest) -> Self {
        let (divergence, broken) = (Divergence::Broken, Some(Invariant::EscapedPanic));
        Self { recording, digest, decided: None, divergence, broken, effects: Effects::default(), score: None }
    }

    /// The caller's identifier.
    #[must_use]
    pub fn command_id(&self) -> &'a str {
        &self.recording.command.command_id
    }

    /// Where the corridor ended and why; `None` while it is off.
    #[must_use]
    pub fn verdict(&self) -> Option<(CorridorStatus, &ReasonCode)> {
        let risk = self.decided.as_ref()?.risk.as_ref()?;
        Some((risk.status, &risk.reason_code))
    }

    /// The decision that replaced the baseline's, where it differs.
    #[must_use]
    pub fn replacement(&self) -> Option<&DecisionCore<'a>> {
        let decided = self.decided.as_ref()?;
        decided.replacement.as_ref().filter(|decision| **decision != decided.baseline)
    }
}
