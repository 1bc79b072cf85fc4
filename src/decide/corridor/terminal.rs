//! A terminal state of the corridor: what it is called, what it says, and which rule leads to it.
//!
//! Each corridor lists its own. Its acceptance rules are applied from that list, and coverage, explanations and words are
//! derived from it, so that a rule is one row. The oracle of `verify` does not use the list.

use super::case::Case;
use crate::model::wire::wire_enum;
use crate::model::{CorridorStatus, KnownReason};

wire_enum! {
    /// Which rules a candidate has to pass.
    RuleSet, "rule set" {
        /// The rules of the deployed system.
        Reference = "reference",
        /// The rules of `reference`, then additional ones.
        Strict = "strict",
    }
}

/// One terminal state: a status with a reason.
#[derive(Debug)]
pub struct TerminalState {
    /// Where the corridor ends.
    pub status: CorridorStatus,
    /// Why.
    pub reason: KnownReason,
    /// The smallest rule set that has it; `strict` has all.
    pub since: RuleSet,
    /// The reason as the rest of a sentence.
    pub says: &'static str,
    /// Why no command can reach it; `None` where some can.
    pub unreachable: Option<&'static str>,
    rule: Option<Rule>,
}

/// The acceptance rule that leads to a terminal state.
#[derive(Debug)]
struct Rule {
    /// Its place in the order in which rules are applied. It is not the order of the table, which summaries show.
    turn: u8,
    /// Whether it refuses the candidate.
    refuses: for<'c, 'a> fn(&Case<'c, 'a>) -> bool,
}

/// A state that no rule leads to, in every rule set.
pub(super) const fn state(status: CorridorStatus, reason: KnownReason, says: &'static str) -> TerminalState {
    TerminalState { status, reason, since: RuleSet::Reference, says, unreachable: None, rule: None }
}

impl TerminalState {
    pub(super) const fn strict(self) -> Self {
        Self { since: RuleSet::Strict, ..self }
    }

    pub(super) const fn unreachable(self, because: &'static str) -> Self {
        Self { unreachable: Some(because), ..self }
    }

    pub(super) const fn rule(self, turn: u8, refuses: for<'c, 'a> fn(&Case<'c, 'a>) -> bool) -> Self {
        Self { rule: Some(Rule { turn, refuses }), ..self }
    }

    /// Whether a candidate was refused.
    #[must_use]
    pub(super) const fn is_refusal(&self) -> bool {
        self.rule.is_some()
    }

    /// The place of its rule in the order in which rules are applied.
    pub(super) fn turn(&self) -> Option<u8> {
        self.rule.as_ref().map(|rule| rule.turn)
    }

    pub(super) fn refuses(&self, case: &Case) -> bool {
        self.rule.as_ref().is_some_and(|rule| (rule.refuses)(case))
    }
}
