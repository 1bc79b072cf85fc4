//! What a verdict is reached from, as it comes from outside.

use super::judge::Looks;
use super::policy::Policy;
use super::step::Step;
use super::threshold::SampleRate;
use crate::risklog::Honest;
use crate::risklog::fidelity::Fidelity;
use crate::run::RunInputs;
use crate::summary::Summary;
use serde::{Deserialize, Serialize};

/// Everything that a verdict is reached from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What is asked.
    pub step: Step,
    /// The policy.
    pub policy: &'a Policy,
    /// How often this is asked.
    pub looks: Looks,
    /// Recordings count as a sample of production although they were written.
    pub assume_representative: bool,
    /// What the replay came to.
    pub summary: &'a Summary,
    /// What the replay was made of.
    pub inputs: &'a RunInputs,
    /// What risk logs say; `None` where none was given.
    pub logs: Option<&'a Honest>,
    /// How far the replay agrees with the logs.
    pub fidelity: Option<&'a Fidelity>,
    /// The highest rate that an earlier receipt allowed under these rules.
    pub reached: Option<SampleRate>,
    /// Corpora of the project that are not in the run as they are now.
    pub left_out: &'a [String],
    /// What is wrong with stored files, found before they were read.
    pub tampered: &'a [Tampered],
}

/// A stored file that is not what another one says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tampered {
    /// Its name.
    pub file: String,
    /// What is wrong, as a clause without its subject.
    pub problem: String,
}
