//! The honest metrics as values: every rate with its counts.
//!
//! `docs/operations/analyzer.md` describes every field. The bounds of a rate are computed from its counts in [`Share`], those
//! of a quantile from other ranks in [`LatencyCounts`].

use super::breakdown::Breakdown;
use super::clock;
use super::facts::{AnalysisJob, Facts};
use super::finding::Finding;
use super::latency::{LatencyCounts, Quantiles};
use super::scan::LineCounts;
use super::share::Share;
use super::tally::{Tallies, Tally, Unknown};
use crate::model::{CorridorStatus, Day, utc_text};
use crate::stats::{Count, Rate, mismatch};
use serde::Serialize;
use std::collections::BTreeMap;

/// The honest metrics of logs.
#[derive(Clone, Debug, Serialize)]
pub struct Honest {
    /// The latency that a timeout counts as, in ms.
    pub budget_ms: u32,
    /// Lines from here on count; RFC 3339 in UTC.
    pub since: Option<String>,
    /// Lines before this count.
    pub until: Option<String>,
    /// By name.
    pub logs: Vec<LogView>,
    /// Lines of each kind.
    pub lines: LineCounts,
    /// When and in what order lines were written.
    pub clock: Clock,
    /// Hours without lines.
    pub gaps: Gaps,
    /// Properties of the logs that make numbers unreliable.
    pub findings: Vec<Finding>,
    /// All distinct commands.
    pub all: Outcomes,
    /// By sample rate, ascending; `None` where there are too many pairs of sample rate and day.
    pub stages: Option<Vec<StageView>>,
    /// By day, ascending; `None` where there are too many pairs of sample rate and day.
    pub days: Option<Vec<DayView>>,
}

/// One log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogView {
    /// Path as the user named it, or `<stdin>`.
    pub name: String,
    /// Whether it was found.
    pub state: LogState,
    /// Whether the last line ends in a line feed.
    pub is_ended: bool,
    /// Whether the last line is incomplete: it is being written.
    #[serde(skip)]
    pub is_cut_off: bool,
}

/// Whether a log was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogState {
    /// Read to its end.
    Read,
    /// Missing: counted as empty.
    Missing,
}

/// The times of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// The earliest; RFC 3339 in UTC.
    pub first: Option<String>,
    /// The latest.
    pub last: Option<String>,
    /// Whole minutes from the latest to now; negative where it is in the future.
    pub minutes_since_last: Option<i64>,
    /// Lines whose time is before that of the dated line above them in their file.
    pub steps_back: u64,
    /// The largest of these steps, in whole ms.
    pub largest_step_back_ms: u64,
}

/// Hours without lines between the first and the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Gaps of one hour or longer.
    pub count: u64,
    /// Hours in them.
    pub hours: u64,
    /// The longest, longest first.
    pub longest: Vec<GapView>,
}

/// Hours without lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GapView {
    /// The first hour; RFC 3339 in UTC.
    pub from: String,
    /// How many.
    pub hours: u64,
}

/// Distinct commands of one sample rate.
#[derive(Clone, Debug, Serialize)]
pub struct StageView {
    /// As in the lines; `None` for those without a number there.
    pub sample_rate: Option<f64>,
    /// Days with attempts, in UTC.
    pub days_with_attempts: u64,
    /// Their counts.
    #[serde(flatten)]
    pub outcomes: Outcomes,
}

/// Distinct commands of one day.
#[derive(Clone, Debug, Serialize)]
pub struct DayView {
    /// In UTC, as `2026-02-10`; `None` for lines without a time.
    pub day: Option<String>,
    /// The sample rates in its lines, ascending.
    pub sample_rates: Vec<f64>,
    /// Their counts.
    #[serde(flatten)]
    pub outcomes: Outcomes,
}

/// Counts and rates of distinct commands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcomes {
    /// Distinct commands.
    pub commands: u64,
    /// Where the corridor ended; sums to `commands`.
    pub statuses: StatusCounts,
    /// Commands for which a candidate was asked for and no internal error occurred.
    pub attempts: u64,
    /// Fallbacks without a candidate, among attempts.
    pub candidate_failure_rate: Share,
    /// The same by reason.
    pub candidate_failures: BTreeMap<String, u64>,
    /// Internal errors among attempts and errors: every error counts as an attempt.
    pub error_rate_attempted: Share,
    /// Accepted candidates with any mismatch, among accepted ones.
    pub change_rate: Share,
    /// Accepted candidates without a `diff_summary`, of which it is unknown whether they differ.
    pub accepted_without_diff: u64,
    /// In which fields the two summaries differ.
    pub mismatches: Mismatches,
    /// Latencies of candidates.
    pub latency: LatencyView,
    /// Commands that were sampled, and that should have been.
    pub sampling: Sampling,
    /// Commands whose lines lack what a verdict needs.
    #[serde(skip)]
    pub unknown: Unknown,
}

