//! What keeps decisions from elsewhere from being used.

use crate::corpus::CorpusError;
use crate::decide::Unusable;

/// A file of decisions that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] CorpusError),
    /// What is in it cannot be used, or not be kept.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}
