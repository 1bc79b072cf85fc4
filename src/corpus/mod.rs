//! Reading corpora: files of recordings, one a line, of any size.
//!
//! A path goes in; batches of lines come out, and recordings from lines. Memory is bounded by the batch, a line by 1 MiB.
//! Whatever is wrong with an input is an error with file, line, column and field, and never holds text of the line.

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
