//! The exhaustive state space: every combination of the corridor's inputs, through the real code.
//!
//! The corridor is a function of a few inputs, each of which matters only by its class. `space` holds the classes, with a
//! representative of each; `oracle` gives the expected end of a combination from the classes alone; this file drives and compares
//! them.

mod oracle;
mod space;

use super::bench::decision_bytes;
use super::check::Check;
use super::counts::{CheckCounts, Origin};
use super::implementation::Implementation;
use super::standin::{StandIn, Stock};
use crate::decide::{RuleSet, Scratch};
use crate::model::{DecisionCore, IdDigest, KnownReason, Recording};
use crate::outcome::Outcome;
use oracle::{End, end};
use serde_json::Value;
use space::{Answer, Baseline, Capability, Configuration, State};
use std::sync::Arc;

/// The parts of the space that every worker shares.
pub(super) struct Space {
    configurations: Vec<Configuration>,
    answers: Vec<(Answer, Arc<Stock>)>,
    commands: Vec<(Baseline, Capability, String)>,
    /// One combination in `every` is driven.
    every: usize,
}

impl Space {
    /// The space under `rules`; `every` 1 is all of it.
    pub(super) fn new(rules: &[RuleSet], every: usize) -> Self {
        let configurations =
            Configuration::all().into_iter().filter(|configuration| rules.contains(&configuration.rules));
        Self {
            configurations: configurations.collect(),
            answers: Answer::all().into_iter().map(|answer| (answer, Arc::new(answer.stock()))).collect(),
            commands: space::commands(),
            every,
        }
    }

    /// Number of combinations that are driven.
    pub(super) fn len(&self) -> u64 {
        (0..self.configurations.len())
            .map(|unit| self.answers_of(unit).count() as u64 * self.commands.len() as u64)
            .sum()
    }

    /// The sizes of the dimensions, by name.
    pub(super) fn dimensions(rules: &[RuleSet]) -> Vec<(&'static str, u64)> {
        space::dimensions(rules.len())
    }

    /// Units of work.
    pub(super) fn units(&self) -> usize {
        self.configurations.len()
    }

    fn answers_of(&self, unit: usize) -> impl Iterator<Item = &(Answer, Arc<Stock>)> {
        // Where all gates are open every answer is driven: a part would leave classes out.
        let is_open = self.configurations.get(unit).is_some_and(|configuration| configuration.is_open());
        let taken = move |place: &usize| is_open || (place + unit).is_multiple_of(self.every);
        self.answers.iter().enumerate().filter(move |(place, _)| taken(place)).map(|(_, answer)| answer)
    }

    /// Drives all combinations of one configuration.
    pub(super) fn drive(&self, implementation: &dyn Implementation, unit: usize) -> CheckCounts {
        let mut counts = CheckCounts::default();
        let Some(configuration) = self.configurations.get(unit) else { return counts };
        // A line that cannot be read would show in the number of combinations.
        let recordings: Vec<(Baseline, Capability, Recording)> = self
            .commands
            .iter()
            .filter_map(|(baseline, capability, line)| Some((*baseline, *capability, serde_json::from_str(line).ok()?)))
            .collect();
        let baselines: Vec<Vec<u8>> = recordings
            .iter()
            .map(|(class, capability, recording)| {
                let found = baseline_of(implementation, *configuration, recording, &mut counts);
                // The baseline is compared with the oracle, everything else with the baseline.
                let expected = oracle::baseline(*class, *capability, configuration.policy);
                let agrees = serde_json::from_slice::<Value>(&found).is_ok_and(|found| found == expected);
                counts.check(Check::StateDecision, true, agrees, || {
                    format!("the baseline of {}, capabilities {}", class.words(), capability.words())
                });
                found
            })
            .collect();
        let settings = configuration.settings();
        for (answer, stock) in self.answers_of(unit) {
            let source = StandIn::shared(Arc::clone(stock));
            let path = implementation.path(&settings, configuration.rules, &source);
            for ((baseline, capability, recording), expected) in recordings.iter().zip(&baselines) {
                let state = State { configuration, baseline: *baseline, capability: *capability, answer: *answer };
                let asked_before = source.asked();
                let digest = IdDigest::of(&recording.command.command_id);
                let mut scratch = Scratch::default();
                let outcome =
                    counts.watch(Origin::Enumerated, configuration.rules, &*path, recording, digest, &mut scratch);
                compare(&state, &outcome, expected, source.asked() - asked_before, &mut counts);
            }
        }
        counts
    }
}

/// The decision with the corridor off and everything else the same.
fn baseline_of(
    implementation: &dyn Implementation,
    configuration: Configuration,
    recording: &Recording,
    counts: &mut CheckCounts,
) -> Vec<u8> {
    let nothing = StandIn::nothing();
    let settings = configuration.switched_off().settings();
    let path = implementation.path(&settings, configuration.rules, &nothing);
    let digest = IdDigest::of(&recording.command.command_id);
    let mut scratch = Scratch::default();
    let rules = configuration.rules;
    decision_bytes(&counts.watch(Origin::Enumerated, rules, &*path, recording, digest, &mut scratch))
}

fn compare(state: &State, outcome: &Outcome, baseline: &[u8], asked: u64, counts: &mut CheckCounts) {
    let end = end(state);
    let place = || state.to_string();
    let verdict = outcome.verdict();
    let right_verdict = match (&end, verdict) {
        (End::Off, None) => true,
        (End::Closed(status, reason) | End::FellBack(status, reason), Some((found, why))) => {
            found == *status && *why == (*reason).into()
        }
        (End::Accepted(_), Some((found, why))) => {
            found == crate::model::CorridorStatus::AcceptedLlm && *why == KnownReason::Accepted.into()
        }
        (End::Off, Some(_)) | (End::Closed(..) | End::FellBack(..) | End::Accepted(_), None) => false,
    };
    counts.check(Check::StateVerdict, true, right_verdict, place);
    let decision = outcome.decided.as_ref().map(crate::decide::Decided::decision);
    let right_decision = match &end {
        End::Accepted(expected) => decision.is_some_and(|decision: &DecisionCore| decision == expected),
        End::Off | End::Closed(..) | End::FellBack(..) => decision_bytes(outcome) == baseline,
    };
    // A candidate is available, and at most one gate or rule keeps it out.
    let would_show = state.answer.has_candidate() && oracle::closed_gates(state) <= 1;
    counts.check(Check::StateDecision, would_show, right_decision && !baseline.is_empty(), place);
    let expected_asks = u64::from(matches!(end, End::FellBack(..) | End::Accepted(_)));
    let attempts = outcome.decided.as_ref().map_or(0, |decided| decided.attempts_used);
    let right_asks = asked == expected_asks && (expected_asks == 1 || attempts == 0);
    counts.check(Check::StateAsked, true, right_asks, place);
    if state.capability == Capability::NoStartJob && !matches!(end, End::Off) {
        let asked_back = verdict.is_some_and(|(_, reason)| *reason == KnownReason::BaselineNonExecute.into());
        counts.without_capability.0 += 1;
        counts.without_capability.1 += u64::from(asked_back);
    }
}
