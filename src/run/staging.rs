//! A run while it is written: a directory that becomes the run when everything is in it, and vanishes otherwise.

use super::error::RunError;
use super::intact::is_same_run;
use super::overlap::repeated;
use super::record::FileDigest;
use crate::disk::{self, Step};
use crate::model::hex;
use crate::summary::Repeated;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Prefix of unfinished runs; a killed process leaves one behind, and the next replay removes it.
const PREFIX: &str = ".unfinished-";

/// Held in a directory as long as its process lives, so that no other takes it for abandoned.
const LOCK: &str = ".lock";

/// The files of a run in the making.
pub struct Staging {
    directory: TempDir,
    lock: File,
    outcomes: File,
    risks: File,
    written: Mark,
}

/// What was written up to some time.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    outcomes: Written,
    risks: Written,
}

/// The beginning of a file.
#[derive(Clone, Debug, Default)]
struct Written {
    bytes: u64,
    digest: Sha256,
}

impl Written {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
    }
}

impl Staging {
    /// Makes the directory in `runs` (created where it is missing) and removes what killed processes left there.
    pub fn new(runs: &Path) -> Result<Self, RunError> {
        let (directory, lock) = own_directory(runs)?;
        let new = |name: &str| {
            let path = directory.path().join(name);
            create(&path).map_err(RunError::io("create", path))
        };
        let (outcomes, risks) = (new("outcomes.jsonl")?, new("risk.jsonl")?);
        Ok(Self { directory, lock, outcomes, risks, written: Mark::default() })
    }

    /// Where the files are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Appends outcomes, and the risk lines that belong to them.
    pub fn append(&mut self, outcomes: &[u8], risks: &[u8]) -> Result<(), RunError> {
        let directory = self.directory.path();
        for (file, name, bytes) in [(&self.outcomes, "outcomes.jsonl", outcomes), (&self.risks, "risk.jsonl", risks)] {
            let path = directory.join(name);
            disk::write_all(file, bytes, &path).map_err(RunError::io("write", path))?;
        }
        self.written.outcomes.add(outcomes);
        self.written.risks.add(risks);
        Ok(())
    }

    /// What was written so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.written.clone()
    }

    /// The files of outcomes and of risk lines as they were written so far, by name.
    pub(super) fn digests(&self) -> BTreeMap<String, FileDigest> {
        let Mark { outcomes, risks } = &self.written;
        let files = [("outcomes.jsonl", outcomes), ("risk.jsonl", risks)].map(|(name, written)| {
            let sha256 = hex(&written.digest.clone().finalize());
            (name.to_owned(), FileDigest { bytes: written.bytes, sha256 })
        });
        files.into()
    }

    /// Commands that stand in more than one corpus, of which each was written between two marks.
    pub fn repeated(&self, corpora: &[Range<Mark>]) -> Result<Repeated, RunError> {
        if corpora.len() < 2 {
            return Ok(Repeated::default());
        }
        let parts: Vec<_> =
            corpora.iter().map(|Range { start, end }| start.outcomes.bytes..end.outcomes.bytes).collect();
        repeated(&self.directory.path().join("outcomes.jsonl"), &parts)
    }

    /// Forgets what was written after `mark`.
    pub fn rewind(&mut self, mark: &Mark) -> Result<(), RunError> {
        let directory = self.directory.path();
        for (file, length) in [(&mut self.outcomes, mark.outcomes.bytes), (&mut self.risks, mark.risks.bytes)] {
            file.set_len(length)
                .and_then(|()| file.seek(SeekFrom::Start(length)))
                .map_err(RunError::io("rewind the run in", directory))?;
        }
        self.written = mark.clone();
        Ok(())
    }

    /// Writes a whole file into the run.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.directory.path().join(name);
        let write = || {
            let file = create(&path)?;
            disk::write_all(&file, bytes, &path)?;
            disk::sync(&file, &path)
        };
        write().map_err(RunError::io("write", &path))
    }

    /// Makes this the run `name` in `runs`. A run of the same name has the same inputs: where its files are what this replay
    /// wrote as well, it stays as it is; where one was damaged or edited, the run is replaced.
    ///
    /// # Errors
    ///
    /// [`RunError::Io`]; the run that was there is then still there.
    pub fn publish(self, runs: &Path, name: &str) -> Result<PathBuf, RunError> {
        let Self { directory, lock, outcomes, risks, .. } = self;
        let target = runs.join(name);
        let sync = |file: File| disk::sync(&file, directory.path()).map_err(RunError::io("write", directory.path()));
        sync(outcomes)?;
        sync(risks)?;
        let _all_runs = lock_runs(runs)?;
        if is_same_run(directory.path(), &target) {
            return Ok(target);
        }
        disk::remove(&directory.path().join(LOCK)).map_err(RunError::io("unlock", directory.path()))?;
        if target.exists() {
            let old = tempfile::Builder::new()
                .prefix(PREFIX)
                .tempdir_in(runs)
                .map_err(RunError::io("create a directory in", runs))?;
            disk::rename(&target, &old.path().join("run")).map_err(RunError::io("replace", &target))?;
        }
        disk::rename(directory.path(), &target).map_err(RunError::io("write", &target))?;
        // The directory has moved: there is nothing left to remove under the old name.
        let _moved = directory.keep();
        drop(lock);
        // The run is in its place, and to say otherwise would be wrong: where its name cannot be flushed, a machine that stops
        // at once may forget it.
        let _ = disk::sync_folder(runs);
        Ok(target)
    }
}

