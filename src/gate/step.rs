//! A step of the rollout: raise the rate, or hold it.

use super::policy::{RolloutPolicy, StagePolicy};
use super::threshold::SampleRate;
use serde::{Deserialize, Serialize};

/// A step of the rollout.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Raise the sample rate to this.
    To(SampleRate),
    /// Hold the sample rate at this.
    Hold(SampleRate),
}

impl Step {
    /// The rate that is asked about.
    #[must_use]
    pub const fn rate(self) -> SampleRate {
        match self {
            Self::To(rate) | Self::Hold(rate) => rate,
        }
    }

    /// The stage whose evidence from production is needed: the previous stage of a rate that is to be reached, or the stage of a
    /// rate that is to be held. `None` before the first stage, when nothing runs in production.
    #[must_use]
    pub fn stage(self, policy: &RolloutPolicy) -> Option<&StagePolicy> {
        match self {
            Self::To(rate) => policy.stage_before(rate),
            Self::Hold(rate) => policy.stage_of(rate),
        }
    }
}
