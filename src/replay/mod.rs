//! The driver: recordings in, ordered outcomes out, on all cores and in bounded memory; and the runs it stores.
//!
//! A reader feeds batches of lines to workers, each batch is parsed, decided and written down by one of them, and the
//! results are taken in order. Outcomes are stored in the order of the sampling bucket, so that neither the order of
//! the input nor the number of threads shows. What is too much for memory is spilled.

mod drive;
mod error;
mod evaluate;
mod filter;
mod foreign;
mod intact;
mod latest;
mod merge;
mod overlap;
mod pipeline;
mod record;
mod reject;
mod run;
mod select;
mod spill;
mod staging;
mod store;
mod stored;
mod sweep;

pub use drive::{CorpusJob, CorpusResult, PathResult, replay_corpus};
pub use error::ReplayError;
pub use filter::{filter, is_broken_pipe};
pub use foreign::ForeignPath;
pub use intact::{CheckedFile, Damage, Inspected, check_run, inspect_run, open_run, read_record, read_summary};
pub use latest::{Owner, is_shared, latest_run, make_latest, pointer_of};
pub use merge::SortedEntries;
pub use pipeline::{ordered, spawned};
pub use record::{FileDigest, RUN_FORMAT, RunRecord};
pub use reject::{DESCRIBED, RejectList, SetAside};
pub use run::{CorpusInputs, RunInputs, digest, run_name, store_run, stored_records};
pub use select::{Filter, FilterError, SampleSize, Selection, Selector};
pub use staging::{Mark, Spool, Staging};
pub use store::{StoreContents, StoreFlaw, inspect_store};
pub use stored::{StoredCorpus, parse_outcome, stored_corpora};
pub use sweep::{SweepJob, SweepResult, sweep_corpus};
