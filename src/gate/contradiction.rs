//! Contradictions in the evidence, which allow no verdict.

use super::evidence::{StepEvidence, Tampered};
use super::policy::Declared;
use super::production::Production;
use super::recorded::Recorded;
use crate::decide::{PolicySource, RuleSet, Settings};
use crate::summary::{Circumstance, Decisions};
use serde::{Deserialize, Serialize};

/// Larger differences are not explained by clocks of different hosts.
const CLOCK_SKEW_MINUTES: i64 = 10;

/// A contradiction in the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "contradiction", rename_all = "snake_case")]
pub enum Contradiction {
    /// A stored file differs from what another file says about it.
    Tampered(Tampered),
    /// `sampled` flags in the log differ from those computed from command id and rate.
    SampledFlags {
        /// How many.
        commands: u64,
    },
    /// Another proportion of commands was sampled than the rate says.
    SampleRatio {
        /// The rate.
        rate: f64,
        /// Sampled commands.
        sampled: u64,
        /// Commands that reached sampling.
        of: u64,
    },
    /// The time of the last line of the log is in the future.
    Future {
        /// By this many minutes.
        minutes: u64,
    },
    /// Captured recordings are of several systems.
    MixedCaptures {
        /// The first few.
        circumstances: Vec<Circumstance>,
    },
    /// The log is declared to be of another version than the captured recordings.
    OtherVersion {
        /// As declared.
        declared: String,
        /// As captured.
        captured: String,
    },
    /// The log is declared to be of other rules than the replay.
    OtherRules {
        /// As declared.
        declared: RuleSet,
        /// As replayed.
        replayed: RuleSet,
    },
    /// The log is declared to be of another budget than the replay.
    OtherBudget {
        /// As declared, ms.
        declared_ms: u32,
        /// As replayed, ms; `None` where the replay had no limit.
        replayed_ms: Option<u64>,
    },
}

/// All contradictions.
pub(super) fn contradictions(
    evidence: &StepEvidence,
    recorded: &Recorded,
    production: Option<&Production>,
) -> Vec<Contradiction> {
    let mut found: Vec<_> = evidence.tampered.iter().cloned().map(Contradiction::Tampered).collect();
    let captures: Vec<_> = recorded.representative.captures.iter().cloned().collect();
    if captures.len() > 1 {
        found.push(Contradiction::MixedCaptures { circumstances: captures.clone() });
    }
    found.extend(declared_otherwise(evidence, &captures));
    let (Some(logs), Some(production)) = (evidence.logs, production) else { return found };
    if let Some(minutes) = logs.clock.minutes_since_last.filter(|minutes| *minutes < -CLOCK_SKEW_MINUTES) {
        found.push(Contradiction::Future { minutes: minutes.unsigned_abs() });
    }
    let flags = logs.lines.flags_that_differ.max(production.flags_that_differ());
    if flags > 0 {
        found.push(Contradiction::SampledFlags { commands: flags });
    }
    if let Some((sampled, of)) = production.wrong_sample() {
        found.push(Contradiction::SampleRatio { rate: production.rate.get(), sampled, of });
    }
    found
}

/// Declarations about production that differ from the replay.
fn declared_otherwise(evidence: &StepEvidence, captures: &[Circumstance]) -> Vec<Contradiction> {
    let StepEvidence { policy, summary, .. } = *evidence;
    let mut found = Vec::new();
    if policy.evidence == Declared::default() && evidence.logs.is_none() {
        return found;
    }
    let declared = &policy.evidence;
    if let (Some(version), [only]) = (&declared.system_version, captures)
        && *version != only.system_version
    {
        found.push(Contradiction::OtherVersion { declared: version.clone(), captured: only.system_version.clone() });
    }
    if let Some(rules) = declared.rules.filter(|rules| *rules != summary.rules) {
        found.push(Contradiction::OtherRules { declared: rules, replayed: summary.rules });
    }
    let settings = Settings::from_environment(&evidence.inputs.environment, &PolicySource::BuiltIn);
    let replayed_ms = settings.budget.limit_ms();
    if replayed_ms != Some(u64::from(declared.budget_ms)) && summary.decisions == Decisions::Ours {
        found.push(Contradiction::OtherBudget { declared_ms: declared.budget_ms, replayed_ms });
    }
    found
}
