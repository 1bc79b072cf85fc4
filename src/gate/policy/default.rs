//! The built-in policy as values. `rollout.toml` says the same with its reasons, and a test holds the two together.

use super::{
    Alarms, Declared, POLICY_FORMAT, Policy, ReplayPolicy, RulePolicies, RulePolicy, SlowPolicy, StabilityPolicy,
    StagePolicy,
};
use crate::gate::rule::Kind;
use crate::gate::threshold::{Part, Risk, SampleRate, Threshold};
use crate::stats::{Alpha, Limit, Rate};

/// Limits and rates of the built-in policy are in range; the test of it would see one that is not.
fn limit(number: f64) -> Threshold {
    Limit::new(number).map_or(Threshold::None, Threshold::Below)
}

fn part(number: f64) -> Part {
    Part(Rate::new(number).unwrap_or(Rate::ZERO))
}

pub(super) const fn five_percent() -> Risk {
    Risk(Alpha::USUAL)
}

const fn none(kind: Kind) -> RulePolicy {
    RulePolicy { kind, go: Threshold::None, no_go: None, dry_run: false }
}

fn below(kind: Kind, go: f64, no_go: f64) -> RulePolicy {
    RulePolicy { kind, go: limit(go), no_go: Some(part(no_go)), dry_run: false }
}

fn stage(rate: f64, min_days: u64, min_attempts: u64, error: RulePolicy, slow_ms: u32) -> Option<StagePolicy> {
    let mismatch = if rate > 0.01 {
        below(Kind::Signal, 0.05, 0.10)
    } else {
        RulePolicy { kind: Kind::Signal, go: limit(0.10), no_go: None, dry_run: false }
    };
    Some(StagePolicy {
        rate: SampleRate::new(rate)?,
        min_days,
        min_attempts,
        error,
        candidate_failure: below(Kind::Block, 0.10, 0.20),
        intent_mismatch: mismatch,
        slow: SlowPolicy { limit_ms: slow_ms, kind: Kind::Block, go: limit(0.05), no_go: None, dry_run: false },
        acceptance_stability: StabilityPolicy::default(),
        alarm: Alarms::default(),
    })
}

pub(super) fn built_in_stages() -> Vec<StagePolicy> {
    let stages = [
        stage(0.01, 3, 81, below(Kind::Block, 0.05, 0.10), 500),
        stage(0.05, 5, 200, below(Kind::Block, 0.03, 0.05), 400),
        stage(0.10, 7, 204, below(Kind::Block, 0.02, 0.05), 300),
    ];
    stages.into_iter().flatten().collect()
}

impl Default for Policy {
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

impl Default for RulePolicies {
    fn default() -> Self {
        Self {
            broken: none(Kind::Critical),
            errored: none(Kind::Critical),
            hazard_regressed: none(Kind::Block),
            regressed: below(Kind::Block, 0.02, 0.05),
            items_lost: below(Kind::Block, 0.01, 0.02),
            list_dropped: below(Kind::Block, 0.02, 0.05),
            item_replaced: below(Kind::Signal, 0.05, 0.20),
            changed_unlabelled: below(Kind::Signal, 0.05, 0.20),
            unrecorded: below(Kind::Block, 0.05, 0.20),
            coverage: none(Kind::Signal),
            fidelity: below(Kind::Block, 0.02, 0.10),
        }
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

#[cfg(test)]
mod tests {
    use super::super::BUILT_IN;
    use super::*;

    #[test]
    fn the_text_of_the_built_in_policy_and_its_values_are_the_same() {
        let policy = Policy::parse(BUILT_IN).unwrap();
        assert_eq!(policy, Policy::default());
        assert_eq!(policy.stage.len(), 3);
    }

    #[test]
    fn what_is_left_out_has_its_built_in_value() {
        assert_eq!(Policy::parse("format = 1").unwrap(), Policy::default());
    }
}
