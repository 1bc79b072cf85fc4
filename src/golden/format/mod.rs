//! The golden file: a pretty-printed JSON array of entries, read and written one entry at a time.
//!
//! A file may have a million entries, so reader and writer hold one at a time. The writer writes canonical form. The reader
//! reads any JSON array of entries that ascend by command id: people edit these files, and editors reformat them.

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

/// Longest entry, in bytes. A recording has at most 1 MiB, and a command of single letters grows about eighty times when each
/// becomes an item. A longer entry means that a bracket is missing.
const MAX_ENTRY_BYTES: usize = 256 << 20;
