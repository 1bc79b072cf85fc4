//! A draft: the new contents of several files, written and flushed beside them before any of them is changed.

use super::super::error::GoldenError;
use super::super::format::GoldenWriter;
use super::disk;
use super::disk::StagedFile;
use super::folder::Store;
use super::journal::{Journal, Replacement, Settlement};
use super::manifest::{MANIFEST, Manifest};
use super::name::SnapshotName;
use crate::bulk::{Hashing, digest};
use crate::model::Decisions;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The new content of a file, written and flushed beside it.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) part: StagedFile,
    pub(super) sha256: String,
}

impl Prepared {
    /// Flushes what was written.
    pub(super) fn of(part: Hashing<StagedFile>) -> Result<Self, GoldenError> {
        disk::flush(&part.inner)?;
        let sha256 = part.hex();
        Ok(Self { part: part.inner, sha256 })
    }
}

/// Writes entries into a staged file.
pub(super) type EntryWriter = GoldenWriter<BufWriter<Hashing<StagedFile>>>;

/// A writer of the new content of the entry file at `path`. The caller holds the lock.
pub(super) fn entry_writer(path: &Path) -> Result<EntryWriter, GoldenError> {
    let part = Hashing::new(staged_for(path)?);
    Ok(GoldenWriter::new(BufWriter::with_capacity(1 << 17, part), path))
}

/// Ends what [`entry_writer`] began for the file at `path`.
pub(super) fn finish(writer: EntryWriter, path: &Path) -> Result<Prepared, GoldenError> {
    let part = writer.finish()?.into_inner();
    Prepared::of(part.map_err(|error| GoldenError::io("write", path)(error.into_error()))?)
}

/// One file in the draft.
#[derive(Debug, Default)]
struct Drafted {
    /// SHA-256 of the current file, hex.
    before: Option<String>,
    after: Option<Prepared>,
}

/// The files to be changed, by path below the folder of the store, in the order in which they will be replaced.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    store: &'a Store,
    files: Vec<(String, Drafted)>,
    manifest: Manifest,
    /// Digest of the current manifest.
    listed: Option<String>,
}

impl<'a> Draft<'a> {
    /// An empty draft. The caller holds the lock.
    pub(super) fn new(store: &'a Store) -> Result<Self, GoldenError> {
        let (manifest, bytes) = Manifest::read(store)?;
        Ok(Self { store, files: Vec::new(), manifest, listed: bytes.map(|bytes| digest(&bytes)) })
    }

    /// Where to read the content of a file: the new content, where it is drafted already; `None` where it is removed.
    pub(super) fn current(&self, path: &Path) -> Option<PathBuf> {
        let file = self.below(path);
        match self.files.iter().find(|(drafted, _)| *drafted == file) {
            Some((_, Drafted { after, .. })) => after.as_ref().map(|prepared| prepared.part.path().to_owned()),
            None => Some(path.to_owned()),
        }
    }

