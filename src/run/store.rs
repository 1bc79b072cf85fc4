//! The folder of stored runs: its contents and what is wrong with them.

use super::error::RunError;
use super::intact::check_run;
use super::latest::{latest_run, pointer_of};
use super::staging::is_unfinished;
use std::io;
use std::path::{Path, PathBuf};

/// The contents of a folder of runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreContents {
    /// Number of runs.
    pub runs: u64,
    /// What is wrong, by path.
    pub flaws: Vec<StoreFlaw>,
    /// Number of unfinished runs, of replays that were killed or are running.
    pub unfinished: u64,
}

/// Something that is wrong with a stored run, or with a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFlaw {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong, as the rest of a sentence that begins with the path.
    pub problem: String,
}

/// Checks all runs in the folder `runs`, which may be missing. Reads every file once and writes nothing.
pub fn inspect_store(runs: &Path) -> Result<StoreContents, RunError> {
    let mut contents = StoreContents::default();
    let entries = match std::fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(contents),
        Err(error) => return Err(RunError::io("list", runs)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(RunError::io("list", runs))?.file_name());
    }
    names.sort_unstable();
    for name in names {
        let path = runs.join(&name);
        let text = name.to_string_lossy();
        if is_unfinished(&text) {
            contents.unfinished += 1;
        } else if let Some(pointer) = pointer_of(&text) {
            let problem = match pointer {
                Err(_) => Some("is of no rule set that this program knows".to_owned()),
                Ok((rules, owner)) => match latest_run(runs, &owner, rules) {
                    Ok(_) => None,
                    Err(RunError::Run { problem, .. }) => Some(problem),
                    Err(error) => Some(error.to_string()),
                },
            };
            contents.flaws.extend(problem.map(|problem| StoreFlaw { path, problem }));
        } else if path.is_dir() {
            contents.runs += 1;
            let damage = check_run(&path).into_iter();
            let flaw = |found: super::Damage| StoreFlaw { path: path.join(found.file), problem: found.problem };
            contents.flaws.extend(damage.map(flaw));
        } else {
            let problem = "is neither a run nor the name of one".to_owned();
            contents.flaws.push(StoreFlaw { path, problem });
        }
    }
    Ok(contents)
}
