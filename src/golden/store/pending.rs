//! Pending files: what golden would be if everything that was found were accepted.

use super::super::change::{Change, ChangeCounts};
use super::super::compare::{Changes, Join, count, keyed};
use super::super::error::GoldenError;
use super::super::format::{GoldenEntry, GoldenReader, GoldenWriter};
use super::disk;
use super::disk::Part;
use super::draft::{Draft, Prepared, part_for};
use super::flaws::alike;
use super::folder::{FileReader, PENDING, Store};
use super::journal::Journal;
use super::manifest::{MANIFEST, Manifest};
use super::name::SnapshotName;
use crate::bulk::Hashing;
use crate::model::{Decisions, file_name_key, unportable};
use std::fs;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A pending file that is being written. Dropped without being [published](Store::publish), nothing is left of it.
#[derive(Debug)]
pub struct PendingWriter {
    name: SnapshotName,
    decisions: Decisions,
    golden: Option<Stamp>,
    writer: GoldenWriter<BufWriter<Hashing<Part>>>,
}

/// A pending file that is written and flushed, and not in its place yet.
#[derive(Debug)]
pub struct FinishedPending {
    name: SnapshotName,
    decisions: Decisions,
    golden: Option<Stamp>,
    prepared: Prepared,
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

impl PendingWriter {
    /// What is written is found in these decisions, not in our own.
    #[must_use]
    pub fn of(mut self, decisions: Decisions) -> Self {
        self.decisions = decisions;
        self
    }

    /// Takes the entries.
    pub fn writer(&mut self) -> &mut GoldenWriter<impl Write + use<>> {
        &mut self.writer
    }

    /// Writes the rest, and flushes all of it to disk.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn finish(self) -> Result<FinishedPending, GoldenError> {
        let Self { name, decisions, golden, writer } = self;
        let part = writer.finish()?.into_inner().map_err(|error| {
            let (error, buffer) = error.into_parts();
            GoldenError::io("write", buffer.get_ref().inner.path())(error)
        })?;
        disk::flush(&part.inner)?;
        let sha256 = part.hex();
        Ok(FinishedPending { name, decisions, golden, prepared: Prepared { part: part.inner, sha256 } })
    }
}

impl Store {
    /// Begins a pending file. To be called before [`golden`](Self::golden): it notices when golden is replaced later on.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`]; [`GoldenError::Interrupted`] while a settlement is; [`GoldenError::Unportable`] of a corpus without
    /// golden that some file system cannot hold, or takes for another one that has some.
    pub fn begin_pending(&self, name: &SnapshotName) -> Result<PendingWriter, GoldenError> {
        let path = self.pending_path(name);
        self.check_portable(name)?;
        disk::create_folder(self.root())?;
        disk::create_folder(&self.folder(name))?;
        let _lock = self.lock()?;
        disk::sweep(&self.folder(name))?;
        let part = Hashing::new(part_for(&path)?);
        let golden = Stamp::of(&self.golden_path(name));
        let writer = GoldenWriter::new(BufWriter::with_capacity(1 << 17, part), path);
        Ok(PendingWriter { name: name.clone(), decisions: Decisions::Ours, golden, writer })
    }

    fn check_portable(&self, name: &SnapshotName) -> Result<(), GoldenError> {
        if self.golden_path(name).exists() {
            return Ok(());
        }
        let refused = |problem: String| Err(GoldenError::Unportable { name: name.corpus().to_owned(), problem });
        if let Some(problem) = unportable(name.corpus()) {
            return refused(format!("Windows cannot hold a file of this name: {problem}"));
        }
        let (folder, key) = (self.folder(name), file_name_key(name.corpus()));
        let names = if folder.is_dir() { disk::all_names(&folder)? } else { Vec::new() };
        for file in names {
            let other =
                file.to_str().and_then(|file| file.strip_suffix(".json").or_else(|| file.strip_suffix(PENDING)));
            if let Some(other) = other.filter(|other| *other != name.corpus() && file_name_key(other) == key) {
                return refused(alike(&folder.join(&file), other));
            }
        }
        Ok(())
    }

    /// Puts all pending files of a replay in their places, where they replace older ones, and removes those of `overtaken`:
    /// of a whole corpus that is as golden has it. All of that happens, or nothing.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Replaced`] where golden is not the file it was when writing began, [`GoldenError::Interrupted`],
    /// [`GoldenError::Io`] and [`GoldenError::Unchanged`]: nothing was changed. [`GoldenError::HalfDone`]: the disk refused,
    /// first to go on and then to go back; whoever next changes the folder goes back.
    pub fn publish(&self, finished: Vec<FinishedPending>, overtaken: &[SnapshotName]) -> Result<(), GoldenError> {
        if finished.is_empty() && !overtaken.iter().any(|name| self.may_be_pending(name)) {
            // Saves a folder without anything pending from being locked, which would write into it.
            return Ok(());
        }
        self.publish_locked(finished, overtaken).map_err(GoldenError::unchanged)
    }

