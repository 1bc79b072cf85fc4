//! Misspelt names of the corridor's variables.

use crate::model::VARIABLES;
use crate::preflight::intended;

/// Help for an unknown variable: the name that was probably meant, or all names.
pub(super) fn expected_variable(name: &str) -> String {
    match intended(name) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("expected one of {}", VARIABLES.join(", ")),
    }
}
