//! Reports of lines that are set aside: the first few on standard error, all of them in a file.

use super::destination::{Content, Protected};
use super::exit::Failure;
use super::file;
use super::output::Output;
use crate::replay::{DESCRIBED, RejectList, SetAside};
use crate::report::escape;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The list that was asked for, if any, and how many lines may still be described on standard error.
pub(super) struct Rejects {
    file: Option<(PathBuf, RejectList)>,
    left: usize,
}

impl Rejects {
    /// Begins the list for `path`; refuses a path that is `protected`.
    pub(super) fn new(path: Option<&Path>, protected: impl FnOnce() -> Protected) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self { file: None, left: DESCRIBED }) };
        protected().refuse("--rejects", path, Content::Other)?;
        let shown = path.display();
        let problem = if path.metadata().is_ok_and(|found| !found.is_file()) {
            Some(format!("--rejects: {shown} is not a regular file"))
        } else if is_replaceable(path) {
            None
        } else {
            Some(format!("--rejects would replace {shown}, which holds no such list"))
        };
        if let Some(problem) = problem {
            return Err(Failure::usage(problem).with_help("name a file that is not there yet, or an older list"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let list = tempfile::tempfile_in(folder)
            .map_err(|error| Failure::input(format!("cannot write {}: {error}", path.display())))?;
        Ok(Self { file: Some((path.to_owned(), RejectList::new(list, path))), left: DESCRIBED })
    }

    /// The list, if one was asked for.
    pub(super) fn list(&self) -> Option<&RejectList> {
        self.file.as_ref().map(|(_, list)| list)
    }

    /// Reports what was set aside of the corpus called `label`, of which `read` other lines were read.
    pub(super) fn tell(&mut self, label: &str, read: u64, set_aside: &SetAside, output: &Output) {
        let note = |text: String| output.note(&escape::visible(&text));
        let described = self.left.min(set_aside.described.len());
        self.left -= described;
        set_aside.described.iter().take(described).for_each(|error| note(format!("set aside: {error}")));
        if read == 0 && set_aside.count > 0 {
            note(format!("note: nothing is left of {label}: all of its lines are set aside"));
        }
        let lines = |count: u64| if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
        let more = set_aside.count - described as u64;
        match (set_aside.count, more, &self.file) {
            (0, ..) => {}
            (count, 0, _) => note(format!("set aside: {} of {label} in all", lines(count))),
            (count, more, file) => {
                let (file, left_out) = match file {
                    Some((path, list)) => (path.display().to_string(), list.left_out()),
                    None => ("--rejects FILE".to_owned(), 0),
                };
                let listed = match left_out {
                    0 => "lists all".to_owned(),
                    left_out => format!("is full (256 MiB): {left_out} are only counted in it"),
                };
                note(format!("set aside: and {more} more, {} of {label} in all: {file} {listed}", lines(count)));
            }
        }
    }

    /// Installs the file, even if nothing was set aside.
    pub(super) fn publish(self) -> Result<(), Failure> {
        let Some((path, list)) = self.file else { return Ok(()) };
        let mut list = list.finish()?;
        file::replace(&path, |out| std::io::copy(&mut list, out).map(drop))
    }
}

/// The first bytes of every line of a list.
const BEGINNING: &[u8] = br#"{"source":"#;

/// Whether the file may be replaced: it does not exist, is empty, or is an older list. Any other file was named by mistake.
fn is_replaceable(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return true };
    let mut beginning = Vec::new();
    let read = file.take(BEGINNING.len() as u64).read_to_end(&mut beginning);
    read.is_ok() && (beginning.is_empty() || beginning == BEGINNING)
}
