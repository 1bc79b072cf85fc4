//! Finds everything that is wrong with the folder, without changing anything.

use super::super::chain::Chain;
use super::super::entry::canonical_bytes;
use super::super::error::GoldenError;
use super::super::format::{GoldenReader, GoldenWriter};
use super::disk;
use super::folder::{PENDING, Store};
use super::journal::Journal;
use super::manifest::{MANIFEST, Manifest};
use super::name::SnapshotName;
use crate::bulk::Hashing;
use crate::model::{file_name_key, unportable};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufReader};
use std::path::Path;

/// Something that is wrong with a golden folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenFlaw {
    /// Path of the file, with line and column where they are known.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub help: String,
}

impl GoldenFlaw {
    fn new(path: &Path, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place: path.display().to_string(), problem: problem.into(), help: help.into() }
    }

    fn of(error: &GoldenError, path: &Path) -> Self {
        let help = error.help().unwrap_or("repair the file, or restore it from version control").to_owned();
        if let GoldenError::Unreadable { location, flaw } | GoldenError::Ledger { location, flaw } = error {
            return Self { place: location.to_string(), problem: flaw.to_string(), help };
        }
        if let GoldenError::Io { action, source, .. } = error {
            return Self::new(path, format!("cannot {action} it: {source}"), help);
        }
        Self::new(path, error.to_string(), help)
    }
}

const RESTORE: &str = "restore it from version control; or replay, and accept what is right";

impl Store {
    /// Everything that is wrong with the folder, by path: files that cannot be read, are not canonical, are not used, differ
    /// from the ledger, or were left by killed processes; damaged lines of the ledger; an interrupted settlement. `rule_sets`
    /// are the known names. Nothing is locked or written.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Io`] where the folder itself cannot be listed.
    pub fn flaws(&self, rule_sets: &[&str]) -> Result<Vec<GoldenFlaw>, GoldenError> {
        let mut search =
            Search { store: self, flaws: Vec::new(), digests: BTreeMap::new(), manifest: Manifest::default() };
        let journaled = search.journal();
        match Manifest::read(self) {
            Ok((manifest, _)) => search.manifest = manifest,
            Err(error) => search.flaws.push(GoldenFlaw::of(&error, &self.root().join(MANIFEST))),
        }
        let mut folders = vec![self.root().to_owned()];
        for name in disk::all_names(self.root())? {
            let path = self.root().join(&name);
            let text = name.to_str().unwrap_or_default();
            if is_beside(&name) || text == "LEDGER.jsonl" {
                continue;
            }
            if path.is_dir() && rule_sets.contains(&text) {
                search.folder(text, &path);
                folders.push(path);
            } else if path.is_dir() {
                search.flaws.push(GoldenFlaw::new(&path, "no rule set has this name", "rename or remove the folder"));
            } else {
                search.flaws.push(stray(&path));
            }
        }
        // Staged files that the journal names are still needed.
        if !journaled {
            for folder in folders {
                for path in disk::abandoned(&folder).unwrap_or_default() {
                    let help = "`corridor check --repair` removes it";
                    search.flaws.push(GoldenFlaw::new(
                        &path,
                        "left over by a process that was killed, or could not remove it",
                        help,
                    ));
                }
            }
        }
        search.ledger(journaled);
        search.flaws.sort_by(|one, other| one.place.cmp(&other.place));
        Ok(search.flaws)
    }
}

/// Whether a file beside golden files is allowed to be there, by its name.
fn is_beside(name: &OsStr) -> bool {
    let text = name.to_string_lossy();
    let is_hidden = text.starts_with('.') && !text.ends_with(".json") && !text.ends_with(PENDING);
    is_hidden || text.starts_with("README") || text.ends_with(disk::STAGED)
}

fn stray(path: &Path) -> GoldenFlaw {
    let (problem, help) = if path.file_name().and_then(OsStr::to_str).is_none() {
        ("a name that is not UTF-8: nothing reads this file", "rename it")
    } else {
        ("nothing reads this file", "a golden file is `<rule set>/<corpus>.json`: move, rename or remove it")
    };
    GoldenFlaw::new(path, problem, help)
}

/// The problem of the file at `path`, whose name is the same as `corpus` on some file systems. Both may look the same.
pub(super) fn alike(path: &Path, corpus: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "some file systems take it for golden of `{}`: {} and {} differ in case, or in how characters are written",
        corpus.escape_debug(),
        name.escape_default(),
        corpus.escape_default(),
    )
}

const RENAME: &str = "rename the corpus, its entry in corridor.toml and its golden files: the project is checked out on other systems as well";

struct Search<'a> {
    store: &'a Store,
    flaws: Vec<GoldenFlaw>,
    /// Digests of the golden files.
    digests: BTreeMap<SnapshotName, String>,
    manifest: Manifest,
}

