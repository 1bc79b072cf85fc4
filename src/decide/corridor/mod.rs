//! The partial-trust path: eight steps, each of which can end with the baseline's decision.
//!
//! Input: the baseline's decision. Output: the decision that replaces it, if any, and the risk line. After any error in here, even
//! a panic, the baseline stands. What is specific to one intent is in [`shopping`].

mod candidate;
mod case;
mod generate;
mod intent;
mod risk;
mod shopping;
mod terminal;

use super::baseline;
use super::settings::{Budget, Settings};
use super::source::{CandidateSource, Supply};
use super::trace::{Gate, Step, Trace};
use crate::model::{
    Action, Bucket, Command, CorridorStatus, DecisionCore, ErrorName, Intent, KnownReason, ReasonCode, Recording,
};
use candidate::{Actions, Candidate};
use case::Case;
use generate::NoCandidate;
pub(super) use intent::Corridor;
pub use risk::{BaselineSummary, DiffSummary, LlmSummary, ModelMeta, RiskEntry, RiskLine};
pub(super) use shopping::SHOPPING;
use std::panic::{AssertUnwindSafe, catch_unwind};
pub use terminal::{RuleSet, TerminalState};

/// The configuration of the corridor.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The configuration.
    pub(super) settings: &'a Settings,
    /// The acceptance rules.
    pub(super) rules: RuleSet,
    /// Where candidates come from.
    pub(super) source: &'a dyn CandidateSource,
}

/// The result of the corridor for one command.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Passage<'a> {
    /// The decision that replaces the baseline's, if one does.
    pub(super) decision: Option<DecisionCore<'a>>,
    /// `None` only while the switch is off.
    pub(super) risk: Option<RiskEntry<'a>>,
    /// Recorded attempts that were consumed for the candidate.
    pub(super) attempts_used: usize,
    /// The recording lacks an attempt that was asked for.
    pub(super) unrecorded: bool,
}

/// How the steps ended.
#[expect(clippy::large_enum_variant, reason = "one at a time, on the stack, and most commands are judged")]
enum End<'a> {
    /// Before a candidate was asked for.
    Closed(Closed),
    /// There is no candidate.
    Missing(NoCandidate),
    /// The rules decided about a candidate.
    Judged { candidate: Candidate<'a>, summary: LlmSummary, verdict: Result<DecisionCore<'a>, KnownReason> },
}

/// A gate was closed.
struct Closed {
    status: CorridorStatus,
    reason: KnownReason,
    sampled: bool,
}

/// Runs the corridor for one command.
pub(super) fn pass<'a>(
    terms: Terms<'a>,
    recording: &'a Recording<'a>,
    bucket: Bucket,
    intent: Intent,
    baseline: &DecisionCore<'a>,
    trace: &mut Trace<'a>,
) -> Passage<'a> {
    let settings = terms.settings;
    if !gate(Gate::Switch, settings.enabled, trace) {
        return Passage { decision: None, risk: None, attempts_used: 0, unrecorded: false };
    }
    let mut attempts_used = 0;
    // After a panic, the trace and the count are those of that step; both are only shown.
    let end =
        catch_unwind(AssertUnwindSafe(|| steps(terms, recording, bucket, intent, baseline, &mut attempts_used, trace)));
    let baseline_summary = BaselineSummary::new(intent, baseline);
    let entry = |status, reason_code, sampled| RiskEntry {
        corridor_intent: settings.intent.map_or("", Intent::as_str),
        sample_rate: settings.sample_rate,
        sampled,
        status,
        reason_code,
        latency_ms: None,
        model_meta: None,
        baseline_summary: baseline_summary.clone(),
        llm_summary: None,
        diff_summary: None,
    };
    let fallback = CorridorStatus::FallbackDeterministic;
    let mut unrecorded = false;
    let (decision, risk) = match end {
        Err(_panic) => {
            trace.push(Step::Caught);
            let name = ErrorName::new("panic").map_or(KnownReason::LlmError.into(), ReasonCode::Other);
            (None, entry(CorridorStatus::Error, name, false))
        }
        Ok(End::Closed(Closed { status, reason, sampled })) => (None, entry(status, reason.into(), sampled)),
        Ok(End::Missing(missing)) => {
            unrecorded = missing.unrecorded;
            (None, entry(fallback, missing.reason.into(), true))
        }
        Ok(End::Judged { candidate, summary: llm_summary, verdict }) => {
            let (decision, status, reason) = match verdict {
                Ok(decision) => (Some(decision), CorridorStatus::AcceptedLlm, KnownReason::Accepted),
                Err(rule) => (None, fallback, rule),
            };
            let risk = RiskEntry {
                latency_ms: candidate.latency_ms,
                model_meta: candidate.meta,
                diff_summary: Some(DiffSummary::new(&baseline_summary, &llm_summary)),
                llm_summary: Some(llm_summary),
                ..entry(status, reason.into(), true)
            };
            (decision, risk)
        }
    };
    Passage { decision, risk: Some(risk), attempts_used, unrecorded }
}

