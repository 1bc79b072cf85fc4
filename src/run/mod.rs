//! A stored run: its inputs, atomic writing, integrity, and reading.

mod error;
mod inputs;
mod intact;
mod latest;
mod overlap;
mod publish;
mod record;
mod select;
mod staging;
mod store;
mod stored;

pub use error::RunError;
pub use inputs::{CorpusInputs, RunInputs, run_name};
pub use intact::{CheckedFile, Damage, Inspected, check_run, inspect_run, open_run, read_record, read_summary};
pub use latest::{Owner, is_shared, latest_run, make_latest, pointer_of};
pub use publish::{store_run, stored_records};
pub use record::{FileDigest, RUN_FORMAT, RunRecord};
pub use select::{Filter, FilterError, SampleSize, Selection, Selector};
pub use staging::{Mark, Spool, Staging};
pub use store::{StoreContents, StoreFlaw, inspect_store};
pub use stored::{StoredCorpus, parse_outcome, stored_corpora};
