//! The rollout policy: the limits of the rules, and the evidence that each stage needs.
//!
//! The same types are read from the file and stored in the receipt. An omitted part has the value of the built-in policy, so
//! that a rule cannot be lost by omission; a rule or stage that is written has to be complete.

mod built_in;
mod limits;
mod rules;
mod stage;
#[cfg(test)]
mod tests;

pub use built_in::BUILT_IN;
pub use limits::RulePolicy;
pub use rules::RulePolicies;
pub use stage::{Alarms, SlowPolicy, StabilityPolicy, StagePolicy};

use super::threshold::SampleRate;
use crate::decide::RuleSet;
use crate::model::{Intent, TextProblem, read_toml, utc_microseconds};
use crate::stats::Alpha;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the policy file; raised when the meaning of a field changes or a field is removed.
pub(super) const POLICY_FORMAT: u32 = 1;

/// The policy of a rollout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutPolicy {
    /// Version of the format: 1.
    pub format: u32,
    /// The risk of GO although the rate exceeds a limit, and of NO_GO although it does not.
    #[serde(default = "five_percent")]
    pub alpha: Alpha,
    /// Facts about risk logs that the operator declares, because logs do not hold them.
    #[serde(default)]
    pub evidence: Declared,
    /// About the replay.
    #[serde(default)]
    pub replay: ReplayPolicy,
    /// Rules that do not depend on the stage.
    #[serde(default)]
    pub rule: RulePolicies,
    /// The stages by rate, ascending, each with the evidence from production that it needs.
    #[serde(default = "built_in_stages")]
    pub stage: Vec<StagePolicy>,
    /// Production's traffic, for projections only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
}

/// Facts about risk logs that the operator declares. Lines of earlier or other systems are no evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Declared {
    /// RFC 3339: since when production has been the system that is judged. Lines before it do not count.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "date_time")]
    pub since: Option<String>,
    /// Version of that system, as captured recordings name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_version: Option<String>,
    /// Its acceptance rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<RuleSet>,
    /// Its budget, ms: the latency that a timeout counts as.
    pub budget_ms: u32,
}

/// About the replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayPolicy {
    /// With fewer records, an observed rate alone refuses nothing.
    pub min_records: u64,
}

/// Production's traffic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// Commands a day.
    pub commands_per_day: u64,
    /// Commands of one user a day.
    pub commands_per_user: u64,
    /// Proportions of intents, or multiples of them; if omitted, those of the recordings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub intents: BTreeMap<Intent, f64>,
}

impl Default for RolloutPolicy {
    fn default() -> Self {
        Self {
            format: POLICY_FORMAT,
            alpha: five_percent(),
            evidence: Declared::default(),
            replay: ReplayPolicy::default(),
            rule: RulePolicies::default(),
            stage: built_in_stages(),
            traffic: None,
        }
    }
}

impl Default for Declared {
    fn default() -> Self {
        Self { since: None, system_version: None, rules: None, budget_ms: 200 }
    }
}

impl Default for ReplayPolicy {
    fn default() -> Self {
        Self { min_records: 81 }
    }
}

const fn five_percent() -> Alpha {
    Alpha::USUAL
}

fn built_in_stages() -> Vec<StagePolicy> {
    built_in::built_in().stage.clone()
}

impl RolloutPolicy {
    /// Reads a policy file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let policy: Self = read_toml(text)?;
        policy.check().map_err(|message| TextProblem { message, place: None })?;
        Ok(policy)
    }

    /// Checks what the types cannot express.
    fn check(&self) -> Result<(), String> {
        if self.format != POLICY_FORMAT {
            return Err(format!("format: is {}, this program reads {POLICY_FORMAT}", self.format));
        }
        if self.stage.is_empty() {
            return Err("stage: there is none".to_owned());
        }
        if !self.stage.is_sorted_by(|one, other| one.rate < other.rate) {
            return Err("stage: rates have to rise from stage to stage".to_owned());
        }
        for (id, rule) in self.rule.all() {
            rule.check().map_err(|problem| format!("rule.{id}: {problem}"))?;
        }
        for stage in &self.stage {
            stage.check().map_err(|problem| format!("stage {}: {problem}", stage.rate))?;
        }
        if self.evidence.budget_ms == 0 {
            return Err("evidence: budget_ms has to be 1 or more".to_owned());
        }
        self.traffic.as_ref().map_or(Ok(()), Traffic::check)
    }

    /// Differences of rules and stages from the built-in policy, as `rule.regressed.go: 0.5, built in 0.02`.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "every value of a policy can be written as JSON"
    )]
    pub fn differences(&self) -> Vec<String> {
        let as_value = |policy: &Self| {
            let mut policy = policy.clone();
            // Declarations about production are no limits.
            (policy.evidence, policy.traffic) = (Declared::default(), None);
            let stages: serde_json::Map<_, _> = policy
                .stage
                .iter()
                .map(|stage| (stage.rate.to_string(), serde_json::to_value(stage).expect("a stage is a value")))
                .collect();
            let mut value = serde_json::to_value(policy).expect("a policy is a value");
            // By rate, so that stages of the same rate are compared.
            value["stage"] = Value::Object(stages);
            value
        };
        let mut found = Vec::new();
        differing("", &as_value(self), &as_value(&Self::default()), &mut found);
        found
    }

    /// The stage of a rate.
    #[must_use]
    pub fn stage_of(&self, rate: SampleRate) -> Option<&StagePolicy> {
        self.stage.iter().find(|stage| stage.rate == rate)
    }

    /// The stage before a rate.
    #[must_use]
    pub(super) fn stage_before(&self, rate: SampleRate) -> Option<&StagePolicy> {
        self.stage.iter().take_while(|stage| stage.rate < rate).last()
    }

    /// Since when lines of risk logs count, in microseconds since 1970 UTC.
    #[must_use]
    pub fn since(&self) -> Option<i64> {
        self.evidence.since.as_deref().and_then(utc_microseconds)
    }
}

impl Traffic {
    fn check(&self) -> Result<(), String> {
        let shares = || self.intents.values();
        if shares().any(|share| !share.is_finite() || *share < 0.0) {
            return Err("traffic.intents: a share is 0 or more".to_owned());
        }
        if !self.intents.is_empty() && shares().sum::<f64>() <= 0.0 {
            return Err("traffic.intents: the shares add up to nothing".to_owned());
        }
        Ok(())
    }
}

/// Collects the paths at which two values differ.
fn differing(place: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    let inside = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
            for name in names {
                let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                differing(&inside(name), &of(ours), &of(theirs), found);
            }
        }
        (ours, theirs) if ours != theirs => {
            let shown = |value: &Value| match value {
                Value::Null => "nothing".to_owned(),
                // A whole stage.
                Value::Object(_) => "there".to_owned(),
                Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => value.to_string(),
            };
            found.push(format!("{place}: {}, built in {}", shown(ours), shown(theirs)));
        }
        _ => {}
    }
}

fn date_time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match utc_microseconds(&text) {
        Some(_) => Ok(Some(text)),
        None => Err(serde::de::Error::custom("expected a date and time such as \"2026-02-01T00:00:00Z\", as a string")),
    }
}