/// A copy of an input that can be read once only. Vanishes with this value; of a killed process, with the next replay.
#[derive(Debug)]
pub struct Spool {
    directory: TempDir,
    _lock: File,
}

impl Spool {
    /// Copies all of `input` into `runs`.
    pub fn new(runs: &Path, input: &mut dyn std::io::Read) -> Result<Self, RunError> {
        let (directory, lock) = own_directory(runs)?;
        let path = directory.path().join("input");
        let mut copy = || std::io::copy(input, &mut create(&path)?);
        copy().map_err(RunError::io("keep a copy of the input in", &path))?;
        Ok(Self { directory, _lock: lock })
    }

    /// Where the copy is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("input")
    }
}

/// A directory of this process alone, held by a lock; removes those of killed processes.
fn own_directory(runs: &Path) -> Result<(TempDir, File), RunError> {
    disk::create_folder(runs).map_err(RunError::io("create", runs))?;
    let _all_runs = lock_runs(runs)?;
    remove_abandoned(runs);
    let directory = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(runs)
        .map_err(RunError::io("create a directory in", runs))?;
    let path = directory.path().join(LOCK);
    let lock = create(&path).map_err(RunError::io("create", &path))?;
    disk::lock(&lock, &path).map_err(RunError::io("lock", &path))?;
    Ok((directory, lock))
}

/// Holds `runs` itself, where directories can be locked: a file of its own would be left where nothing else is.
fn lock_runs(runs: &Path) -> Result<Option<File>, RunError> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let lock = File::open(runs).map_err(RunError::io("open", runs))?;
    disk::lock(&lock, runs).map_err(RunError::io("lock", runs))?;
    Ok(Some(lock))
}

fn create(path: &Path) -> std::io::Result<File> {
    disk::step(Step::Create, path)?;
    File::create(path)
}

/// Whether a name in the folder of runs is that of a run which was not finished.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Removes unfinished runs whose process is gone: nobody holds their lock.
fn remove_abandoned(runs: &Path) {
    let Ok(entries) = std::fs::read_dir(runs) else { return };
    for entry in entries.flatten().filter(|entry| is_unfinished(&entry.file_name().to_string_lossy())) {
        let is_held = File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_err());
        if !is_held {
            // Two processes may race to remove the same one; both mean to.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
