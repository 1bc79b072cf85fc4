//! The first line of every command, whatever the order of the lines, in bounded memory.
//!
//! Records go into partitions by their id, which is a digest and so uniform. Beyond a limit they are spilled to disk; at the
//! end each partition is small enough to be sorted alone. If one partition is far larger than the others, commands are
//! repeated, and repetitions are dropped before anything is spilled.

use super::breakdown::Breakdown;
use crate::bulk::{self, Spill};
use std::cmp::Ordering;
use std::io;
use std::marker::PhantomData;
use std::path::Path;

/// Partitions of [`Spill`].
const PARTITIONS: usize = 1 << u8::BITS;
/// Records that are held in memory.
const HELD: usize = 100_000;

/// A record of fixed size about one command, made from one line.
pub(super) trait CommandRecord: Copy {
    /// Bytes of a stored record.
    const STORED: usize;

    /// The first 128 bits of the SHA-256 of the command id; collisions are infeasible.
    fn id(&self) -> u128;

    /// Orders the records of one command, whatever the order of the lines; the first is kept.
    fn cmp_lines(&self, other: &Self, names: &Breakdown) -> Ordering;

    /// Called with another record of the same command, which is then dropped.
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
    /// Records that may be held in memory.
    limit: usize,
    spill: Spill,
}

impl<R: CommandRecord> Distinct<R> {
    /// Temporary files go to `directory`.
    pub(super) fn new(directory: &Path) -> Self {
        // The spill writes at once; the records in memory are counted here.
        Self { held: Vec::new(), limit: HELD, spill: Spill::new(directory, usize::MAX) }
    }

    /// Adds a record; `names` resolves the numbers of names in it.
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
        self.spill()?;
        self.spill.flush()
    }

    fn counts(&self) -> [usize; PARTITIONS] {
        let mut counts = [0; PARTITIONS];
        for record in &self.held {
            counts[usize::from(partition(record))] += 1;
        }
        counts
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(R::STORED);
        for record in self.held.drain(..) {
            bytes.clear();
            record.store(&mut bytes);
            self.spill.add(partition(&record), &[&bytes])?;
        }
        Ok(())
    }

    /// Ends the collection; partitions can then be read separately, on any thread.
    pub(super) fn finish(mut self) -> io::Result<Partitions<R>> {
        self.spill()?;
        Ok(Partitions { stored: self.spill.finish(), records: PhantomData })
    }
}

fn partition<R: CommandRecord>(record: &R) -> u8 {
    record.id().to_be_bytes()[0]
}

/// All partitions.
#[derive(Debug)]
pub(super) struct Partitions<R> {
    stored: bulk::Partitions,
    records: PhantomData<R>,
}

impl<R: CommandRecord> Partitions<R> {
    /// The first line of every command in partition `number`.
    pub(super) fn first_lines(&self, number: u8, names: &Breakdown) -> io::Result<Vec<R>> {
        let bytes = self.stored.load(number)?;
        let read = |record| R::from_bytes(record).ok_or(io::ErrorKind::InvalidData);
        let mut records = bytes.chunks(R::STORED).map(read).collect::<Result<Vec<R>, _>>()?;
        keep_first(&mut records, names);
        Ok(records)
    }
}

/// Sorts by command and keeps the first line of each.
fn keep_first<R: CommandRecord>(records: &mut Vec<R>, names: &Breakdown) {
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
        let partitions = distinct.finish().unwrap();
        (0..=u8::MAX).flat_map(|number| partitions.first_lines(number, &reasons).unwrap()).collect()
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
