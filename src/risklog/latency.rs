//! How long candidates took: exact counts by millisecond, and quantiles of them with and without timeouts.

use super::record::Measured;
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
    /// Attempts that ended in a timeout: longer than the budget, nobody knows how long.
    pub timeouts: u64,
    /// Attempts that failed otherwise: the log has no latency of them.
    pub unmeasured: u64,
    /// Attempts with a latency below 0, which is none.
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
        for (ms, count) in &other.by_ms {
            *self.by_ms.entry(*ms).or_default() += count;
        }
        self.beyond += other.beyond;
        self.timeouts += other.timeouts;
        self.unmeasured += other.unmeasured;
        self.negative += other.negative;
    }

    /// Attempts with a latency of 0 or more.
    #[must_use]
    pub fn measured(&self) -> u64 {
        self.by_ms.values().sum::<u64>() + self.beyond
    }

    /// Attempts that took `limit_ms` or longer, without timeouts. A limit beyond [`LATENCY_LIMIT_MS`] is taken for it.
    #[must_use]
    pub fn at_or_above(&self, limit_ms: u32) -> u64 {
        let Ok(limit) = u16::try_from(limit_ms) else { return self.beyond };
        self.by_ms.range(limit..).map(|(_, count)| count).sum::<u64>() + self.beyond
    }

    /// The quantiles of what was measured. What timed out is not in them, so they cannot exceed the budget.
    #[must_use]
    pub fn measured_quantiles(&self) -> Quantiles {
        Quantiles::new(self.measured(), |rank| self.at_rank(rank, None))
    }

    /// The quantiles over measured attempts and timeouts, of which each counts as `budget_ms`, and took longer.
    #[must_use]
    pub fn quantiles_with_timeouts(&self, budget_ms: u32) -> Quantiles {
        Quantiles::new(self.measured() + self.timeouts, |rank| self.at_rank(rank, Some(budget_ms)))
    }

    /// The `rank`-th smallest, from 1, and whether that is a lower bound of it only.
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

/// Three quantiles; none where there is nothing to take them of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// The median.
    pub p50: Option<Quantile>,
    /// 95 %.
    pub p95: Option<Quantile>,
    /// 99 %.
    pub p99: Option<Quantile>,
}

/// The smallest latency that at least so many per cent of the attempts do not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantile {
    /// ms.
    pub ms: u32,
    /// The quantile is this or more: attempts that timed out, or that took [`LATENCY_LIMIT_MS`] or longer, are not told
    /// apart.
    pub at_least: bool,
    /// Its place in the ascending order, from 1.
    pub rank: u64,
    /// Attempts in that order.
    pub of: u64,
}

impl Quantiles {
    fn new(of: u64, at_rank: impl Fn(u64) -> (u32, bool)) -> Self {
        let quantile = |percent: u64| {
            let rank = (of * percent).div_ceil(100);
            (of > 0).then(|| at_rank(rank)).map(|(ms, at_least)| Quantile { ms, at_least, rank, of })
        };
        Self { p50: quantile(50), p95: quantile(95), p99: quantile(99) }
    }
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
    fn without_anything_there_is_no_quantile_and_with_one_every_quantile_is_it() {
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

    proptest! {
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
