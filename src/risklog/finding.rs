//! What has to be known about logs before their numbers are believed.
//!
//! Findings do not judge a rollout, and change no exit code: they say where the numbers come from a log that is not what
//! it seems.

use super::analyze::Seen;
use super::view::{Honest, LogState};
use crate::model::wire::wire_enum;
use serde::Serialize;

wire_enum! {
    /// How bad a finding is.
    Level, "level" {
        /// The log contradicts itself, or holds what it must not hold.
        Problem = "problem",
        /// True of many logs, and to be known.
        Note = "note",
    }
}

wire_enum! {
    /// What was found. `docs/operations/analyzer.md` describes each.
    FindingId, "finding" {
        /// `sampled` flags that are not what command id and rate give.
        SampledFlagDiffers = "sampled_flag_differs",
        /// Lines that hold a field or a text that no risk line may hold.
        NotPrivate = "not_private",
        /// Sampled commands, and no attempt.
        NeverRan = "never_ran",
        /// Sample rates at which another part of the commands is sampled.
        SampleRatioMismatch = "sample_ratio_mismatch",
        /// Lines that are not JSON objects.
        ParseErrors = "parse_errors",
        /// Lines of more than 1 MiB.
        TooLong = "too_long",
        /// Files whose last line does not end.
        NotEnded = "not_ended",
        /// Files that begin with a byte order mark, and so with a line that is not JSON.
        ByteOrderMark = "byte_order_mark",
        /// Lines that repeat a command id.
        Repeated = "repeated",
        /// Several sample rates.
        MixedStages = "mixed_stages",
        /// Too many pairs of sample rate and day to tell them apart.
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
        /// The last line lies in the future.
        Future = "future",
        /// Hours without lines.
        Gaps = "gaps",
        /// Attempts that took longer than the budget.
        OverBudget = "over_budget",
        /// Latencies below 0.
        NegativeLatency = "negative_latency",
        /// Logs that are not there.
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

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub id: FindingId,
    /// How bad it is.
    pub level: Level,
    /// How many lines, commands, files, hours or rates it is about.
    pub count: u64,
    /// The first few, as `FILE:LINE`, command id, sample rate or name of a file; never text of a line. An id that does not look like
    /// one is shown by its digest.
    pub examples: Vec<String>,
}

/// Findings, in the order of their declaration.
pub(super) fn findings(honest: &Honest, seen: &Seen) -> Vec<Finding> {
    let found = |id: &FindingId| {
        let (count, examples) = found(*id, honest, seen);
        (count > 0).then(|| Finding { id: *id, level: id.level(), count, examples })
    };
    FindingId::ALL.iter().filter_map(found).collect()
}

fn found(id: FindingId, honest: &Honest, seen: &Seen) -> (u64, Vec<String>) {
    let lines = &honest.lines;
    let plain = |count| (count, Vec::new());
    let logs = |is: &dyn Fn(&super::analyze::LogFacts) -> bool| {
        let mut names: Vec<_> = seen.logs.iter().filter(|facts| is(facts)).map(|facts| facts.name.clone()).collect();
        names.sort();
        (names.len() as u64, names)
    };
    match id {
        FindingId::SampledFlagDiffers => (lines.flags_that_differ, seen.differing.iter().cloned().collect()),
        FindingId::NotPrivate => (lines.not_private, seen.not_private.shown()),
        FindingId::NeverRan => {
            let has_attempts = honest.all.attempts + honest.all.statuses.error > 0;
            plain(if has_attempts { 0 } else { honest.all.sampling.sampled.count })
        }
        FindingId::SampleRatioMismatch => {
            let stages = honest.stages.iter().flatten().filter(|stage| stage.is_wrong_sample());
            let rates: Vec<_> = stages.filter_map(|stage| stage.sample_rate).collect();
            (rates.len() as u64, rates.iter().take(super::scan::EXAMPLES).map(|rate| format!("{rate:?}")).collect())
        }
        FindingId::ParseErrors => (lines.parse_errors, seen.broken.shown()),
        FindingId::TooLong => plain(lines.too_long),
        FindingId::NotEnded => logs(&|facts| !facts.is_ended),
        FindingId::ByteOrderMark => logs(&|facts| facts.has_byte_order_mark),
        FindingId::Repeated => plain(lines.repeated),
        FindingId::MixedStages => {
            let rates = honest.stages.iter().flatten().filter(|stage| stage.sample_rate.is_some()).count() as u64;
            plain(if rates > 1 { rates } else { 0 })
        }
        FindingId::TooManyStages => plain(u64::from(honest.stages.is_none())),
        FindingId::Undated => plain(lines.undated),
        FindingId::WithoutId => plain(lines.without_id),
        FindingId::UnknownStatus => plain(honest.all.statuses.other),
        FindingId::AcceptedWithoutDiff => plain(honest.all.accepted_without_diff),
        FindingId::ClockWentBack => {
            let first = |facts: &super::analyze::LogFacts| Some(format!("{}:{}", facts.name, facts.course.line?));
            let mut places: Vec<_> = seen.logs.iter().filter_map(first).collect();
            places.sort();
            places.truncate(super::scan::EXAMPLES);
            (honest.clock.steps_back, places)
        }
        FindingId::Future => plain(u64::from(honest.clock.minutes_since_last.is_some_and(|minutes| minutes < 0))),
        FindingId::Gaps => plain(honest.gaps.hours),
        FindingId::OverBudget => plain(honest.all.latency.over_budget),
        FindingId::NegativeLatency => plain(honest.all.latency.negative),
        FindingId::Missing => (
            honest.logs.iter().filter(|log| log.state == LogState::Missing).count() as u64,
            honest.logs.iter().filter(|log| log.state == LogState::Missing).map(|log| log.name.clone()).collect(),
        ),
    }
}
