//! Lines that are set aside, as the user learns of them: the first few on standard error, all of them in a file.

use super::destination::{Content, Kept};
use super::exit::Failure;
use super::file;
use super::output::Output;
use crate::replay::{DESCRIBED, RejectList, SetAside};
use crate::report::escape;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The file that was asked for, if one was, and how many lines may still be described.
pub(super) struct Rejects {
    file: Option<(PathBuf, RejectList)>,
    left: usize,
}

impl Rejects {
    /// Begins the list for `path`; refuses one that would replace what is `kept`.
    pub(super) fn new(path: Option<&Path>, kept: impl FnOnce() -> Kept) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self { file: None, left: DESCRIBED }) };
        kept().refuse("--rejects", path, Content::Other)?;
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            let message = format!("--rejects: {} is not a regular file", path.display());
            return Err(Failure::usage(message).with_help("name a file that is not there yet, or an older list"));
        }
        if !is_replaceable(path) {
            let message = format!("--rejects would replace {}, which holds no such list", path.display());
            return Err(Failure::usage(message).with_help("name a file that is not there yet, or an older list"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let list = tempfile::tempfile_in(folder)
            .map_err(|error| Failure::input(format!("cannot write {}: {error}", path.display())))?;
        Ok(Self { file: Some((path.to_owned(), RejectList::new(list, path))), left: DESCRIBED })
    }

    /// Where lines are to be listed.
    pub(super) fn list(&self) -> Option<&RejectList> {
        self.file.as_ref().map(|(_, list)| list)
    }

    /// Says what was set aside of the corpus called `label`, of which `read` lines were not.
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

    /// Puts the file there, also where nothing was set aside.
    pub(super) fn publish(self) -> Result<(), Failure> {
        let Some((path, list)) = self.file else { return Ok(()) };
        let mut list = list.finish()?;
        file::replace(&path, |out| std::io::copy(&mut list, out).map(drop))
    }
}

/// How every line of a list begins.
const BEGINNING: &[u8] = br#"{"source":"#;

/// Whether nothing is lost with what is there: nothing, an empty file, or an older list. An input, golden or the project file
/// that is named by mistake is not.
fn is_replaceable(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return true };
    let mut beginning = Vec::new();
    let read = file.take(BEGINNING.len() as u64).read_to_end(&mut beginning);
    read.is_ok() && (beginning.is_empty() || beginning == BEGINNING)
}
