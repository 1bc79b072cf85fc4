//! Reading corpora: files of recordings, one a line, of any size.
//!
//! Input: a path. Output: batches of lines, and a recording for each line. Memory is bounded by the batch, a line by 1 MiB. Errors have
//! file, line, column and field, and hold no text of the line.

mod batch;
mod compression;
mod error;
pub mod generate;
mod input;
mod magic;
mod parse;
mod sample;

pub use batch::{Batch, BatchReader, Fill};
pub use error::{CorpusError, LineError};
pub use input::{CorpusInput, InputDigest, OpenInput};
pub use parse::{MAX_LINE_BYTES, parse_line};
pub use sample::{Priority, Sampler};
