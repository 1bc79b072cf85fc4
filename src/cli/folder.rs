//! The project's folder of corpora: the files that are read, and those that are not but may have been meant to be.

use super::exit::Failure;
use crate::corpus::CorpusInput;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// The extensions of a corpus file.
pub(super) const ENDS: [&str; 3] = [".jsonl", ".jsonl.gz", ".jsonl.zst"];

/// How many files that are not read are named.
const NAMED: usize = 10;

/// The depth to which folders are searched for files that are not read.
const DEPTH: usize = 16;

/// The folder of the corpora.
#[derive(Debug)]
pub(super) struct CorpusFolder {
    path: PathBuf,
    /// The corpora, sorted by name.
    pub(super) inputs: Vec<CorpusInput>,
    /// Files that are not read: their paths in the folder, sorted.
    unread: Vec<PathBuf>,
}

/// Whether a path has the name of a corpus file.
pub(super) fn is_corpus_file(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    ENDS.iter().any(|end| name.ends_with(end)) && !name.starts_with('.')
}

impl CorpusFolder {
    /// Lists the folder at `path`.
    pub(super) fn read(path: PathBuf) -> Result<Self, Failure> {
        let mut folder = Self { path, inputs: Vec::new(), unread: Vec::new() };
        folder.look(Path::new(""), 0).map_err(|error| {
            Failure::system(format!("cannot list corpora in {}", folder.path.display()), &error)
                .or_help("name corpora by path, or run this in a project with a corpora folder")
        })?;
        folder.inputs.sort_by_key(CorpusInput::corpus_name);
        folder.unread.sort();
        Ok(folder)
    }

    fn look(&mut self, inner: &Path, depth: usize) -> io::Result<()> {
        for entry in std::fs::read_dir(self.path.join(inner))? {
            let entry = entry?;
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            let is_folder = entry.file_type()?.is_dir();
            // Not corpora: hidden files, and those that the documentation excepts.
            if shown.starts_with('.')
                || shown.to_lowercase().starts_with("readme")
                || (depth == 0 && is_folder && shown == "labels")
            {
                continue;
            }
            let inner = inner.join(&name);
            // Reading a pipe would block. A broken link is an error later, when it is opened.
            let is_special = || entry.path().metadata().is_ok_and(|found| !found.is_file() && !found.is_dir());
            if depth == 0 && is_corpus_file(&inner) && !is_special() {
                self.inputs.push(CorpusInput::File(entry.path()));
                continue;
            }
            let is_looked_through = is_folder && depth < DEPTH && self.look(&inner, depth + 1).is_ok();
            if !is_looked_through {
                self.unread.push(inner);
            }
        }
        Ok(())
    }

    /// Names the files that are not read, if there are any.
    pub(super) fn note(&self) -> Option<String> {
        let names: Vec<_> = self.unread.iter().take(NAMED).map(|path| path.display().to_string()).collect();
        let more = self.unread.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let is_or_are = if self.unread.len() == 1 { "1 file is" } else { &format!("{} files are", self.unread.len()) };
        (!names.is_empty()).then(|| {
            format!(
                "note: {is_or_are} not read in {}: {}{more} (a corpus is NAME.jsonl, NAME.jsonl.gz or NAME.jsonl.zst in \
                 the folder itself, and NAME is UTF-8)",
                self.path.display(),
                names.join(", "),
            )
        })
    }

    /// What to do about a missing corpus, if a file has a similar name.
    pub(super) fn advice(&self, corpus: &str) -> Option<String> {
        let wanted = corpus.to_lowercase();
        let is_like = |path: &&PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            name == wanted || name.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'))
        };
        let of_other_case = || {
            let names = self.inputs.iter().filter_map(CorpusInput::corpus_name);
            names.into_iter().find(|name| name.to_lowercase() == wanted)
        };
        match self.unread.iter().find(is_like) {
            Some(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
                let how = match (path.components().count(), Path::new(&name).extension().and_then(OsStr::to_str)) {
                    (2.., _) => format!("move it to {}", self.path.join(format!("{corpus}.jsonl")).display()),
                    (_, Some("gz" | "zst")) => format!("rename it to {corpus}.jsonl{}", ending(&name)),
                    (_, Some("bz2" | "xz" | "zip" | "7z" | "lz4")) => format!("decompress it to {corpus}.jsonl"),
                    (_, _) => format!("rename it to {corpus}.jsonl"),
                };
                Some(format!("{} is not read: {how}", self.path.join(path).display()))
            }
            None => of_other_case().map(|name| format!("`{name}` is there: names are compared exactly")),
        }
    }
}

/// `.gz` or `.zst`.
fn ending(name: &str) -> &str {
    name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default()
}
