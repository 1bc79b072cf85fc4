//! A side of a comparison: a stored run, a golden folder, or the golden files of a Git revision.

use super::super::exit::Failure;
use super::super::file::{SHOWN_DIGITS, is_digest, shortened};
use super::super::project::Project;
use super::base::Base;
use crate::bulk::Sorted;
use crate::golden::{GoldenError, Keyed, Scope, SnapshotName, Store, entries_of};
use crate::run::{Filter, RunRecord, StoredCorpus, open_run, run_name, stored_corpora};
use crate::summary::{Decisions, Summary};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Entries ascending by command id.
pub(super) type Entries<'a> = Box<dyn Iterator<Item = Result<Keyed, GoldenError>> + 'a>;

/// A source of entries.
pub(super) enum Side {
    Run(Box<StoredRun>),
    Golden { store: Store, rules: Vec<String> },
    Revision(Base),
}

/// A stored run.
pub(super) struct StoredRun {
    pub(super) path: PathBuf,
    /// The digest of its inputs.
    pub(super) name: String,
    pub(super) record: RunRecord,
    /// The summary as it was stored.
    pub(super) summary: Summary,
}

/// Help if there is no run of a name.
pub(super) const NAME_A_RUN: &str =
    "name a folder, latest-reference or latest-strict, or the first 8 digits or more of a run in .corridor/runs";

impl StoredRun {
    pub(super) fn open(path: PathBuf) -> Result<Self, Failure> {
        let (record, summary) = open_run(&path)?;
        let name = run_name(&record.inputs);
        Ok(Self { path, name, record, summary })
    }

    /// Finds the named run: a folder, or in the project's folder of runs `latest-RULES` or the first digits of a name.
    pub(super) fn find(text: &str, project: &Project) -> Result<Option<Self>, Failure> {
        let folder = Path::new(text);
        if is_run(folder) {
            return Self::open(folder.to_owned()).map(Some);
        }
        let runs = project.runs();
        if let Some(rules) = text.strip_prefix("latest-").and_then(|rules| rules.parse().ok()) {
            let path = project.need_latest_run(rules)?;
            return Self::open(path).map(Some);
        }
        if text.len() < SHOWN_DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let names = std::fs::read_dir(&runs).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut found: Vec<_> =
            names.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with(text)).collect();
        found.sort_unstable();
        match found.as_slice() {
            [] => Ok(None),
            [name] => Self::open(runs.join(name)).map(Some),
            _ => Err(Failure::usage(format!("`{text}` is the beginning of {} runs", found.len()))),
        }
    }

    /// Its label: the first digits of its name, the rule set, and whether its decisions are foreign.
    pub(super) fn shown(&self) -> String {
        let inputs = &self.record.inputs;
        let foreign = match inputs.decisions {
            Decisions::Ours => "",
            Decisions::Foreign => ", foreign",
        };
        format!("run {} ({}{foreign})", shortened(&self.name, SHOWN_DIGITS), inputs.rules)
    }

    /// Whether all commands of a corpus were replayed.
    fn scope(&self) -> Scope {
        let is_whole = self.record.inputs.selection.is_everything()
            && self.summary.corpora.iter().all(|corpus| corpus.set_aside == 0);
        if is_whole { Scope::Whole } else { Scope::Selection }
    }
}

