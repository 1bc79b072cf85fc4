//! Pending files: golden as it would be if all changes were accepted.

use super::super::change::Change;
use super::super::compare::{Join, Pair, entries_of};
use super::super::error::GoldenError;
use super::super::format::GoldenWriter;
use super::disk;
use super::draft::{Draft, EntryWriter, Prepared, entry_writer, finish};
use super::flaws::alike;
use super::folder::{FileReader, PENDING, Store, file_reader};
use super::journal::Journal;
use super::manifest::{MANIFEST, Manifest};
use super::name::SnapshotName;
use crate::model::{Decisions, file_name_key, unportable};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A pending file that is being written; deleted when it is dropped without being [published](Store::publish).
#[derive(Debug)]
pub struct PendingWriter {
    name: SnapshotName,
    decisions: Decisions,
    golden: Option<Stamp>,
    path: PathBuf,
    writer: EntryWriter,
}

/// A pending file that is written and flushed, but not published yet.
#[derive(Debug)]
pub struct FinishedPending {
    name: SnapshotName,
    decisions: Decisions,
    golden: Option<Stamp>,
    prepared: Prepared,
}

/// Distinguishes versions of a file without reading it.
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
    /// Sets whose decisions the changes are found in.
    #[must_use]
    pub fn of(mut self, decisions: Decisions) -> Self {
        self.decisions = decisions;
        self
    }

    /// The writer of the entries.
    pub fn writer(&mut self) -> &mut GoldenWriter<impl Write + use<>> {
        &mut self.writer
    }

    /// Writes the rest, and flushes all of it to disk.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`].
    pub fn finish(self) -> Result<FinishedPending, GoldenError> {
        let Self { name, decisions, golden, path, writer } = self;
        Ok(FinishedPending { name, decisions, golden, prepared: finish(writer, &path)? })
    }
}

impl Store {
    /// Begins a pending file. Has to be called before [`golden`](Self::golden), so that a later replacement of golden is detected.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`]; [`GoldenError::Interrupted`] while a settlement is; [`GoldenError::Unportable`] for a corpus without
    /// golden whose name some file system cannot hold, or mixes up with another one.
    pub fn begin_pending(&self, name: &SnapshotName) -> Result<PendingWriter, GoldenError> {
        let path = self.pending_path(name);
        self.check_portable(name)?;
        disk::create_folder(self.root())?;
        disk::create_folder(&self.folder(name))?;
        let _lock = self.lock()?;
        disk::sweep(&self.folder(name))?;
        let writer = entry_writer(&path)?;
        let golden = Stamp::of(&self.golden_path(name));
        Ok(PendingWriter { name: name.clone(), decisions: Decisions::Ours, golden, path, writer })
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

    /// Publishes all pending files of a replay, which replace older ones, and removes those of `overtaken`: corpora that were
    /// replayed as a whole and have no changes. All of that happens, or nothing.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Replaced`] where golden was replaced since writing began, [`GoldenError::Interrupted`],
    /// [`GoldenError::Io`] and [`GoldenError::Unchanged`]: nothing was changed. [`GoldenError::HalfDone`]: a step failed, and so
    /// did undoing; the next process that changes the folder undoes it.
    pub fn publish(&self, finished: Vec<FinishedPending>, overtaken: &[SnapshotName]) -> Result<(), GoldenError> {
        if finished.is_empty() && !overtaken.iter().any(|name| self.may_be_pending(name)) {
            // Without anything to publish or to remove, the folder is not locked, since that would create the lock file.
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
                return Err(GoldenError::Replaced(path));
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

    /// Everything that is pending, by rule set and corpus; during an interrupted settlement, what was pending before it. Files are
    /// not read, and nothing is locked or written.
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
            if source_of(self, journal.as_ref(), &self.pending_path(&name))?.is_some_and(|path| path.exists()) {
                pending.push(Pending { store: self, name });
            }
        }
        Ok(pending)
    }

    /// Whether there is golden; during an interrupted settlement, whether there was before it.
    ///
    /// # Errors
    ///
    /// Those of a journal.
    pub fn has_golden(&self, name: &SnapshotName) -> Result<bool, GoldenError> {
        let journal = Journal::read(self)?;
        Ok(source_of(self, journal.as_ref(), &self.golden_path(name))?.is_some_and(|path| path.exists()))
    }
}

/// Where to read a file; while there is a journal, its content before.
fn source_of(store: &Store, journal: Option<&Journal>, path: &Path) -> Result<Option<PathBuf>, GoldenError> {
    let files = journal.into_iter().flat_map(|journal| &journal.files);
    match files.into_iter().find(|change| store.root().join(&change.file) == path) {
        Some(change) => change.before(store),
        None => Ok(Some(path.to_owned())),
    }
}

/// The pending changes of one golden file.
#[derive(Debug)]
pub struct Pending<'a> {
    store: &'a Store,
    name: SnapshotName,
}

/// How often two files are opened again when one of them was replaced in between.
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
        let list = source_of(self.store, journal.as_ref(), &self.store.root().join(MANIFEST))?;
        let list = list.as_deref().map(Manifest::read_at).transpose()?;
        Ok(list.map_or(Decisions::Ours, |(list, _)| list.decisions(&self.name)))
    }

    /// The changes, in order of command ids, one at a time. Both files are opened here, and what is settled later does not
    /// show.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`]; [`GoldenError::NothingPending`] where the file was removed. While iterating, also
    /// [`GoldenError::Unreadable`].
    pub fn changes(&self) -> Result<impl Iterator<Item = Result<Change, GoldenError>> + use<>, GoldenError> {
        let (golden, pending) = self.open()?;
        let pairs = Join::new(entries_of(golden), entries_of(Some(pending)));
        Ok(pairs.filter_map(|pair| pair.and_then(Pair::change).transpose()))
    }

    /// Opens both files as they were at one moment. Readers take no lock, since they may not be allowed to write the lock file:
    /// where anything was replaced while the files were opened, they are opened again.
    fn open(&self) -> Result<(Option<FileReader>, FileReader), GoldenError> {
        let paths = [self.store.golden_path(&self.name), self.store.pending_path(&self.name)];
        let stamps = || [Stamp::of(&paths[0]), Stamp::of(&paths[1]), Stamp::of(&self.store.journal_path())];
        for _ in 0..TRIES {
            let before = stamps();
            let journal = Journal::read(self.store)?;
            let open = |path: &Path| -> Result<Option<FileReader>, GoldenError> {
                let found = source_of(self.store, journal.as_ref(), path)?;
                let file = found.as_deref().map(disk::open).transpose()?.flatten();
                Ok(file.map(|file| file_reader(file, path)))
            };
            let (golden, pending) = (open(&paths[0])?, open(&paths[1])?);
            if stamps() == before {
                let Some(pending) = pending else { break };
                return Ok((golden, pending));
            }
        }
        let [path, _] = paths;
        Err(GoldenError::NothingPending(path))
    }
}
