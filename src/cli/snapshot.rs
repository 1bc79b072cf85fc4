//! Golden during a replay: which corpora are compared, and the pending files that appear at its end.

use super::exit::Failure;
use crate::decide::RuleSet;
use crate::golden::{ChangeSummary, GoldenWriter, PendingWriter, Scope, SnapshotName, Store, compare};
use crate::replay::{SortedEntries, digest_of_file};
use crate::summary::GoldenResult;
use std::path::PathBuf;

/// What a replay may do with golden.
pub(super) struct GoldenPolicy {
    /// Why nothing is compared, where nothing is.
    pub(super) skip: Option<&'static str>,
    /// Whether pending files may be written.
    pub(super) may_write: bool,
    /// Whether corpora without golden get a pending file.
    pub(super) new: bool,
    /// Whether whole corpora are replayed.
    pub(super) whole: bool,
}

/// The golden folder of one replay.
pub(super) struct Golden {
    store: Store,
    policy: GoldenPolicy,
    stale: Vec<SnapshotName>,
    pending: Vec<(SnapshotName, tempfile::NamedTempFile)>,
}
