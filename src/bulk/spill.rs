//! Records in 256 partitions, in bounded memory.
//!
//! Partitions are appended to one temporary file whenever the records in memory exceed a limit. Where the partition is the first byte
//! of a digest, partitions are of about equal size, and each is small enough to be sorted in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// One for each value of a byte.
const PARTITIONS: usize = 1 << u8::BITS;

/// Collects records.
#[derive(Debug)]
pub struct Spill {
    partitions: Box<[Partition; PARTITIONS]>,
    held_bytes: usize,
    limit: usize,
    directory: PathBuf,
    file: Option<File>,
    written: u64,
}

/// The records of one partition.
#[derive(Debug, Default)]
struct Partition {
    /// Offset and length of its records in the file, in bytes.
    extents: Vec<(u64, usize)>,
    /// Records that were added after those in the file.
    held: Vec<u8>,
}

impl Spill {
    /// Keeps up to `limit` bytes in memory and the rest in a temporary file in `directory`.
    #[must_use]
    pub fn new(directory: &Path, limit: usize) -> Self {
        Self {
            partitions: Box::new(std::array::from_fn(|_| Partition::default())),
            held_bytes: 0,
            limit,
            directory: directory.to_owned(),
            file: None,
            written: 0,
        }
    }

    /// Adds a record, given as pieces that follow each other without anything between them.
    pub fn add(&mut self, partition: u8, record: &[&[u8]]) -> io::Result<()> {
        let held = &mut self.partitions[usize::from(partition)].held;
        for piece in record {
            held.extend_from_slice(piece);
            self.held_bytes += piece.len();
        }
        if self.held_bytes > self.limit { self.flush() } else { Ok(()) }
    }

    /// Writes everything that is held to the temporary file.
    pub fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile_in(&self.directory)?),
        };
        for Partition { extents, held } in self.partitions.iter_mut().filter(|part| !part.held.is_empty()) {
            file.write_all(held)?;
            extents.push((self.written, held.len()));
            self.written += held.len() as u64;
            held.clear();
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// Ends the collection; the partitions can then be loaded one by one, on any thread.
    #[must_use]
    pub fn finish(self) -> Partitions {
        Partitions { partitions: self.partitions, file: self.file.map(Mutex::new) }
    }
}

/// All partitions.
#[derive(Debug)]
pub struct Partitions {
    partitions: Box<[Partition; PARTITIONS]>,
    file: Option<Mutex<File>>,
}

impl Partitions {
    /// The records of partition `number`, one after the other in the order in which they were added.
    pub fn load(&self, number: u8) -> io::Result<Vec<u8>> {
        let Partition { extents, held } = &self.partitions[usize::from(number)];
        let stored: usize = extents.iter().map(|(_, length)| length).sum();
        let mut bytes = Vec::with_capacity(stored + held.len());
        bytes.resize(stored, 0);
        if let Some(file) = &self.file {
            let mut rest = bytes.as_mut_slice();
            for (offset, length) in extents {
                let (part, after) = rest.split_at_mut(*length);
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*offset))?;
                file.read_exact(part)?;
                rest = after;
            }
        }
        bytes.extend_from_slice(held);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_partition_holds_its_records_in_order_for_any_limit_of_memory(
            records in prop::collection::vec((0_u8..4, prop::collection::vec(any::<u8>(), 0..9)), 0..60),
            limit in 0_usize..200,
        ) {
            let directory = tempfile::tempdir().unwrap();
            let mut spill = Spill::new(directory.path(), limit);
            for (partition, record) in &records {
                let (head, tail) = record.split_at(record.len() / 2);
                spill.add(*partition, &[head, tail]).unwrap();
            }
            let partitions = spill.finish();
            for number in [0, 1, 2, 3, u8::MAX] {
                let of_partition = records.iter().filter(|(partition, _)| *partition == number);
                let expected: Vec<u8> = of_partition.flat_map(|(_, record)| record).copied().collect();
                prop_assert_eq!(partitions.load(number).unwrap(), expected);
            }
        }
    }
}