    /// Whether a file is in the draft.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let file = self.below(path);
        self.files.iter().any(|(drafted, _)| *drafted == file)
    }

    /// Drafts the new content of a file, which now has the digest `before`; `None` removes it.
    pub(super) fn set(&mut self, path: &Path, before: Option<String>, after: Option<Prepared>) {
        let file = self.below(path);
        match self.files.iter_mut().find(|(drafted, _)| *drafted == file) {
            Some((_, drafted)) => drafted.after = after,
            None => self.files.push((file, Drafted { before, after })),
        }
    }

    /// As [`set`](Self::set), for a pending file, which is listed with its digest and whose decisions it was found in.
    pub(super) fn set_pending(
        &mut self,
        name: &SnapshotName,
        before: Option<String>,
        after: Option<Prepared>,
        decisions: Decisions,
    ) {
        self.manifest.set(name, after.as_ref().map(|after| after.sha256.clone()), decisions);
        self.set(&self.store.pending_path(name), before, after);
    }

    /// Whether a replay has written the pending file with this digest.
    pub(super) fn lists(&self, name: &SnapshotName, sha256: &str) -> bool {
        self.manifest.holds(name, sha256)
    }

    /// Whose decisions a pending file was found in.
    pub(super) fn decisions(&self, name: &SnapshotName) -> Decisions {
        self.manifest.decisions(name)
    }

    /// Replaces all files, or none.
    ///
    /// # Errors
    ///
    /// As [`Journal::carry_out`]; before that [`GoldenError::SameFile`] and [`GoldenError::Io`].
    pub(super) fn carry_out(mut self, settlement: Option<Settlement>) -> Result<(), GoldenError> {
        let store = self.store;
        let path = store.root().join(MANIFEST);
        let list = self.manifest.bytes().map_err(GoldenError::io("write", &path))?;
        if list.as_deref().map(digest) != self.listed {
            let list = list.map(|bytes| prepare(&path, &bytes)).transpose()?;
            self.set(&path, self.listed.clone(), list);
        }
        // A file with the same content is replaced, too: its time shows when it was found again.
        let is_change = |drafted: &Drafted| drafted.before.is_some() || drafted.after.is_some();
        let changes: Vec<_> = self.files.into_iter().filter(|(_, drafted)| is_change(drafted)).collect();
        if changes.is_empty() {
            return Ok(());
        }
        check_places(store, changes.iter().map(|(file, _)| file.as_str()))?;
        let mut kept = Vec::new();
        let written = keep(store, changes, &mut kept);
        let files = written.inspect_err(|_| kept.iter().for_each(|path| disk::forget(path)))?;
        Journal { settlement, undoing: false, files }.carry_out(store)
    }

    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.store.root()).unwrap_or(path);
        let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A staged file beside the real file at `path`, with its permissions. The caller holds the lock.
pub(super) fn staged_for(path: &Path) -> Result<StagedFile, GoldenError> {
    let place = disk::real(path)?;
    disk::check_replaceable(&place)?;
    let folder = place.parent().unwrap_or(Path::new(""));
    let prefix = base_name(&place);
    if path.parent() != Some(folder) {
        // In a folder outside the store, only staged files of this file are removed.
        disk::sweep_of(folder, &prefix)?;
    }
    let part = disk::stage(folder, &prefix)?;
    disk::inherit(&part, &place)?;
    Ok(part)
}

/// Writes the new content of a small file.
fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, GoldenError> {
    let mut part = Hashing::new(staged_for(path)?);
    part.write_all(bytes).map_err(GoldenError::io("write", path))?;
    Prepared::of(part)
}

/// Fails where two paths lead to the same file by links: both changes would be made to that one file.
fn check_places<'a>(store: &Store, files: impl Iterator<Item = &'a str>) -> Result<(), GoldenError> {
    let mut places = BTreeMap::new();
    for file in files {
        let path = store.root().join(file);
        let place = disk::real(&path)?;
        disk::check_replaceable(&place)?;
        let folder = place.parent().unwrap_or(Path::new("")).canonicalize();
        let place = folder.map_or_else(|_| place.clone(), |folder| folder.join(place.file_name().unwrap_or_default()));
        if let Some(other) = places.insert(place, path.clone()) {
            return Err(GoldenError::SameFile { path, other });
        }
    }
    Ok(())
}

/// Keeps every file that is replaced under a second name, and the staged files for the journal. All of them are added to
/// `made`.
fn keep(
    store: &Store,
    changes: Vec<(String, Drafted)>,
    made: &mut Vec<PathBuf>,
) -> Result<Vec<Replacement>, GoldenError> {
    let mut files = Vec::new();
    let mut folders = BTreeSet::new();
    for (file, Drafted { before, after }) in changes {
        let place = disk::real(&store.root().join(&file))?;
        folders.extend(place.parent().map(Path::to_owned));
        let kept = before.is_some().then(|| disk::keep(&place, &base_name(&place))).transpose()?;
        made.extend(kept.clone());
        let (prepared, sha256) = match after {
            Some(Prepared { part, sha256 }) => {
                let (_, path) = part.keep().map_err(|error| GoldenError::io("keep", error.file.path())(error.error))?;
                made.push(path.clone());
                (Some(base_name(&path)), Some(sha256))
            }
            None => (None, None),
        };
        let kept = kept.as_deref().map(base_name);
        files.push(Replacement { file, before, after: sha256, prepared, kept });
    }
    folders.iter().try_for_each(|folder| disk::sync_folder(folder))?;
    Ok(files)
}

fn base_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
