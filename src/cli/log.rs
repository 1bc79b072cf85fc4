//! Risk logs from the command line: their inputs and the time window.

use super::exit::Failure;
use super::output::Output;
use super::standard;
use crate::corpus::CorpusInput;
use crate::report::escape;
use crate::risklog::{LogState, LogView, Window};
use std::path::{Path, PathBuf};

/// The named logs. A log that is named twice is an error, and so is one for whose name and canonical path `refused` gives a
/// failure.
pub(super) fn inputs(
    paths: &[PathBuf],
    refused: &dyn Fn(&Path, &Path) -> Option<Failure>,
) -> Result<Vec<CorpusInput>, Failure> {
    let mut places: Vec<PathBuf> = Vec::new();
    for path in paths {
        let place = place(path);
        if places.contains(&place) {
            let message = format!("{} is named twice", path.display());
            return Err(Failure::usage(message).with_help("every log is counted once: name it once"));
        }
        if let Some(failure) = refused(path, &place) {
            return Err(failure);
        }
        places.push(place);
    }
    let input = |path: &PathBuf| {
        if path == Path::new("-") { standard::input() } else { Ok(CorpusInput::File(path.clone())) }
    };
    paths.iter().map(input).collect()
}

/// The canonical path of a log, to compare names of the same file.
pub(super) fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The time window whose lines count.
pub(super) fn window(since: Option<i64>, until: Option<i64>) -> Result<Window, Failure> {
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(
            Failure::usage("--until is not after --since").with_help("--since counts from T on, --until before T")
        );
    }
    Ok(Window { since, until })
}

/// Reports which logs are missing.
pub(super) fn tell_missing(logs: &[LogView], output: &Output) {
    for log in logs.iter().filter(|log| log.state == LogState::Missing) {
        output.diagnostic(&format!("note: there is no risk log {}: it counts as empty", escape::visible(&log.name)));
    }
}
