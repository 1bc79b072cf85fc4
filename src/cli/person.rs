//! Who settles golden changes or asks the gate, and when.

use super::exit::Failure;
use super::process::{timestamp, under_ci, variable};

/// The name in the ledger where no variable names the user.
pub(super) const UNKNOWN: &str = "unknown";

/// Who settles, and when.
pub(super) struct Person {
    pub(super) name: String,
    /// The time of each settlement.
    pub(super) now: fn() -> String,
    pub(super) under_ci: bool,
}

impl Person {
    /// The user of this process.
    pub(super) fn here() -> Self {
        let name = ["CORRIDOR_USER", "USER", "USERNAME", "LOGNAME"].into_iter().find_map(variable);
        let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| UNKNOWN.to_owned());
        Self { name, now: timestamp, under_ci: under_ci() }
    }

    /// Refuses to change golden files under CI.
    pub(super) fn refuse_under_ci(&self) -> Result<(), Failure> {
        if self.under_ci {
            let help = "accept or reject on your own machine, and commit the golden files with the reason";
            return Err(Failure::usage("golden files are not changed under CI").with_help(help));
        }
        Ok(())
    }
}
