//! Latencies of recorded calls, ms of virtual time.
//!
//! They are drawn from a table, because logarithms differ in their last bit between platforms: the quantiles of a log-normal
//! distribution (median 93 ms, sigma 0.465), cut off at 200 ms, the default budget (median 90, 95th percentile 170). Only answers
//! that a recipe makes slow are above the budget, so that its rates hold.

use super::draw::Draw;

/// The default of `PARTIAL_TRUST_TIMEOUT_MS`.
pub(super) const BUDGET_MS: u64 = 200;

/// Quantiles 0, 1/64 ... 64/64.
const QUANTILES: [u64; 65] = [
    24, 34, 39, 42, 45, 47, 50, 52, 54, 56, 57, 59, 61, 62, 64, 65, 67, 68, 70, 71, 73, 74, 75, 77, 78, 80, 81, 83, 84,
    86, 87, 89, 90, 92, 94, 95, 97, 99, 100, 102, 104, 106, 108, 110, 112, 114, 116, 118, 121, 123, 126, 129, 132, 135,
    138, 141, 145, 149, 154, 159, 165, 171, 179, 188, 200,
];

/// A latency within the default budget, 24..=199 ms.
pub(super) fn within_budget(draw: &mut Draw) -> u64 {
    let interval = draw.position(QUANTILES.len() - 1);
    let edge = |position: usize| QUANTILES.get(position).copied().unwrap_or(BUDGET_MS);
    let (low, high) = (edge(interval), edge(interval + 1));
    low + draw.below(high - low)
}

/// A latency beyond the default budget, 201..=600 ms, more often close to it.
pub(super) fn beyond_budget(draw: &mut Draw) -> u64 {
    BUDGET_MS + 1 + draw.below(400).min(draw.below(400))
}

/// The parts of `total` that fall on `count` calls, of about the same length each.
pub(super) fn split(total: u64, count: usize, draw: &mut Draw) -> Vec<u64> {
    let mut rest = total;
    let mut parts = Vec::with_capacity(count);
    for left in (1..=count as u64).rev() {
        let part = if left == 1 { rest } else { rest * draw.between(80, 120) / (100 * left) };
        parts.push(part);
        rest -= part;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::draw::Stream;
    use super::*;

    #[test]
    fn latencies_are_as_the_table_says() {
        let mut draw = Draw::new(Stream::Answer, 3, 0);
        let mut latencies: Vec<_> = (0..20_000).map(|_| within_budget(&mut draw)).collect();
        latencies.sort_unstable();
        assert!((88..=92).contains(&latencies[10_000]), "median {}", latencies[10_000]);
        assert!((166..=174).contains(&latencies[19_000]), "p95 {}", latencies[19_000]);
        assert!(latencies[0] >= 24 && latencies[19_999] < BUDGET_MS);
        assert!((0..1000).map(|_| beyond_budget(&mut draw)).all(|latency| (201..=600).contains(&latency)));
    }

    #[test]
    fn parts_make_the_total() {
        let mut draw = Draw::new(Stream::Answer, 3, 0);
        for count in 1..=4 {
            for total in [0, 1, 24, 199, 600] {
                let parts = split(total, count, &mut draw);
                assert_eq!((parts.len(), parts.iter().sum::<u64>()), (count, total));
            }
        }
    }
}
