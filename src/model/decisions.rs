//! The source of decisions.

use super::wire::wire_enum;

wire_enum! {
    /// The source of the decisions of a run, or of a pending change.
    Decisions, "source of decisions" {
        /// Those of this crate's own paths.
        Ours = "ours",
        /// Those of another implementation.
        Foreign = "foreign",
    }
}

impl Decisions {
    /// The end of a sentence about a result; empty for our own decisions.
    #[must_use]
    pub const fn found_in(self) -> &'static str {
        match self {
            Self::Ours => "",
            Self::Foreign => ", found in decisions of another implementation",
        }
    }
}
