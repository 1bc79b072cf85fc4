//! Parses the command line. Its error messages repeat no value of a variable: a value may be a secret, and messages are logged.

use super::args::Cli;
use crate::model::VARIABLES;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use std::ffi::{OsStr, OsString};

/// The parsed command line, or clap's error without private values.
pub(super) fn parse() -> Result<Cli, clap::Error> {
    let typed = typed();
    match stray_variable(&typed) {
        Some(name) => Err(Cli::command().error(
            ErrorKind::UnknownArgument,
            format!("`{name}=…` is no argument of its own: a replay takes a variable with --env {name}=…"),
        )),
        None => Cli::try_parse_from(&typed).map_err(without_values),
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line enters here")]
fn typed() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// A variable that is given as `NAME=VALUE` without `--env`. Refused early, because an error such as "no such file" would
/// print its value. After `--unset`, clap's error hides the value.
fn stray_variable(typed: &[OsString]) -> Option<&'static str> {
    let pairs = typed.iter().zip(typed.iter().skip(1));
    let takes_it = |before: &OsString| before == "--env" || before == "--unset";
    let stray = pairs.filter(|(before, _)| !takes_it(before)).map(|(_, argument)| argument);
    stray.map(OsString::as_os_str).find_map(assigned)
}

/// The variable to which `NAME=VALUE` gives a value.
fn assigned(argument: &OsStr) -> Option<&'static str> {
    let is_name = |name: &&str| {
        argument.as_encoded_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    };
    VARIABLES.into_iter().find(is_name)
}

/// Replaces a hidden value.
const HIDDEN: &str = "…";

/// clap's error without values of variables, without anything after a `=`, and without values that were given to a flag.
fn without_values(mut error: clap::Error) -> clap::Error {
    let about = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.clone(),
        _ => String::new(),
    };
    let is_of_variable = about.starts_with("--env ") || about.starts_with("--unset ");
    let is_of_flag = error.kind() == ErrorKind::TooManyValues;
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand] {
        let Some(ContextValue::String(typed)) = error.get(kind) else { continue };
        let is_value = kind == ContextKind::InvalidValue;
        // The name of a known argument contains `<KEY=VALUE>`, which is not private.
        if kind == ContextKind::InvalidArg && error.kind() != ErrorKind::UnknownArgument {
            continue;
        }
        let shown = match typed.split_once('=') {
            Some((name, _)) if !is_of_variable || VARIABLES.contains(&name) => format!("{name}={HIDDEN}"),
            Some(_) if is_value => HIDDEN.to_owned(),
            None if is_value && (is_of_variable || is_of_flag) => HIDDEN.to_owned(),
            Some(_) | None => continue,
        };
        error.insert(kind, ContextValue::String(shown));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_accepted_only_after_env() {
        let stray = |typed: &[&str]| stray_variable(&typed.iter().map(OsString::from).collect::<Vec<_>>());
        for typed in [
            &["corridor", "LLM_API_KEY=secret"][..],
            &["corridor", "replay", "LLM_API_KEY="],
            &["corridor", "replay", "--env", "LLM_POLICY_PATH=x", "LLM_API_KEY=secret"],
            &["corridor", "replay", "-q", "LLM_API_KEY=secret"],
            &["corridor", "replay", "--check", "--", "LLM_API_KEY=secret"],
            &["corridor", "--config", "LLM_API_KEY=secret"],
        ] {
            assert_eq!(stray(typed), Some("LLM_API_KEY"), "{typed:?}");
        }
        for typed in [
            &["corridor", "replay", "--env", "LLM_API_KEY=secret"][..],
            &["corridor", "replay", "--env=LLM_API_KEY=secret"],
            &["corridor", "replay", "LLM_API_KEY", "mix=LLM_API_KEY=1"],
            &["corridor"],
            &[],
        ] {
            assert_eq!(stray(typed), None, "{typed:?}");
        }
    }
}
