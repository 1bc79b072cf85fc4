//! The risk line: one line per command in the corridor, without any raw text.
//!
//! The privacy rule is structural: no field of a line can hold text of a user or an LLM. Every string is a constant of this
//! crate, a profile or task name of the configuration, an identifier of the caller, or a timestamp.

use crate::model::{Action, CorridorStatus, DecisionCore, Intent, LlmTask, ReasonCode};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Written in place of a name that is not configured.
const OTHER: &str = "other";

/// A risk line without the identifiers and the time, in the documented key order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskEntry<'a> {
    /// The allowed intent, or empty.
    pub corridor_intent: &'static str,
    /// 0..=1.
    pub sample_rate: f64,
    /// Whether the command was in the sample.
    pub sampled: bool,
    /// Where the corridor ended.
    pub status: CorridorStatus,
    /// Why.
    pub reason_code: ReasonCode,
    /// ms; only with a candidate.
    pub latency_ms: Option<i64>,
    /// Only with a candidate.
    pub model_meta: Option<ModelMeta<'a>>,
    /// The baseline in numbers.
    pub baseline_summary: BaselineSummary,
    /// Only with a candidate.
    pub llm_summary: Option<LlmSummary>,
    /// Only with a candidate.
    pub diff_summary: Option<DiffSummary>,
}

/// A whole risk line, in the documented key order.
#[derive(Clone, Debug, Serialize)]
pub struct RiskLine<'a> {
    trace_id: String,
    command_id: &'a str,
    corridor_intent: &'static str,
    sample_rate: f64,
    sampled: bool,
    status: CorridorStatus,
    reason_code: &'a ReasonCode,
    latency_ms: Option<i64>,
    model_meta: Option<&'a ModelMeta<'a>>,
    baseline_summary: &'a BaselineSummary,
    llm_summary: Option<&'a LlmSummary>,
    diff_summary: Option<DiffSummary>,
    timestamp: Cow<'a, str>,
}

/// `model_meta`: which profile answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelMeta<'a> {
    /// A configured profile, or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<&'a str>,
    /// A task name, or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<&'static str>,
    /// Whether the profile is not the start profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated: Option<bool>,
}

impl<'a> ModelMeta<'a> {
    /// The fields of an injected candidate's `model_meta` that a risk line may hold.
    pub(super) fn of_injected(meta: &'a Map<String, Value>, is_configured: impl Fn(&str) -> bool) -> Self {
        let known_profile = |profile: &'a Value| match profile.as_str() {
            Some(profile) if is_configured(profile) => profile,
            Some(_) | None => OTHER,
        };
        let known_task = |task: &Value| {
            LlmTask::ALL.iter().map(|known| known.as_str()).find(|known| task.as_str() == Some(known)).unwrap_or(OTHER)
        };
        Self {
            profile: meta.get("profile").map(known_profile),
            task_id: meta.get("task_id").map(known_task),
            escalated: meta.get("escalated").and_then(Value::as_bool),
        }
    }
}

/// The baseline's decision in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaselineSummary {
    /// The baseline's intent.
    pub intent: Intent,
    /// The action.
    pub decision_type: Action,
    /// Proposed actions.
    pub action_count: usize,
    /// Keys of the first action's item.
    pub entity_keys_count: usize,
    /// Whether the first action's item names a list.
    pub has_list_id: bool,
}

impl BaselineSummary {
    /// Sums up the baseline.
    #[must_use]
    pub fn new(intent: Intent, core: &DecisionCore) -> Self {
        use crate::model::{Payload, ProposedAction};
        let actions = match &core.payload {
            Payload::StartJob(job) => job.proposed_actions.as_deref().unwrap_or_default(),
            Payload::CreateTask(_)
            | Payload::AddShoppingItem(_)
            | Payload::Clarify(_)
            | Payload::Reject(_)
            | Payload::Confirm(_) => &[],
        };
        let first_item = match actions.first() {
            Some(ProposedAction::AddShoppingItem(proposal)) => Some(&proposal.item),
            Some(ProposedAction::CreateTask(_)) | None => None,
        };
        Self {
            intent,
            decision_type: core.action,
            action_count: actions.len(),
            entity_keys_count: first_item.map_or(0, crate::model::Item::key_count),
            has_list_id: first_item.is_some_and(|item| item.list_id.is_some()),
        }
    }
}

