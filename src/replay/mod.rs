//! The driver: recordings in, ordered outcomes out, on all cores and in bounded memory; and the runs it stores.
//!
//! A reader feeds batches of lines to workers, each batch is parsed, decided and written down by one of them, and the
//! results are taken in order. Outcomes are stored in the order of the sampling bucket, so that neither the order of
//! the input nor the number of threads shows. What is too much for memory is spilled.

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
