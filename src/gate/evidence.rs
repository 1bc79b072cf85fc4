//! The evidence for a verdict.

use super::judge::Looks;
use super::policy::RolloutPolicy;
use super::step::Step;
use super::threshold::SampleRate;
use crate::risklog::Honest;
use crate::risklog::fidelity::Fidelity;
use crate::run::RunInputs;
use crate::summary::Summary;
use serde::{Deserialize, Serialize};

/// All evidence for the verdict on a step.
#[derive(Clone, Copy, Debug)]
pub struct StepEvidence<'a> {
    /// The step.
    pub step: Step,
    /// The policy.
    pub policy: &'a RolloutPolicy,
    /// How often a verdict is asked for.
    pub looks: Looks,
    /// Recordings count as a sample of production although they were written.
    pub assume_representative: bool,
    /// The summary of the replay.
    pub summary: &'a Summary,
    /// The inputs of the replay.
    pub inputs: &'a RunInputs,
    /// The analysis of risk logs; `None` where none was given.
    pub logs: Option<&'a Honest>,
    /// The comparison of the replay with the logs.
    pub fidelity: Option<&'a Fidelity>,
    /// The highest rate that an earlier receipt allowed under these rules.
    pub reached: Option<SampleRate>,
    /// Corpora of the project that are not in the run in their current version.
    pub left_out: &'a [String],
    /// Problems of stored files.
    pub tampered: &'a [Tampered],
}

/// A stored file that differs from what another file says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tampered {
    /// Its name.
    pub file: String,
    /// What is wrong, as a clause without its subject.
    pub problem: String,
}
