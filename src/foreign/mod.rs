//! Decisions of another implementation, in place of our own paths.

mod error;
mod path;

pub use error::ForeignError;
pub use path::ForeignPath;