impl Search<'_> {
    /// Whether there is a journal.
    fn journal(&mut self) -> bool {
        let path = self.store.journal_path();
        let found = Journal::read(self.store).and_then(|journal| {
            let Some(journal) = journal else { return Ok(None) };
            Ok(Some(journal.interrupted(self.store)?))
        });
        let flaw = match found {
            Ok(None) => return false,
            Ok(Some(_)) if disk::is_held(&self.store.lock_path()) => return true,
            Ok(Some(None)) => {
                let problem = "a replay was killed while it put its pending files in their places";
                GoldenFlaw::new(&path, problem, "replay again; what was pending before it is pending until then")
            }
            Ok(Some(Some(interrupted))) => {
                let problem = format!("a settlement is interrupted: {interrupted}");
                let repair = interrupted.repair;
                let help = format!("`corridor check --repair` {repair}; `corridor pending` names the other ways");
                GoldenFlaw::new(&path, problem, help)
            }
            Err(error) => GoldenFlaw::of(&error, &path),
        };
        self.flaws.push(flaw);
        true
    }

    /// The golden and pending files of a rule set.
    fn folder(&mut self, rules: &str, folder: &Path) {
        let names = match disk::all_names(folder) {
            Ok(names) => names,
            Err(error) => return self.flaws.push(GoldenFlaw::of(&error, folder)),
        };
        let mut known: BTreeMap<(String, bool), String> = BTreeMap::new();
        for name in names.into_iter().filter(|name| !is_beside(name)) {
            let path = folder.join(&name);
            let text = name.to_str().unwrap_or_default();
            let corpus = text.strip_suffix(".json").or_else(|| text.strip_suffix(PENDING));
            if let Some(corpus) = corpus {
                if let Some(problem) = unportable(corpus) {
                    let problem = format!("Windows cannot hold a file of this name: {problem}");
                    self.flaws.push(GoldenFlaw::new(&path, problem, RENAME));
                }
                let key = (file_name_key(corpus), text.ends_with(PENDING));
                if let Some(other) = known.insert(key, corpus.to_owned()) {
                    self.flaws.push(GoldenFlaw::new(&path, alike(&path, &other), RENAME));
                }
            }
            let snapshot = |end| text.strip_suffix(end).and_then(|corpus| SnapshotName::new(rules, corpus).ok());
            if let Some(name) = snapshot(".json") {
                if let Some(digest) = self.entries(&path, RESTORE) {
                    self.digests.insert(name, digest);
                }
            } else if let Some(name) = snapshot(PENDING) {
                let digest = self.entries(&path, "remove it, and replay again");
                if digest.is_some_and(|digest| !self.manifest.holds(&name, &digest)) {
                    self.flaws.push(GoldenFlaw::of(&GoldenError::Edited(path.clone()), &path));
                }
            } else {
                self.flaws.push(stray(&path));
            }
        }
    }

    /// The digest of a file of entries; `None` where it cannot be read.
    fn entries(&mut self, path: &Path, help: &str) -> Option<String> {
        match read(path) {
            Ok((digest, None)) => Some(digest),
            Ok((digest, Some(line))) => {
                let problem = "not in the form that is written: it was edited or reformatted";
                let place = Path::new(&format!("{}:{line}", path.display())).to_owned();
                self.flaws.push(GoldenFlaw::new(&place, problem, help));
                Some(digest)
            }
            Err(error) => {
                self.flaws.push(GoldenFlaw::of(&error, path));
                None
            }
        }
    }

    /// Checks the lines of the ledger, and, unless there is a journal, whether they agree with the golden files.
    fn ledger(&mut self, has_journal: bool) {
        let path = self.store.ledger_path();
        let mut chain = Chain::default();
        let lines = match self.store.ledger() {
            Ok(lines) => lines,
            Err(error) => return self.flaws.push(GoldenFlaw::of(&error, &path)),
        };
        let mut is_whole = true;
        for line in lines.into_iter().flatten() {
            if let Err(error) = line.and_then(|entry| chain.follow(&entry)) {
                self.flaws.push(GoldenFlaw::of(&error, &path));
                is_whole = false;
            }
        }
        if has_journal {
            return;
        }
        let known: BTreeMap<_, _> = chain.ends().collect();
        for (name, expected) in &known {
            let path = self.store.golden_path(name);
            let problem = match (expected, self.digests.get(*name)) {
                (Some(expected), Some(found)) if *expected != found.as_str() => {
                    "different from the newest line of the ledger: it was changed by hand"
                }
                (Some(_), None) if !path.exists() => {
                    "missing, although the newest line of the ledger says that it exists"
                }
                (None, Some(_)) => "present, although the newest line of the ledger says that it was removed",
                (Some(_) | None, _) => continue,
            };
            self.flaws.push(GoldenFlaw::new(&path, problem, RESTORE));
        }
        for name in self.digests.keys().filter(|name| is_whole && !known.contains_key(name)) {
            let problem = "no line of the ledger says who accepted it";
            self.flaws.push(GoldenFlaw::new(&self.store.golden_path(name), problem, RESTORE));
        }
    }
}

/// The digest of a file, and the first line that is not canonical.
fn read(path: &Path) -> Result<(String, Option<u64>), GoldenError> {
    let file = disk::open(path)?.ok_or_else(|| {
        GoldenError::io("read", path)(io::Error::new(io::ErrorKind::NotFound, "this link leads nowhere"))
    })?;
    let mut entries = GoldenReader::new(BufReader::with_capacity(1 << 17, Hashing::new(file)), path);
    let mut canonical = GoldenWriter::new(Hashing::new(io::sink()), path);
    let mut edited = None;
    for entry in entries.by_ref() {
        let entry = entry?;
        let bytes = canonical_bytes(&entry.bytes)?;
        if *bytes != *entry.bytes {
            edited = edited.or(Some(entry.line));
        }
        canonical.write(&entry.command_id, &bytes)?;
    }
    let digest = entries.source().get_ref().hex();
    let is_canonical = canonical.finish()?.hex() == digest;
    Ok((digest, edited.or_else(|| (!is_canonical).then_some(1))))
}