impl Side {
    /// Finds the side that the user named.
    pub(super) fn find(text: &str, project: &Project) -> Result<Self, Failure> {
        if let Some(run) = StoredRun::find(text, project)? {
            return Ok(Self::Run(Box::new(run)));
        }
        let folder = Path::new(text);
        let holds_golden = |folder: &Path| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut paths = entries.map(|entry| entry.path());
            paths.any(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "json"))
        };
        let named = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let parts = named.parent().zip(named.file_name().and_then(|name| name.to_str()));
        match parts {
            Some((root, rules)) if holds_golden(&named) => {
                Ok(Self::Golden { store: Store::new(root), rules: vec![rules.to_owned()] })
            }
            Some(_) if named.is_dir() => {
                let store = Store::new(named);
                let mut rules = rule_sets(&store)?;
                rules.retain(|rules| holds_golden(&store.root().join(rules)));
                if rules.is_empty() {
                    let message = format!("{text} is neither a stored run nor a golden folder");
                    return Err(Failure::input(message)
                        .with_help("a stored run has a run.json; a golden folder has a folder for each rule set"));
                }
                Ok(Self::Golden { store, rules })
            }
            Some(_) | None => {
                Err(Failure::input(format!("there is no run and no golden folder `{text}`")).with_help(NAME_A_RUN))
            }
        }
    }

    /// Its label.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Run(run) => run.shown(),
            Self::Golden { store, rules } => {
                let here = std::env::current_dir().unwrap_or_default();
                let root = store.root().strip_prefix(here).unwrap_or(store.root());
                match rules.as_slice() {
                    [rules] => root.join(rules).display().to_string(),
                    _ => root.display().to_string(),
                }
            }
            Self::Revision(base) => base.shown(),
        }
    }

    /// Its snapshots, ascending.
    pub(super) fn snapshots(&self) -> Result<Vec<SnapshotName>, Failure> {
        match self {
            Self::Run(run) => {
                let inputs = &run.record.inputs;
                let names = inputs.corpora.iter().map(|corpus| SnapshotName::new(inputs.rules.as_str(), &corpus.name));
                Ok(names.collect::<Result<_, _>>()?)
            }
            Self::Golden { store, rules } => {
                let mut names = Vec::new();
                for rules in rules {
                    for corpus in store.corpora(rules)? {
                        names.push(SnapshotName::new(rules, &corpus)?);
                    }
                }
                Ok(names)
            }
            Self::Revision(base) => base.snapshots(),
        }
    }

    /// Whether it has whole corpora, so that a command that it does not have is missing.
    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::Run(run) => run.scope(),
            Self::Golden { .. } | Self::Revision(_) => Scope::Whole,
        }
    }

    /// Its golden store, if it is a golden folder.
    pub(super) const fn store(&self) -> Option<&Store> {
        match self {
            Self::Golden { store, .. } => Some(store),
            Self::Run(_) | Self::Revision(_) => None,
        }
    }

    /// Whether a golden file of this name belongs to it.
    pub(super) fn covers(&self, name: &SnapshotName) -> bool {
        match self {
            Self::Run(_) => false,
            Self::Golden { rules, .. } => rules.iter().any(|rules| rules == name.rules()),
            Self::Revision(_) => true,
        }
    }

    /// Whether it is a run that was filtered by outcome.
    pub(super) fn is_by_outcome(&self) -> bool {
        match self {
            Self::Run(run) => run.record.inputs.selection.filters.iter().any(Filter::is_of_outcome),
            Self::Golden { .. } | Self::Revision(_) => false,
        }
    }

    /// Opens it to be read once.
    pub(super) fn open(&self) -> Result<Opened<'_>, Failure> {
        let corpora = match self {
            Self::Run(run) => run.corpora()?,
            Self::Golden { .. } | Self::Revision(_) => BTreeMap::new(),
        };
        Ok(Opened { side: self, corpora })
    }
}

impl StoredRun {
    /// Its corpora, by name.
    pub(super) fn corpora(&self) -> Result<BTreeMap<String, StoredCorpus>, Failure> {
        Ok(stored_corpora(&self.path, &std::env::temp_dir())?
            .into_iter()
            .map(|corpus| (corpus.name.clone(), corpus))
            .collect())
    }

    /// The outcomes of each corpus, ascending by command id.
    pub(super) fn outcomes(&self) -> Result<BTreeMap<String, Sorted<String>>, Failure> {
        Ok(self.corpora()?.into_iter().map(|(name, corpus)| (name, corpus.outcomes)).collect())
    }
}

/// Whether a folder is a stored run, even without its record.
fn is_run(folder: &Path) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let holds = |file: &str| folder.join(file).is_file();
    holds("run.json") || holds("outcomes.jsonl") || (is_digest(&name) && folder.is_dir())
}

/// A side that is open for reading.
pub(super) struct Opened<'a> {
    side: &'a Side,
    corpora: BTreeMap<String, StoredCorpus>,
}

impl<'a> Opened<'a> {
    /// The entries of a snapshot; empty if the side does not have it.
    pub(super) fn entries(&mut self, name: &SnapshotName) -> Result<Entries<'a>, Failure> {
        Ok(match self.side {
            Side::Run(_) => match self.corpora.remove(name.corpus()) {
                Some(corpus) => Box::new(corpus.entries()),
                None => Box::new(std::iter::empty()),
            },
            Side::Golden { store, .. } if self.side.covers(name) => Box::new(entries_of(store.golden(name)?)),
            Side::Golden { .. } => Box::new(std::iter::empty()),
            Side::Revision(base) => Box::new(entries_of(base.golden(name)?)),
        })
    }
}

/// The folders of a golden folder, ascending.
pub(super) fn rule_sets(store: &Store) -> Result<Vec<String>, Failure> {
    let unreadable = |error| Failure::input(format!("cannot list {}: {error}", store.root().display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(store.root()).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort_unstable();
    Ok(names)
}
