//! Completing a run, and listing the runs of a folder.

use super::error::RunError;
use super::inputs::{RunInputs, run_name};
use super::intact::read_record;
use super::record::{FileDigest, RECORD, RunRecord};
use super::staging::Staging;
use crate::summary::Summary;
use std::path::{Path, PathBuf};

/// Completes a run: writes the missing files into `staging` and gives it its name in `runs`, without a pointer. `golden_folder` is
/// `None` for the project's own.
pub fn store_run(
    staging: Staging,
    runs: &Path,
    inputs: RunInputs,
    golden_folder: Option<String>,
    summary: &Summary,
    junit: &[u8],
) -> Result<PathBuf, RunError> {
    let unwritable = |source: serde_json::Error| RunError::io("write the run in", runs)(source.into());
    let name = run_name(&inputs);
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

/// Names and records of the readable runs in `runs`, the newest first.
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
