//! AC4: every command leaves one risk line, which has the documented shape and agrees with the decision.

use super::bench::{Bench, Case};
use super::check::Check;
use super::counts::{CheckCounts, Origin};
use super::standin::{StandIn, Stock};
use crate::decide::answer::object_in;
use crate::decide::{
    BaselineSummary, CandidateSource, RELIABLE, RiskEntry, RiskLine, RuleSet, Scratch, Settings, Supply,
    acceptance_rules, is_clean_risk, terminal_states,
};
use crate::model::{Bucket, CorridorStatus, DecisionCore, Intent, KnownReason, LlmTask, ReasonCode};
use crate::outcome::Outcome;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of a line, in order; those of its objects follow.
const FIELDS: [&str; 13] = [
    "trace_id",
    "command_id",
    "corridor_intent",
    "sample_rate",
    "sampled",
    "status",
    "reason_code",
    "latency_ms",
    "model_meta",
    "baseline_summary",
    "llm_summary",
    "diff_summary",
    "timestamp",
];
const META: [&str; 3] = ["profile", "task_id", "escalated"];
const BASELINE: [&str; 5] = ["intent", "decision_type", "action_count", "entity_keys_count", "has_list_id"];
const LLM: [&str; 7] = [
    "action_count",
    "entity_keys_count",
    "has_list_id",
    "item_name_len",
    "confidence_bucket",
    "intent",
    "decision_type",
];
const DIFF: [&str; 4] = ["intent_mismatch", "decision_type_mismatch", "action_count_mismatch", "entity_key_mismatch"];

/// Decides the recording as it is, with every command in the sample and at the project's own rate.
pub(super) fn check(bench: &Bench, as_deployed: &Settings, case: &Case, counts: &mut CheckCounts) {
    let source = StandIn::new(Stock::Recorded);
    for rules in bench.rules {
        for settings in [&bench.settings, as_deployed] {
            let path = bench.implementation.path(settings, *rules, &source);
            let mut scratch = Scratch::default();
            let outcome = counts.watch(Origin::Replayed, *rules, &*path, case.recording, case.digest, &mut scratch);
            let place = || case.place(*rules, "as recorded");
            per_command(settings, *rules, &outcome, place, counts);
            examine(settings, &source, &outcome, place, counts);
        }
    }
}

/// Every command leaves a line, with a documented status and reason.
fn per_command(
    settings: &Settings,
    rules: RuleSet,
    outcome: &Outcome,
    place: impl Fn() -> String,
    counts: &mut CheckCounts,
) {
    let is_documented = outcome.verdict().is_some_and(|(status, reason)| {
        status == CorridorStatus::Error
            || terminal_states(rules).any(|known| status == known.status && *reason == known.reason.into())
    });
    counts.check(Check::LinePerCommand, settings.enabled, is_documented || !settings.enabled, place);
}

/// Checks the shape of a line, and what it says; `source` gave the candidate.
pub(super) fn examine(
    settings: &Settings,
    source: &dyn CandidateSource,
    outcome: &Outcome,
    place: impl Fn() -> String,
    counts: &mut CheckCounts,
) {
    let Some(decided) = &outcome.decided else { return };
    let Some(risk) = &decided.risk else { return };
    let command = &outcome.recording.command;
    let line = RiskLine::new(&command.command_id, &command.timestamp, risk);
    counts.check(Check::LineShape, true, !decided.leaked && has_documented_shape(&line), &place);
    let bucket = outcome.digest.bucket();
    let is_true = tells_the_truth(settings, bucket, decided.intent, &decided.baseline, decided.decision(), risk)
        // The source may be asked only where a candidate was judged.
        && (risk.llm_summary.is_none()
            || tells_of_candidate(settings, source.supply(outcome.recording), decided.attempts_used, risk));
    counts.check(Check::LineTruth, true, is_true, place);
}

/// Whether latency, profile and confidence are those of what the source gave.
fn tells_of_candidate(settings: &Settings, supply: Supply, attempts_used: usize, risk: &RiskEntry) -> bool {
    let bucket = |confidence: Option<f64>| match confidence {
        None => "missing",
        Some(value) if value >= 0.8 => "high",
        Some(value) if value >= 0.6 => "medium",
        Some(_) => "low",
    };
    let told = risk.llm_summary.as_ref().map(|llm| llm.confidence_bucket);
    let meta = risk.model_meta.as_ref();
    match supply {
        Supply::Finished(candidate) => {
            risk.latency_ms == candidate.latency_ms
                && told == Some(bucket(candidate.confidence.as_f64()))
                && meta.is_some() == candidate.model_meta.is_some()
        }
        Supply::Attempts(attempts) => {
            let used = attempts.get(..attempts_used).unwrap_or(attempts);
            let total_ms: u64 = used.iter().fold(0, |sum, attempt| sum.saturating_add(attempt.latency_ms));
            let last = used.last().and_then(|attempt| object_in(attempt.result.as_ref().ok()?));
            let confidence = last.as_ref().and_then(|answer| answer.get("confidence")?.as_f64());
            // Two calls a profile: the third is the first on the other one.
            let escalated = attempts_used > 2;
            let profile = if escalated { RELIABLE } else { settings.corridor_profile.as_str() };
            risk.latency_ms == i64::try_from(total_ms).ok()
                && told == Some(bucket(confidence.map(|value| value.clamp(0.0, 1.0))))
                && meta.is_some_and(|meta| {
                    meta.profile == Some(profile)
                        && meta.escalated == Some(escalated)
                        && meta.task_id == Some(LlmTask::PartialTrustShopping.as_str())
                })
        }
    }
}

