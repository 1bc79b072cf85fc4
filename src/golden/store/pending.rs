//! Pending files: what golden would be if everything that was found were accepted.

use super::super::change::{Change, ChangeCounts};
use super::super::compare::{Changes, Join, count, keyed};
use super::super::error::GoldenError;
use super::super::format::{GoldenEntry, GoldenReader, GoldenWriter};
use super::name::SnapshotName;
use super::{FileReader, Store, disk};
use std::fs;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::time::SystemTime;
use tempfile::NamedTempFile;

/// A pending file that is being written. Dropped without [`commit`](Self::commit), nothing is left of it.
#[derive(Debug)]
pub struct PendingWriter<'a> {
    store: &'a Store,
    name: SnapshotName,
    golden: Option<Stamp>,
    writer: GoldenWriter<BufWriter<NamedTempFile>>,
}

/// Tells one version of a file from the next without reading it.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }
}

impl<'a> PendingWriter<'a> {
    pub(super) fn new(store: &'a Store, name: &SnapshotName) -> Result<Self, GoldenError> {
        let path = store.pending_path(name);
        disk::create_folder(store.root())?;
        disk::create_folder(&store.folder(name))?;
        let lock = store.lock()?;
        let folder = store.folder(name);
        disk::sweep(&folder)?;
        let part = disk::part(&folder, name.corpus())?;
        let golden = Stamp::of(&store.golden_path(name));
        drop(lock);
        let writer = GoldenWriter::new(BufWriter::with_capacity(1 << 17, part), path);
        Ok(Self { store, name: name.clone(), golden, writer })
    }

    /// Takes the entries.
    pub fn writer(&mut self) -> &mut GoldenWriter<BufWriter<NamedTempFile>> {
        &mut self.writer
    }

    /// Flushes the file to disk and puts it in its place, where it replaces an older one.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`]; [`GoldenError::Replaced`] where golden is not the file it was when writing began.
    pub fn commit(self) -> Result<(), GoldenError> {
        let path = self.store.pending_path(&self.name);
        let buffer = self.writer.finish()?;
        let part = buffer.into_inner().map_err(|error| GoldenError::io("write", &path)(error.into_error()))?;
        // Before the lock: this may take a while.
        part.as_file().sync_all().map_err(GoldenError::io("flush", part.path()))?;
        let _lock = self.store.lock()?;
        let golden = self.store.golden_path(&self.name);
        if Stamp::of(&golden) != self.golden {
            return Err(GoldenError::Replaced { path: golden });
        }
        disk::install_part(part, &path)
    }
}

/// What is pending for one golden file.
#[derive(Debug)]
pub struct Pending<'a> {
    store: &'a Store,
    name: SnapshotName,
}

/// The changes of one pending file, in order of command ids, one at a time.
pub struct PendingChanges(Changes<EntryStream, EntryStream>);

type EntryStream = std::iter::Map<
    std::iter::Flatten<std::option::IntoIter<FileReader>>,
    fn(Result<GoldenEntry, GoldenError>) -> Result<(String, Vec<u8>), GoldenError>,
>;

impl<'a> Pending<'a> {
    pub(super) const fn new(store: &'a Store, name: SnapshotName) -> Self {
        Self { store, name }
    }

    /// Which golden file.
    pub const fn name(&self) -> &SnapshotName {
        &self.name
    }

    /// How many changes there are; reads both files.
    ///
    /// # Errors
    ///
    /// As [`changes`](Self::changes), and [`GoldenError::Unreadable`].
    pub fn counts(&self) -> Result<ChangeCounts, GoldenError> {
        count(self.join()?)
    }

    /// The changes. Both files are opened here, and what is settled later does not show.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`]; [`GoldenError::NothingPending`] where the file is gone. While iterating, also
    /// [`GoldenError::Unreadable`].
    pub fn changes(&self) -> Result<PendingChanges, GoldenError> {
        self.join().map(|join| PendingChanges(Changes(join)))
    }

    fn join(&self) -> Result<Join<EntryStream, EntryStream>, GoldenError> {
        let _lock = self.store.lock()?;
        let stream = |path: &Path| {
            let file = disk::open(path)?;
            let reader = file.map(|file| GoldenReader::new(BufReader::with_capacity(1 << 17, file), path));
            let stream: EntryStream = reader.into_iter().flatten().map(keyed as _);
            Ok(stream)
        };
        let path = self.store.pending_path(&self.name);
        if !path.exists() {
            return Err(GoldenError::NothingPending { path: self.store.golden_path(&self.name) });
        }
        Ok(Join::new(stream(&self.store.golden_path(&self.name))?, stream(&path)?))
    }
}

impl Iterator for PendingChanges {
    type Item = Result<Change, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
