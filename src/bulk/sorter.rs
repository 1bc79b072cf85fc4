//! External sort: entries in ascending order of their keys, in bounded memory, by sorted runs and one merge.
//!
//! All runs are in one temporary file, one after the other, so that any number of runs needs one open file.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Bytes that are read at once of each run.
const PIECE_BYTES: u64 = 1 << 13;

/// A key and its value.
type Entry<K> = (K, Vec<u8>);

/// What entries are sorted by: values that can be stored as bytes.
pub trait SortKey: Ord + AsRef<[u8]> + TryFrom<Vec<u8>, Error: Into<Box<dyn Error + Send + Sync>>> {}

impl<K: Ord + AsRef<[u8]> + TryFrom<Vec<u8>, Error: Into<Box<dyn Error + Send + Sync>>>> SortKey for K {}

/// Collects entries in any order.
#[derive(Debug)]
pub struct Sorter<K> {
    directory: PathBuf,
    limit: usize,
    held: Vec<Entry<K>>,
    held_bytes: usize,
    stored: Option<Stored>,
}

/// The runs that were written.
#[derive(Debug)]
struct Stored {
    file: File,
    /// The range of each run in the file.
    runs: Vec<Range<u64>>,
}

impl<K: SortKey> Sorter<K> {
    /// Keeps up to `limit` bytes in memory and the rest in a temporary file in `directory`.
    #[must_use]
    pub fn new(directory: &Path, limit: usize) -> Self {
        Self { directory: directory.to_owned(), limit, held: Vec::new(), held_bytes: 0, stored: None }
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Entry<K>) -> io::Result<()> {
        self.held_bytes += entry.0.as_ref().len() + entry.1.len() + size_of::<Entry<K>>();
        self.held.push(entry);
        if self.held_bytes <= self.limit {
            return Ok(());
        }
        let mut held = std::mem::take(&mut self.held);
        held.sort_unstable();
        self.add_run(held.drain(..))?;
        self.held = held;
        self.held_bytes = 0;
        Ok(())
    }

    /// Writes entries that ascend already to the temporary file.
    pub fn add_run(&mut self, entries: impl IntoIterator<Item = Entry<K>>) -> io::Result<()> {
        let Stored { file, runs } = match &mut self.stored {
            Some(stored) => stored,
            None => self.stored.insert(Stored { file: tempfile::tempfile_in(&self.directory)?, runs: Vec::new() }),
        };
        let start = runs.last().map_or(0, |run| run.end);
        let mut end = start;
        let mut out = BufWriter::new(file);
        for (key, value) in entries {
            for part in [key.as_ref(), &value] {
                out.write_all(&(part.len() as u64).to_le_bytes())?;
                out.write_all(part)?;
                end += (size_of::<u64>() + part.len()) as u64;
            }
        }
        out.flush()?;
        runs.push(start..end);
        Ok(())
    }

    /// Ends the collection.
    #[must_use]
    pub fn finish(mut self) -> Sorted<K> {
        self.held.sort_unstable();
        let stored = self.stored.map(|Stored { file, runs }| {
            let runs = runs.into_iter().map(|Range { start, end }| SortedRun {
                next: start,
                end,
                piece: io::Cursor::default(),
            });
            (file, runs.collect())
        });
        Sorted { stored, held: self.held.into_iter(), heads: BinaryHeap::new(), is_started: false }
    }
}

/// All entries, ascending.
#[derive(Debug)]
pub struct Sorted<K> {
    stored: Option<(File, Vec<SortedRun>)>,
    held: std::vec::IntoIter<Entry<K>>,
    /// The next entry of each run, with the number of the run; the entries in memory are the last run.
    heads: BinaryHeap<Reverse<(Entry<K>, usize)>>,
    is_started: bool,
}

/// The rest of a run: its range in the file, and the piece in memory.
#[derive(Debug)]
struct SortedRun {
    next: u64,
    end: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl<K: SortKey> Iterator for Sorted<K> {
    type Item = io::Result<Entry<K>>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.is_started {
            self.is_started = true;
            let stored = self.stored.as_ref().map_or(0, |(_, runs)| runs.len());
            for number in 0..=stored {
                if let Err(error) = self.refill(number) {
                    return Some(Err(error));
                }
            }
        }
        let Reverse((entry, number)) = self.heads.pop()?;
        Some(self.refill(number).map(|()| entry))
    }
}

impl<K: SortKey> Sorted<K> {
    fn refill(&mut self, number: usize) -> io::Result<()> {
        let next = match &mut self.stored {
            Some((file, runs)) if number < runs.len() => runs[number].next(file)?,
            Some(_) | None => self.held.next(),
        };
        self.heads.extend(next.map(|entry| Reverse((entry, number))));
        Ok(())
    }
}

impl SortedRun {
    fn next<K: SortKey>(&mut self, file: &mut File) -> io::Result<Option<Entry<K>>> {
        let is_at_end = self.next == self.end && self.piece.position() == self.piece.get_ref().len() as u64;
        if is_at_end {
            return Ok(None);
        }
        let key = K::try_from(self.part(file)?).map_err(io::Error::other)?;
        Ok(Some((key, self.part(file)?)))
    }

    /// Reads a length and that many bytes.
    fn part(&mut self, file: &mut File) -> io::Result<Vec<u8>> {
        let mut length = [0; size_of::<u64>()];
        self.read(file, &mut length)?;
        let mut part = vec![0; usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?];
        self.read(file, &mut part)?;
        Ok(part)
    }

    fn read(&mut self, file: &mut File, into: &mut [u8]) -> io::Result<()> {
        let mut filled = 0;
        while filled < into.len() {
            let count = self.piece.read(&mut into[filled..])?;
            filled += count;
            if count == 0 {
                self.fetch(file)?;
            }
        }
        Ok(())
    }

    fn fetch(&mut self, file: &mut File) -> io::Result<()> {
        let mut piece = Vec::new();
        file.seek(SeekFrom::Start(self.next))?;
        file.take(PIECE_BYTES.min(self.end - self.next)).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.next += piece.len() as u64;
        self.piece = io::Cursor::new(piece);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_ascend_for_any_limit_of_memory(ids in proptest::collection::vec("[a-я]{0,5}", 0..50), limit in 1usize..2000) {
            let directory = tempfile::tempdir().unwrap();
            let mut sorter: Sorter<String> = Sorter::new(directory.path(), limit);
            for id in &ids {
                sorter.add((id.clone(), id.as_bytes().to_vec())).unwrap();
            }
            let found: Vec<_> = sorter.finish().map(Result::unwrap).collect();
            let mut expected: Vec<_> = ids.into_iter().map(|id| (id.clone(), id.into_bytes())).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn entries_longer_than_a_piece_are_read_whole() {
        let directory = tempfile::tempdir().unwrap();
        let mut sorter: Sorter<Vec<u8>> = Sorter::new(directory.path(), 1);
        let entries = [1_u8, 2, 3].map(|byte| (vec![byte; 20_000], vec![byte; 9_000]));
        sorter.add_run(entries.clone()).unwrap();
        sorter.add((vec![0], Vec::new())).unwrap();
        let found: Vec<_> = sorter.finish().map(Result::unwrap).collect();
        assert_eq!(found, [&[(vec![0], Vec::new())][..], &entries].concat());
    }
}