    fn publish_locked(&self, finished: Vec<FinishedPending>, overtaken: &[SnapshotName]) -> Result<(), GoldenError> {
        let _lock = self.lock()?;
        let mut draft = Draft::new(self)?;
        for FinishedPending { name, decisions, golden, prepared } in finished {
            let path = self.golden_path(&name);
            if Stamp::of(&path) != golden {
                return Err(GoldenError::Replaced { path });
            }
            let before = disk::digest(&self.pending_path(&name))?;
            draft.set_pending(&name, before, Some(prepared), decisions);
        }
        for name in overtaken {
            let before = disk::digest(&self.pending_path(name))?;
            draft.set_pending(name, before, None, Decisions::Ours);
        }
        draft.carry_out(None)
    }

    /// Everything that is pending, by rule set and corpus. Files are looked for, not read; nothing is locked or written.
    /// Beside an interrupted settlement: what was pending before it.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`], and those of a journal.
    pub fn pending(&self) -> Result<Vec<Pending<'_>>, GoldenError> {
        let journal = Journal::read(self)?;
        let mut names: Vec<SnapshotName> = Vec::new();
        for rules in disk::file_names(self.root())? {
            let folder = self.root().join(&rules);
            if !folder.is_dir() {
                continue;
            }
            for file in disk::file_names(&folder)? {
                let name = file.strip_suffix(PENDING).map(|corpus| SnapshotName::new(&rules, corpus));
                names.extend(name.into_iter().flatten());
            }
        }
        let journaled = journal.iter().flat_map(|journal| &journal.files);
        let journaled = journaled.filter_map(|change| change.file.strip_suffix(PENDING));
        names.extend(journaled.filter_map(|name| SnapshotName::try_from(name.to_owned()).ok()));
        names.sort();
        names.dedup();
        let mut pending = Vec::new();
        for name in names {
            if view(self, journal.as_ref(), &self.pending_path(&name))?.is_some_and(|path| path.exists()) {
                pending.push(Pending { store: self, name });
            }
        }
        Ok(pending)
    }

    /// Whether there is golden; beside an interrupted settlement, whether there was before it.
    ///
    /// # Errors
    ///
    /// Those of a journal.
    pub fn has_golden(&self, name: &SnapshotName) -> Result<bool, GoldenError> {
        let journal = Journal::read(self)?;
        Ok(view(self, journal.as_ref(), &self.golden_path(name))?.is_some_and(|path| path.exists()))
    }
}

/// Where to read what a file holds: while something is half done, what it held before.
fn view(store: &Store, journal: Option<&Journal>, path: &Path) -> Result<Option<PathBuf>, GoldenError> {
    let files = journal.into_iter().flat_map(|journal| &journal.files);
    match files.into_iter().find(|change| store.root().join(&change.file) == path) {
        Some(change) => change.before(store),
        None => Ok(Some(path.to_owned())),
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

/// How often two files are opened again because one of them was replaced in between.
const TRIES: usize = 100;

impl Pending<'_> {
    /// Which golden file.
    pub const fn name(&self) -> &SnapshotName {
        &self.name
    }

    /// Whose decisions it was found in.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`], and those of the list of what is pending and of a journal.
    pub fn decisions(&self) -> Result<Decisions, GoldenError> {
        let journal = Journal::read(self.store)?;
        let list = view(self.store, journal.as_ref(), &self.store.root().join(MANIFEST))?;
        let list = list.as_deref().map(Manifest::read_at).transpose()?;
        Ok(list.map_or(Decisions::Ours, |(list, _)| list.decisions(&self.name)))
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

    /// Opens both files as they were at one moment. There is no lock to take, since a reader may not be allowed to: where
    /// anything was replaced while they were opened, they are opened again.
    fn join(&self) -> Result<Join<EntryStream, EntryStream>, GoldenError> {
        let paths = [self.store.golden_path(&self.name), self.store.pending_path(&self.name)];
        let stamps = || [Stamp::of(&paths[0]), Stamp::of(&paths[1]), Stamp::of(&self.store.journal_path())];
        for _ in 0..TRIES {
            let before = stamps();
            let journal = Journal::read(self.store)?;
            let open = |path: &Path| -> Result<Option<FileReader>, GoldenError> {
                let found = view(self.store, journal.as_ref(), path)?;
                let file = found.as_deref().map(disk::open).transpose()?.flatten();
                Ok(file.map(|file| GoldenReader::new(BufReader::with_capacity(1 << 17, file), path)))
            };
            let (golden, pending) = (open(&paths[0])?, open(&paths[1])?);
            if stamps() == before {
                let Some(pending) = pending else { break };
                let stream = |reader: Option<FileReader>| reader.into_iter().flatten().map(keyed as _);
                return Ok(Join::new(stream(golden), stream(Some(pending))));
            }
        }
        let [path, _] = paths;
        Err(GoldenError::NothingPending { path })
    }
}

impl Iterator for PendingChanges {
    type Item = Result<Change, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
