//! The latest run of a rule set: the pointer file `latest-<rule set>` in the folder of runs holds its name and a line end.
//!
//! Several projects may share a folder of runs. Runs are named after their inputs and are shared; each project has its own pointers.
//! The names of pointers end in the project's [`Owner`], except those of the project that contains the folder.

use super::error::RunError;
use super::intact::read_record;
use crate::bulk::digest;
use crate::decide::RuleSet;
use crate::disk::AtomicFile;
use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Prefix of pointers.
const LATEST: &str = "latest-";

/// Hexadecimal digits of an owner.
const DIGITS: usize = 16;

/// The project of a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner(Option<String>);

impl Owner {
    /// The project that contains the folder of runs.
    pub const HERE: Self = Self(None);

    /// Another project, by something that identifies it, such as its path.
    #[must_use]
    pub fn of(project: &OsStr) -> Self {
        let mut key = digest(project.as_encoded_bytes());
        key.truncate(DIGITS);
        Self(Some(key))
    }

    fn pointer(&self, runs: &Path, rules: RuleSet) -> PathBuf {
        let owner = self.0.as_ref().map(|owner| format!("-{owner}")).unwrap_or_default();
        runs.join(format!("{LATEST}{rules}{owner}"))
    }
}

/// Rule set and owner of a pointer with this file name, or the text in their place where it is neither; `None` for any other name.
pub fn pointer_of(name: &str) -> Option<Result<(RuleSet, Owner), String>> {
    let text = name.strip_prefix(LATEST)?;
    let is_owner = |owner: &str| owner.len() == DIGITS && owner.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (rules, owner) = match text.split_once('-').filter(|(_, owner)| is_owner(owner)) {
        Some((rules, owner)) => (rules, Owner(Some(owner.to_owned()))),
        None => (text, Owner::HERE),
    };
    Some(rules.parse().map(|rules| (rules, owner)).map_err(|_| text.to_owned()))
}

/// Whether a folder of runs holds the latest run of a project other than `owner`.
#[must_use]
pub fn is_shared(runs: &Path, owner: &Owner) -> bool {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let mut names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.any(|name| matches!(pointer_of(&name), Some(Ok((_, other))) if other != *owner))
}

/// Makes the run at `run` the latest of its rule set, if it is complete and of our own decisions. Returns the latest run where that
/// stays the latest because it covers more corpora. `project` holds the corpora of the project where some of them were named on the
/// command line, and is `None` where all were replayed.
///
/// # Errors
///
/// [`RunError::Io`], and [`RunError::Run`] where the run cannot be read.
pub fn make_latest(
    run: &Path,
    runs: &Path,
    owner: &Owner,
    project: Option<&[String]>,
) -> Result<Option<PathBuf>, RunError> {
    let record = read_record(run)?;
    if !record.may_be_latest() {
        return Ok(None);
    }
    let rules = record.inputs.rules;
    let corpora: Vec<_> = record.inputs.corpora.into_iter().map(|corpus| corpus.name).collect();
    let covered_by = project.and_then(|all| covered_by(runs, owner, rules, &corpora, all));
    if covered_by.is_none() {
        let pointer = owner.pointer(runs, rules);
        let write = || {
            let mut file = AtomicFile::of(&pointer)?;
            writeln!(file, "{}", run.file_name().unwrap_or_default().display())?;
            file.install()
        };
        write().map_err(RunError::io("write", &pointer))?;
    }
    Ok(covered_by)
}

/// The latest run, where a run of `corpora` does not replace it: it covers all of them and more, or all corpora of the project, and
/// `corpora` does not.
fn covered_by(runs: &Path, owner: &Owner, rules: RuleSet, corpora: &[String], project: &[String]) -> Option<PathBuf> {
    // A run that cannot be read covers nothing.
    let latest = latest_run(runs, owner, rules).ok()??;
    let record = read_record(&latest).ok()?;
    let of_latest: Vec<_> = record.inputs.corpora.into_iter().map(|corpus| corpus.name).collect();
    let holds = |all: &[String], some: &[String]| some.iter().all(|name| all.contains(name));
    let is_whole = |some: &[String]| !project.is_empty() && holds(some, project);
    let is_more = holds(&of_latest, corpora) && of_latest.len() > corpora.len();
    (!is_whole(corpora) && (is_more || is_whole(&of_latest))).then_some(latest)
}

/// The directory of the owner's newest complete run of `rules`; `None` where there is none.
///
/// # Errors
///
/// [`RunError::Io`] where the pointer cannot be read, [`RunError::Run`] where it leads nowhere, or to a run of
/// another kind.
pub fn latest_run(runs: &Path, owner: &Owner, rules: RuleSet) -> Result<Option<PathBuf>, RunError> {
    let pointer = owner.pointer(runs, rules);
    let name = match std::fs::read_to_string(&pointer) {
        Ok(name) => name,
        // Also where the folder does not exist.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RunError::io("read", pointer)(error)),
    };
    let name = name.trim();
    let is_digest = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let run = runs.join(name);
    let wrong = |problem: &str| Err(RunError::Run { path: pointer.clone(), problem: problem.to_owned() });
    if !is_digest || !run.is_dir() {
        return wrong("leads to no run: replay again");
    }
    // Damage of the run itself is reported by its reader.
    if read_record(&run).is_ok_and(|record| record.inputs.rules != rules || !record.may_be_latest()) {
        return wrong("leads to a run that cannot be the latest one of these rules: replay again");
    }
    Ok(Some(run))
}
