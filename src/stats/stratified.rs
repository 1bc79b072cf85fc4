//! A rate where it will be used, from records that were drawn in other proportions: post-stratification.
//!
//! The proportions of intents in a corpus are not those of production, so each stratum's rate is weighted by its proportion in
//! production.

use super::count::Count;
use super::rate::{Alpha, Rate, float};
use super::special::chi_square_deviate;

/// One stratum: its proportion in production, and its count in the corpus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// Its proportion, or any multiple of it; finite, 0 or more.
    pub weight: f64,
    /// Its events and records.
    pub count: Count,
}

/// Strata whose weights add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Strata(Vec<Stratum>);

impl Strata {
    /// Scales the weights to a sum of 1 and leaves out strata of weight 0. `None` where a weight is negative or not finite,
    /// or their sum is not finite and above 0.
    #[must_use]
    pub fn new(strata: &[Stratum]) -> Option<Self> {
        let total: f64 = strata.iter().map(|stratum| stratum.weight).sum();
        let valid = strata.iter().all(|stratum| stratum.weight >= 0.0) && total > 0.0 && total.is_finite();
        let weighted = strata.iter().filter(|stratum| stratum.weight > 0.0);
        valid.then(|| Self(weighted.map(|stratum| Stratum { weight: stratum.weight / total, ..*stratum }).collect()))
    }

    /// The post-stratified rate, the weighted sum of the strata's rates; `None` where a stratum has no record.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        let terms = self.0.iter().map(|stratum| Some(stratum.weight * stratum.count.rate()?.get()));
        Some(Rate::clamped(terms.sum::<Option<f64>>()?))
    }

    /// The upper bound of Fay and Feuer, one-sided, which is based on the gamma distribution.
    ///
    /// With `t = sum of w k / n`, `v = sum of w² k / n²` and `m = max of w / n`:
    ///
    /// ```text
    /// (v + m²) / (2 (t + m)) * chi-square deviate(alpha, 2 (t + m)² / (v + m²))
    /// ```
    ///
    /// For one stratum it is the exact Poisson bound of `k` events. A stratum without records may consist of events only: its
    /// weight is added in full. At most 1; 1 without any record. Its coverage is approximate, and was never found below
    /// `1 - alpha`.
    ///
    /// Source: Fay and Feuer 1997, *Confidence intervals for directly standardized rates: a method based on the gamma
    /// distribution*.
    #[must_use]
    pub fn gamma_upper(&self, alpha: Alpha) -> Rate {
        let mut mean = 0.0;
        let mut variance = 0.0;
        let mut largest: f64 = 0.0;
        let mut unknown = 0.0;
        for Stratum { weight, count } in &self.0 {
            if count.records() == 0 {
                unknown += weight;
                continue;
            }
            let each = weight / float(count.records());
            mean += each * float(count.events());
            variance += each * each * float(count.events());
            largest = largest.max(each);
        }
        if largest <= 0.0 {
            return Rate::ONE;
        }
        // Over `largest`, so that small weights of many records do not underflow when they are squared.
        let (mean, variance) = (mean / largest + 1.0, variance / (largest * largest) + 1.0);
        let scale = largest * variance / (2.0 * mean);
        Rate::clamped(unknown + scale * chi_square_deviate(alpha.get(), 2.0 * mean * mean / variance))
    }
}
