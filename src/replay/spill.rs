//! Records in the order of their command ids' digests, in bounded memory.
//!
//! The order of a run's lines must not depend on the order of the input or on threads, and a run may not fit into
//! memory. Digests are uniform, so records fall into 256 partitions of like size by their first byte; partitions are
//! appended to one temporary file whenever too much is held, and each is small enough to be sorted by itself.
//! The order is that of the sampling bucket: the first lines of a run are those that are exposed first.

use crate::model::IdDigest;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

const PARTITIONS: usize = 256;
/// Digest, line number, and the lengths of both parts.
const HEADER: usize = 32 + 8 + 4 + 4;

/// Collects records.
pub(super) struct Spill {
    held: Vec<Vec<u8>>,
    held_bytes: usize,
    limit: usize,
    file: Option<File>,
    written: u64,
    extents: Vec<Vec<(u64, usize)>>,
    directory: Box<Path>,
}

/// One record's parts and the line it came from.
pub(super) struct Record<'a> {
    pub(super) digest: IdDigest,
    pub(super) line: u64,
    pub(super) outcome: &'a [u8],
    pub(super) risk: &'a [u8],
}

/// A sorted partition.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) outcomes: Vec<u8>,
    pub(super) risks: Vec<u8>,
    /// Lines of a command id that stood on an earlier line: `(first, later)`.
    pub(super) duplicates: Vec<(u64, u64)>,
}

impl Spill {
    /// Holds up to `limit` bytes; what is more goes to a temporary file in `directory`.
    pub(super) fn new(directory: &Path, limit: usize) -> Self {
        Self {
            held: vec![Vec::new(); PARTITIONS],
            held_bytes: 0,
            limit,
            file: None,
            written: 0,
            extents: vec![Vec::new(); PARTITIONS],
            directory: directory.into(),
        }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, record: &Record) -> io::Result<()> {
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidData, "a record of more than 4 GiB");
        let outcome_len = u32::try_from(record.outcome.len()).map_err(too_long)?;
        let risk_len = u32::try_from(record.risk.len()).map_err(too_long)?;
        if let Some(partition) = self.held.get_mut(usize::from(record.digest.0[0])) {
            partition.extend_from_slice(&record.digest.0);
            partition.extend_from_slice(&record.line.to_le_bytes());
            partition.extend_from_slice(&outcome_len.to_le_bytes());
            partition.extend_from_slice(&risk_len.to_le_bytes());
            partition.extend_from_slice(record.outcome);
            partition.extend_from_slice(record.risk);
        }
        self.held_bytes += HEADER + record.outcome.len() + record.risk.len();
        if self.held_bytes > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile_in(&self.directory)?);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        for (held, extents) in self.held.iter_mut().zip(&mut self.extents) {
            if !held.is_empty() {
                file.write_all(held)?;
                extents.push((self.written, held.len()));
                self.written += held.len() as u64;
                held.clear();
            }
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// Ends the collection; the partitions can then be sorted one by one, on any thread.
    pub(super) fn finish(self) -> Partitions {
        Partitions { held: self.held, extents: self.extents, file: self.file.map(Mutex::new) }
    }
}

/// All partitions, ready to be sorted.
pub(super) struct Partitions {
    held: Vec<Vec<u8>>,
    extents: Vec<Vec<(u64, usize)>>,
    file: Option<Mutex<File>>,
}

impl Partitions {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.held.len()
    }

    /// Sorts partition `number` by digest, then by line; of a duplicate only the first line is kept.
    pub(super) fn sorted(&self, number: usize) -> io::Result<Sorted> {
        let bytes = self.load(number)?;
        let mut records = Vec::new();
        let mut rest = bytes.as_slice();
        while let Some((record, after)) = read(rest) {
            records.push(record);
            rest = after;
        }
        records.sort_unstable_by_key(|record| (record.digest, record.line));
        let mut sorted = Sorted::default();
        let mut first: Option<&Record> = None;
        for record in &records {
            match first {
                Some(first) if first.digest == record.digest => sorted.duplicates.push((first.line, record.line)),
                Some(_) | None => {
                    sorted.outcomes.extend_from_slice(record.outcome);
                    sorted.risks.extend_from_slice(record.risk);
                    first = Some(record);
                }
            }
        }
        Ok(sorted)
    }

    fn load(&self, number: usize) -> io::Result<Vec<u8>> {
        let held = self.held.get(number).map_or(&[][..], Vec::as_slice);
        let extents = self.extents.get(number).map_or(&[][..], Vec::as_slice);
        let spilled: usize = extents.iter().map(|(_, length)| length).sum();
        let mut bytes = vec![0; spilled];
        if let Some(file) = &self.file {
            let mut rest = bytes.as_mut_slice();
            for (offset, length) in extents {
                let (part, after) = rest.split_at_mut(*length);
                read_at(file, part, *offset)?;
                rest = after;
            }
        }
        bytes.extend_from_slice(held);
        Ok(bytes)
    }
}

fn read_at(file: &Mutex<File>, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}

fn read(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let (digest, rest) = bytes.split_first_chunk::<32>()?;
    let (line, rest) = rest.split_first_chunk::<8>()?;
    let (outcome_len, rest) = rest.split_first_chunk::<4>()?;
    let (risk_len, rest) = rest.split_first_chunk::<4>()?;
    let (outcome, rest) = rest.split_at_checked(u32::from_le_bytes(*outcome_len) as usize)?;
    let (risk, rest) = rest.split_at_checked(u32::from_le_bytes(*risk_len) as usize)?;
    Some((Record { digest: IdDigest(*digest), line: u64::from_le_bytes(*line), outcome, risk }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(ids: &[(u64, String)], limit: usize) -> (Vec<u8>, Vec<(u64, u64)>) {
        let directory = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(directory.path(), limit);
        for (line, id) in ids {
            let text = format!("{id}\n");
            let record = Record { digest: IdDigest::of(id), line: *line, outcome: text.as_bytes(), risk: b"" };
            spill.add(&record).unwrap();
        }
        let partitions = spill.finish();
        let sorted: Vec<Sorted> = (0..partitions.count()).map(|number| partitions.sorted(number).unwrap()).collect();
        let duplicates = sorted.iter().flat_map(|sorted| sorted.duplicates.clone()).collect();
        (sorted.into_iter().flat_map(|sorted| sorted.outcomes).collect(), duplicates)
    }

    proptest! {
        #[test]
        fn neither_order_nor_memory_changes_the_result(ids in proptest::collection::btree_set("[a-c]{0,6}", 0..60), limit in 1usize..4000) {
            let ids: Vec<_> = (1..).zip(ids).collect();
            let mut by_digest = ids.clone();
            by_digest.sort_by_key(|(_, id)| IdDigest::of(id));
            let expected = by_digest.iter().fold(String::new(), |lines, (_, id)| lines + id + "\n");
            let (lines, duplicates) = sorted(&ids, limit);
            prop_assert_eq!(String::from_utf8(lines).unwrap(), expected);
            prop_assert!(duplicates.is_empty());
        }
    }

    #[test]
    fn duplicates_are_found_with_both_lines() {
        let ids: Vec<_> = [(1, "a"), (2, "b"), (3, "a"), (4, "a")].map(|(line, id)| (line, id.to_owned())).to_vec();
        let (lines, mut duplicates) = sorted(&ids, 1);
        duplicates.sort_unstable();
        assert_eq!(duplicates, [(1, 3), (1, 4)]);
        assert_eq!(lines.len(), 4);
    }
}
