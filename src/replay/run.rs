//! Stored runs: what went into a replay, and where its results are.

use super::Selection;
use super::error::ReplayError;
use super::intact::read_record;
use super::record::{FileDigest, RECORD, RunRecord};
use super::staging::Staging;
use crate::decide::{Environment, RuleSet};
use crate::model::hex;
use crate::summary::{Decisions, Role, Sampling, Summary};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What a run depends on. Equal inputs are the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunInputs {
    /// [`RUN_FORMAT`](super::RUN_FORMAT).
    pub format: u32,
    /// Version of the program.
    pub tool_version: String,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// Who was in the sample.
    pub sampling: Sampling,
    /// Whether each recording's own environment was used.
    pub recorded_environment: bool,
    /// The variables in force, those of a recording excepted. Secrets are not recorded.
    pub environment: Environment,
    /// SHA-256 of the policy file, hex; `None` for the built-in policy.
    pub policy: Option<String>,
    /// SHA-256 of the file of foreign decisions, hex.
    pub foreign: Option<String>,
    /// What was replayed of each corpus.
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
    /// What it stands for.
    pub role: Role,
    /// SHA-256 of the corpus as stored, hex.
    pub digest: String,
    /// SHA-256 of its golden file, hex; `None` where there is none or none was compared.
    pub golden: Option<String>,
}

/// SHA-256 as hex.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Completes a run: writes what is still missing into `staging` and gives it its name in `runs`. No pointer names it yet.
/// `golden_folder` is where golden was, if that is not the project's own folder.
///
/// # Errors
///
/// [`ReplayError::Io`].
pub fn store_run(
    staging: Staging,
    runs: &Path,
    inputs: RunInputs,
    golden_folder: Option<String>,
    summary: &Summary,
    junit: &[u8],
) -> Result<PathBuf, ReplayError> {
    let unwritable = |source: serde_json::Error| ReplayError::io("write the run in", runs)(source.into());
    let name = run_name(&inputs).map_err(unwritable)?;
    let mut summary_json = serde_json::to_vec_pretty(summary).map_err(unwritable)?;
    summary_json.push(b'\n');
    let mut files = staging.digests();
    for (name, bytes) in [("summary.json", summary_json.as_slice()), ("junit.xml", junit)] {
        staging.write(name, bytes)?;
        files.insert(name.to_owned(), FileDigest::of(bytes));
    }
    let incomplete_because = summary.incomplete_because.clone();
    let record = RunRecord { inputs, incomplete_because, golden_folder, files, digest: String::new() };
    let record = record.sealed().and_then(|record| record.to_bytes()).map_err(unwritable)?;
    staging.write(RECORD, &record)?;
    staging.publish(runs, &name)
}

/// The records of all runs that are stored in `runs`, with their names: the newest first. Those that cannot be read are
/// passed over.
#[must_use]
pub fn stored_records(runs: &Path) -> Vec<(String, RunRecord)> {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| name.len() == 64)?;
            let time = entry.path().join(RECORD).metadata().and_then(|found| found.modified()).ok()?;
            Some((std::cmp::Reverse(time), name, read_record(&entry.path()).ok()?))
        })
        .collect();
    found.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    found.into_iter().map(|(_, name, record)| (name, record)).collect()
}

/// The name of the run of these inputs: their digest.
///
/// # Errors
///
/// [`serde_json::Error`] where they cannot be written.
pub fn run_name(inputs: &RunInputs) -> Result<String, serde_json::Error> {
    Ok(digest(&serde_json::to_vec(inputs)?))
}
