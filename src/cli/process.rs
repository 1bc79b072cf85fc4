//! What is asked of the process and its machine: environment, clock and cores.

use crate::preflight::is_watched;
use std::ffi::OsString;

/// The value of a variable of the process, where it is set and text.
#[expect(clippy::disallowed_methods, reason = "the environment enters here")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether the value of a variable means yes: it is there, and not `false`, `0` or nothing.
pub(super) fn is_set(value: &str) -> bool {
    !matches!(value.trim().to_lowercase().as_str(), "" | "0" | "false")
}

/// Worker threads: as many as were asked for, or one per core.
pub(super) fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from)
}

/// The variables of the process that preflight looks at; the value of no other one is kept.
#[expect(clippy::disallowed_methods, reason = "the environment enters here")]
pub(super) fn watched_variables() -> Vec<(String, OsString)> {
    let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    named.filter(|(name, _)| is_watched(name)).collect()
}

/// `CI` is set, and not to `false`, `0` or nothing.
pub(super) fn under_ci() -> bool {
    variable("CI").is_some_and(|value| is_set(&value))
}

/// Microseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Now, RFC 3339, to the second.
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
pub(super) fn timestamp() -> String {
    let now = jiff::Timestamp::now();
    // To the second: nobody settles two things in one.
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}
