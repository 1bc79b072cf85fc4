//! Risk logs as the user names them, for the subcommands that read them.

use super::exit::Failure;
use super::output::Output;
use super::standard;
use crate::corpus::CorpusInput;
use crate::report::escape;
use crate::risklog::{LogState, LogView, Window};
use std::path::{Path, PathBuf};

/// The logs that were named: each once, and none that `refused` has something against, by its name and its place.
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

/// Where a path leads, so that two names of one file are seen to be that.
pub(super) fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The lines that count.
pub(super) fn window(since: Option<i64>, until: Option<i64>) -> Result<Window, Failure> {
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(
            Failure::usage("--until is not after --since").with_help("--since counts from T on, --until before T")
        );
    }
    Ok(Window { since, until })
}

/// Says which logs are not there.
pub(super) fn tell_missing(logs: &[LogView], output: &Output) {
    for log in logs.iter().filter(|log| log.state == LogState::Missing) {
        output.diagnostic(&format!("note: there is no risk log {}: it counts as empty", escape::visible(&log.name)));
    }
}
