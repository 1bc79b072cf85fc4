//! Counts of distinct commands, in total and by sample rate and day.

use super::add::add_fields;
use super::latency::LatencyCounts;
use super::record::{Flag, Measured, Record, SampleRate};
use crate::model::{CorridorStatus, Each};
use std::collections::BTreeMap;

/// Pairs of sample rate and day that are counted separately, so that memory is limited. A log of three stages reaches this in
/// three and a half years.
pub(super) const MAX_CELLS: usize = 4096;

/// Counts of commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) commands: u64,
    statuses: Each<CorridorStatus, u64>,
    /// Fallbacks without a candidate, by the number of their reason.
    pub(super) failures: BTreeMap<u32, u64>,
    pub(super) diffs: u64,
    pub(super) intent: u64,
    pub(super) decision_type: u64,
    pub(super) action_count: u64,
    pub(super) entity_key: u64,
    /// Accepted candidates with any mismatch.
    pub(super) changed: u64,
    /// Accepted candidates without a `diff_summary`.
    pub(super) accepted_without_diff: u64,
    /// Commands whose sampled flag can be recomputed.
    pub(super) judged: u64,
    pub(super) sampled: u64,
    pub(super) differ: u64,
    /// Sum of the rates of those, in units of 2^-64, because a sum of floats depends on its order.
    expected: u128,
    pub(super) latency: LatencyCounts,
    pub(super) unknown: Unknown,
}

/// Commands whose lines lack what a verdict needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Commands with lines of different statuses; the first line in time was counted.
    pub contradicted: u64,
    /// Attempts with a candidate and without a latency.
    pub without_latency: u64,
    /// Attempts whose `sampled` flag or sample rate cannot be read, so that it is unknown whether they belonged to the sample.
    pub without_flag: u64,
}

impl Unknown {
    fn add(&mut self, record: &Record) {
        let is_attempt =
            matches!(record.status, Some(CorridorStatus::AcceptedLlm | CorridorStatus::FallbackDeterministic));
        let has_candidate = record.status == Some(CorridorStatus::AcceptedLlm) || record.is(Flag::HasLlmSummary);
        let has_latency = record.latency != Measured::Nothing || record.is(Flag::Timeout);
        self.contradicted += u64::from(record.is(Flag::Contradicted));
        self.without_latency += u64::from(is_attempt && has_candidate && !has_latency);
        self.without_flag += u64::from(is_attempt && !record.is(Flag::Judged));
    }

    fn merge(&mut self, other: Self) {
        add_fields!(self, other, [contradicted, without_latency, without_flag]);
    }
}

/// 2^64.
const UNIT: f64 = 18_446_744_073_709_551_616.0;

impl Tally {
    pub(super) fn of(&self, status: CorridorStatus) -> u64 {
        self.statuses[status]
    }

    /// Commands that are expected in the sample.
    #[expect(clippy::cast_precision_loss, reason = "it is shown and compared; no count depends on it")]
    pub(super) fn expected(&self) -> f64 {
        self.expected as f64 / UNIT
    }

    fn add(&mut self, record: &Record) {
        let count = |is: bool| u64::from(is);
        self.commands += 1;
        if let Some(status) = record.status {
            self.statuses[status] += 1;
        }
        self.diffs += count(record.is(Flag::HasDiff));
        let mismatches = [Flag::Intent, Flag::DecisionType, Flag::ActionCount, Flag::EntityKey];
        let totals = [&mut self.intent, &mut self.decision_type, &mut self.action_count, &mut self.entity_key];
        for (total, flag) in totals.into_iter().zip(mismatches) {
            *total += count(record.is(flag));
        }
        match record.status {
            Some(CorridorStatus::AcceptedLlm) => {
                self.changed += count(mismatches.iter().any(|flag| record.is(*flag)));
                self.accepted_without_diff += count(!record.is(Flag::HasDiff));
                self.latency.add(record.latency, false);
            }
            Some(CorridorStatus::FallbackDeterministic) => {
                if !record.is(Flag::HasLlmSummary) {
                    *self.failures.entry(record.reason).or_default() += 1;
                }
                self.latency.add(record.latency, record.is(Flag::Timeout));
            }
            Some(CorridorStatus::Skipped | CorridorStatus::NotSampled | CorridorStatus::Error) | None => {}
        }
        self.unknown.add(record);
        if record.is(Flag::Judged) {
            self.judged += 1;
            self.sampled += count(record.is(Flag::Sampled));
            self.differ += count(record.is(Flag::Differs));
            self.expected += fixed_point(record.sample_rate.value().unwrap_or_default());
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        add_fields!(
            self,
            other,
            [
                commands, diffs, intent, decision_type, action_count, entity_key, changed, accepted_without_diff, judged,
                sampled, differ, expected
            ],
            rest [statuses, failures, latency, unknown]
        );
        self.statuses.merge(statuses, |ours, theirs| *ours += theirs);
        for (reason, count) in failures {
            *self.failures.entry(*reason).or_default() += count;
        }
        self.latency.merge(latency);
        self.unknown.merge(*unknown);
    }
}

/// A rate in units of 2^-64; below 0 no command is sampled, above 1 every command.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=2^64")]
fn fixed_point(rate: f64) -> u128 {
    (rate.clamp(0.0, 1.0) * UNIT) as u128
}

/// A sample rate, and a day as days from 1970-01-01 UTC; undated lines have none.
pub(super) type Cell = (SampleRate, Option<i32>);

/// Tallies by sample rate and day, unless there are more than a limit of them.
#[derive(Debug)]
pub(super) struct Tallies {
    cells: Option<BTreeMap<Cell, Tally>>,
    /// All commands, once there were too many cells.
    rest: Tally,
    limit: usize,
}

impl Tallies {
    pub(super) fn new() -> Self {
        Self { cells: Some(BTreeMap::new()), rest: Tally::default(), limit: MAX_CELLS }
    }

