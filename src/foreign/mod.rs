//! Decisions of another implementation, in place of our own paths.

mod error;
mod file;

pub use error::ForeignError;
pub use file::DecisionFile;
