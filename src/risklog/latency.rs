//! Latencies of candidates: exact counts by millisecond, and quantiles with and without timeouts.

use super::record::Measured;
use super::share::one_side;
use crate::stats::Rate;
use crate::stats::quantile::{self, Ranks};
use serde::Serialize;
use std::collections::BTreeMap;

/// Latencies from this on are counted together.
pub const LATENCY_LIMIT_MS: u32 = 1 << 16;

/// Latencies of attempts, and the attempts that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatencyCounts {
    by_ms: BTreeMap<u16, u64>,
    /// [`LATENCY_LIMIT_MS`] or more.
    beyond: u64,
    /// Attempts that ended in a timeout: longer than the budget, by an unknown time.
    pub timeouts: u64,
    /// Attempts that failed otherwise, of which the log has no latency.
    pub unmeasured: u64,
    /// Attempts with a latency below 0, which is invalid.
    pub negative: u64,
}

impl LatencyCounts {
    pub(super) fn add(&mut self, latency: Measured, is_timeout: bool) {
        match latency {
            _ if is_timeout => self.timeouts += 1,
            Measured::Nothing => self.unmeasured += 1,
            Measured::Negative => self.negative += 1,
            Measured::Ms(ms) => *self.by_ms.entry(ms).or_default() += 1,
            Measured::Beyond => self.beyond += 1,
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let Self { by_ms, beyond, timeouts, unmeasured, negative } = other;
        for (ms, count) in by_ms {
            *self.by_ms.entry(*ms).or_default() += count;
        }
        self.beyond += beyond;
        self.timeouts += timeouts;
        self.unmeasured += unmeasured;
        self.negative += negative;
    }

    /// Attempts with a latency of 0 or more.
    #[must_use]
    pub fn measured(&self) -> u64 {
        self.by_ms.values().sum::<u64>() + self.beyond
    }

    /// Attempts that took `limit_ms` or longer, without timeouts. `limit_ms` is at most [`LATENCY_LIMIT_MS`]; beyond, it counts as
    /// that.
    #[must_use]
    pub fn at_or_above(&self, limit_ms: u32) -> u64 {
        let Ok(limit) = u16::try_from(limit_ms) else { return self.beyond };
        self.by_ms.range(limit..).map(|(_, count)| count).sum::<u64>() + self.beyond
    }

    /// The quantiles of measured attempts. Timeouts are not included, so they cannot exceed the budget.
    #[must_use]
    pub(super) fn measured_quantiles(&self) -> Quantiles {
        self.quantiles(self.measured(), None)
    }

    /// The quantiles over measured attempts and timeouts, each of which counts as `budget_ms` or more.
    #[must_use]
    pub(super) fn quantiles_with_timeouts(&self, budget_ms: u32) -> Quantiles {
        self.quantiles(self.measured() + self.timeouts, Some(budget_ms))
    }

    fn quantiles(&self, of: u64, budget_ms: Option<u32>) -> Quantiles {
        let at = |percent: u32| {
            let rank = quantile::nearest_rank(percent, of)?;
            let (ms, at_least) = self.at_rank(rank, budget_ms);
            let bounds = Rate::new(f64::from(percent) / 100.0).zip(one_side());
            let bounds = bounds.map(|(level, alpha)| quantile::ranks(level, of, alpha));
            let Ranks { lower, upper } = bounds.unwrap_or(Ranks { lower: None, upper: None });
            Some(Quantile {
                ms,
                at_least,
                rank,
                of,
                lower_ms: lower.map(|rank| self.at_rank(rank, budget_ms).0),
                upper_ms: upper.and_then(|rank| self.at_most(rank)),
            })
        };
        Quantiles { p50: at(50), p95: at(95), p99: at(99) }
    }

    /// An upper bound of the `rank`-th smallest, from 1: a timeout may have taken longer than every measured attempt.
    fn at_most(&self, rank: u64) -> Option<u32> {
        let (ms, at_least) = (rank <= self.measured()).then(|| self.at_rank(rank, None))?;
        (!at_least).then_some(ms)
    }

    /// The `rank`-th smallest, from 1, and whether it is only a lower bound.
    fn at_rank(&self, rank: u64, budget_ms: Option<u32>) -> (u32, bool) {
        let timeouts = budget_ms.map_or(0, |_| self.timeouts);
        let budget = budget_ms.unwrap_or(LATENCY_LIMIT_MS).min(LATENCY_LIMIT_MS);
        let below = self.by_ms.iter().map(|(ms, count)| (u32::from(*ms), *count));
        let mut seen = 0;
        let mut timeouts_seen = false;
        for (ms, count) in below {
            if !timeouts_seen && ms >= budget {
                timeouts_seen = true;
                seen += timeouts;
                if seen >= rank && timeouts > 0 {
                    return (budget, true);
                }
            }
            seen += count;
            if seen >= rank {
                return (ms, timeouts_seen && timeouts > 0);
            }
        }
        if !timeouts_seen && seen + timeouts >= rank { (budget, true) } else { (LATENCY_LIMIT_MS, true) }
    }
}

/// Three quantiles; none without an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// The median.
    pub p50: Option<Quantile>,
    /// 95 %.
    pub p95: Option<Quantile>,
    /// 99 %.
    pub p99: Option<Quantile>,
}

