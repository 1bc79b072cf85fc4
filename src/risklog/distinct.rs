//! The first line of every command, whatever the order of the lines, in bounded memory.
//!
//! Records fall into 256 partitions by their id, which is a digest and so uniform. When too many are held, they go to one
//! temporary file; at the end each partition is small enough to be sorted by itself. A partition that fills up out of
//! proportion holds repetitions, and is rid of them at once.

use super::breakdown::Breakdown;
use super::record::{Record, STORED};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const PARTITIONS: usize = 256;
/// Records that are held.
const HELD: usize = 160_000;

/// Collects records.
#[derive(Debug)]
pub(super) struct Distinct {
    partitions: Vec<Partition>,
    held: usize,
    limit: usize,
    directory: PathBuf,
    file: Option<File>,
    written: u64,
}

#[derive(Debug, Default)]
struct Partition {
    held: Vec<Record>,
    /// Where in the file others are, and how many.
    extents: Vec<(u64, usize)>,
}

impl Distinct {
    /// Temporary files go to `directory`.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            partitions: (0..PARTITIONS).map(|_| Partition::default()).collect(),
            held: 0,
            limit: HELD,
            directory: directory.to_owned(),
            file: None,
            written: 0,
        }
    }

    /// Adds a record; `reasons` has the name of its reason.
    pub(super) fn add(&mut self, record: Record, reasons: &Breakdown) -> io::Result<()> {
        let Some(partition) = self.partitions.get_mut(usize::from(record.id[0])) else { return Ok(()) };
        partition.held.push(record);
        self.held += 1;
        if partition.held.len() > self.limit / 4 {
            let before = partition.held.len();
            keep_first(&mut partition.held, reasons);
            self.held -= before - partition.held.len();
            // Not repetitions after all: to sort them again with the next line would be in vain.
            if partition.held.len() > self.limit / 8 {
                return self.spill();
            }
        }
        if self.held > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile_in(&self.directory)?),
        };
        let mut bytes = Vec::new();
        for partition in &mut self.partitions {
            // Taken, not cleared: a log in the order of its digests fills one partition after the other, and what each of
            // them had room for would add up to all of it.
            let held = std::mem::take(&mut partition.held);
            if !held.is_empty() {
                bytes.clear();
                for record in &held {
                    record.store(&mut bytes);
                }
                file.write_all(&bytes)?;
                partition.extents.push((self.written, held.len()));
                self.written += bytes.len() as u64;
            }
        }
        self.held = 0;
        Ok(())
    }

    /// Ends the collection; the partitions can then be taken one by one, on any thread.
    pub(super) fn finish(self) -> Partitions {
        Partitions { partitions: self.partitions, file: self.file.map(Mutex::new) }
    }
}

/// All partitions.
#[derive(Debug)]
pub(super) struct Partitions {
    partitions: Vec<Partition>,
    file: Option<Mutex<File>>,
}

impl Partitions {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.partitions.len()
    }

    /// The first line of every command in partition `number`.
    pub(super) fn first_lines(&self, number: usize, reasons: &Breakdown) -> io::Result<Vec<Record>> {
        let Some(partition) = self.partitions.get(number) else { return Ok(Vec::new()) };
        let stored: usize = partition.extents.iter().map(|(_, count)| count).sum();
        let mut records = Vec::with_capacity(stored + partition.held.len());
        let mut bytes = Vec::new();
        for (offset, count) in &partition.extents {
            bytes.resize(count * STORED, 0);
            if let Some(file) = &self.file {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*offset))?;
                file.read_exact(&mut bytes)?;
            }
            records.extend(bytes.chunks_exact(STORED).filter_map(Record::from_bytes));
        }
        records.extend_from_slice(&partition.held);
        keep_first(&mut records, reasons);
        Ok(records)
    }
}

/// Sorts by command, and of each command keeps the first line.
fn keep_first(records: &mut Vec<Record>, reasons: &Breakdown) {
    records.sort_unstable_by(|one, other| one.id.cmp(&other.id).then_with(|| one.cmp_lines(other, reasons)));
    records.dedup_by_key(|record| record.id);
}

#[cfg(test)]
mod tests {
    use super::super::line::Line;
    use super::*;
    use proptest::prelude::*;

    fn distinct(lines: &[(u8, i64)], limit: usize) -> Vec<Record> {
        let directory = tempfile::tempdir().unwrap();
        let reasons = Breakdown::default();
        let mut distinct = Distinct { limit, ..Distinct::new(directory.path()) };
        for (id, time) in lines {
            let line = Line { id: Some(id.to_string().into()), time: Some(*time), ..Line::default() };
            distinct.add(Record::new(&line, None).unwrap(), &reasons).unwrap();
        }
        let partitions = distinct.finish();
        (0..partitions.count()).flat_map(|number| partitions.first_lines(number, &reasons).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn neither_order_nor_memory_nor_repetition_changes_the_result(
            lines in prop::collection::vec((0..20_u8, 0..9_i64), 0..80), limit in 1..100_usize, seed in any::<u64>()
        ) {
            let found = distinct(&lines, limit);
            let mut ids: Vec<_> = lines.iter().map(|(id, _)| id).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(found.len(), ids.len());
            let mut moved = lines.clone();
            moved.rotate_left(usize::try_from(seed).unwrap_or(0).checked_rem(lines.len()).unwrap_or(0));
            moved.reverse();
            moved.extend_from_slice(&lines);
            prop_assert_eq!(distinct(&moved, 1000), found);
        }
    }
}
