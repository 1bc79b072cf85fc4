//! Finds properties of logs that make their numbers unreliable.

use super::facts::{Facts, LogFacts};
use super::finding::{Finding, FindingId};
use super::scan::EXAMPLES;
use super::view::Honest;

/// Findings, in the order of their declaration.
pub(super) fn findings(honest: &Honest, facts: &Facts) -> Vec<Finding> {
    let found = |id: &FindingId| {
        let (count, examples) = found(*id, honest, facts);
        (count > 0).then(|| Finding { id: *id, level: id.level(), count, examples })
    };
    FindingId::ALL.iter().filter_map(found).collect()
}

fn found(id: FindingId, honest: &Honest, facts: &Facts) -> (u64, Vec<String>) {
    let lines = &honest.lines;
    let plain = |count| (count, Vec::new());
    let logs = |is: &dyn Fn(&LogFacts) -> bool| {
        let mut names: Vec<_> =
            facts.logs.iter().filter(|of_log| is(of_log)).map(|of_log| of_log.name.clone()).collect();
        names.sort();
        (names.len() as u64, names)
    };
    match id {
        FindingId::SampledFlagDiffers => (lines.flags_that_differ, facts.differing.iter().cloned().collect()),
        FindingId::NotPrivate => (lines.not_private, facts.not_private.shown()),
        FindingId::NeverRan => {
            let has_attempts = honest.all.attempts + honest.all.statuses.error > 0;
            plain(if has_attempts { 0 } else { honest.all.sampling.sampled.count })
        }
        FindingId::SampleRatioMismatch => {
            let stages = honest.stages.iter().flatten().filter(|stage| stage.is_wrong_sample());
            let rates: Vec<_> = stages.filter_map(|stage| stage.sample_rate).collect();
            (rates.len() as u64, rates.iter().take(EXAMPLES).map(|rate| format!("{rate:?}")).collect())
        }
        FindingId::ParseErrors => (lines.parse_errors, facts.broken.shown()),
        FindingId::TooLong => plain(lines.too_long),
        FindingId::NotEnded => logs(&|of_log| !of_log.is_ended),
        FindingId::ByteOrderMark => logs(&|of_log| of_log.has_byte_order_mark),
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
            let first = |of_log: &LogFacts| Some(format!("{}:{}", of_log.name, of_log.course.line?));
            let mut places: Vec<_> = facts.logs.iter().filter_map(first).collect();
            places.sort();
            places.truncate(EXAMPLES);
            (honest.clock.steps_back, places)
        }
        FindingId::Future => plain(u64::from(honest.clock.minutes_since_last.is_some_and(|minutes| minutes < 0))),
        FindingId::Gaps => plain(honest.gaps.hours),
        FindingId::OverBudget => plain(honest.all.latency.over_budget),
        FindingId::NegativeLatency => plain(honest.all.latency.negative),
        FindingId::Missing => logs(&|of_log| of_log.is_missing),
    }
}
