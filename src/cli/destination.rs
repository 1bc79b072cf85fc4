//! Protects files from being overwritten: a file that the user names as output must not be part of the project, nor an input of
//! the command.

use super::exit::Failure;
use super::file::resolved;
use super::folder::is_corpus_file;
use super::project::{FILE, Project};
use crate::corpus::CorpusInput;
use crate::decide::{Environment, RuleSet};
use crate::disk::folder_of;
use crate::golden::Store;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Recordings: a new corpus may be among those of the project.
    Recordings,
    /// Receipts, in a folder of their own.
    Receipts,
    /// Anything else.
    Other,
}

/// Files and folders that a command must not replace or write into.
#[derive(Debug, Default)]
pub(super) struct Protected {
    /// Each with what it is.
    files: Vec<(PathBuf, &'static str)>,
    /// Each with what it holds.
    folders: Vec<(PathBuf, &'static str)>,
    corpora: Option<PathBuf>,
    runs: Option<PathBuf>,
}

impl Protected {
    /// Everything that the project holds, and the named folders of receipts and golden files.
    pub(super) fn of(project: &Project, receipts: Option<&Path>, golden: Option<&Path>) -> Self {
        let mut protected = Self::default();
        let corpora = resolved(&project.corpora());
        protected.file(&project.own_file(), PROJECT_FILE);
        protected.file(&project.file("rollout.toml"), "the rollout policy");
        protected.policy(&project.environment);
        protected.folder(&corpora, "corpora", project);
        for named in [None, golden] {
            protected.folder(&project.golden(named), GOLDEN, project);
        }
        let own = project.receipts();
        [Some(own.as_path()), receipts]
            .into_iter()
            .flatten()
            .for_each(|path| protected.folder(path, RECEIPTS, project));
        Self { corpora: Some(corpora), runs: Some(resolved(&project.runs())), ..protected }
    }

    /// Adds a file, which is `what`.
    pub(super) fn file(&mut self, path: &Path, what: &'static str) {
        self.files.push((resolved(path), what));
    }

    /// Adds the policy file that `variables` name, if any.
    pub(super) fn policy(&mut self, variables: &Environment) {
        if let Some(path) = variables.get("LLM_POLICY_PATH").filter(|path| !path.is_empty()) {
            self.file(path.as_ref(), "the policy file");
        }
    }

    /// Adds inputs of the command, each of which is `what`.
    pub(super) fn inputs<'a>(&mut self, inputs: impl IntoIterator<Item = &'a CorpusInput>, what: &'static str) {
        for input in inputs {
            match input {
                CorpusInput::File(path) | CorpusInput::Beginning { path, .. } => self.file(path, what),
                CorpusInput::Stdin => {}
            }
        }
    }

    /// Adds a folder that holds `what`, and the targets of links in it. A folder that contains the whole project is not
    /// protected as such: only the golden files in it are.
    pub(super) fn folder(&mut self, path: &Path, what: &'static str, project: &Project) {
        let path = resolved(path);
        self.links(&path, what, DEPTH);
        if !resolved(project.root()).starts_with(&path) {
            self.folders.push((path, what));
        } else if what == GOLDEN {
            self.files.push((Store::new(&path).ledger_path(), "the ledger"));
            self.folders.extend(RuleSet::ALL.iter().map(|rules| (path.join(rules.as_str()), what)));
        }
    }

    fn links(&mut self, folder: &Path, what: &'static str, depth: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(found) if found.is_symlink() => self.file(&entry.path(), what),
                Ok(found) if found.is_dir() && depth > 0 => self.links(&entry.path(), what, depth - 1),
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// Refuses `path`, which `option` names, if it is protected.
    ///
    /// # Errors
    ///
    /// A usage error that says what it is.
    pub(super) fn refuse(&self, option: &str, path: &Path, content: Content) -> Result<(), Failure> {
        let shown = path.display();
        let replaced = |what: &str| {
            Err(Failure::usage(format!("{option} would replace {what} {shown}")).with_help("name another file"))
        };
        let is_there = path.symlink_metadata().is_ok();
        let path = resolved(path);
        if let Some((_, what)) = self.files.iter().find(|(file, _)| *file == path) {
            return replaced(what);
        }
        // Also the file of another project, or one that cannot be read.
        if is_there && path.file_name() == Some(OsStr::new(FILE)) {
            return replaced(PROJECT_FILE);
        }
        let is_corpus = self.corpora.as_deref() == Some(folder_of(&path)) && is_corpus_file(&path);
        if is_corpus && is_there {
            let message = format!("{option} would replace the corpus {shown}");
            return Err(Failure::usage(message).with_help("name another file, or remove this one first"));
        }
        if is_corpus && content == Content::Recordings {
            return Ok(());
        }
        let is_own = |what: &str| content == Content::Receipts && what == RECEIPTS;
        let folder = self.folders.iter().find(|(folder, what)| path.starts_with(folder) && !is_own(what));
        let what = match folder {
            Some((_, what)) => what,
            None if is_corpus => "corpora",
            None if self.is_in_run(&path) => "stored runs",
            None => return Ok(()),
        };
        let message = format!("{option} names {shown}, which is among the {what} of the project");
        Err(Failure::usage(message).with_help("name a place where nothing else is looked for"))
    }

    /// Whether the path is in a stored run, or names the latest run. Other files in the folder of runs are not protected.
    fn is_in_run(&self, path: &Path) -> bool {
        let Some((runs, inner)) = self.runs.as_ref().and_then(|runs| Some((runs, path.strip_prefix(runs).ok()?)))
        else {
            return false;
        };
        let Some(first) = inner.components().next() else { return false };
        let name = first.as_os_str().to_string_lossy();
        name.starts_with("latest-") || name.starts_with('.') || runs.join(first).join("run.json").exists()
    }
}

/// What is in a folder of golden files.
const GOLDEN: &str = "golden files";

/// What is in a folder of receipts.
const RECEIPTS: &str = "receipts";

/// What a project file is called in messages.
const PROJECT_FILE: &str = "the project file";

/// The depth to which folders are searched for links.
const DEPTH: usize = 2;
