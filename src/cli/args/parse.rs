//! Parsers of values that several commands have.

use super::super::variable::expected_variable;
use crate::model::VARIABLES;
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::path::{Path, PathBuf};

pub(super) fn parse_variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) => Ok((known_variable(key)?, value.to_owned())),
        None => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Refuses an unknown variable: it is probably misspelt, and a what-if with it would change nothing.
pub(super) fn known_variable(name: &str) -> Result<String, String> {
    if VARIABLES.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("not a variable of the corridor, {}", expected_variable(name)))
}

/// A path that is not `-`: only corpora, recordings, decisions, risk logs and results can be standard streams.
pub(super) fn place() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match named_file(Some(&path)) {
        Some(_) => Ok(path),
        None => Err("it is no standard stream here: name a file or a folder; ./- is a file called -"),
    })
}

/// The named file; `None` for `-`, a standard stream.
pub(super) fn named_file(path: Option<&PathBuf>) -> Option<&Path> {
    path.map(PathBuf::as_path).filter(|path| *path != Path::new("-"))
}

pub(super) fn parse_sample(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|size| *size > 0).ok_or_else(|| "expected a whole number of 1 or more".to_owned())
}
