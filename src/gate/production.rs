//! The counts of one stage in risk logs that the rules need.

use super::records::Records;
use super::threshold::SampleRate;
use crate::risklog::{Honest, Outcomes, StageView};
use crate::stats::Count;

/// One stage in risk logs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Production<'a> {
    pub(super) rate: SampleRate,
    view: Option<&'a StageView>,
    /// Lines of the logs that cannot be read; each may be an internal error.
    unreadable: u64,
}

impl<'a> Production<'a> {
    pub(super) fn of(rate: SampleRate, honest: &'a Honest) -> Self {
        let is_of = |view: &&StageView| view.sample_rate == Some(rate.get());
        let view = honest.stages.iter().flatten().find(is_of);
        // A line that is being written is cut off and no error.
        let growing = honest.logs.iter().filter(|log| log.is_cut_off).count() as u64;
        let lines = &honest.lines;
        let undated = if honest.since.is_some() { lines.undated } else { 0 };
        let rateless = honest.stages.iter().flatten().filter(|view| view.sample_rate.is_none());
        let rateless: u64 = rateless.map(|view| view.outcomes.commands).sum();
        let unreadable = lines.parse_errors.saturating_sub(growing) + lines.without_id + undated + rateless;
        Self { rate, view, unreadable }
    }

    /// No log at all.
    pub(super) const fn nothing(rate: SampleRate) -> Self {
        Self { rate, view: None, unreadable: 0 }
    }

    /// Whether there is any line of the stage.
    pub(super) const fn is_there(&self) -> bool {
        self.view.is_some()
    }

    pub(super) fn outcomes(&self) -> Outcomes {
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

    /// Sampled commands and all commands that reached sampling, where their ratio is not the rate.
    pub(super) fn wrong_sample(&self) -> Option<(u64, u64)> {
        let view = self.view.filter(|view| view.is_wrong_sample())?;
        let sampled = view.outcomes.sampling.sampled;
        Some((sampled.count, sampled.of))
    }

    /// Internal errors, among attempts and lines that may be errors.
    pub(super) fn errors(&self) -> Records {
        let Outcomes { statuses, attempts, unknown, .. } = self.outcomes();
        // Without any line of the stage, unreadable lines do not count.
        let unreadable = if self.is_there() {
            self.unreadable + statuses.other + unknown.contradicted + unknown.without_flag
        } else {
            0
        };
        Records { events: statuses.error, unknown: unreadable, records: attempts + statuses.error + unreadable }
    }

    /// Attempts without a candidate.
    pub(super) fn candidate_failures(&self) -> Records {
        let outcomes = self.outcomes();
        Records::known(outcomes.candidate_failure_rate.count, outcomes.attempts)
    }

    /// Attempts that took `limit_ms` or longer, or timed out.
    pub(super) fn slow(&self, limit_ms: u32) -> Records {
        let Outcomes { latency, unknown, .. } = self.outcomes();
        Records {
            events: latency.counts.at_or_above(limit_ms) + latency.timeouts,
            unknown: latency.negative + unknown.without_latency,
            records: latency.measured + latency.timeouts + latency.negative + unknown.without_latency,
        }
    }

    /// Comparisons in which candidate and baseline have different intents.
    pub(super) fn intent_mismatches(&self) -> Records {
        let outcomes = self.outcomes();
        self.compared(outcomes.mismatches.intent)
    }

    /// Comparisons in which candidate and baseline have different numbers of keys.
    pub(super) fn key_mismatches(&self) -> Records {
        let outcomes = self.outcomes();
        self.compared(outcomes.mismatches.entity_key)
    }

    /// `events` among comparisons; accepted candidates without one are unknown.
    fn compared(&self, events: u64) -> Records {
        let outcomes = self.outcomes();
        let unknown = outcomes.accepted_without_diff;
        Records { events, unknown, records: outcomes.mismatches.of + unknown }
    }
}
