//! How a result is printed.

/// Formats that most commands have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people.
    Text,
    /// Versioned; documented in docs/.
    Json,
}
