//! The decision line, which `corridor decide` and other implementations write.

use super::{Decided, RiskEntry};
use crate::model::{DecisionCore, Intent};
use serde::Serialize;

/// One decision line, in key order. Identifiers and times are left out of `risk`.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionLine<'a> {
    command_id: &'a str,
    intent: Intent,
    baseline: &'a DecisionCore<'a>,
    decision: &'a DecisionCore<'a>,
    risk: Option<&'a RiskEntry<'a>>,
    attempts_used: usize,
}

impl<'a> DecisionLine<'a> {
    /// The line of a decided command.
    #[must_use]
    pub fn new(command_id: &'a str, decided: &'a Decided<'a>) -> Self {
        Self {
            command_id,
            intent: decided.intent,
            baseline: &decided.baseline,
            decision: decided.decision(),
            risk: decided.risk.as_ref(),
            attempts_used: decided.attempts_used,
        }
    }
}
