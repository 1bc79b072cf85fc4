//! Golden.
mod entry;
pub use entry::Entry;
