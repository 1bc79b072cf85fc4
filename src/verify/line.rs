//! AC4: every command leaves one risk line, of the documented shape, that tells the truth about the decision beside it.

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
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The fields of a line, in order; those of an object stand behind it.
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

/// What a line looks like, and what it says; `source` is what the corridor had to do with.
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
        // Only behind all gates is there a candidate to tell of, and a source that may be asked.
        && (risk.llm_summary.is_none()
            || tells_of_candidate(settings, source.supply(outcome.recording), decided.attempts_used, risk));
    counts.check(Check::LineTruth, true, is_true, place);
}

/// Latency, profile and confidence of the candidate, found out again from what the source gave.
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

/// The documented fields in their order, and nothing that could be text.
fn has_documented_shape(line: &RiskLine) -> bool {
    let Ok(text) = serde_json::to_string(line) else { return false };
    let Ok(Shape::Object(fields)) = serde_json::from_str(&text) else { return false };
    let names = |fields: &[(String, Shape)]| fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let is_whole = names(&fields) == FIELDS
        && fields.iter().all(|(name, shape)| match (name.as_str(), shape) {
            ("model_meta", Shape::Object(fields)) => {
                // An injected candidate may lack some of it; what is there stands in its place.
                let names = names(fields);
                META.iter().filter(|name| names.iter().any(|own| own == *name)).eq(names.iter())
            }
            ("baseline_summary", Shape::Object(fields)) => names(fields) == BASELINE,
            ("llm_summary", Shape::Object(fields)) => names(fields) == LLM,
            ("diff_summary", Shape::Object(fields)) => names(fields) == DIFF,
            (_, Shape::Object(_)) => false,
            (_, Shape::Other) => true,
        });
    is_whole && serde_json::from_str(&text).is_ok_and(|line| is_clean_risk(&line))
}

/// What must agree within a line and with the decision beside it.
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

/// Steps 7 and 8 carry what is known of the candidate; nothing else does.
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
            // Of a blank name in an answer, or of a candidate that is not one action.
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

/// The names of a JSON object's fields, in the order in which they are written.
enum Shape {
    Object(Vec<(String, Self)>),
    Other,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShapeVisitor;
        impl<'de> Visitor<'de> for ShapeVisitor {
            type Value = Shape;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("any JSON")
            }
            fn visit_unit<E: Error>(self) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_bool<E: Error>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_str<E: Error>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Shape, A::Error> {
                while sequence.next_element::<Shape>()?.is_some() {}
                Ok(Shape::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Shape::Object(fields))
            }
        }
        deserializer.deserialize_any(ShapeVisitor)
    }
}
