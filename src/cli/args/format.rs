//! The output formats of most commands.

/// The format of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people.
    Text,
    /// Versioned; documented in docs/.
    Json,
}
