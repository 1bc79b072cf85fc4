//! Golden entries in ascending order of their command ids, in bounded memory: sorted runs, then one merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Command id and canonical bytes of a golden entry.
type Entry = (String, Vec<u8>);

/// Collects entries in any order.
#[derive(Debug)]
pub struct EntrySorter {
    directory: PathBuf,
    limit: usize,
    held: Vec<Entry>,
    held_bytes: usize,
    runs: Vec<File>,
}

impl EntrySorter {
    /// Holds up to `limit` bytes; what is more goes to temporary files in `directory`.
    pub fn new(directory: &Path, limit: usize) -> Self {
        Self { directory: directory.to_owned(), limit, held: Vec::new(), held_bytes: 0, runs: Vec::new() }
    }

    /// Adds an entry.
    ///
    /// # Errors
    ///
    /// Where it cannot be written to a temporary file.
    pub fn add(&mut self, entry: Entry) -> io::Result<()> {
        self.held_bytes += entry.0.len() + entry.1.len() + size_of::<Entry>();
        self.held.push(entry);
        if self.held_bytes > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile_in(&self.directory)?);
        for (id, bytes) in self.held.drain(..) {
            for part in [id.as_bytes(), &bytes] {
                run.write_all(&(part.len() as u64).to_le_bytes())?;
                run.write_all(part)?;
            }
        }
        let mut run = run.into_inner()?;
        run.rewind()?;
        self.runs.push(run);
        self.held_bytes = 0;
        Ok(())
    }

    /// Ends the collection.
    pub fn finish(mut self) -> SortedEntries {
        self.held.sort_unstable();
        let runs = self.runs.into_iter().map(|run| Run::Stored(BufReader::new(run)));
        let runs = runs.chain([Run::Held(self.held.into_iter())]).collect();
        SortedEntries { runs, heads: BinaryHeap::new(), started: false }
    }
}

/// All entries, ascending.
#[derive(Debug)]
pub struct SortedEntries {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
    started: bool,
}

#[derive(Debug)]
enum Run {
    Stored(BufReader<File>),
    Held(std::vec::IntoIter<Entry>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        match self {
            Self::Held(entries) => Ok(entries.next()),
            Self::Stored(reader) => {
                let Some(id) = read_part(reader)? else { return Ok(None) };
                let id = String::from_utf8(id).map_err(io::Error::other)?;
                let bytes = read_part(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                Ok(Some((id, bytes)))
            }
        }
    }
}

/// A length and that many bytes; `None` at the end.
fn read_part(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match reader.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut part = Vec::new();
    reader.take(u64::from_le_bytes(length)).read_to_end(&mut part)?;
    Ok(Some(part))
}

impl Iterator for SortedEntries {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.started {
            self.started = true;
            for number in 0..self.runs.len() {
                if let Err(error) = self.refill(number) {
                    return Some(Err(error));
                }
            }
        }
        let Reverse((entry, number)) = self.heads.pop()?;
        Some(self.refill(number).map(|()| entry))
    }
}

impl SortedEntries {
    fn refill(&mut self, number: usize) -> io::Result<()> {
        if let Some(entry) = self.runs.get_mut(number).map_or(Ok(None), Run::next)? {
            self.heads.push(Reverse((entry, number)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_ascend_whatever_fits_into_memory(ids in proptest::collection::vec("[a-я]{0,5}", 0..50), limit in 1usize..2000) {
            let directory = tempfile::tempdir().unwrap();
            let mut sorter = EntrySorter::new(directory.path(), limit);
            for id in &ids {
                sorter.add((id.clone(), id.as_bytes().to_vec())).unwrap();
            }
            let sorted: Vec<String> = sorter.finish().map(|entry| entry.unwrap().0).collect();
            let mut expected = ids;
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}
