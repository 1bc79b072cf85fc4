//! AC3: candidates in a queue, in virtual time. A slow candidate must not make others time out.
//!
//! The deployed system has one worker, on which a candidate keeps running after its timeout: fast ones behind it time out as well (H7),
//! and its metrics count them as ordinary timeouts. [`one_worker`] models that system.

use super::bench::{Bench, Case};
use super::check::Check;
use super::counts::{CheckCounts, Origin, Row};
use super::implementation::Arrival;
use super::standin::{StandIn, Stock};
use crate::decide::{Budget, Scratch, Settings};
use crate::model::KnownReason;

/// Virtual time of the budget where the project sets none, ms.
const BUDGET_MS: u64 = 200;

/// One slow candidate, which takes as long as ten budgets, and three fast ones that follow it: each takes a quarter of
/// the budget, and they come a quarter of it apart.
#[must_use]
pub(super) fn slow_then_fast(budget_ms: u64) -> [Arrival; 4] {
    let quarter = budget_ms / 4;
    let fast = |place| Arrival { at_ms: quarter * place, latency_ms: quarter };
    [Arrival { at_ms: 0, latency_ms: budget_ms.saturating_mul(10) }, fast(1), fast(2), fast(3)]
}

/// How long each candidate waits where one worker handles all in order, ms.
#[must_use]
pub fn one_worker(queue: &[Arrival]) -> Vec<u64> {
    let mut free_at = 0_u64;
    let waits = queue.iter().map(|arrival| {
        let begun_at = free_at.max(arrival.at_ms);
        free_at = begun_at.saturating_add(arrival.latency_ms);
        begun_at - arrival.at_ms
    });
    waits.collect()
}

/// Decides the command in a queue behind a slow one.
pub(super) fn check(bench: &Bench, case: &Case, counts: &mut CheckCounts) {
    let budget_ms = bench.settings.budget.limit_ms().unwrap_or(BUDGET_MS);
    let settings = Settings { budget: Budget::Limit(budget_ms), ..bench.settings.clone() };
    let queue = slow_then_fast(budget_ms);
    let waits = bench.implementation.waits(&queue);
    let deployed = one_worker(&queue);
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        // The first is the slow one, which may time out.
        for (place, arrival) in queue.iter().enumerate().skip(1) {
            let wait = waits.get(place).copied().unwrap_or_default();
            let source = StandIn::new(Stock::answers(&case.perfect.answer(|_| ()), 1, wait + arrival.latency_ms));
            let path = bench.implementation.path(&settings, *rules, &source);
            let mut scratch = Scratch::default();
            let outcome = counts.watch(Origin::Arranged, *rules, &*path, case.recording, case.digest, &mut scratch);
            let timed_out = outcome.verdict().is_some_and(|(_, reason)| *reason == KnownReason::Timeout.into());
            let example = || case.place(*rules, "in a queue behind a slow one");
            counts.check(Check::Queue, *is_open, !timed_out, example);
            if *is_open {
                counts.cell((Row::Queue, *rules), case.corpus, true, !timed_out, example);
                counts.one_worker.0 += 1;
                counts.one_worker.1 += u64::from(deployed[place] + arrival.latency_ms > budget_ms);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_one_worker_fast_candidates_wait_for_the_slow_one() {
        assert_eq!(one_worker(&slow_then_fast(200)), [0, 1950, 1950, 1950]);
        let spaced = [Arrival { at_ms: 0, latency_ms: 50 }, Arrival { at_ms: 60, latency_ms: 50 }];
        assert_eq!(one_worker(&spaced), [0, 0]);
        assert_eq!(one_worker(&[]), Vec::<u64>::new());
    }
}
