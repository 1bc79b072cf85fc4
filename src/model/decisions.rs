//! Whose decisions something is about.

use super::wire::wire_enum;

wire_enum! {
    /// Whose decisions a run is about, or what is pending was found in.
    Decisions, "source of decisions" {
        /// Those of this crate's own paths.
        Ours = "ours",
        /// Those of another implementation.
        Foreign = "foreign",
    }
}

impl Decisions {
    /// What to add to a sentence about what was found in them; nothing for our own.
    #[must_use]
    pub const fn found_in(self) -> &'static str {
        match self {
            Self::Ours => "",
            Self::Foreign => ", found in decisions of another implementation",
        }
    }
}
