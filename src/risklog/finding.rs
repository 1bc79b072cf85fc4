//! Properties of logs that make their numbers unreliable.
//!
//! Findings do not judge a rollout and change no exit code.

use crate::model::wire::wire_enum;
use serde::Serialize;

wire_enum! {
    /// How bad a finding is.
    Level, "level" {
        /// The log contradicts itself, or holds what it must not hold.
        Problem = "problem",
        /// Frequent, and worth knowing.
        Note = "note",
    }
}

wire_enum! {
    /// A finding; `docs/operations/analyzer.md` describes each.
    FindingId, "finding" {
        /// `sampled` flags that are not what command id and rate give.
        SampledFlagDiffers = "sampled_flag_differs",
        /// Lines that hold a field or a text that no risk line may hold.
        NotPrivate = "not_private",
        /// Commands were sampled, and there is no attempt.
        NeverRan = "never_ran",
        /// Sample rates at which another proportion of commands was sampled.
        SampleRatioMismatch = "sample_ratio_mismatch",
        /// Lines that are not JSON objects.
        ParseErrors = "parse_errors",
        /// Lines of more than 1 MiB.
        TooLong = "too_long",
        /// Files whose last line has no line feed.
        NotEnded = "not_ended",
        /// Files that begin with a byte order mark, which makes their first line invalid JSON.
        ByteOrderMark = "byte_order_mark",
        /// Lines that repeat a command id.
        Repeated = "repeated",
        /// Several sample rates.
        MixedStages = "mixed_stages",
        /// Too many pairs of sample rate and day to count each.
        TooManyStages = "too_many_stages",
        /// Lines without a readable time.
        Undated = "undated",
        /// Lines without a readable command id.
        WithoutId = "without_id",
        /// Commands with another status than the documented ones, or none.
        UnknownStatus = "unknown_status",
        /// Accepted candidates without a comparison.
        AcceptedWithoutDiff = "accepted_without_diff",
        /// Lines that are older than the one above them.
        ClockWentBack = "clock_went_back",
        /// The time of the last line is in the future.
        Future = "future",
        /// Hours without lines.
        Gaps = "gaps",
        /// Attempts that took longer than the budget.
        OverBudget = "over_budget",
        /// Latencies below 0.
        NegativeLatency = "negative_latency",
        /// Missing logs.
        Missing = "missing",
    }
}

impl FindingId {
    /// How bad it is.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::SampledFlagDiffers | Self::NotPrivate | Self::NeverRan | Self::SampleRatioMismatch => Level::Problem,
            Self::ParseErrors
            | Self::TooLong
            | Self::NotEnded
            | Self::ByteOrderMark
            | Self::Repeated
            | Self::MixedStages
            | Self::TooManyStages
            | Self::Undated
            | Self::WithoutId
            | Self::UnknownStatus
            | Self::AcceptedWithoutDiff
            | Self::ClockWentBack
            | Self::Future
            | Self::Gaps
            | Self::OverBudget
            | Self::NegativeLatency
            | Self::Missing => Level::Note,
        }
    }
}

/// A finding with its count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which finding.
    pub id: FindingId,
    /// How bad it is.
    pub level: Level,
    /// Number of lines, commands, files, hours or rates.
    pub count: u64,
    /// The first few, as `FILE:LINE`, command id, sample rate or name of a file; never text of a line. An id that does not look
    /// like one is shown by its digest.
    pub examples: Vec<String>,
}
