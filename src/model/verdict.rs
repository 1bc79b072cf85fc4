//! Terminal states of the corridor: status and reason code, as in every risk line.

use super::wire::wire_enum;
use serde::{Deserialize, Serialize};
use std::fmt;

wire_enum! {
    /// The status of a terminal state.
    CorridorStatus, "corridor status" {
        /// Not a command for the corridor, or the corridor cannot run.
        Skipped = "skipped",
        /// Outside the stable sample.
        NotSampled = "not_sampled",
        /// A candidate was asked for, and the baseline stands.
        FallbackDeterministic = "fallback_deterministic",
        /// The candidate replaced the baseline.
        AcceptedLlm = "accepted_llm",
        /// Something unexpected was caught.
        Error = "error",
    }
}

wire_enum! {
    /// The reasons of the specification, documented in `docs/reasons.md`.
    KnownReason, "reason code" {
        /// The baseline does not execute.
        BaselineNonExecute = "baseline_non_execute",
        /// Intent or job type is not the corridor's.
        CorridorMismatch = "corridor_mismatch",
        /// The caller does not allow `start_job`.
        CapabilityMismatch = "capability_mismatch",
        /// Outside the stable sample.
        NotSampled = "not_sampled",
        /// The LLM policy is off, does not load, or has no route.
        PolicyDisabled = "policy_disabled",
        /// `strict` only: the budget is not a positive number of milliseconds.
        TimeoutInvalid = "timeout_invalid",
        /// The command has no text.
        EmptyText = "empty_text",
        /// The budget was exceeded, or a call timed out.
        Timeout = "timeout",
        /// The endpoint could not be reached.
        LlmUnavailable = "llm_unavailable",
        /// The call failed in another way.
        LlmError = "llm_error",
        /// The answer was not a JSON object.
        InvalidJson = "invalid_json",
        /// The answer did not match the schema.
        SchemaValidationFailed = "schema_validation_failed",
        /// The candidate is not one well-formed shopping action.
        InvalidSchema = "invalid_schema",
        /// No corridor is open.
        CorridorDisabled = "corridor_disabled",
        /// There is no candidate.
        CandidateMissing = "candidate_missing",
        /// The name is not 1..120 characters long.
        InvalidItemName = "invalid_item_name",
        /// The list is not one of the household's.
        ListIdUnknown = "list_id_unknown",
        /// Below 0.6.
        LowConfidence = "low_confidence",
        /// `strict` only: the baseline proposes more items.
        ItemsLost = "items_lost",
        /// `strict` only: the candidate holds words or numbers that the command does not.
        UngroundedItem = "ungrounded_item",
        /// `strict` only: both give a quantity, and they differ.
        QuantityConflict = "quantity_conflict",
        /// All rules passed.
        Accepted = "accepted",
    }
}

/// The reason of a terminal state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonCode {
    /// A reason of the specification.
    Known(KnownReason),
    /// The name of an internal error, or a reason of a foreign implementation.
    Other(ErrorName),
}

impl ReasonCode {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(reason) => reason.as_str(),
            Self::Other(name) => &name.0,
        }
    }

    /// Reads a reason; `None` unless it matches `[A-Za-z0-9_]{1,64}`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Known).ok().or_else(|| ErrorName::new(text).map(Self::Other))
    }
}

impl From<KnownReason> for ReasonCode {
    fn from(reason: KnownReason) -> Self {
        Self::Known(reason)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ReasonCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::Text::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("a reason code is 1 to 64 letters, digits or underscores"))
    }
}

/// An identifier of 1 to 64 ASCII letters, digits or underscores: never a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorName(String);

impl ErrorName {
    /// `None` unless `text` matches `[A-Za-z0-9_]{1,64}`.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        fits.then(|| Self(text.to_owned()))
    }
}
