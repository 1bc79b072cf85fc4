//! Stored runs: what went into a replay, and where its results are.

use super::Selection;
use super::error::ReplayError;
use super::intact::read_record;
use super::record::{FileDigest, RECORD, RunRecord};
use super::staging::Staging;
use crate::decide::{Environment, RuleSet};
use crate::disk::Part;
use crate::model::hex;
use crate::summary::{Decisions, Role, Sampling, Summary};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
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

/// Completes a run: writes what is still missing into `staging` and gives it its name in `runs`. `golden_folder` is where
/// golden was, if that is not the project's own folder; `project` names the corpora of the project where some
/// were named, and is `None` where all were replayed.
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
    project: Option<&[String]>,
) -> Result<StoredPath, ReplayError> {
    let unwritable = |source: serde_json::Error| ReplayError::io("write the run in", runs)(source.into());
    let name = run_name(&inputs).map_err(unwritable)?;
    let mut summary_json = serde_json::to_vec_pretty(summary).map_err(unwritable)?;
    summary_json.push(b'\n');
    let (rules, decisions) = (inputs.rules, inputs.decisions);
    let corpora: Vec<_> = inputs.corpora.iter().map(|corpus| corpus.name.clone()).collect();
    let mut files = staging.digests();
    for (name, bytes) in [("summary.json", summary_json.as_slice()), ("junit.xml", junit)] {
        staging.write(name, bytes)?;
        files.insert(name.to_owned(), FileDigest::of(bytes));
    }
    let incomplete_because = summary.incomplete_because.clone();
    let record = RunRecord { inputs, incomplete_because, golden_folder, files, digest: String::new() };
    let record = record.sealed().and_then(|record| record.to_bytes()).map_err(unwritable)?;
    staging.write(RECORD, &record)?;
    let path = staging.publish(runs, &name)?;
    let may_be_latest = summary.is_complete() && decisions == Decisions::Ours;
    let covered_by = project.filter(|_| may_be_latest).and_then(|all| covered_by(runs, rules, &corpora, all));
    if may_be_latest && covered_by.is_none() {
        point_latest(runs, rules, &name)?;
    }
    Ok(StoredPath { path, covered_by })
}

/// Where a run was stored.
#[derive(Clone, Debug)]
pub struct StoredPath {
    /// Its folder.
    pub path: PathBuf,
    /// The latest run, if this one could have become it and did not, because that one is of more corpora.
    pub covered_by: Option<PathBuf>,
}

/// The latest run, if it stays that before a run of `corpora`: it holds all of them and more, or all corpora of the project,
/// which those are not.
fn covered_by(runs: &Path, rules: RuleSet, corpora: &[String], project: &[String]) -> Option<PathBuf> {
    // One that cannot be read covers nothing.
    let latest = latest_run(runs, rules).ok()??;
    let record = read_record(&latest).ok()?;
    let of_latest: Vec<_> = record.inputs.corpora.into_iter().map(|corpus| corpus.name).collect();
    let holds = |all: &[String], some: &[String]| some.iter().all(|name| all.contains(name));
    let is_whole = |some: &[String]| !project.is_empty() && holds(some, project);
    let is_more = holds(&of_latest, corpora) && of_latest.len() > corpora.len();
    (!is_whole(corpora) && (is_more || is_whole(&of_latest))).then_some(latest)
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

/// How the name of a pointer begins.
pub(super) const LATEST: &str = "latest-";

fn latest(runs: &Path, rules: RuleSet) -> PathBuf {
    runs.join(format!("{LATEST}{rules}"))
}

/// `latest-<rule set>` holds the name of the newest complete run of as many corpora, and a line end.
fn point_latest(runs: &Path, rules: RuleSet, name: &str) -> Result<(), ReplayError> {
    let path = latest(runs, rules);
    let write = || {
        let mut file = Part::of(&path)?;
        file.write_all(format!("{name}\n").as_bytes())?;
        file.install()
    };
    write().map_err(ReplayError::io("write", &path))
}

/// The directory of the newest complete run of `rules`; `None` where there is none.
///
/// # Errors
///
/// [`ReplayError::Io`] where the pointer cannot be read, [`ReplayError::Run`] where it leads nowhere, or to a run of
/// another kind.
pub fn latest_run(runs: &Path, rules: RuleSet) -> Result<Option<PathBuf>, ReplayError> {
    let pointer = latest(runs, rules);
    let name = match std::fs::read_to_string(&pointer) {
        Ok(name) => name,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ReplayError::io("read", pointer)(error)),
    };
    let name = name.trim();
    let is_digest = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let run = runs.join(name);
    let wrong = |problem: &str| Err(ReplayError::Run { path: pointer.clone(), problem: problem.to_owned() });
    if !is_digest || !run.is_dir() {
        return wrong("leads to no run: replay again");
    }
    // What is wrong with the run itself is for its reader to tell.
    if read_record(&run).is_ok_and(|record| record.inputs.rules != rules || !record.may_be_latest()) {
        return wrong("leads to a run that cannot be the latest one of these rules: replay again");
    }
    Ok(Some(run))
}

/// The name of the run of these inputs: their digest.
///
/// # Errors
///
/// [`serde_json::Error`] where they cannot be written.
pub fn run_name(inputs: &RunInputs) -> Result<String, serde_json::Error> {
    Ok(digest(&serde_json::to_vec(inputs)?))
}
