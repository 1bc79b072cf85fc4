//! What risk logs say about one stage, as the rules need it.

use super::judge::{Question, Records};
use super::policy::{Policy, RulePolicy, StagePolicy};
use super::rule::RuleId;
use crate::risklog::{Honest, Outcomes, StageView};
use crate::stats::Count;

/// Why `intent_mismatch` can never fail.
const CONSTANT: &str = "constant by construction: a candidate carries the corridor's intent, and is compared only where \
                        the baseline has it too";

/// One stage in risk logs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Production<'a> {
    pub(super) policy: &'a StagePolicy,
    view: Option<&'a StageView>,
    /// Lines of the logs that cannot be read; each may be an error.
    unreadable: u64,
}

impl<'a> Production<'a> {
    pub(super) fn of(policy: &'a StagePolicy, honest: &'a Honest) -> Self {
        let is_of = |view: &&StageView| view.sample_rate == Some(policy.rate.get());
        let view = honest.stages.iter().flatten().find(is_of);
        // A line that is being written while it is read is cut off, and nobody's fault.
        let growing = honest.logs.iter().filter(|log| log.is_cut_off).count() as u64;
        let lines = &honest.lines;
        let undated = if honest.since.is_some() { lines.undated } else { 0 };
        let rateless = honest.stages.iter().flatten().filter(|view| view.sample_rate.is_none());
        let rateless: u64 = rateless.map(|view| view.outcomes.commands).sum();
        let unreadable = lines.parse_errors.saturating_sub(growing) + lines.without_id + undated + rateless;
        Self { policy, view, unreadable }
    }

    /// No log at all.
    pub(super) const fn nothing(policy: &'a StagePolicy) -> Self {
        Self { policy, view: None, unreadable: 0 }
    }

    /// Whether there is any line of the stage.
    pub(super) const fn is_there(&self) -> bool {
        self.view.is_some()
    }

    fn outcomes(&self) -> Outcomes {
        self.view.map(|view| view.outcomes.clone()).unwrap_or_default()
    }

    pub(super) fn attempts(&self) -> u64 {
        self.view.map_or(0, |view| view.outcomes.attempts)
    }

    pub(super) fn days(&self) -> u64 {
        self.view.map_or(0, |view| view.days_with_attempts)
    }

    /// Accepted candidates among attempts.
    pub(super) fn acceptance(&self) -> Count {
        let outcomes = self.outcomes();
        Count::new(outcomes.statuses.accepted_llm, outcomes.attempts).unwrap_or(Count::NONE)
    }

    /// Commands whose recomputed flag differs.
    pub(super) fn flags_that_differ(&self) -> u64 {
        self.view.map_or(0, |view| view.outcomes.sampling.flags_that_differ)
    }

    /// How many were sampled of how many, where that is not what was ordered.
    pub(super) fn wrong_sample(&self) -> Option<(u64, u64)> {
        let view = self.view.filter(|view| view.is_wrong_sample())?;
        let sampled = view.outcomes.sampling.sampled;
        Some((sampled.count, sampled.of))
    }

    /// The rules about rates.
    pub(super) fn questions(&self) -> Vec<Question> {
        let outcomes = self.outcomes();
        let Outcomes { statuses, attempts, candidate_failure_rate, mismatches, latency, unknown, .. } = outcomes;
        let without_diff = outcomes.accepted_without_diff;
        // Nothing of a stage that is not there is unreadable: it is not there.
        let unreadable = if self.is_there() {
            self.unreadable + statuses.other + unknown.contradicted + unknown.without_flag
        } else {
            0
        };
        let slow = latency.counts.at_or_above(self.policy.slow.limit_ms) + latency.timeouts;
        let error =
            Records { events: statuses.error, unknown: unreadable, records: attempts + statuses.error + unreadable };
        let failures = Records::known(candidate_failure_rate.count, attempts);
        let slow = Records {
            events: slow,
            unknown: latency.negative + unknown.without_latency,
            records: latency.measured + latency.timeouts + latency.negative + unknown.without_latency,
        };
        let intents =
            Records { events: mismatches.intent, unknown: without_diff, records: mismatches.of + without_diff };
        vec![
            self.question(RuleId::Error, self.policy.error, error),
            self.question(RuleId::CandidateFailure, self.policy.candidate_failure, failures),
            self.question(RuleId::Slow, self.policy.slow.rule(), slow),
            Question {
                constant: Some(CONSTANT),
                ..self.question(RuleId::IntentMismatch, self.policy.intent_mismatch, intents)
            },
        ]
    }

    fn question(&self, rule: RuleId, policy: RulePolicy, records: Records) -> Question {
        Question {
            rule,
            policy,
            seen: records,
            sample: records,
            min: self.policy.min_attempts,
            per_command: Some(self.policy.rate.rate()),
            constant: None,
        }
    }

    /// The alarms: each with its records, whether it went off, and whether it could have.
    pub(super) fn alarms(&self, policy: &Policy) -> [Alarm; 2] {
        let outcomes = self.outcomes();
        let alarm = self.policy.alarm;
        let mismatches = outcomes.mismatches;
        let keys = Records {
            events: mismatches.entity_key,
            unknown: outcomes.accepted_without_diff,
            records: mismatches.of + outcomes.accepted_without_diff,
        };
        let is_above = |events| {
            let rate = Count::new(events, keys.records).and_then(Count::rate);
            rate.is_some_and(|rate| rate > alarm.entity_key_mismatch.0)
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
                limit: alarm.entity_key_mismatch.0.get(),
                went_off: is_above(keys.events),
                may_have: is_above(keys.events + keys.unknown),
                blind: None,
                min: self.policy.min_attempts,
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
                min: self.policy.min_attempts,
            },
        ]
    }
}

/// An alarm and its records.
pub(super) struct Alarm {
    pub(super) rule: RuleId,
    pub(super) records: Records,
    /// The value in its own unit, where it is no rate.
    pub(super) value: Option<f64>,
    pub(super) limit: f64,
    pub(super) went_off: bool,
    /// With what is unknown taken for events, it did.
    pub(super) may_have: bool,
    /// Why it could not have gone off.
    pub(super) blind: Option<String>,
    pub(super) min: u64,
}
