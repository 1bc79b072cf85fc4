//! The inputs of a run, which is named after their digest.

use super::Selection;
use crate::bulk::digest;
use crate::decide::{Environment, RuleSet};
use crate::summary::{Decisions, Role, Sampling};
use serde::{Deserialize, Serialize};

/// Everything that a run depends on. Equal inputs are the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunInputs {
    /// [`RUN_FORMAT`](super::RUN_FORMAT).
    pub format: u32,
    /// Version of the program.
    pub tool_version: String,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// The source of the decisions.
    pub decisions: Decisions,
    /// Which commands were in the sample.
    pub sampling: Sampling,
    /// Whether each recording's own environment was used.
    pub recorded_environment: bool,
    /// The variables in force, those of a recording excepted. Secrets are not recorded.
    pub environment: Environment,
    /// SHA-256 of the policy file, hex; `None` for the built-in policy.
    pub policy: Option<String>,
    /// SHA-256 of the file of foreign decisions, hex.
    pub foreign: Option<String>,
    /// Which recordings of each corpus were replayed.
    pub selection: Selection,
    /// Stages of the rollout, 0..=1, ascending.
    pub stages: Vec<f64>,
    /// The corpora, in ascending order of names.
    pub corpora: Vec<CorpusInputs>,
}

/// One corpus of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusInputs {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// SHA-256 of the corpus as stored, hex.
    pub digest: String,
    /// SHA-256 of its golden file, hex; `None` where there is none or none was compared.
    pub golden: Option<String>,
}

/// The name of a run: the digest of its inputs.
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "strings, numbers and lists of them: there is nothing that JSON cannot hold"
)]
pub fn run_name(inputs: &RunInputs) -> String {
    digest(&serde_json::to_vec(inputs).expect("the inputs are written to memory"))
}
