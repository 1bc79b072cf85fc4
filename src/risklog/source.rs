//! Several logs as one sequence of batches; a missing log is empty, as it is for the deployed analyzer.

use super::error::RiskLogError;
use crate::corpus::{Batch, BatchReader, CorpusError, CorpusInput, Fill};
use std::collections::BTreeSet;
use std::io;

/// All logs as one sequence of batches.
pub(super) struct LogReader<'a> {
    logs: &'a [CorpusInput],
    next: usize,
    open: Option<(usize, BatchReader)>,
    missing: BTreeSet<usize>,
}

impl<'a> LogReader<'a> {
    pub(super) const fn new(logs: &'a [CorpusInput]) -> Self {
        Self { logs, next: 0, open: None, missing: BTreeSet::new() }
    }

    /// The numbers of the missing logs; complete once the end was reached.
    pub(super) const fn missing(&self) -> &BTreeSet<usize> {
        &self.missing
    }

    /// The next batch, with the number of its log; `None` at the end of the last one.
    pub(super) fn next_batch(&mut self) -> Result<Option<(usize, Batch)>, RiskLogError> {
        loop {
            if let Some((log, reader)) = &mut self.open {
                if let Some(batch) = reader.next_batch()? {
                    return Ok(Some((*log, batch)));
                }
                self.open = None;
            }
            let Some(input) = self.logs.get(self.next) else { return Ok(None) };
            match input.open_undigested() {
                Ok(reader) => {
                    let reader = BatchReader::of(reader, input.display_name(), Fill::Whole);
                    self.open = Some((self.next, reader));
                }
                Err(CorpusError::Open { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    self.missing.insert(self.next);
                }
                Err(error) => return Err(error.into()),
            }
            self.next += 1;
        }
    }
}
