//! One line of a corpus: a command, the answers of the LLM, and the label.

use super::command::{Action, Command, present};
use super::intent::Intent;
use super::text::Text;
use super::unique;
use super::wire::{wire_enum, wire_objects};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The only version of the format.
pub const RECORDING_VERSION: u64 = 1;

wire_enum! {
    /// The origin of a recording; only captured ones can prove that a rate is low.
    Source, "source" {
        /// Written by a person.
        Authored = "authored",
        /// Taken from a running system.
        Captured = "captured",
        /// Made by `corridor generate`.
        Generated = "generated",
    }
}

wire_enum! {
    /// The tasks for which the LLM is asked.
    LlmTask, "LLM task" {
        /// The corridor's candidate.
        PartialTrustShopping = "partial_trust_shopping",
        /// The baseline's item name, asked for while the policy is on.
        ShoppingExtraction = "shopping_extraction",
    }
}

wire_enum! {
    /// How a call to the LLM failed without an answer.
    CallError, "call error" {
        /// The call timed out.
        Timeout = "timeout",
        /// The endpoint was unreachable or answered with an HTTP error.
        Unavailable = "unavailable",
        /// Anything else.
        Error = "error",
    }
}

/// A recorded command with everything that a replay needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Recording<'a> {
    /// Format version, 1.
    #[serde(default = "version_one", deserialize_with = "known_version")]
    pub v: u64,
    /// The command.
    #[serde(borrow)]
    pub command: Command<'a>,
    /// The calls to the LLM, by task.
    #[serde(default, borrow, skip_serializing_if = "Exchanges::is_empty")]
    pub exchanges: Exchanges<'a>,
    /// A finished candidate in place of an exchange.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub candidate: Option<InjectedCandidate<'a>>,
    /// The right decision for the user.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub label: Option<Label<'a>>,
    /// Tags for selection.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Text<'a>>,
    /// Why the case exists.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<'a>>,
    /// Where the recording comes from.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The generator's seed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub seed: Option<i128>,
    /// The circumstances of a capture.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub captured: Option<Captured<'a>>,
    /// The variables in force when the case was captured; used only when asked for.
    #[serde(default, deserialize_with = "unique::variables", skip_serializing_if = "Option::is_none")]
    pub environment: Option<BTreeMap<String, String>>,
}

impl Recording<'_> {
    /// Checks fields that depend on each other.
    ///
    /// # Errors
    ///
    /// The field that is wrong, and what is wrong with it.
    pub fn check(&self) -> Result<(), Inconsistency> {
        let wrong = |field, problem| Err(Inconsistency { field, problem });
        if self.candidate.is_some() && self.exchanges.partial_trust_shopping.is_some() {
            return wrong(
                "candidate",
                "stands in place of exchanges.partial_trust_shopping; a recording holds one of them",
            );
        }
        match (self.source, &self.captured) {
            (Some(Source::Captured), None) => wrong("captured", "is required where source is `captured`"),
            (Some(Source::Authored | Source::Generated) | None, Some(_)) => {
                wrong("captured", "belongs to source `captured` only")
            }
            _ if self.seed.is_some() && self.source != Some(Source::Generated) => {
                wrong("seed", "belongs to source `generated` only")
            }
            (Some(Source::Captured), Some(_)) | (Some(Source::Authored | Source::Generated) | None, None) => Ok(()),
        }
    }
}

/// Two fields of a recording that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// Path of the field, e.g. `captured`.
    pub field: &'static str,
    /// What is wrong, as a clause without its subject.
    pub problem: &'static str,
}

fn version_one() -> u64 {
    RECORDING_VERSION
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let version = u64::deserialize(deserializer)?;
    if version == RECORDING_VERSION { Ok(version) } else { Err(D::Error::custom("must be 1, the only format version")) }
}

/// The recorded attempts by task; `None` where the task was not recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Exchanges<'a> {
    /// For the corridor's candidate.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub partial_trust_shopping: Option<Vec<Attempt<'a>>>,
    /// For the baseline's extracted name.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub shopping_extraction: Option<Vec<Attempt<'a>>>,
}

