//! A stage of the rollout: the evidence from production that it needs.

use super::limits::RulePolicy;
use crate::gate::rule::{Kind, RuleId};
use crate::gate::threshold::{SampleRate, Threshold};
use crate::stats::Rate;
use serde::{Deserialize, Serialize};

/// The evidence from production that a stage needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagePolicy {
    /// The sample rate.
    pub rate: SampleRate,
    /// Minimum of days with attempts.
    pub min_days: u64,
    /// Minimum of attempts.
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
    /// Alarms, which refuse a step without a proof.
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
    /// GO needs a proof that the proportion of slow attempts is below this.
    pub go: Threshold,
    /// An observed proportion above this refuses the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_go: Option<Rate>,
    /// Whether the rule is judged and shown, but does not change the verdict.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// The rule about acceptance compared with the previous stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityPolicy {
    /// What it may do.
    pub kind: Kind,
    /// The minimum of acceptance, as a proportion of that of the previous stage.
    pub share: Rate,
}

/// Limits of the alarms, which refuse a step without a proof, from the stage's minimum of attempts on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// [`RuleId::EntityKeyMismatch`] above this.
    pub entity_key_mismatch: Rate,
    /// [`RuleId::P95`] above this, ms.
    pub p95_ms: u32,
}

impl SlowPolicy {
    /// The limits that every rule has.
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

    /// Checks what the types cannot express.
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
        Self { kind: Kind::Signal, share: rate(0.8) }
    }
}

impl Default for Alarms {
    fn default() -> Self {
        Self { entity_key_mismatch: rate(0.20), p95_ms: 500 }
    }
}

/// A constant in 0..=1; the test of the built-in policy finds one that is not.
fn rate(number: f64) -> Rate {
    Rate::new(number).unwrap_or(Rate::ZERO)
}
