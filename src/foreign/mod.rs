//! Decisions of another implementation, instead of our own.

mod error;
mod file;

pub use error::ForeignError;
pub use file::DecisionFile;
