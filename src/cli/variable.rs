//! Names of the corridor's variables, as somebody types them.

use crate::model::VARIABLES;
use crate::preflight::intended;

/// What belongs in the place of a variable that there is not.
pub(super) fn expected_variable(name: &str) -> String {
    match intended(name) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("expected one of {}", VARIABLES.join(", ")),
    }
}
