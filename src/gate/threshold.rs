//! The numbers of a rollout policy; the range of each is checked when it is read.

use crate::stats::{Limit, Rate};
use serde::{Deserialize, Serialize};

/// The limit of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub enum Threshold {
    /// No event at all.
    None,
    /// A rate below this.
    Below(Limit),
}

impl TryFrom<f64> for Threshold {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if number == 0.0 {
            return Ok(Self::None);
        }
        Limit::new(number).map(Self::Below).ok_or_else(|| "expected 0 or a rate below 1".to_owned())
    }
}

impl From<Threshold> for f64 {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::None => 0.0,
            Threshold::Below(limit) => limit.get(),
        }
    }
}

/// The sample rate of a stage, above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct SampleRate(Rate);

impl SampleRate {
    /// `None` for 0, and outside 0..=1.
    #[must_use]
    pub fn new(number: f64) -> Option<Self> {
        Rate::new(number).filter(|rate| *rate > Rate::ZERO).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0.get()
    }

    /// The rate.
    #[must_use]
    pub const fn rate(self) -> Rate {
        self.0
    }
}

impl TryFrom<f64> for SampleRate {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        Self::new(number).ok_or_else(|| "expected a sample rate above 0 and at most 1".to_owned())
    }
}

impl From<SampleRate> for f64 {
    fn from(rate: SampleRate) -> Self {
        rate.get()
    }
}

impl std::fmt::Display for SampleRate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // At least two decimals, as in rollout plans, and more where the number has more.
        let (shortest, two) = (self.get().to_string(), format!("{:.2}", self.get()));
        formatter.write_str(if shortest.len() > two.len() { &shortest } else { &two })
    }
}

impl std::str::FromStr for SampleRate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number: f64 = text.parse().map_err(|_| "expected a number such as 0.05".to_owned())?;
        Self::try_from(number)
    }
}