impl<'a> Exchanges<'a> {
    /// The attempts that were recorded for a task; none where it was never recorded.
    #[must_use]
    pub fn of(&self, task: LlmTask) -> &[Attempt<'a>] {
        let attempts = match task {
            LlmTask::PartialTrustShopping => &self.partial_trust_shopping,
            LlmTask::ShoppingExtraction => &self.shopping_extraction,
        };
        attempts.as_deref().unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.partial_trust_shopping.is_none() && self.shopping_extraction.is_none()
    }
}

/// One call to the LLM and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt<'a> {
    /// The answer's text, or how the call failed.
    pub result: Result<Text<'a>, CallError>,
    /// Latency, ms of virtual time.
    pub latency_ms: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct WireAttempt<'a> {
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    raw: Option<Text<'a>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    error: Option<CallError>,
    latency_ms: u64,
}

impl<'de: 'a, 'a> Deserialize<'de> for Attempt<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WireAttempt { raw, error, latency_ms } = WireAttempt::deserialize(deserializer)?;
        let result = match (raw, error) {
            (Some(raw), None) => Ok(raw),
            (None, Some(error)) => Err(error),
            (Some(_), Some(_)) | (None, None) => {
                return Err(D::Error::custom("an attempt holds either `raw` or `error`"));
            }
        };
        Ok(Self { result, latency_ms })
    }
}

impl Serialize for Attempt<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (raw, error) = match &self.result {
            Ok(raw) => (Some(Text::from(&**raw)), None),
            Err(error) => (None, Some(*error)),
        };
        WireAttempt { raw, error, latency_ms: self.latency_ms }.serialize(serializer)
    }
}

/// A candidate from another system, used as it is: not trimmed, not clamped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct InjectedCandidate<'a> {
    /// Intent; `add_shopping_item` where absent.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub intent: Option<Text<'a>>,
    /// Job type, where it names one.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub job_type: Option<Text<'a>>,
    /// Whatever was proposed.
    #[serde(default, deserialize_with = "unique::value", skip_serializing_if = "serde_json::Value::is_null")]
    pub proposed_actions: serde_json::Value,
    /// Should be a number.
    #[serde(default, deserialize_with = "unique::value", skip_serializing_if = "serde_json::Value::is_null")]
    pub confidence: serde_json::Value,
    /// Provenance; risk lines contain only `profile`, `task_id` and `escalated` of it.
    #[serde(default, deserialize_with = "unique::object", skip_serializing_if = "Option::is_none")]
    pub model_meta: Option<serde_json::Map<String, serde_json::Value>>,
    /// ms, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<i64>,
}

/// The right decision for the user. Without `action` it is no label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Label<'a> {
    /// The true intent; compared with the baseline only.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// The right action.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The right items, as a multiset.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<LabelItem<'a>>>,
    /// The right task.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub task: Option<LabelTask<'a>>,
    /// The fields to ask for.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub missing_fields: Option<Vec<Text<'a>>>,
}

/// An item of a label; fields that are absent match anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LabelItem<'a> {
    /// Compared in any [spelling](super::spelling).
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Compared only where given, in any spelling.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Text<'a>>,
    /// Compared only where given, in any spelling.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<'a>>,
    /// Compared only where given, exactly.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub list_id: Option<Text<'a>>,
}

/// A task of a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LabelTask<'a> {
    /// Compared in any [spelling](super::spelling).
    #[serde(borrow)]
    pub title: Text<'a>,
}

/// The circumstances under which a recording was captured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Captured<'a> {
    /// When, RFC 3339.
    #[serde(borrow, deserialize_with = "super::time::deserialize_date_time")]
    pub at: Text<'a>,
    /// Version of the system that decided.
    #[serde(borrow)]
    pub system_version: Text<'a>,
    /// The model that answered.
    #[serde(borrow)]
    pub model: Text<'a>,
    /// Digest of the prompt that was used.
    #[serde(borrow)]
    pub prompt_digest: Text<'a>,
}

wire_objects!(
    Recording<'a>,
    Exchanges<'a>,
    WireAttempt<'a>,
    InjectedCandidate<'a>,
    Label<'a>,
    LabelItem<'a>,
    LabelTask<'a>,
    Captured<'a>
);
