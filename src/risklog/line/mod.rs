//! One line of a risk log, and the fields of it that matter.
//!
//! There are two readers. Nearly every line has exactly the documented shape and is read in one pass over its bytes
//! ([`documented`]). Any other line is read as a JSON object, as tolerantly as the deployed analyzer does ([`foreign`]).
//! Where both can read a line, their results are equal.

mod documented;
mod foreign;
mod number;
mod reading;

pub(super) use reading::{Reading, read};
use std::borrow::Cow;

/// The fields of a JSON object that matter.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Line<'a> {
    /// `command_id`, where it is a valid Unicode string.
    pub(super) id: Option<Cow<'a, str>>,
    /// `sample_rate`, where it is a number.
    pub(super) sample_rate: Option<f64>,
    /// `sampled`, where it is `true` or `false`.
    pub(super) sampled: Option<bool>,
    pub(super) status: Name<'a>,
    pub(super) reason: Name<'a>,
    pub(super) latency: Option<Latency<'a>>,
    /// `baseline_summary` as it is written; `None` where it is absent or null.
    pub(super) baseline_summary: Option<&'a str>,
    /// `llm_summary` as it is written; `None` where it is absent or null.
    pub(super) llm_summary: Option<&'a str>,
    /// Where `diff_summary` is an object.
    pub(super) mismatches: Option<Mismatches>,
    /// `timestamp`, in microseconds since 1970 UTC, where it is an RFC 3339 date-time.
    pub(super) time: Option<i64>,
    /// Whether the line keeps the privacy rule.
    pub(super) is_clean: bool,
}

impl Line<'_> {
    /// Whether `llm_summary` is an object: a candidate came.
    pub(super) fn has_llm_summary(&self) -> bool {
        self.llm_summary.is_some_and(|summary| summary.starts_with('{'))
    }
}

/// The flags of `diff_summary` that are exactly `true`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the deployed system's line has these four flags")]
pub(super) struct Mismatches {
    pub(super) intent: bool,
    pub(super) decision_type: bool,
    pub(super) action_count: bool,
    pub(super) entity_key: bool,
}

/// A status or a reason code. Text that is no name is not kept, so that it cannot be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// Missing, or not a string.
    #[default]
    Absent,
    /// The empty string.
    Empty,
    /// `[A-Za-z0-9_]{1,64}`.
    Valid(Cow<'a, str>),
    /// Any other string.
    Invalid,
}

impl<'a> Name<'a> {
    /// Counted for a string that is no name.
    const INVALID: &'static str = "invalid_name";

    fn of(text: Cow<'a, str>) -> Self {
        match text.len() {
            0 => Self::Empty,
            _ if is_name(&text) => Self::Valid(text),
            _ => Self::Invalid,
        }
    }

    /// The name under which a status is counted.
    pub(super) fn as_status(&self) -> &str {
        match self {
            Self::Absent => "unknown",
            Self::Valid(name) => name,
            Self::Empty | Self::Invalid => Self::INVALID,
        }
    }

    /// The name under which a reason code is counted; as in the deployed analyzer, none if absent or empty.
    pub(super) fn as_reason(&self) -> Option<&str> {
        match self {
            Self::Absent | Self::Empty => None,
            Self::Valid(name) => Some(name),
            Self::Invalid => Some(Self::INVALID),
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A numeric `latency_ms`, truncated toward zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Latency<'a> {
    /// `true` or `false`, which the deployed analyzer reads as 1 and 0.
    Flag(bool),
    /// ms.
    Whole(i64),
    /// ms beyond 64 bits: decimal digits, with a minus sign where negative.
    Beyond(Cow<'a, str>),
}

#[cfg(test)]
mod tests;
