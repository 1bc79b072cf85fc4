//! Findings that do not prove a rate: alarms, and acceptance compared with the previous stage.

use super::judge::{Finding, State};
use super::policy::{RolloutPolicy, StagePolicy};
use super::production::Production;
use super::records::Records;
use super::rule::{Kind, Reads, RuleId};
use crate::stats::{Alpha, Count, Rate, stability as retention};

/// The findings of the alarms of a stage.
pub(super) fn alarms(policy: &RolloutPolicy, stage: &StagePolicy, production: &Production) -> [Finding; 2] {
    both(policy, stage, production).map(alarm)
}

/// The alarms of a stage.
fn both(policy: &RolloutPolicy, stage: &StagePolicy, production: &Production) -> [Alarm; 2] {
    let outcomes = production.outcomes();
    let alarm = stage.alarm;
    let keys = production.key_mismatches();
    let is_above = |events| {
        let rate = Count::new(events, keys.records).and_then(Count::rate);
        rate.is_some_and(|rate| rate > alarm.entity_key_mismatch)
    };
    let p95 = outcomes.latency.with_timeouts.p95;
    let latencies = outcomes.latency.measured + outcomes.latency.timeouts;
    let is_slow = p95.is_some_and(|quantile| quantile.ms > alarm.p95_ms);
    let is_blind = policy.evidence.budget_ms <= alarm.p95_ms && !is_slow;
    [
        Alarm {
            rule: RuleId::EntityKeyMismatch,
            records: keys,
            value: None,
            limit: alarm.entity_key_mismatch.get(),
            went_off: is_above(keys.events),
            may_have: is_above(keys.events + keys.unknown),
            blind: None,
            min: stage.min_attempts,
        },
        Alarm {
            rule: RuleId::P95,
            records: Records::known(u64::from(is_slow), latencies),
            value: p95.map(|quantile| f64::from(quantile.ms)),
            limit: f64::from(alarm.p95_ms),
            went_off: is_slow,
            may_have: is_slow,
            blind: is_blind.then(|| {
                format!("attempts end at the budget of {} ms, so it cannot go off", policy.evidence.budget_ms)
            }),
            min: stage.min_attempts,
        },
    ]
}

/// An alarm and its records.
struct Alarm {
    rule: RuleId,
    records: Records,
    /// The value in its own unit; `None` where it is a rate.
    value: Option<f64>,
    limit: f64,
    went_off: bool,
    /// Whether it went off if unknown records are events.
    may_have: bool,
    /// Why it cannot go off.
    blind: Option<String>,
    min: u64,
}

/// The finding of an alarm.
fn alarm(alarm: Alarm) -> Finding {
    let Alarm { rule, records, value, limit, went_off, may_have, blind, min } = alarm;
    let state = if blind.is_some() || records.records == 0 {
        State::Vacuous
    } else if records.records < min {
        State::NotProven
    } else if went_off {
        State::Alarm
    } else if may_have {
        State::NotProven
    } else {
        State::Quiet
    };
    let rate = Count::new(records.events, records.records).and_then(Count::rate).map(Rate::get);
    let because = match state {
        State::Vacuous => {
            Some(blind.unwrap_or_else(|| "there is no record on which it could have gone off".to_owned()))
        }
        State::NotProven if records.records < min => Some(format!("it is asked from {min} records on")),
        State::NotProven => Some("it is unknown whether it went off".to_owned()),
        State::Broken
        | State::Refuted
        | State::Severe
        | State::Alarm
        | State::Written
        | State::Proven
        | State::Quiet => None,
    };
    Finding {
        rule,
        kind: Kind::Alarm,
        dry_run: false,
        reads: Reads::RiskLog,
        state,
        seen: records,
        sample: records,
        value: value.or(rate),
        lower: 0.0,
        upper: 1.0,
        go: limit,
        no_go: Some(limit),
        more: None,
        by_effect: None,
        because,
    }
}

/// Whether acceptance is still at least the policy's proportion of the previous acceptance: the limit is that proportion, and
/// `lower` is the lower bound of the current acceptance.
pub(super) fn stability(policy: &StagePolicy, before: Count, now: Count, alpha: Alpha) -> Finding {
    let rule = policy.acceptance_stability;
    let share = rule.share;
    let margin = retention::retention_lower(before, now, share, alpha);
    let limit = before.rate().map_or(0.0, |rate| rate.and(share).get());
    let records = Records::known(now.events(), now.records());
    let is_there = before.records() > 0 && now.records() > 0;
    let state = match (is_there, margin > 0.0) {
        (false, _) => State::Vacuous,
        (true, true) => State::Proven,
        (true, false) => State::NotProven,
    };
    Finding {
        rule: RuleId::AcceptanceStability,
        kind: rule.kind,
        dry_run: false,
        reads: Reads::RiskLog,
        state,
        seen: records,
        sample: records,
        value: now.rate().map(Rate::get),
        lower: (limit + margin).clamp(0.0, 1.0),
        upper: 1.0,
        go: limit,
        no_go: None,
        more: None,
        by_effect: None,
        because: (!is_there).then(|| "one of the two stages has no attempts in the logs".to_owned()),
    }
}
