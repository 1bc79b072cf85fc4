//! The job of a comparison.

use super::super::scan::Window;
use crate::corpus::CorpusInput;
use std::path::Path;

/// Which logs to compare with which run, and how.
pub struct FidelityJob<'a> {
    /// The logs, in any order.
    pub logs: &'a [CorpusInput],
    /// The folder of the stored run.
    pub run: &'a Path,
    /// Which lines count.
    pub window: Window,
    /// Worker threads.
    pub threads: usize,
    /// The folder for temporary files.
    pub directory: &'a Path,
    /// Called with the number of bytes of run and logs that were read since the last call.
    pub progress: &'a dyn Fn(u64),
}
