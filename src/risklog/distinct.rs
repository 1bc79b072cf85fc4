//! The first line of every command, whatever the order of the lines, in bounded memory.
//!
//! Records fall into 256 partitions by their id, which is a digest and so uniform. When too many are held, they go to one
//! temporary file, partition by partition; at the end each partition is small enough to be sorted by itself. Where one
//! partition has far more than its part, commands are repeated, and the repetitions go first.

use super::breakdown::Breakdown;
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const PARTITIONS: usize = 256;
/// Records that are held.
const HELD: usize = 100_000;

/// What is kept of a line: of fixed size, and about one command.
pub(super) trait Kept: Copy {
    /// Bytes of a stored record.
    const STORED: usize;

    /// The first half of the SHA-256 of the command id: two ids with the same one are not to be had.
    fn id(&self) -> u128;

    /// Orders the records of one command: what goes first stands for it, and nothing depends on how they came.
    fn cmp_lines(&self, other: &Self, names: &Breakdown) -> Ordering;

    /// Takes notice of another record of the same command, which is dropped.
    fn absorb(&mut self, _repeated: &Self) {}

    /// Appends [`STORED`](Self::STORED) bytes.
    fn store(&self, bytes: &mut Vec<u8>);

    /// Reads what [`store`](Self::store) wrote; `None` where there is no whole record.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// Collects records.
#[derive(Debug)]
pub(super) struct Distinct<R> {
    held: Vec<R>,
    limit: usize,
    directory: PathBuf,
    file: Option<File>,
    written: u64,
    /// By partition: where in the file records are, and how many.
    extents: Vec<Vec<(u64, usize)>>,
}

impl<R: Kept> Distinct<R> {
    /// Temporary files go to `directory`.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            held: Vec::new(),
            limit: HELD,
            directory: directory.to_owned(),
            file: None,
            written: 0,
            extents: vec![Vec::new(); PARTITIONS],
        }
    }

    /// Adds a record; `names` has the names whose numbers it holds.
    pub(super) fn add(&mut self, record: R, names: &Breakdown) -> io::Result<()> {
        self.held.push(record);
        if self.held.len() < self.limit { Ok(()) } else { self.make_room(names) }
    }

    fn make_room(&mut self, names: &Breakdown) -> io::Result<()> {
        let largest = self.counts().into_iter().max().unwrap_or_default();
        if largest > self.limit / (PARTITIONS / 4) {
            keep_first(&mut self.held, names);
            if self.held.len() <= self.limit / 2 {
                return Ok(());
            }
        }
        self.spill()
    }

    fn counts(&self) -> [usize; PARTITIONS] {
        let mut counts = [0; PARTITIONS];
        for record in &self.held {
            if let Some(count) = counts.get_mut(partition(record)) {
                *count += 1;
            }
        }
        counts
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile_in(&self.directory)?),
        };
        self.held.sort_unstable_by_key(partition);
        let mut bytes = Vec::with_capacity(self.held.len() * R::STORED);
        for group in self.held.chunk_by(|one, other| partition(one) == partition(other)) {
            if let Some(extents) = group.first().and_then(|record| self.extents.get_mut(partition(record))) {
                extents.push((self.written + bytes.len() as u64, group.len()));
            }
            for record in group {
                record.store(&mut bytes);
            }
        }
        file.write_all(&bytes)?;
        self.written += bytes.len() as u64;
        self.held.clear();
        Ok(())
    }

    /// Ends the collection; the partitions can then be taken one by one, on any thread.
    pub(super) fn finish(mut self) -> Partitions<R> {
        self.held.sort_unstable_by_key(partition);
        Partitions { held: self.held, extents: self.extents, file: self.file.map(Mutex::new) }
    }
}

fn partition<R: Kept>(record: &R) -> usize {
    usize::from(record.id().to_be_bytes()[0])
}

/// All partitions.
#[derive(Debug)]
pub(super) struct Partitions<R> {
    /// In the order of the partitions.
    held: Vec<R>,
    extents: Vec<Vec<(u64, usize)>>,
    file: Option<Mutex<File>>,
}

impl<R: Kept> Partitions<R> {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.extents.len()
    }

    /// The first line of every command in partition `number`.
    pub(super) fn first_lines(&self, number: usize, names: &Breakdown) -> io::Result<Vec<R>> {
        let extents = self.extents.get(number).map_or(&[][..], Vec::as_slice);
        let from = self.held.partition_point(|record| partition(record) < number);
        let to = self.held.partition_point(|record| partition(record) <= number);
        let held = self.held.get(from..to).unwrap_or_default();
        let mut records = Vec::with_capacity(extents.iter().map(|(_, count)| count).sum::<usize>() + held.len());
        let mut bytes = Vec::new();
        for (offset, count) in extents {
            bytes.resize(count * R::STORED, 0);
            if let Some(file) = &self.file {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*offset))?;
                file.read_exact(&mut bytes)?;
            }
            records.extend(bytes.chunks_exact(R::STORED).filter_map(R::from_bytes));
        }
        records.extend_from_slice(held);
        keep_first(&mut records, names);
        Ok(records)
    }
}

/// Sorts by command, and of each command keeps the first line.
fn keep_first<R: Kept>(records: &mut Vec<R>, names: &Breakdown) {
    records.sort_unstable_by(|one, other| one.id().cmp(&other.id()).then_with(|| one.cmp_lines(other, names)));
    records.dedup_by(|later, first| {
        let is_repeated = later.id() == first.id();
        if is_repeated {
            first.absorb(later);
        }
        is_repeated
    });
}

#[cfg(test)]
mod tests {
    use super::super::line::Line;
    use super::super::record::Record;
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
