//! What is asked: raise the rate to, or hold it at.

use super::policy::{Policy, StagePolicy};
use super::threshold::SampleRate;
use serde::{Deserialize, Serialize};

/// A step of the rollout.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Raise the rate to this.
    To(SampleRate),
    /// Leave it at this.
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

    /// The stage whose evidence from production is read: the one before a rate that is to be reached, that of a rate that
    /// is to be held. None for the first stage, before which nothing runs in production.
    #[must_use]
    pub fn stage(self, policy: &Policy) -> Option<&StagePolicy> {
        match self {
            Self::To(rate) => policy.stage_before(rate),
            Self::Hold(rate) => policy.stage_of(rate),
        }
    }
}
