//! What a stage of the rollout has to show in production.

use super::limits::RulePolicy;
use crate::gate::rule::{Kind, RuleId};
use crate::gate::threshold::{Part, SampleRate, Threshold};
use crate::stats::Rate;
use serde::{Deserialize, Serialize};

/// What a rate has to show in production.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagePolicy {
    /// The sample rate.
    pub rate: SampleRate,
    /// Days with attempts that it takes.
    pub min_days: u64,
    /// Attempts that it takes.
    pub min_attempts: u64,
    /// [`RuleId::Error`].
    pub error: RulePolicy,
    /// [`RuleId::CandidateFailure`].
    pub candidate_failure: RulePolicy,
    /// [`RuleId::IntentMismatch`].
    pub intent_mismatch: RulePolicy,
    /// [`RuleId::Slow`].
    pub slow: SlowPolicy,
    /// [`RuleId::AcceptanceStability`].
    #[serde(default)]
    pub acceptance_stability: StabilityPolicy,
    /// What refuses a step without any proof.
    #[serde(default)]
    pub alarm: Alarms,
}

/// The rule about slow attempts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlowPolicy {
    /// An attempt of this many ms or more is slow.
    pub limit_ms: u32,
    /// What it may do.
    pub kind: Kind,
    /// GO needs a share of slow attempts that is proven to be below this.
    pub go: Threshold,
    /// An observed share above this refuses the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_go: Option<Part>,
    /// Is judged and shown, and decides nothing yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// The rule about acceptance against the stage before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityPolicy {
    /// What it may do.
    pub kind: Kind,
    /// The part of the acceptance before that has to be kept.
    pub share: Part,
}

/// What refuses a step without any proof, once there are the stage's minimum of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// [`RuleId::EntityKeyMismatch`] above this.
    pub entity_key_mismatch: Part,
    /// [`RuleId::P95`] above this, ms.
    pub p95_ms: u32,
}

impl SlowPolicy {
    /// Its part that every rule has.
    #[must_use]
    pub const fn rule(&self) -> RulePolicy {
        RulePolicy { kind: self.kind, go: self.go, no_go: self.no_go, dry_run: self.dry_run }
    }
}

impl StagePolicy {
    /// The rules about rates, in the order of the file.
    fn rules(&self) -> [(RuleId, RulePolicy); 4] {
        [
            (RuleId::Error, self.error),
            (RuleId::CandidateFailure, self.candidate_failure),
            (RuleId::IntentMismatch, self.intent_mismatch),
            (RuleId::Slow, self.slow.rule()),
        ]
    }

    /// The limits of a rule about a rate of the stage.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<RulePolicy> {
        self.rules().into_iter().find(|(of, _)| *of == id).map(|(_, rule)| rule)
    }

    /// What the types alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        for (id, rule) in self.rules() {
            rule.check().map_err(|problem| format!("{id}: {problem}"))?;
        }
        if self.acceptance_stability.kind != Kind::Signal {
            return Err("acceptance_stability: can be a signal only".to_owned());
        }
        if self.slow.limit_ms == 0 {
            return Err("slow: limit_ms has to be 1 or more".to_owned());
        }
        Ok(())
    }
}

impl Default for StabilityPolicy {
    fn default() -> Self {
        Self { kind: Kind::Signal, share: part(0.8) }
    }
}

impl Default for Alarms {
    fn default() -> Self {
        Self { entity_key_mismatch: part(0.20), p95_ms: 500 }
    }
}

/// A rate in 0..1; the test of the built-in policy would see one that is not.
fn part(number: f64) -> Part {
    Part(Rate::new(number).unwrap_or(Rate::ZERO))
}
