//! Compares a stored run with golden as it is now: which corpora can be compared, and whether golden has changed since.

use super::super::exit::Failure;
use super::super::project::Project;
use super::compare::Comparing;
use super::side::{Side, StoredRun};
use crate::golden::{SnapshotName, Store};
use crate::report::Shown;
use crate::summary::{GONE, GoldenResult};
use std::path::{Path, PathBuf};

/// The golden folder to compare runs with: the one that was named, or else the one that they were compared with.
pub(super) fn golden_folder(named: Option<&Path>, runs: &[StoredRun], project: &Project) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        return if named.is_dir() {
            Ok(project.golden(Some(named)))
        } else {
            Err(Failure::input(format!("there is no golden folder {}", named.display())))
        };
    }
    let mut folders: Vec<_> = runs.iter().map(|run| project.golden_of(run.record.golden_folder.as_deref())).collect();
    folders.dedup();
    match folders.as_slice() {
        [] => Ok(project.golden(None)),
        [folder] => Ok(folder.clone()),
        _ => {
            let help = "report them one by one, or name one folder: --golden DIR";
            Err(Failure::usage("these runs were compared with different golden folders").with_help(help))
        }
    }
}

/// The part of a run that can be compared with golden.
pub(super) struct Against<'a> {
    pub(super) comparing: Comparing<'a>,
    /// Corpora that have golden, but did not exist when the run was replayed.
    pub(super) unclaimed: Vec<String>,
}

impl<'a> Against<'a> {
    /// Determines what is compared, and adds to `notes` what is not, and where golden has changed. If the user named the golden
    /// folder (`is_named`), a run that was replayed without golden is compared as well.
    pub(super) fn new(
        golden: &'a Side,
        side: &'a Side,
        run: &StoredRun,
        is_named: bool,
        shown: &Shown,
        notes: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        let rules = run.record.inputs.rules;
        let Some(store) = golden.store() else {
            return Ok(Self { comparing: Comparing::of_run(golden, side, rules, &[])?, unclaimed: Vec::new() });
        };
        let mut compared = Vec::new();
        for corpus in &run.summary.corpora {
            let name = SnapshotName::new(rules.as_str(), &corpus.name)?;
            let snapshot = shown.name(&name.to_string());
            let inputs = run.record.inputs.corpora.iter().find(|inputs| inputs.name == corpus.name);
            let then = inputs.and_then(|inputs| inputs.golden.as_ref());
            let because = match &corpus.golden {
                GoldenResult::Skipped { because } if !is_named => Some(because.clone()),
                GoldenResult::Skipped { .. } | GoldenResult::Absent | GoldenResult::Compared { .. } => {
                    match (store.digest(&name)?, then) {
                        (Some(now), Some(then)) => {
                            if now != *then {
                                notes.push(format!(
                                    "golden of {snapshot} changed since the run: compared with golden as it is now"
                                ));
                            }
                            None
                        }
                        (Some(_), None) => {
                            notes.push(format!(
                                "{snapshot} was replayed without this golden: compared with golden as it is now"
                            ));
                            None
                        }
                        (None, Some(_)) => Some(GONE.to_owned()),
                        (None, None) => Some("there is no golden for it yet".to_owned()),
                    }
                }
            };
            match because {
                Some(because) => notes.push(format!("{snapshot} was not compared with golden: {because}")),
                None => compared.push(corpus.name.as_str()),
            }
        }
        let mut comparing = Comparing::of_run(golden, side, rules, &compared)?;
        let unclaimed = still_there(store, rules.as_str(), &run.summary.unclaimed_golden)?;
        comparing.add(rules, &unclaimed.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Self { comparing, unclaimed })
    }
}

fn still_there(store: &Store, rules: &str, corpora: &[String]) -> Result<Vec<String>, Failure> {
    let mut there = Vec::new();
    for corpus in corpora {
        if store.golden_path(&SnapshotName::new(rules, corpus)?).exists() {
            there.push(corpus.clone());
        }
    }
    Ok(there)
}