/// Whether a line has the documented fields in their order, and no value that could be text.
fn has_documented_shape(line: &RiskLine) -> bool {
    let Ok(text) = serde_json::to_string(line) else { return false };
    let Ok(fields) = serde_json::from_str::<Fields>(&text) else { return false };
    let is_whole = fields.have_names(&FIELDS)
        && fields.0.iter().filter(|(_, value)| value.get().starts_with('{')).all(|(name, value)| {
            let Ok(inner) = serde_json::from_str::<Fields>(value.get()) else { return false };
            match *name {
                // An injected candidate may lack some of them; the others are in the same order.
                "model_meta" => {
                    let present: Vec<_> =
                        META.into_iter().filter(|name| inner.0.iter().any(|(own, _)| own == name)).collect();
                    inner.have_names(&present)
                }
                "baseline_summary" => inner.have_names(&BASELINE),
                "llm_summary" => inner.have_names(&LLM),
                "diff_summary" => inner.have_names(&DIFF),
                _ => false,
            }
        });
    is_whole && serde_json::from_str(&text).is_ok_and(|line| is_clean_risk(&line))
}

/// Whether the values of a line agree with each other, the settings and the decision.
fn tells_the_truth(
    settings: &Settings,
    bucket: Bucket,
    intent: Intent,
    baseline: &DecisionCore,
    decision: &DecisionCore,
    risk: &RiskEntry,
) -> bool {
    let (status, reason) = (risk.status, &risk.reason_code);
    let is_in = bucket.is_sampled_at(settings.sample_rate);
    let right_sample = match status {
        CorridorStatus::NotSampled => !risk.sampled && !is_in,
        CorridorStatus::AcceptedLlm | CorridorStatus::FallbackDeterministic => risk.sampled && is_in,
        CorridorStatus::Skipped => {
            let reached_sampling = [KnownReason::PolicyDisabled, KnownReason::TimeoutInvalid];
            let is_behind = reached_sampling.iter().any(|behind| *reason == (*behind).into());
            risk.sampled == is_behind && (!is_behind || is_in)
        }
        CorridorStatus::Error => !risk.sampled,
    };
    let right_head = risk.sample_rate.to_bits() == settings.sample_rate.to_bits()
        && risk.corridor_intent == settings.intent.map_or("", Intent::as_str)
        && risk.baseline_summary == BaselineSummary::new(intent, baseline);
    right_sample && right_head && has_candidate_fields(risk) && right_summary(decision, risk)
}

/// Whether the line describes the candidate exactly where one was judged (steps 7 and 8 of the corridor).
fn has_candidate_fields(risk: &RiskEntry) -> bool {
    let nothing = risk.latency_ms.is_none()
        && risk.model_meta.is_none()
        && risk.llm_summary.is_none()
        && risk.diff_summary.is_none();
    let judged = risk.llm_summary.is_some() && risk.diff_summary.is_some();
    match risk.status {
        CorridorStatus::Skipped | CorridorStatus::NotSampled | CorridorStatus::Error => nothing,
        CorridorStatus::AcceptedLlm => judged,
        CorridorStatus::FallbackDeterministic => match &risk.reason_code {
            // A blank name in an answer is not judged, a candidate that is not one action is.
            ReasonCode::Known(KnownReason::InvalidSchema) => nothing || judged,
            ReasonCode::Known(reason) if is_of_a_rule(*reason) => judged,
            ReasonCode::Known(_) => nothing,
            ReasonCode::Other(_) => false,
        },
    }
}

fn is_of_a_rule(reason: KnownReason) -> bool {
    acceptance_rules(RuleSet::Strict).any(|rule| rule.reason == reason)
}

/// The candidate's summary agrees with the decision that it became, and the differences with both summaries.
fn right_summary(decision: &DecisionCore, risk: &RiskEntry) -> bool {
    let (Some(llm), Some(diff)) = (&risk.llm_summary, &risk.diff_summary) else { return true };
    let baseline = &risk.baseline_summary;
    let right_diff = diff.intent_mismatch == (baseline.intent.as_str() != llm.intent)
        && diff.decision_type_mismatch == (baseline.decision_type != llm.decision_type)
        && diff.action_count_mismatch == (baseline.action_count != llm.action_count)
        && diff.entity_key_mismatch == (baseline.entity_keys_count != llm.entity_keys_count);
    if risk.status != CorridorStatus::AcceptedLlm {
        return right_diff;
    }
    let mut items = decision.items();
    let (Some(item), None) = (items.next(), items.next()) else { return false };
    right_diff
        && llm.action_count == 1
        && llm.has_list_id == item.list_id.is_some()
        && llm.entity_keys_count >= item.key_count()
        && llm.confidence_bucket != "low"
        && llm.item_name_len == crate::decide::strip(&item.name).chars().count()
}

/// The fields of a JSON object, in the order in which they are written.
struct Fields<'a>(Vec<(&'a str, &'a RawValue)>);

impl Fields<'_> {
    fn have_names(&self, names: &[&str]) -> bool {
        self.0.iter().map(|(name, _)| name).eq(names)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
