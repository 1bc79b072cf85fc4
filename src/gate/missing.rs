//! What GO needs besides the rules and is missing.

use super::evidence::StepEvidence;
use super::policy::StagePolicy;
use super::production::Production;
use crate::risklog::LogState;
use serde::{Deserialize, Serialize};

/// A requirement of GO that is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
pub enum Missing {
    /// A replay of whole corpora.
    WholeRun {
        /// Why, as sentences.
        because: Vec<String>,
    },
    /// Corpora of the project that are not in the run in their current version.
    Corpora {
        /// Their names.
        names: Vec<String>,
    },
    /// Commands are in several representative corpora and were counted in each.
    DistinctCommands {
        /// How many.
        commands: u64,
    },
    /// Risk logs that were named and do not exist.
    Logs {
        /// Their names.
        names: Vec<String>,
    },
    /// The risk logs hold too many sample rates and days to count by stage.
    Stages,
    /// A risk log.
    RiskLog {
        /// The rate at which it has to be written.
        rate: f64,
    },
    /// Lines of the stage in the risk logs.
    Stage {
        /// Its rate.
        rate: f64,
    },
    /// Fields of `[evidence]` that are not declared.
    Declaration {
        /// Their names.
        fields: Vec<String>,
    },
    /// Attempts in production.
    Attempts {
        /// At this rate.
        rate: f64,
        /// Number in the logs.
        have: u64,
        /// Number that is needed.
        need: u64,
    },
    /// Days in production.
    Days {
        /// At this rate.
        rate: f64,
        /// Number in the logs.
        have: u64,
        /// Number that is needed.
        need: u64,
    },
    /// A receipt that allowed the rate which production is at.
    Receipt {
        /// That rate.
        rate: f64,
    },
}

/// Everything that is missing.
pub(super) fn missing(
    evidence: &StepEvidence,
    stage: Option<&StagePolicy>,
    production: Option<&Production>,
) -> Vec<Missing> {
    let StepEvidence { policy, summary, .. } = *evidence;
    let mut found = Vec::new();
    if !summary.is_complete() {
        found.push(Missing::WholeRun { because: summary.incomplete_because.clone() });
    }
    if !evidence.left_out.is_empty() {
        found.push(Missing::Corpora { names: evidence.left_out.to_vec() });
    }
    if summary.repeated.commands > 0 {
        found.push(Missing::DistinctCommands { commands: summary.repeated.commands });
    }
    let Some(stage) = stage else { return found };
    let rate = stage.rate.get();
    // An earlier receipt must have allowed the current rate, or a higher one from which the rate was lowered again.
    if evidence.reached.is_none_or(|reached| reached < stage.rate) {
        found.push(Missing::Receipt { rate });
    }
    let Some(production) = production else {
        found.push(Missing::RiskLog { rate });
        return found;
    };
    let declared = &policy.evidence;
    let fields = [
        ("since", declared.since.is_none()),
        ("system_version", declared.system_version.is_none()),
        ("rules", declared.rules.is_none()),
    ];
    let fields: Vec<_> = fields.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).collect();
    if !fields.is_empty() {
        found.push(Missing::Declaration { fields });
    }
    let logs = evidence.logs.into_iter().flat_map(|honest| &honest.logs);
    let names: Vec<_> = logs.filter(|log| log.state == LogState::Missing).map(|log| log.name.clone()).collect();
    if !names.is_empty() {
        found.push(Missing::Logs { names });
    }
    if evidence.logs.is_some_and(|logs| logs.stages.is_none()) {
        found.push(Missing::Stages);
        return found;
    }
    if !production.is_there() {
        found.push(Missing::Stage { rate });
        return found;
    }
    if production.attempts() < stage.min_attempts {
        found.push(Missing::Attempts { rate, have: production.attempts(), need: stage.min_attempts });
    }
    if production.days() < stage.min_days {
        found.push(Missing::Days { rate, have: production.days(), need: stage.min_days });
    }
    found
}
