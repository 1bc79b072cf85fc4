//! What is compared with what.

use super::super::scan::Window;
use crate::corpus::CorpusInput;
use std::path::Path;

/// What to compare, and how.
pub struct FidelityJob<'a> {
    /// The logs, in any order.
    pub logs: &'a [CorpusInput],
    /// The folder of the stored run.
    pub run: &'a Path,
    /// Which lines count.
    pub window: Window,
    /// Worker threads.
    pub threads: usize,
    /// Where temporary files may be.
    pub directory: &'a Path,
    /// Is told how many bytes more were read, of the run and of the logs.
    pub progress: &'a dyn Fn(u64),
}
