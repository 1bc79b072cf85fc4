//! A run while it is written: a directory that is renamed when it is complete, and removed otherwise.

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

/// The lock of a directory, held by its process: without it the directory counts as abandoned.
const LOCK: &str = ".lock";

/// The files of a run that is being written.
pub struct Staging {
    directory: TempDir,
    lock: File,
    outcomes: File,
    risks: File,
    written: Mark,
}

/// A position in the files of outcomes and risk lines.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    outcomes: Written,
    risks: Written,
}

/// Length and digest of what was written to a file.
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
    /// Creates the directory in `runs`, which is created as well, and removes those of killed processes.
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

    /// The current position.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.written.clone()
    }

    /// Length and digest of both files so far, by name.
    pub(super) fn digests(&self) -> BTreeMap<String, FileDigest> {
        let Mark { outcomes, risks } = &self.written;
        let files = [("outcomes.jsonl", outcomes), ("risk.jsonl", risks)].map(|(name, written)| {
            let sha256 = hex(&written.digest.clone().finalize());
            (name.to_owned(), FileDigest { bytes: written.bytes, sha256 })
        });
        files.into()
    }

    /// Commands that occur in more than one corpus; the outcomes of each corpus are between two marks.
    pub fn repeated(&self, corpora: &[Range<Mark>]) -> Result<Repeated, RunError> {
        if corpora.len() < 2 {
            return Ok(Repeated::default());
        }
        let parts: Vec<_> =
            corpora.iter().map(|Range { start, end }| start.outcomes.bytes..end.outcomes.bytes).collect();
        repeated(&self.directory.path().join("outcomes.jsonl"), &parts)
    }

    /// Truncates both files to `mark`.
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

    /// Makes this the run `name` in `runs`. An existing run of that name has the same inputs: it is kept where it is intact and
    /// replaced where it is damaged. On an error it is kept.
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
        // It was renamed: there is nothing left to remove.
        let _moved = directory.keep();
        drop(lock);
        // A failure is ignored: the run is in its place, and only a crash of the machine could undo it.
        let _ = disk::sync_folder(runs);
        Ok(target)
    }
}

/// A copy of an input that can be read only once. It is removed when this value is dropped, or by the next replay after a kill.
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

/// A locked directory of this process; removes those of killed processes.
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

/// Locks `runs` itself, where the system can lock directories: a lock file would be left behind in an empty folder.
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

/// Whether a file name is that of an unfinished run.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Removes unfinished runs whose lock is free: their process has ended.
fn remove_abandoned(runs: &Path) {
    let Ok(entries) = std::fs::read_dir(runs) else { return };
    for entry in entries.flatten().filter(|entry| is_unfinished(&entry.file_name().to_string_lossy())) {
        let is_held = File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_err());
        if !is_held {
            // Another process may be removing it as well.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
