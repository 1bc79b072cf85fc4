//! The errors of a file of decisions.

use crate::corpus::CorpusError;
use crate::decide::Unusable;

/// A file of decisions that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] CorpusError),
    /// Its content cannot be used, or not be copied.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}
