//! The golden file: a pretty-printed JSON array of entries, read and written one entry at a time.
//!
//! A file may hold a million entries, so neither side ever holds more than one. What is written is canonical. What is
//! read is any JSON array of entries that ascend by command id: people edit these files, and editors reformat them.

mod diagnosis;
mod entry_diagnosis;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod write;

pub(super) use diagnosis::diagnose;
pub use read::{GoldenEntry, GoldenReader};
pub(super) use scan::Position;
pub use write::GoldenWriter;

/// Longest entry, in bytes. A recording has at most 1 MiB, and a command that lists single letters grows about eighty
/// times when each becomes an item; what is longer is a file with a bracket missing.
pub const MAX_ENTRY_BYTES: usize = 256 << 20;
