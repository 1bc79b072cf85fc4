//! Where a value comes from.

use serde::Serialize;

/// Where the value of a variable was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// It is unset: the default holds.
    Default,
    /// In the environment of the process.
    Process,
    /// In a file.
    File {
        /// As the user named it.
        path: String,
        /// 1-based line on which the entry begins.
        line: u64,
    },
    /// On the command line.
    Argument,
    /// In a preset.
    Preset,
    /// It is unset: the user of a preset has to fill it in.
    ToFillIn,
}
