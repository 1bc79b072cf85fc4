//! The partial-trust path: eight steps, each of which can end in the deterministic decision.
//!
//! The baseline's decision goes in; out comes either nothing (it stands) or the one decision that replaces it, and the
//! risk line that says how that came about. Whatever happens in here, a panic included, the baseline stands.

mod acceptance;
mod candidate;
mod risk;
mod terminal;

use super::baseline;
use super::settings::{Budget, Settings};
use super::source::{CandidateSource, Supply};
use super::trace::{Gate, Step, Trace};
use crate::model::{
    Action, Bucket, Command, CorridorStatus, DecisionCore, ErrorName, Intent, KnownReason, ReasonCode, Recording,
};
use acceptance::Case;
pub use acceptance::RuleSet;
use candidate::{Candidate, NoCandidate};
pub use risk::{BaselineSummary, DiffSummary, LlmSummary, ModelMeta, RiskEntry, RiskLine, trace_id};
use std::panic::{AssertUnwindSafe, catch_unwind};
pub use terminal::{TerminalState, acceptance_rules, reason_in_words, terminal_states};

/// What the corridor works under.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The configuration.
    pub(super) settings: &'a Settings,
    /// The acceptance rules.
    pub(super) rules: RuleSet,
    /// Where candidates come from.
    pub(super) source: &'a dyn CandidateSource,
}

/// How the corridor treated one command.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Passage<'a> {
    /// The decision that replaces the baseline's, if one does.
    pub(super) decision: Option<DecisionCore<'a>>,
    /// None only while the switch is off.
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
    Closed { status: CorridorStatus, reason: KnownReason, sampled: bool },
    /// No candidate came.
    Missing(NoCandidate),
    /// A candidate came, and the rules decided.
    Judged { candidate: Candidate<'a>, summary: LlmSummary, verdict: Result<DecisionCore<'a>, KnownReason> },
}

/// Leads one command through the corridor.
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
    // A panic leaves the trace and the count as they were at that step; both are only shown, never decided on.
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
        Ok(End::Closed { status, reason, sampled }) => (None, entry(status, reason.into(), sampled)),
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
    if let Some(end) = closed(settings, rules, command, bucket, intent, baseline, trace) {
        return end;
    }
    let generated = match source.supply(recording) {
        Supply::Finished(candidate) => Ok(candidate::injected(candidate, settings)),
        Supply::Attempts(attempts) => candidate::generate(settings, attempts, attempts_used, trace),
    };
    let mut candidate = match generated {
        Ok(candidate) => candidate,
        Err(missing) => return End::Missing(missing),
    };
    let verdict = judge(rules, &mut candidate, command, baseline, trace);
    trace.push(Step::Rule(*verdict.as_ref().err().unwrap_or(&KnownReason::Accepted)));
    // Here and not where the line is made: it walks through what came from outside.
    let summary = candidate.summary();
    End::Judged { candidate, summary, verdict }
}

fn closed<'a>(
    settings: &Settings,
    rules: RuleSet,
    command: &Command,
    bucket: Bucket,
    intent: Intent,
    baseline: &DecisionCore,
    trace: &mut Trace<'a>,
) -> Option<End<'a>> {
    let skipped = |reason, sampled| Some(End::Closed { status: CorridorStatus::Skipped, reason, sampled });
    if !gate(Gate::BaselineExecutes, baseline.is_started_job(), trace) {
        return skipped(KnownReason::BaselineNonExecute, false);
    }
    if !gate(Gate::Intent, settings.intent == Some(intent), trace) {
        return skipped(KnownReason::CorridorMismatch, false);
    }
    if !gate(Gate::Capability, command.capabilities.contains(Action::StartJob), trace) {
        return skipped(KnownReason::CapabilityMismatch, false);
    }
    if !gate(Gate::Sample, bucket.is_sampled_at(settings.sample_rate), trace) {
        let (status, reason) = (CorridorStatus::NotSampled, KnownReason::NotSampled);
        return Some(End::Closed { status, reason, sampled: false });
    }
    if !gate(Gate::Policy, settings.routes_candidates(), trace) {
        return skipped(KnownReason::PolicyDisabled, true);
    }
    if rules == RuleSet::Strict && !gate(Gate::Budget, settings.budget != Budget::Invalid, trace) {
        return skipped(KnownReason::TimeoutInvalid, true);
    }
    None
}

/// Applies the rules to a candidate; `Ok` is the decision that replaces the baseline's.
fn judge<'a>(
    rules: RuleSet,
    candidate: &mut Candidate<'a>,
    command: &Command,
    baseline: &DecisionCore<'a>,
    trace: &mut Trace<'a>,
) -> Result<DecisionCore<'a>, KnownReason> {
    let apply = |since, candidate: &Candidate<'a>| {
        let case = Case::new(candidate, command, baseline);
        match acceptance_rules(rules).find(|rule| rule.since == since && rule.refuses(&case)) {
            Some(rule) => Err(rule.reason),
            None => case.into_proposal().ok_or(KnownReason::InvalidSchema),
        }
    };
    let mut proposal = apply(RuleSet::Reference, candidate)?;
    if rules == RuleSet::Strict {
        // Between the two, the candidate gets the list of the baseline's first item if it names none.
        let baseline_list = baseline.items().next().and_then(|item| item.list_id.clone());
        if candidate.mend_list(baseline_list) {
            trace.push(Step::Mended);
        }
        proposal = apply(RuleSet::Strict, candidate)?;
    }
    Ok(baseline::start_shopping(candidate::actions(proposal)))
}

fn gate(gate: Gate, is_open: bool, trace: &mut Trace) -> bool {
    trace.push(Step::Gate(gate, is_open));
    is_open
}
