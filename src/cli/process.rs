//! Environment, clock and number of cores: everything that is read from the process and the machine.

use crate::preflight::is_watched;
use std::ffi::OsString;

/// The value of a variable of the process, if it is set and UTF-8.
#[expect(clippy::disallowed_methods, reason = "the environment enters here")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a value of a variable means yes: anything but `false`, `0` and the empty text.
pub(super) fn is_set(value: &str) -> bool {
    !matches!(value.trim().to_lowercase().as_str(), "" | "0" | "false")
}

/// Number of worker threads: the one that was given, or one per core.
pub(super) fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from)
}

/// The variables of the process that preflight checks, and no others.
#[expect(clippy::disallowed_methods, reason = "the environment enters here")]
pub(super) fn watched_variables() -> Vec<(String, OsString)> {
    let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    named.filter(|(name, _)| is_watched(name)).collect()
}

/// Whether the variable `CI` means yes.
pub(super) fn under_ci() -> bool {
    variable("CI").is_some_and(|value| is_set(&value))
}

/// Microseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// The current time, RFC 3339, to the second.
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
pub(super) fn timestamp() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}
