//! A draft: what several files are to become, written and flushed beside them before any of them is touched.

use super::super::error::GoldenError;
use super::disk;
use super::disk::Part;
use super::folder::Store;
use super::journal::{Journal, Replacement, Settlement};
use super::manifest::{MANIFEST, Manifest};
use super::name::SnapshotName;
use crate::bulk::digest;
use crate::model::Decisions;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file as it is to be.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) part: Part,
    pub(super) sha256: String,
}

/// One file in the draft.
#[derive(Debug, Default)]
struct Drafted {
    /// SHA-256 of what is there, hex.
    before: Option<String>,
    after: Option<Prepared>,
}

/// What is to change, by path below the folder of the store, in the order in which it will.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    store: &'a Store,
    files: Vec<(String, Drafted)>,
    manifest: Manifest,
    /// Digest of the manifest as it is.
    listed: Option<String>,
}

impl<'a> Draft<'a> {
    /// Nothing is to change yet. The caller holds the lock.
    pub(super) fn new(store: &'a Store) -> Result<Self, GoldenError> {
        let (manifest, bytes) = Manifest::read(store)?;
        Ok(Self { store, files: Vec::new(), manifest, listed: bytes.map(|bytes| digest(&bytes)) })
    }

    /// Where to read what a file is now: what it is to become, where that is drafted already; `None` where it goes.
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

    /// Drafts what becomes of a file, which now has the digest `before`.
    pub(super) fn set(&mut self, path: &Path, before: Option<String>, after: Option<Prepared>) {
        let file = self.below(path);
        match self.files.iter_mut().find(|(drafted, _)| *drafted == file) {
            Some((_, drafted)) => drafted.after = after,
            None => self.files.push((file, Drafted { before, after })),
        }
    }

    /// As [`set`](Self::set), for a pending file, which is listed with its digest, found in these decisions.
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

    /// Whether a pending file of this digest is what a replay has written.
    pub(super) fn lists(&self, name: &SnapshotName, sha256: &str) -> bool {
        self.manifest.holds(name, sha256)
    }

    /// Whose decisions a pending file was found in.
    pub(super) fn decisions(&self, name: &SnapshotName) -> Decisions {
        self.manifest.decisions(name)
    }

    /// Carries all of it out, or nothing.
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
        // One that is written as it was is newer all the same: what is pending was found again.
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

/// A part beside the real file at `path`, with its permissions. The caller holds the lock.
pub(super) fn part_for(path: &Path) -> Result<Part, GoldenError> {
    let place = disk::real(path)?;
    disk::check_replaceable(&place)?;
    let folder = place.parent().unwrap_or(Path::new(""));
    let prefix = base_name(&place);
    if path.parent() != Some(folder) {
        // In a folder that is not ours only our own is swept away.
        disk::sweep_of(folder, &prefix)?;
    }
    let part = disk::part(folder, &prefix)?;
    disk::inherit(&part, &place)?;
    Ok(part)
}

/// Writes a small file that is to be.
fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, GoldenError> {
    let mut part = part_for(path)?;
    part.write_all(bytes).map_err(GoldenError::io("write", part.path()))?;
    disk::flush(&part)?;
    Ok(Prepared { part, sha256: digest(bytes) })
}

/// Refuses two files that are one by their links: what became of the one would become of the other.
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

/// Gives every file that goes a second name, and leaves the parts to the journal. What is made is noted in `made`.
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
