//! The driver: recordings in, ordered outcomes out, on all cores and in bounded memory.
//!
//! A reader passes batches of lines to workers. One worker parses, decides and serialises a batch, and the results are taken
//! in order. Outcomes are stored in the order of the sampling bucket, so that the result does not depend on the order of the
//! input or the number of threads. Data beyond a limit of memory is spilled to disk.

mod ask;
mod drive;
mod duplicates;
mod error;
mod evaluate;
mod filter;
mod reject;
mod spill;
mod sweep;

pub use ask::decide_one;
pub use drive::{CorpusJob, CorpusResult, DeciderResult, replay_corpus};
pub use error::ReplayError;
pub use filter::{filter, is_broken_pipe};
pub use reject::{DESCRIBED, RejectList, SetAside};
pub use sweep::{SweepJob, SweepResult, sweep_corpus};
