//! What GO would need besides the rules.

use super::evidence::Evidence;
use super::policy::StagePolicy;
use super::production::Production;
use crate::risklog::LogState;
use serde::{Deserialize, Serialize};

/// What GO would need besides the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
pub enum Missing {
    /// The replay is not of whole corpora.
    WholeRun {
        /// Why, as sentences.
        because: Vec<String>,
    },
    /// Corpora of the project that are not in the run as they are now: what they know of harm, it does not.
    Corpora {
        /// Their names.
        names: Vec<String>,
    },
    /// Commands stand in several representative corpora and were counted in each.
    DistinctCommands {
        /// How many.
        commands: u64,
    },
    /// Risk logs were named that are not there.
    Logs {
        /// Their names.
        names: Vec<String>,
    },
    /// The risk logs hold too many sample rates and days to tell stages apart.
    Stages,
    /// No risk log was given.
    RiskLog {
        /// The rate at which it has to be gathered.
        rate: f64,
    },
    /// The risk logs hold nothing of the stage.
    Stage {
        /// Its rate.
        rate: f64,
    },
    /// Fields of `[evidence]` that nobody has declared.
    Declaration {
        /// Their names.
        fields: Vec<String>,
    },
    /// Attempts in production.
    Attempts {
        /// At this rate.
        rate: f64,
        /// There are so many.
        have: u64,
        /// It takes so many.
        need: u64,
    },
    /// Days in production.
    Days {
        /// At this rate.
        rate: f64,
        /// There are so many.
        have: u64,
        /// It takes so many.
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
    evidence: &Evidence,
    stage: Option<&StagePolicy>,
    production: Option<&Production>,
) -> Vec<Missing> {
    let Evidence { policy, summary, .. } = *evidence;
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
    // The rate that production is at was allowed, or a higher one that was left again.
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
    let gone: Vec<_> = logs.filter(|log| log.state == LogState::Missing).map(|log| log.name.clone()).collect();
    if !gone.is_empty() {
        found.push(Missing::Logs { names: gone });
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
