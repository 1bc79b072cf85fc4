//! Warnings about captured recordings that are older than `max_age_days` of corridor.toml.
//!
//! A run stores the days of capture, and its results do not depend on the clock. Only this warning does: ages are computed
//! when the run is shown.

use super::output::Output;
use crate::model::Day;
use crate::report::escape::visible;
use crate::summary::{Older, Summary};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// How old a captured recording may be, in days from 1 to 36,500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AgeLimit(u16);

/// What a replay does about older recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stale {
    /// It warns.
    Warn,
    /// It warns, and under CI or `--check` it fails.
    Fail,
}

impl<'de> Deserialize<'de> for AgeLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let days = i64::deserialize(deserializer)?;
        let days = u16::try_from(days).ok().filter(|days| (1..=36_500).contains(days));
        days.map(Self).ok_or_else(|| D::Error::custom("max_age_days is a whole number of days from 1 to 36500"))
    }
}

/// Warns about every corpus with older recordings; whether the replay fails, which it does only if `is_check`.
pub(super) fn tell(
    summaries: &[Summary],
    limit: Option<(AgeLimit, Stale)>,
    today: Day,
    is_check: bool,
    output: &Output,
) -> bool {
    let Some((limit, stale)) = limit else { return false };
    // All rule sets were replayed on the same recordings.
    let Some(summary) = summaries.first() else { return false };
    let warnings = warnings(summary, limit, today);
    let is_failure = stale == Stale::Fail && is_check && !warnings.is_empty();
    for warning in &warnings {
        if is_failure { output.diagnostic(warning) } else { output.note(warning) }
    }
    if is_failure {
        output.diagnostic("failed: captured recordings are too old, and corridor.toml has stale = \"fail\"");
    }
    is_failure
}

/// One sentence for each corpus with older recordings.
fn warnings(summary: &Summary, limit: AgeLimit, today: Day) -> Vec<String> {
    let sentence = |name: &str, captured: u64, older: Older| {
        let at_least = if older.at_least { "at least " } else { "" };
        let is = if older.recordings == 1 { "is" } else { "are" };
        format!(
            "warning: {at_least}{} of {captured} captured recordings of {} {is} older than {} days (the oldest: {}): record them \
             again",
            older.recordings,
            visible(name),
            limit.0,
            older.oldest,
        )
    };
    let corpora = summary.corpora.iter().filter_map(|corpus| {
        let evidence = &corpus.counts.evidence;
        let older = evidence.capture_days.before(today.before(limit.0))?;
        Some(sentence(&corpus.name, evidence.captured.recordings, older))
    });
    corpora.collect()
}