/// Distinct commands by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatusCounts {
    /// Outside the corridor, or it cannot run.
    pub skipped: u64,
    /// Outside the sample.
    pub not_sampled: u64,
    /// Asked, and the baseline stands.
    pub fallback_deterministic: u64,
    /// The candidate replaced the baseline.
    pub accepted_llm: u64,
    /// Something unexpected was caught.
    pub error: u64,
    /// Any other status, or none.
    pub other: u64,
}

/// Flags of `diff_summary` that are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mismatches {
    /// Commands with a `diff_summary`.
    pub of: u64,
    /// The intent differs; the deployed corridor cannot produce this.
    pub intent: u64,
    /// The action differs.
    pub decision_type: u64,
    /// The number of items differs.
    pub action_count: u64,
    /// The number of keys of the first item differs.
    pub entity_key: u64,
}

/// Latencies of attempts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LatencyView {
    /// Attempts with a latency.
    pub measured: u64,
    /// Attempts that ended in a timeout.
    pub timeouts: u64,
    /// Attempts without a latency that did not time out: other failures.
    pub unmeasured: u64,
    /// Attempts with a latency below 0.
    pub negative: u64,
    /// Measured attempts that took longer than the budget.
    pub over_budget: u64,
    /// Over measured attempts alone.
    pub measured_only: Quantiles,
    /// Over measured attempts and timeouts, each of which counts as the budget or more.
    pub with_timeouts: Quantiles,
    /// The counts of which these are quantiles.
    #[serde(skip)]
    pub counts: LatencyCounts,
}

/// Over commands that reached sampling, and whose rate and flag can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sampling {
    /// Such commands that were sampled, among all such.
    pub sampled: Share,
    /// The expected number of such commands at the rates of their lines.
    pub expected: f64,
    /// Such commands whose flag is not what id and rate give.
    pub flags_that_differ: u64,
    /// Only for one sample rate: the evidence, valid at every look, that commands were sampled at another rate, as the natural
    /// logarithm of a likelihood ratio; below 0 it favours the rate, and [`MAX_EVIDENCE`] means certainty.
    pub mismatch_evidence: Option<f64>,
}

/// Infinite evidence, which JSON cannot represent.
pub const MAX_EVIDENCE: f64 = 1e9;

impl Sampling {
    /// Whether so large or so small a sample occurs at this rate in at most one of a thousand rollouts.
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        self.mismatch_evidence.is_some_and(|evidence| evidence >= 1000_f64.ln())
    }

    /// The same with the evidence against `sample_rate`. Below 0 no command is sampled, above 1 every command.
    fn of_stage(self, sample_rate: Option<f64>) -> Self {
        let evidence = || {
            let rate = Rate::new(sample_rate?.clamp(0.0, 1.0))?;
            let sampled = Count::new(self.sampled.count, self.sampled.of)?;
            Some(mismatch::log_evidence(sampled, rate).min(MAX_EVIDENCE))
        };
        Self { mismatch_evidence: evidence(), ..self }
    }
}

impl StageView {
    /// Whether the sample was not drawn at the rate, even if all internal errors were sampled commands.
    ///
    /// An error is logged as not sampled and is in neither count, although its command was sampled, so that many errors look
    /// like a wrong sample. The sample is wrong only if it is wrong with the errors included, too.
    #[must_use]
    pub fn is_wrong_sample(&self) -> bool {
        let Outcomes { sampling, statuses, .. } = &self.outcomes;
        let Share { count, of, .. } = sampling.sampled;
        let with_errors = Sampling { sampled: Share::new(count + statuses.error, of + statuses.error), ..*sampling };
        sampling.is_mismatch() && with_errors.of_stage(self.sample_rate).is_mismatch()
    }
}

impl Outcomes {
    fn new(tally: &Tally, reasons: &Breakdown, budget_ms: u32) -> Self {
        let statuses = StatusCounts {
            skipped: tally.of(CorridorStatus::Skipped),
            not_sampled: tally.of(CorridorStatus::NotSampled),
            fallback_deterministic: tally.of(CorridorStatus::FallbackDeterministic),
            accepted_llm: tally.of(CorridorStatus::AcceptedLlm),
            error: tally.of(CorridorStatus::Error),
            other: tally.commands - CorridorStatus::ALL.iter().map(|status| tally.of(*status)).sum::<u64>(),
        };
        let attempts = statuses.accepted_llm + statuses.fallback_deterministic;
        let name = |number: u32| reasons.name(number).unwrap_or("unknown").to_owned();
        let counts = tally.latency.clone();
        Self {
            commands: tally.commands,
            statuses,
            attempts,
            candidate_failure_rate: Share::new(tally.failures.values().sum(), attempts),
            candidate_failures: tally.failures.iter().map(|(reason, count)| (name(*reason), *count)).collect(),
            error_rate_attempted: Share::new(statuses.error, attempts + statuses.error),
            change_rate: Share::new(tally.changed, statuses.accepted_llm),
            accepted_without_diff: tally.accepted_without_diff,
            mismatches: Mismatches {
                of: tally.diffs,
                intent: tally.intent,
                decision_type: tally.decision_type,
                action_count: tally.action_count,
                entity_key: tally.entity_key,
            },
            latency: LatencyView {
                measured: counts.measured(),
                timeouts: counts.timeouts,
                unmeasured: counts.unmeasured,
                negative: counts.negative,
                over_budget: counts.at_or_above(budget_ms + 1),
                measured_only: counts.measured_quantiles(),
                with_timeouts: counts.quantiles_with_timeouts(budget_ms),
                counts,
            },
            unknown: tally.unknown,
            sampling: Sampling {
                sampled: Share::new(tally.sampled, tally.judged),
                expected: tally.expected(),
                flags_that_differ: tally.differ,
                mismatch_evidence: None,
            },
        }
    }
}