/// The smallest latency that at least the given percentage of attempts do not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantile {
    /// ms.
    pub ms: u32,
    /// The quantile is this or more: the exact latency of timeouts, and of attempts of [`LATENCY_LIMIT_MS`] or longer, is
    /// not known.
    pub at_least: bool,
    /// Its place in the ascending order, from 1.
    pub rank: u64,
    /// Attempts in that order.
    pub of: u64,
    /// With 95 % confidence at one look the quantile is at least this, ms; none where there are too few attempts.
    pub lower_ms: Option<u32>,
    /// The quantile is at most this, ms; none where there are too few attempts, or too many without an exact latency.
    pub upper_ms: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(measured: &[u32], timeouts: u64) -> LatencyCounts {
        let mut counts = LatencyCounts::default();
        for ms in measured {
            counts.add(u16::try_from(*ms).map_or(Measured::Beyond, Measured::Ms), false);
        }
        (0..timeouts).for_each(|_| counts.add(Measured::Nothing, true));
        counts
    }

    fn shown(quantile: Option<Quantile>) -> (u32, bool) {
        quantile.map(|quantile| (quantile.ms, quantile.at_least)).unwrap()
    }

    #[test]
    fn a_timeout_moves_a_quantile_to_at_least_the_budget() {
        let counts = counts(&[10, 20, 30], 1);
        assert_eq!(shown(counts.measured_quantiles().p95), (30, false));
        let censored = counts.quantiles_with_timeouts(200);
        assert_eq!((shown(censored.p50), shown(censored.p95)), ((20, false), (200, true)));
        // Beside a latency above the budget, a timeout may have been longer still.
        assert_eq!(shown(counts.quantiles_with_timeouts(25).p95), (30, true));
        assert_eq!(shown(counts.quantiles_with_timeouts(30).p99), (30, true));
    }

    #[test]
    fn without_an_attempt_there_is_no_quantile_and_with_one_every_quantile_is_its_latency() {
        assert_eq!(counts(&[], 0).quantiles_with_timeouts(200), Quantiles::default());
        assert_eq!(shown(counts(&[], 1).quantiles_with_timeouts(200).p50), (200, true));
        assert_eq!(shown(counts(&[7], 0).measured_quantiles().p99), (7, false));
        assert_eq!(shown(counts(&[70_000], 0).measured_quantiles().p50), (LATENCY_LIMIT_MS, true));
        assert_eq!(shown(counts(&[70_000], 9).quantiles_with_timeouts(70_000).p50), (LATENCY_LIMIT_MS, true));
    }

    #[test]
    fn slow_attempts_are_counted_from_the_limit_on() {
        let counts = counts(&[299, 300, 301, 70_000], 5);
        assert_eq!([299, 300, 301, 302, 65_536].map(|limit| counts.at_or_above(limit)), [4, 3, 2, 1, 1]);
    }

    #[test]
    fn bounds_need_enough_attempts() {
        let bounds = |quantile: Option<Quantile>| quantile.map(|found| (found.lower_ms, found.upper_ms)).unwrap();
        let ascending: Vec<u32> = (1..=200).collect();
        // Of 200, the 86th and the 115th bound the median, the 184th and the 197th the 0.95 quantile, and the 195th and none
        // the 0.99 quantile: binomial tails of at most 0.025, summed up in another language.
        let found = counts(&ascending, 0).measured_quantiles();
        assert_eq!((bounds(found.p50), bounds(found.p99)), ((Some(86), Some(115)), (Some(195), None)));
        // Timeouts have the ranks from the budget on, and give no upper bound.
        let found = counts(&ascending[..100], 100).quantiles_with_timeouts(60);
        assert_eq!(bounds(found.p50), (Some(60), None));
        let found = counts(&ascending[..190], 10).quantiles_with_timeouts(300);
        assert_eq!((bounds(found.p50), bounds(found.p95)), ((Some(86), Some(115)), (Some(184), None)));
        assert_eq!(bounds(counts(&[5], 0).measured_quantiles().p50), (None, None));
        assert_eq!(bounds(counts(&[70_000; 20], 0).measured_quantiles().p50), (Some(LATENCY_LIMIT_MS), None));
    }

    proptest! {
        #[test]
        fn bounds_are_those_of_order_statistics(
            mut measured in prop::collection::vec(0..400_u32, 0..80), timeouts in 0..9_usize, budget in 1..400_u32
        ) {
            let found = counts(&measured, timeouts as u64).quantiles_with_timeouts(budget);
            measured.sort_unstable();
            // A timeout is at least the budget, and may be longer than any other attempt.
            let mut at_least = [measured.clone(), std::iter::repeat_n(budget, timeouts).collect()].concat();
            at_least.sort_unstable();
            for (quantile, level) in [(found.p50, 0.5), (found.p95, 0.95), (found.p99, 0.99)] {
                let ranks = quantile::ranks(Rate::new(level).unwrap(), at_least.len() as u64, one_side().unwrap());
                let at = |values: &[u32], rank: Option<u64>| values.get(usize::try_from(rank?).ok()? - 1).copied();
                prop_assert_eq!(quantile.and_then(|found| found.lower_ms), at(&at_least, ranks.lower));
                prop_assert_eq!(quantile.and_then(|found| found.upper_ms), at(&measured, ranks.upper));
            }
        }

        #[test]
        fn quantiles_are_elements_of_the_sorted_list(
            mut measured in prop::collection::vec(0..400_u32, 0..60), timeouts in 0..9_u64, budget in 1..400_u32
        ) {
            let counts = counts(&measured, timeouts);
            let found = counts.quantiles_with_timeouts(budget);
            measured.extend((0..timeouts).map(|_| budget));
            measured.sort_unstable();
            for (quantile, percent) in [(found.p50, 50), (found.p95, 95), (found.p99, 99)] {
                let rank = (measured.len() * percent).div_ceil(100);
                let expected = rank.checked_sub(1).map(|place| measured[place]);
                prop_assert_eq!(quantile.map(|quantile| quantile.ms), expected);
                let at_least = expected.is_some_and(|ms| ms >= budget) && timeouts > 0;
                prop_assert_eq!(quantile.is_some_and(|quantile| quantile.at_least), at_least);
            }
        }
    }
}