fn steps<'a>(
    terms: Terms<'a>,
    recording: &'a Recording<'a>,
    bucket: Bucket,
    intent: Intent,
    baseline: &DecisionCore<'a>,
    attempts_used: &mut usize,
    trace: &mut Trace<'a>,
) -> End<'a> {
    let Terms { settings, rules, source } = terms;
    let command = &recording.command;
    let corridor = match open(settings, rules, command, bucket, intent, baseline, trace) {
        Ok(corridor) => corridor,
        Err(closed) => return End::Closed(closed),
    };
    let generated = match source.supply(recording) {
        Supply::Finished(candidate) => Ok(generate::injected(corridor, settings, candidate)),
        Supply::Attempts(attempts) => generate::generate(corridor, settings, attempts, attempts_used, trace),
    };
    let mut candidate = match generated {
        Ok(candidate) => candidate,
        Err(missing) => return End::Missing(missing),
    };
    let verdict = judge(corridor, rules, &mut candidate, command, baseline, trace);
    trace.push(Step::Rule(*verdict.as_ref().err().unwrap_or(&KnownReason::Accepted)));
    // Computed here, where a panic is caught, because it reads untrusted JSON.
    let summary = candidate.summary();
    End::Judged { candidate, summary, verdict }
}

/// The corridor, if all gates are open.
fn open(
    settings: &Settings,
    rules: RuleSet,
    command: &Command,
    bucket: Bucket,
    intent: Intent,
    baseline: &DecisionCore,
    trace: &mut Trace,
) -> Result<&'static Corridor, Closed> {
    let skipped = |reason, sampled| Err(Closed { status: CorridorStatus::Skipped, reason, sampled });
    if !gate(Gate::BaselineExecutes, baseline.is_started_job(), trace) {
        return skipped(KnownReason::BaselineNonExecute, false);
    }
    let corridor = settings.corridor().filter(|corridor| corridor.intent == intent);
    gate(Gate::Intent, corridor.is_some(), trace);
    let Some(corridor) = corridor else {
        return skipped(KnownReason::CorridorMismatch, false);
    };
    if !gate(Gate::Capability, command.capabilities.contains(Action::StartJob), trace) {
        return skipped(KnownReason::CapabilityMismatch, false);
    }
    if !gate(Gate::Sample, bucket.is_sampled_at(settings.sample_rate), trace) {
        let (status, reason) = (CorridorStatus::NotSampled, KnownReason::NotSampled);
        return Err(Closed { status, reason, sampled: false });
    }
    if !gate(Gate::Policy, settings.routes_candidates(), trace) {
        return skipped(KnownReason::PolicyDisabled, true);
    }
    if rules == RuleSet::Strict && !gate(Gate::Budget, settings.budget != Budget::Invalid, trace) {
        return skipped(KnownReason::TimeoutInvalid, true);
    }
    Ok(corridor)
}

/// Applies the rules to a candidate; `Ok` is the decision that replaces the baseline's.
fn judge<'a>(
    corridor: &Corridor,
    rules: RuleSet,
    candidate: &mut Candidate<'a>,
    command: &Command,
    baseline: &DecisionCore<'a>,
    trace: &mut Trace<'a>,
) -> Result<DecisionCore<'a>, KnownReason> {
    let apply = |since, candidate: &Candidate<'a>| {
        let proposal = match &candidate.actions {
            Actions::One(action) => Some(action.clone()),
            Actions::Injected(actions) => (corridor.read_injected)(actions),
        };
        let case = Case { candidate, command, baseline, proposal };
        match corridor.acceptance_rules.iter().find(|rule| rule.since == since && rule.refuses(&case)) {
            Some(rule) => Err(rule.reason),
            None => case.proposal.ok_or(KnownReason::InvalidSchema),
        }
    };
    let mut proposal = apply(RuleSet::Reference, candidate)?;
    if rules == RuleSet::Strict {
        if (corridor.complete)(&mut proposal, baseline) {
            candidate.actions = Actions::One(proposal);
            trace.push(Step::Completed);
        }
        proposal = apply(RuleSet::Strict, candidate)?;
    }
    Ok(baseline::start_job(corridor.job, vec![proposal]))
}

fn gate(gate: Gate, is_open: bool, trace: &mut Trace) -> bool {
    trace.push(Step::Gate(gate, is_open));
    is_open
}

/// The terminal states under `rules`, in the order in which summaries list them.
pub fn terminal_states(rules: RuleSet) -> impl Iterator<Item = &'static TerminalState> {
    SHOPPING.terminal_states.iter().filter(move |state| state.since <= rules)
}

/// The acceptance rules of `rules`, in the order in which they are applied: the first that refuses decides.
pub fn acceptance_rules(rules: RuleSet) -> impl Iterator<Item = &'static TerminalState> {
    SHOPPING.acceptance_rules.iter().copied().filter(move |state| state.since <= rules)
}

/// What a reason says, as the rest of a sentence.
#[must_use]
pub fn reason_in_words(reason: KnownReason) -> &'static str {
    SHOPPING.terminal_states.iter().find(|state| state.reason == reason).map_or("", |state| state.says)
}
