//! One look that was planned beforehand: the exact binomial.
//!
//! Exact means that the error probability is at most `alpha` for every rate and every number of records. It holds for one
//! look: asked every day, it passes a bad corridor far more often than `alpha` says (`docs/statistics.md` has the figures).
//!
//! Source: Clopper and Pearson 1934, *The use of confidence or fiducial limits illustrated in the case of the binomial*.
//! Sums go term by term, away from the largest; every term is positive, so nothing cancels.

use super::bisect::boundary;
use super::count::Count;
use super::rate::{Alpha, Limit, Rate, float};
use super::special::ln_beta_density;

/// `P(X <= k)` for `X` binomial with `n` records and the given rate. Falls as the rate rises.
#[must_use]
pub fn at_most(count: Count, rate: Rate) -> f64 {
    let (k, n, p) = (count.events(), count.records(), rate.get());
    if k == n || p <= 0.0 {
        1.0
    } else if p >= 1.0 {
        0.0
    } else if float(k) < p * float(n) {
        lower_sum(k, n, p)
    } else {
        (1.0 - upper_sum(k + 1, n, p)).max(0.0)
    }
}

/// `P(X >= k)` for `X` binomial with `n` records and the given rate. Rises with the rate.
#[must_use]
pub fn at_least(count: Count, rate: Rate) -> f64 {
    let (k, n, p) = (count.events(), count.records(), rate.get());
    if k == 0 || p >= 1.0 {
        1.0
    } else if p <= 0.0 {
        0.0
    } else if float(k) > p * float(n) {
        upper_sum(k, n, p)
    } else {
        (1.0 - lower_sum(k - 1, n, p)).max(0.0)
    }
}

/// `P(X = 0) + ... + P(X = k)`, from the largest term down; `k` at most `n p`, rounded up.
fn lower_sum(k: u64, n: u64, p: f64) -> f64 {
    let odds = (1.0 - p) / p;
    falling_sum(point(k, n, p), (1..=k).rev().map(|j| float(j) / float(n - j + 1) * odds))
}

/// `P(X = k) + ... + P(X = n)`, from the largest term up; `k` at least `n p`, rounded down.
fn upper_sum(k: u64, n: u64, p: f64) -> f64 {
    let odds = p / (1.0 - p);
    falling_sum(point(k, n, p), (k..n).map(|j| float(n - j) / float(j + 1) * odds))
}

/// Adds up terms, each the one before times the next of `ratios`, which fall: the rest is less than a geometric series
/// from the last term, and left out where it would not change the last digit.
fn falling_sum(first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let mut term = first;
    let mut sum = first;
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term * ratio <= (1.0 - ratio) * sum * f64::EPSILON {
            break;
        }
    }
    sum.min(1.0)
}

/// `P(X = k)`; the rate is strictly between 0 and 1.
fn point(k: u64, n: u64, p: f64) -> f64 {
    (ln_beta_density(p, float(k + 1), float(n - k + 1)) - float(n + 1).ln()).exp()
}

/// Whether one look proves that the rate is below `limit`: `P(X <= k) < alpha` if the rate were `limit`.
///
/// If the rate is `limit` or more, this is true with a probability of less than `alpha`. Lost with more events at fixed
/// `n`; kept with more records at fixed `k`. Never true without a record.
#[must_use]
pub fn limit_proven(count: Count, limit: Limit, alpha: Alpha) -> bool {
    at_most(count, limit.rate()) < alpha.get()
}

/// The upper Clopper-Pearson bound, one-sided: the rate at which `P(X <= k) = alpha`.
///
/// It is `BetaInv(1 - alpha; k + 1, n - k)`, and `1 - alpha^(1/n)` without an event. At least `k / n`, rises with the
/// events, falls with clean records; 1 without a record and where every record is an event.
#[must_use]
pub fn upper_bound(count: Count, alpha: Alpha) -> Rate {
    match count.rate() {
        Some(rate) if rate < Rate::ONE => {
            if count.events() == 0 {
                return Rate::clamped(-(-alpha.evidence() / float(count.records())).exp_m1());
            }
            let holds = |p| at_most(count, Rate::clamped(p)) > alpha.get();
            Rate::clamped(boundary(rate.get(), 1.0, holds).1)
        }
        _ => Rate::ONE,
    }
}

/// The lower Clopper-Pearson bound, one-sided: the rate at which `P(X >= k) = alpha`.
///
/// It is `BetaInv(alpha; k, n - k + 1)`, and `alpha^(1/n)` where every record is an event. At most `k / n`, rises with the
/// events, falls with clean records; 0 without an event.
#[must_use]
pub fn lower_bound(count: Count, alpha: Alpha) -> Rate {
    match count.rate() {
        Some(rate) if rate > Rate::ZERO => {
            if count.clean() == 0 {
                return Rate::clamped((-alpha.evidence() / float(count.records())).exp());
            }
            let holds = |p| at_least(count, Rate::clamped(p)) < alpha.get();
            Rate::clamped(boundary(0.0, rate.get(), holds).0)
        }
        _ => Rate::ZERO,
    }
}
