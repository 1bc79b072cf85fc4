//! The stored outcome: one line of a run's `outcomes.jsonl`.

use super::{Divergence, Effects, Invariant, Outcome};
use crate::model::{CorridorStatus, DecisionCore, Intent, ReasonCode, Text};
use serde::{Deserialize, Serialize};

/// One line of `outcomes.jsonl`: everything that a report needs without a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeLine<'a> {
    /// Name of the corpus.
    #[serde(borrow)]
    pub corpus: Text<'a>,
    /// The caller's identifier.
    #[serde(borrow)]
    pub command_id: Text<'a>,
    /// Who gave the command.
    #[serde(borrow)]
    pub user_id: Text<'a>,
    /// What the user said.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// Tags, for selection.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Text<'a>>,
    /// Position in the stable sample, 0..=1: exposed at every rate above it.
    pub bucket: f64,
    /// The baseline's intent; absent after an escaped panic, as is the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// The deterministic decision.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<DecisionCore<'a>>,
    /// Where the corridor ended; absent while it is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CorridorStatus>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// The decision that counts, where it is not the baseline.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionCore<'a>>,
    /// The divergence class.
    pub class: Divergence,
    /// The broken invariant, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<Invariant>,
    /// The effects of the candidate on the items.
    #[serde(default, skip_serializing_if = "Effects::is_empty")]
    pub effects: Effects,
    /// Virtual time of the candidate, ms; `None` without a candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<i64>,
    /// Recorded attempts that the corridor consumed.
    pub attempts_used: usize,
}

impl<'a> Outcome<'a> {
    /// The line that a run stores.
    #[must_use]
    pub fn into_line(self, corpus: &'a str) -> OutcomeLine<'a> {
        let command = &self.recording.command;
        let (class, broken, effects) = (self.divergence, self.broken, self.effects);
        let verdict = self.verdict().map(|(status, reason)| (status, reason.clone()));
        let differs = self.replacement().is_some();
        let mut line = OutcomeLine {
            corpus: corpus.into(),
            command_id: (&*command.command_id).into(),
            user_id: (&*command.user_id).into(),
            text: (&*command.text).into(),
            tags: self.recording.tags.iter().map(|tag| Text::from(&**tag)).collect(),
            bucket: self.digest.bucket().position(),
            intent: None,
            baseline: None,
            status: verdict.as_ref().map(|(status, _)| *status),
            reason: verdict.map(|(_, reason)| reason),
            decision: None,
            class,
            broken,
            effects,
            latency_ms: None,
            attempts_used: 0,
        };
        if let Some(decided) = self.decided {
            line.intent = Some(decided.intent);
            line.decision = decided.replacement.filter(|_| differs);
            line.baseline = Some(decided.baseline);
            line.latency_ms = decided.risk.and_then(|risk| risk.latency_ms);
            line.attempts_used = decided.attempts_used;
        }
        line
    }
}
