//! Replays a corpus under many configurations in one reading: every line is parsed once and decided by each decider. The result
//! is counts, and nothing is stored; only the digests of command ids are spilled, to find duplicates.

use super::ask::outcomes;
use super::drive::{CorpusJob, HELD_BYTES, spilled, without_duplicates};
use super::duplicates::LeftOut;
use super::error::ReplayError;
use super::evaluate::recording_on;
use super::reject::{BadLine, SetAside};
use super::spill::{Record, Sorted};
use crate::bulk::{Spill, ordered};
use crate::corpus::{Batch, CorpusError};
use crate::decide::{Asked, Decider, Unusable};
use crate::model::IdDigest;
use crate::summary::SweepCounts;
use std::path::Path;

/// A corpus and its deciders.
pub struct SweepJob<'a> {
    /// The corpus. A sweep ignores its stages, golden entries and samples.
    pub corpus: CorpusJob<'a>,
    /// One decider for each configuration.
    pub deciders: &'a [&'a dyn Decider],
    /// The folder of temporary files.
    pub directory: &'a Path,
}

/// The result of a corpus.
#[derive(Debug, Default)]
pub struct SweepResult {
    /// By decider.
    pub counts: Vec<SweepCounts>,
    /// Recordings in the corpus, selected or not.
    pub read: u64,
    /// Lines that were set aside.
    pub set_aside: SetAside,
}

/// Has every decider decide each recording of a corpus; `progress` gets the number of bytes that were read since its last call.
///
/// # Errors
///
/// [`ReplayError`].
pub fn sweep_corpus(job: &SweepJob, progress: &dyn Fn(u64)) -> Result<SweepResult, ReplayError> {
    without_duplicates(&job.corpus, |left_out| job.read_all(left_out, progress))
}

/// The result of a batch.
struct Swept {
    counts: Vec<SweepCounts>,
    /// Digests of the command ids, with their lines.
    ids: Vec<(IdDigest, u64)>,
    bad: Vec<BadLine>,
    read: u64,
    bytes: u64,
}

impl SweepJob<'_> {
    fn no_counts(&self) -> Vec<SweepCounts> {
        self.deciders.iter().map(|_| SweepCounts::default()).collect()
    }

    /// One reading; also returns the duplicates, `(first line, later line)`.
    fn read_all(
        &self,
        left_out: &LeftOut,
        progress: &dyn Fn(u64),
    ) -> Result<(SweepResult, Vec<(u64, u64)>), ReplayError> {
        let (mut reader, _) = self.corpus.open()?;
        let mut result = SweepResult { counts: self.no_counts(), ..SweepResult::default() };
        let mut ids = Spill::new(self.directory, HELD_BYTES);
        ordered(
            || reader.next_batch().map_err(ReplayError::from),
            self.corpus.threads,
            |batch| self.decide_batch(&batch, left_out),
            |swept| {
                let swept = swept?;
                progress(swept.bytes);
                self.take(swept, &mut result, &mut ids)
            },
        )?;
        if result.read == 0 && result.set_aside.count == 0 {
            return Err(CorpusError::Empty(self.corpus.label.to_owned()).into());
        }
        Ok((result, self.duplicates(ids)?))
    }

    fn decide_batch(&self, batch: &Batch, left_out: &LeftOut) -> Result<Swept, Unusable> {
        let bytes = batch.len() as u64;
        let mut swept = Swept { counts: self.no_counts(), ids: Vec::new(), bad: Vec::new(), read: 0, bytes };
        let mut asked = Vec::new();
        for (number, line) in batch.lines() {
            match recording_on(batch, number, line, left_out, self.corpus.rejects.is_some()) {
                Ok(recording) => {
                    swept.read += 1;
                    if self.corpus.selection.takes_recording(&recording) {
                        asked.push(Asked::new(number, recording));
                    }
                }
                Err(bad) => swept.bad.push(*bad),
            }
        }
        swept.ids.extend(asked.iter().map(|asked| (asked.digest, asked.number)));
        for (decider, counts) in self.deciders.iter().zip(&mut swept.counts) {
            let lacking = outcomes(*decider, &asked, |_, outcome| {
                if self.corpus.selection.takes_outcome(&outcome) {
                    counts.add(&outcome);
                }
            })?;
            if let Some(lacking) = lacking {
                return Err(decider.identity().unusable(lacking));
            }
        }
        Ok(swept)
    }

    fn take(&self, swept: Swept, result: &mut SweepResult, ids: &mut Spill) -> Result<(), ReplayError> {
        let Swept { counts, ids: found, bad, read, bytes: _ } = swept;
        self.corpus.set_aside(bad, &mut result.set_aside)?;
        result.read += read;
        result.counts.iter_mut().zip(&counts).for_each(|(counts, more)| counts.merge(more));
        for (digest, line) in found {
            let record = Record { digest, line, outcome: &[], risk: &[] };
            record.store(ids).map_err(spilled(self.directory))?;
        }
        Ok(())
    }

    fn duplicates(&self, ids: Spill) -> Result<Vec<(u64, u64)>, ReplayError> {
        let partitions = ids.finish();
        let mut numbers = 0..=u8::MAX;
        let mut duplicates = Vec::new();
        let find = ordered(
            || Ok(numbers.next()),
            self.corpus.threads,
            |number| Sorted::load(&partitions, number),
            |sorted| sorted.map(|sorted| duplicates.extend(sorted.duplicates)),
        );
        find.map_err(spilled(self.directory))?;
        Ok(duplicates)
    }
}