    pub(super) fn add(&mut self, record: &Record) {
        match &mut self.cells {
            Some(cells) => cells.entry((record.sample_rate, record.day())).or_default().add(record),
            None => self.rest.add(record),
        }
        self.limit_cells();
    }

    pub(super) fn merge(&mut self, other: Self) {
        let Self { cells, rest, limit: _ } = other;
        match (&mut self.cells, cells) {
            (Some(ours), Some(theirs)) => {
                for (cell, tally) in theirs {
                    ours.entry(cell).or_default().merge(&tally);
                }
            }
            (None, Some(theirs)) => theirs.values().for_each(|tally| self.rest.merge(tally)),
            (_, None) => self.give_up_cells(),
        }
        self.rest.merge(&rest);
        self.limit_cells();
    }

    /// Whether there are too many does not depend on the order of the lines.
    fn limit_cells(&mut self) {
        if self.cells.as_ref().is_some_and(|cells| cells.len() > self.limit) {
            self.give_up_cells();
        }
    }

    fn give_up_cells(&mut self) {
        self.cells.take().into_iter().flatten().for_each(|(_, tally)| self.rest.merge(&tally));
    }

    /// The cells; `None` once there were too many.
    pub(super) const fn cells(&self) -> Option<&BTreeMap<Cell, Tally>> {
        self.cells.as_ref()
    }

    /// All commands.
    pub(super) fn all(&self) -> Tally {
        let mut all = self.rest.clone();
        self.cells.iter().flatten().for_each(|(_, tally)| all.merge(tally));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::{Latency, Line, Mismatches, Name};
    use super::*;
    use proptest::prelude::*;

    fn record(id: u32, rate: f64, day: i64, status: &'static str) -> Record {
        let line = Line {
            id: Some(id.to_string().into()),
            sample_rate: Some(rate),
            sampled: Some(true),
            status: Name::Valid(status.into()),
            latency: Some(Latency::Whole(i64::from(id))),
            mismatches: Some(Mismatches { action_count: true, ..Mismatches::default() }),
            time: Some(day * 86_400_000_000),
            ..Line::default()
        };
        Record::new(&line, Some(id % 3)).unwrap()
    }

    fn tallied(records: &[Record], limit: usize, pieces: usize) -> Tallies {
        let empty = || Tallies { limit, ..Tallies::new() };
        let mut all = empty();
        for piece in records.chunks(pieces.max(1)) {
            let mut part = empty();
            for record in piece {
                part.add(record);
            }
            all.merge(part);
        }
        all
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole_in_any_order(
            lines in prop::collection::vec((0..50_u32, 0..3_u8, 0..4_i64, 0..5_usize), 0..60), limit in 1..20_usize, pieces in 1..9_usize
        ) {
            let mut records: Vec<_> = lines
                .iter()
                .map(|(id, rate, day, status)| record(*id, f64::from(*rate) / 7.0, *day, CorridorStatus::ALL[*status].as_str()))
                .collect();
            let whole = tallied(&records, limit, usize::MAX);
            records.reverse();
            let parts = tallied(&records, limit, pieces);
            prop_assert_eq!(whole.cells(), parts.cells());
            prop_assert_eq!(whole.all(), parts.all());
            prop_assert_eq!(whole.all().commands, lines.len() as u64);
        }
    }

    #[test]
    fn an_accepted_candidate_with_any_mismatch_is_a_change() {
        let mut tallies = Tallies::new();
        for (status, id) in [("accepted_llm", 1), ("fallback_deterministic", 2), ("nonsense", 3)] {
            tallies.add(&record(id, 0.5, 0, status));
        }
        let all = tallies.all();
        assert_eq!((all.changed, all.diffs, all.commands), (1, 3, 3));
        assert_eq!((all.of(CorridorStatus::AcceptedLlm), all.failures.len()), (1, 1));
        assert_eq!((all.judged, all.sampled, all.expected().to_bits()), (2, 2, 1.0_f64.to_bits()));
    }
}