impl Honest {
    pub(super) fn new(facts: &mut Facts, tallies: &Tallies, reasons: &Breakdown, job: &AnalysisJob) -> Self {
        let outcomes = |tally: &Tally| Outcomes::new(tally, reasons, job.budget_ms);
        let all = outcomes(&tallies.all());
        facts.lines.repeated = facts.lines.records - facts.lines.without_id - all.commands;
        let mut logs: Vec<_> = facts.logs.iter().map(LogView::new).collect();
        logs.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            budget_ms: job.budget_ms,
            since: job.window.since.map(utc_text),
            until: job.window.until.map(utc_text),
            logs,
            lines: facts.lines,
            clock: Clock::new(facts, job.now),
            gaps: Gaps::new(facts.hours.gaps()),
            findings: Vec::new(),
            all,
            stages: stages(tallies, &outcomes),
            days: days(tallies, &outcomes),
        }
    }
}

fn stages(tallies: &Tallies, outcomes: &dyn Fn(&Tally) -> Outcomes) -> Option<Vec<StageView>> {
    let mut stages: BTreeMap<_, (Tally, u64)> = BTreeMap::new();
    for ((sample_rate, day), tally) in tallies.cells()? {
        let (stage, days) = stages.entry(*sample_rate).or_default();
        stage.merge(tally);
        let attempts = tally.of(CorridorStatus::AcceptedLlm) + tally.of(CorridorStatus::FallbackDeterministic);
        *days += u64::from(day.is_some() && attempts > 0);
    }
    let view = |(rate, (tally, days)): (super::record::SampleRate, (Tally, u64))| {
        let mut outcomes = outcomes(&tally);
        outcomes.sampling = outcomes.sampling.of_stage(rate.value());
        StageView { sample_rate: rate.value(), days_with_attempts: days, outcomes }
    };
    Some(stages.into_iter().map(view).collect())
}

fn days(tallies: &Tallies, outcomes: &dyn Fn(&Tally) -> Outcomes) -> Option<Vec<DayView>> {
    let mut days: BTreeMap<_, (Tally, Vec<f64>)> = BTreeMap::new();
    for ((sample_rate, day), tally) in tallies.cells()? {
        let (total, rates) = days.entry(*day).or_default();
        total.merge(tally);
        rates.extend(sample_rate.value());
    }
    let view = |(day, (tally, sample_rates)): (Option<i32>, (Tally, Vec<f64>))| DayView {
        day: day.map(|day| Day::new(day).to_string()),
        sample_rates,
        outcomes: outcomes(&tally),
    };
    Some(days.into_iter().map(view).collect())
}

impl LogView {
    fn new(facts: &super::facts::LogFacts) -> Self {
        let state = if facts.is_missing { LogState::Missing } else { LogState::Read };
        Self { name: facts.name.clone(), state, is_ended: facts.is_ended, is_cut_off: facts.is_cut_off }
    }
}

impl Clock {
    fn new(facts: &Facts, now: i64) -> Self {
        let courses = || facts.logs.iter().map(|log| log.course);
        Self {
            first: facts.times.map(|(first, _)| utc_text(first)),
            last: facts.times.map(|(_, last)| utc_text(last)),
            minutes_since_last: facts.times.map(|(_, last)| (now - last).div_euclid(60_000_000)),
            steps_back: courses().map(|course| course.steps_back).sum(),
            largest_step_back_ms: courses().map(|course| course.largest / 1000).max().unwrap_or_default(),
        }
    }
}

impl Gaps {
    fn new(gaps: clock::Gaps) -> Self {
        let view = |gap: clock::Gap| GapView { from: utc_text(gap.from), hours: gap.hours };
        Self { count: gaps.count, hours: gaps.hours, longest: gaps.longest.into_iter().map(view).collect() }
    }
}
