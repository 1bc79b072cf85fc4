//! Any number of looks: the beta-binomial mixture.
//!
//! A bound that holds for one look does not hold for daily looks: repeated often enough, its test passes by chance. The
//! mixture holds at all looks together. Under a true rate `p`, `M(p)` is a nonnegative martingale that starts at 1, so it ever
//! reaches `1 / alpha` with a probability of at most `alpha` (Ville's inequality). No maximum has to be planned, and the
//! records need not be independent: it is enough that, whatever happened before, each record's probability of an event is at
//! least the limit (for [`limit_proven`]; at most, for [`limit_refuted`]). Such a history has at least as many events as one
//! at the limit, and more events never help.
//!
//! Sources: Ville 1939, *Étude critique de la notion de collectif*; Robbins 1970, *Statistical methods related to the law
//! of the iterated logarithm*; Howard, Ramdas, McAuliffe and Sekhon 2021, *Time-uniform, nonparametric, nonasymptotic
//! confidence sequences*.

use super::bisect::boundary;
use super::count::Count;
use super::rate::{Alpha, Limit, Rate, float};
use super::special::{ln_beta, ln_beta_density};

/// The prior Beta(1, b): the fewest records are needed near its mean. The answers are valid under any prior that was fixed
/// before the records were seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior(f64);

impl Prior {
    /// Beta(1, 1): every rate is as likely as every other.
    pub const UNIFORM: Self = Self(1.0);

    /// For proving that a rate is below `limit`: `b = 2 / limit - 1`, whose mean is half the limit.
    #[must_use]
    pub fn below(limit: Limit) -> Self {
        Self(2.0 / limit.get() - 1.0)
    }

    /// For proving that a rate is above `limit`: `b = 1 / (2 limit) - 1`, whose mean is twice the limit. For limits of 0.5
    /// and more it is the uniform prior.
    #[must_use]
    pub fn above(limit: Limit) -> Self {
        let b = 0.5 / limit.get() - 1.0;
        if b > 0.0 { Self(b) } else { Self::UNIFORM }
    }

    /// For both sides of an expected rate: `b = 1 / rate - 1`, whose mean is `rate`.
    pub(super) fn around(rate: Limit) -> Self {
        Self((1.0 - rate.get()) / rate.get())
    }

    /// `b`, above 0.
    #[cfg(test)]
    pub(super) const fn b(self) -> f64 {
        self.0
    }
}

/// `ln M(p)`, the logarithm of the evidence against the rate `p`: 0 without a record, never above 0 at `p = k / n`, and
/// rising on both sides of it. Infinite where `p` is 0 and there was an event, or 1 and there was a record without one.
///
/// ```text
/// ln M(p) = ln(b / (b + n)) + sum over i = 1..k of ln(i / (b + n - i)) - k ln p - (n - k) ln(1 - p)
/// ```
///
/// Computed as the prior's density over the posterior's, at `p`: the same number, in constant time and without
/// cancellation.
#[must_use]
pub fn log_evidence(count: Count, prior: Prior, rate: Rate) -> f64 {
    if count.records() == 0 {
        return 0.0;
    }
    let p = rate.get();
    let (events, clean) = (float(count.events()), float(count.clean()));
    if p > 0.0 && p < 1.0 {
        let prior_density = prior.0.ln() + (prior.0 - 1.0) * (-p).ln_1p();
        prior_density - ln_beta_density(p, 1.0 + events, prior.0 + clean)
    } else if (p <= 0.0 && count.events() > 0) || (p >= 1.0 && count.clean() > 0) {
        f64::INFINITY
    } else {
        prior.0.ln() + ln_beta(1.0 + events, prior.0 + clean)
    }
}

/// Whether the rate is proven to be below `limit`: `k < g n` and `ln M(g) >= ln(1 / alpha)`, under [`Prior::below`].
///
/// If the rate is `limit` or more, this ever becomes true with a probability of at most `alpha`. At fixed `n` it is lost
/// with more events and never regained; at fixed `k`, once true it stays true with more records.
#[must_use]
pub fn limit_proven(count: Count, limit: Limit, alpha: Alpha) -> bool {
    float(count.events()) < limit.get() * float(count.records())
        && log_evidence(count, Prior::below(limit), limit.rate()) >= alpha.evidence()
}

/// Whether the rate is proven to be above `limit`, so that more records will not help: `k > g n` and
/// `ln M(g) >= ln(1 / alpha)`, under [`Prior::above`].
///
/// If the rate is `limit` or less, this ever becomes true with a probability of at most `alpha`. At fixed `n`, once true
/// it stays true with more events.
#[must_use]
pub fn limit_refuted(count: Count, limit: Limit, alpha: Alpha) -> bool {
    float(count.events()) > limit.get() * float(count.records())
        && log_evidence(count, Prior::above(limit), limit.rate()) >= alpha.evidence()
}

/// The upper end of a confidence sequence: with a probability of at least `1 - alpha` the rate is below it at every look.
///
/// The rate above `k / n` at which `ln M(p) = ln(1 / alpha)`. At least `k / n`, rises with the events, falls with clean
/// records; 1 without a record and where every record is an event. Under [`Prior::below`] a limit, it is at most that limit
/// exactly where [`limit_proven`] says so.
#[must_use]
pub fn upper_bound(count: Count, prior: Prior, alpha: Alpha) -> Rate {
    match count.rate() {
        Some(rate) if rate < Rate::ONE => Rate::clamped(crossing(count, prior, alpha, rate.get(), 1.0)),
        _ => Rate::ONE,
    }
}

/// The lower end of a confidence sequence: with a probability of at least `1 - alpha` the rate is above it at every look.
///
/// The rate below `k / n` at which `ln M(p) = ln(1 / alpha)`. At most `k / n`, and 0 without an event. Under
/// [`Prior::above`] a limit, it is at least that limit exactly where [`limit_refuted`] says so.
#[must_use]
pub fn lower_bound(count: Count, prior: Prior, alpha: Alpha) -> Rate {
    match count.rate() {
        Some(rate) if rate > Rate::ZERO => Rate::clamped(crossing(count, prior, alpha, rate.get(), 0.0)),
        _ => Rate::ZERO,
    }
}

/// Where the evidence reaches `ln(1 / alpha)` between `observed`, where it is below, and `end`, where it is above: the outer
/// of the two adjacent floats.
fn crossing(count: Count, prior: Prior, alpha: Alpha, observed: f64, end: f64) -> f64 {
    let enough = alpha.evidence();
    let holds = |p: f64| log_evidence(count, prior, Rate::clamped(p)) >= enough;
    if end > observed { boundary(observed, end, |p| !holds(p)).1 } else { boundary(end, observed, holds).0 }
}