/// The candidate in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LlmSummary {
    /// Proposed actions.
    pub action_count: usize,
    /// Keys of the first action's item.
    pub entity_keys_count: usize,
    /// Whether the first action's item names a list.
    pub has_list_id: bool,
    /// Length of the trimmed name, in Unicode scalar values.
    pub item_name_len: usize,
    /// `missing`, `high` (0.8 or more), `medium` (0.6 or more) or `low`.
    pub confidence_bucket: &'static str,
    /// A known intent, or `other`.
    pub intent: &'static str,
    /// Always `start_job`.
    pub decision_type: Action,
}

impl LlmSummary {
    pub(super) fn new(
        action_count: usize,
        entity_keys_count: usize,
        has_list_id: bool,
        item_name_len: usize,
        confidence: Confidence,
        intent: &str,
    ) -> Self {
        let confidence_bucket = match confidence {
            Confidence::Absent | Confidence::Malformed => "missing",
            Confidence::Given(value) if value >= 0.8 => "high",
            Confidence::Given(value) if value >= 0.6 => "medium",
            Confidence::Given(_) => "low",
        };
        let intent = intent.parse().map_or(OTHER, Intent::as_str);
        let decision_type = Action::StartJob;
        Self { action_count, entity_keys_count, has_list_id, item_name_len, confidence_bucket, intent, decision_type }
    }
}

/// In which fields the two summaries differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the deployed system's line has these four flags")]
pub struct DiffSummary {
    /// `intent`.
    pub intent_mismatch: bool,
    /// `decision_type`.
    pub decision_type_mismatch: bool,
    /// `action_count`.
    pub action_count_mismatch: bool,
    /// `entity_keys_count`.
    pub entity_key_mismatch: bool,
}

impl DiffSummary {
    pub(super) fn new(baseline: &BaselineSummary, llm: &LlmSummary) -> Self {
        Self {
            intent_mismatch: baseline.intent.as_str() != llm.intent,
            decision_type_mismatch: baseline.decision_type != llm.decision_type,
            action_count_mismatch: baseline.action_count != llm.action_count,
            entity_key_mismatch: baseline.entity_keys_count != llm.entity_keys_count,
        }
    }
}

impl<'a> RiskLine<'a> {
    /// The line that is appended to a log, with a trace id derived from the command id, and the command's time in UTC.
    #[must_use]
    pub fn new(command_id: &'a str, timestamp: &'a str, entry: &'a RiskEntry<'a>) -> Self {
        Self {
            trace_id: trace_id(command_id),
            command_id,
            corridor_intent: entry.corridor_intent,
            sample_rate: entry.sample_rate,
            sampled: entry.sampled,
            status: entry.status,
            reason_code: &entry.reason_code,
            latency_ms: entry.latency_ms,
            model_meta: entry.model_meta.as_ref(),
            baseline_summary: &entry.baseline_summary,
            llm_summary: entry.llm_summary.as_ref(),
            diff_summary: entry.diff_summary,
            timestamp: in_utc(timestamp),
        }
    }
}

/// `trace-` and the first 32 hex digits of the SHA-256 of `trace:` and the command id.
fn trace_id(command_id: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::new().chain_update(b"trace:").chain_update(command_id.as_bytes()).finalize();
    let mut id = String::with_capacity(38);
    id.push_str("trace-");
    for byte in digest.iter().take(16) {
        for nibble in [byte >> 4, byte & 0xf] {
            id.push(char::from(HEX[usize::from(nibble)]));
        }
    }
    id
}

fn in_utc(timestamp: &str) -> Cow<'_, str> {
    if timestamp.ends_with("+00:00") || timestamp.ends_with('Z') {
        return Cow::Borrowed(timestamp);
    }
    timestamp.parse::<jiff::Timestamp>().map_or(Cow::Borrowed(timestamp), |time| Cow::Owned(time.to_string()))
}

/// A candidate's confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Confidence {
    Absent,
    Given(f64),
    /// Something that is not a number.
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_are_derived_from_the_command_id() {
        // printf 'trace:cmd-1' | sha256sum | cut -c1-32
        assert_eq!(trace_id("cmd-1"), "trace-a2dc9b54033d127d6e67e249cbfbc82e");
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(in_utc("2026-02-10T10:00:00+00:00"), "2026-02-10T10:00:00+00:00");
        assert_eq!(in_utc("2026-02-10T10:00:00.25+03:00"), "2026-02-10T07:00:00.25Z");
    }
}
