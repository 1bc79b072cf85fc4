//! From the table of rules to questions: a rule with its limit and its records.

use super::judge::Question;
use super::policy::{RolloutPolicy, RulePolicy, StagePolicy};
use super::production::Production;
use super::recorded::Recorded;
use super::records::Records;
use super::rule::{Counted, GATE_RULES, GateRule};
use crate::risklog::fidelity::Fidelity;
use crate::stats::{Count, Rate};
use crate::summary::EvidenceCounts;

/// The rules about the replay.
pub(super) fn of_replay(policy: &RolloutPolicy, recorded: &Recorded) -> Vec<Question> {
    let question = |rule: &GateRule| {
        let limits = policy.rule.of(rule.id)?;
        match rule.counted {
            Counted::Class(class) => Some(exact(rule, limits, recorded.of_class(class))),
            Counted::Replay(records) => Some(exact(rule, limits, records(recorded))),
            Counted::Rate(of) => Some(rate(rule, limits, of, policy, recorded)),
            Counted::Joined(_) | Counted::Stage(_) | Counted::Timed(_) | Counted::Own => None,
        }
    };
    GATE_RULES.iter().filter_map(question).collect()
}

/// The rules about a stage: over its lines in risk logs, and over the commands that are also in the replay. Without a
/// comparison, `fidelity` has no record.
pub(super) fn of_stage(
    policy: &RolloutPolicy,
    stage: &StagePolicy,
    production: &Production,
    fidelity: Option<&Fidelity>,
) -> Vec<Question> {
    let question = |rule: &GateRule| {
        let (limits, records, min) = match rule.counted {
            Counted::Joined(of) => (policy.rule.of(rule.id)?, fidelity.map_or_else(Records::default, of), 0),
            Counted::Stage(of) => (stage.rule(rule.id)?, of(production), stage.min_attempts),
            Counted::Timed(of) => (stage.rule(rule.id)?, of(production, stage.slow.limit_ms), stage.min_attempts),
            Counted::Class(_) | Counted::Replay(_) | Counted::Rate(_) | Counted::Own => return None,
        };
        Some(Question { min, per_command: Some(stage.rate.rate()), ..exact(rule, limits, records) })
    };
    GATE_RULES.iter().filter_map(question).collect()
}

/// A rule for which all records are a sample, without a minimum number.
fn exact(rule: &GateRule, policy: RulePolicy, records: Records) -> Question {
    Question {
        rule: rule.id,
        policy,
        seen: records,
        sample: records,
        min: 0,
        per_command: None,
        constant: rule.constant,
    }
}

/// A rate over representative recordings.
fn rate(
    rule: &GateRule,
    limits: RulePolicy,
    of: fn(&EvidenceCounts) -> Records,
    policy: &RolloutPolicy,
    recorded: &Recorded,
) -> Question {
    let (seen, sample) = (recorded.seen(), recorded.sample());
    let (from, records) = match of(&sample).records {
        0 => (seen.recordings, of(&seen).records),
        records => (sample.recordings, records),
    };
    Question {
        sample: of(&sample),
        min: policy.replay.min_records,
        per_command: share(records, from),
        ..exact(rule, limits, of(&seen))
    }
}

fn share(part: u64, whole: u64) -> Option<Rate> {
    Count::new(part, whole).and_then(Count::rate).filter(|rate| *rate > Rate::ZERO)
}
