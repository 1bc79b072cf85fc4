//! Findings that are no proof of a rate: alarms, and acceptance against the stage before.

use super::judge::{Finding, Records, State};
use super::policy::StagePolicy;
use super::production::Alarm;
use super::rule::{Kind, Reads, RuleId};
use crate::stats::{Alpha, Count, Rate, stability as retention};

/// What came of an alarm.
pub(super) fn alarm(alarm: Alarm) -> Finding {
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
        State::NotProven => Some("nobody knows whether it went off".to_owned()),
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

/// Whether the part of the acceptance before that the policy names was kept: `lower` is the lower bound of the acceptance
/// now, and the limit is that part of the acceptance before.
pub(super) fn stability(policy: &StagePolicy, before: Count, now: Count, alpha: Alpha) -> Finding {
    let rule = policy.acceptance_stability;
    let share = rule.share.0;
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
