//! How far the replay may be believed, as a rule.

use super::judge::{Question, Records};
use super::policy::{Policy, StagePolicy};
use super::rule::RuleId;
use crate::risklog::fidelity::Fidelity;

/// The rule over commands in both the risk log and the replay. Without a comparison it has no record.
///
/// Every disagreement counts, and of the agreements those of sampled commands only: of the others little was compared, at
/// 0.01 they are nearly all, and they would dilute what the rule is about.
pub(super) fn question(policy: &Policy, stage: &StagePolicy, fidelity: Option<&Fidelity>) -> Question {
    let records = fidelity.map_or_else(Records::default, |found| {
        let (events, unknown) = (found.compared.disagreeing, found.not_compared.count());
        Records { events, unknown, records: events + unknown + found.reach.sampled.agreeing }
    });
    Question {
        rule: RuleId::Fidelity,
        policy: policy.rule.fidelity,
        seen: records,
        sample: records,
        min: 0,
        per_command: Some(stage.rate.rate()),
        constant: None,
    }
}
