//! Git as a child process: what it prints, or what it says instead, with what to do about it.

use super::super::exit::Failure;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// Bytes of Git's standard error that are shown.
const SAID: u64 = 8 << 10;

/// Git that did not do what it was asked for.
#[derive(Debug)]
pub(super) struct Refusal {
    status: ExitStatus,
    /// What it wrote to standard error.
    said: String,
}

impl Refusal {
    fn new(status: ExitStatus, said: Option<File>) -> Self {
        let mut bytes = Vec::new();
        if let Some(mut said) = said {
            // What cannot be read is missing from a message, and the status is in it all the same.
            let _ = said.rewind().and_then(|()| said.take(SAID + 1).read_to_end(&mut bytes));
        }
        let is_cut = bytes.len() as u64 > SAID;
        bytes.truncate(usize::try_from(SAID).unwrap_or(usize::MAX));
        let said = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        Self { status, said: if is_cut { said + "\n…" } else { said } }
    }

    /// How it ended, and everything it said.
    pub(super) fn shown(&self) -> String {
        if self.said.is_empty() {
            format!("Git says nothing ({})", self.status)
        } else {
            format!("Git says ({}):\n{}", self.status, self.said)
        }
    }

    /// Whether it looked, and there is no such commit.
    pub(super) fn is_unknown_revision(&self) -> bool {
        let words =
            ["Needed a single revision", "unknown revision", "bad revision", "bad object", "Not a valid object name"];
        words.iter().any(|words| self.said.contains(words))
    }

    /// What to do, where that can be told from what it said.
    pub(super) fn help(&self, folder: &Path) -> Option<String> {
        if self.said.contains("dubious ownership") {
            let trusting = self.said.lines().map(str::trim).find(|line| line.contains("--add safe.directory"));
            let trusting = trusting.unwrap_or("git config --global --add safe.directory '*'");
            return Some(format!("Git does not trust a checkout of another user until it is told to: {trusting}"));
        }
        if self.said.contains("not a git repository") {
            return Some("the golden folder has to be in a Git repository: name another with --golden".to_owned());
        }
        if self.is_unknown_revision() {
            let is_shallow = run(folder, &["rev-parse", "--is-shallow-repository"]);
            let is_shallow = is_shallow.is_ok_and(|said| said.is_ok_and(|said| said.trim() == "true"));
            let help = if is_shallow {
                "this clone is shallow and may lack it: `git fetch --unshallow`, or fetch the branch"
            } else {
                "`git branch --all` and `git tag` list what there is; what is not here has to be fetched first"
            };
            return Some(help.to_owned());
        }
        None
    }

    /// The failure that it is, as `message`.
    pub(super) fn failure(&self, message: String, folder: &Path) -> Failure {
        let failure = Failure::input(message).with_cause(self.shown());
        match self.help(folder) {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    }
}

/// What Git prints, or why it does not.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> Result<Result<String, Refusal>, Failure> {
    let (mut git, said) = command(folder, arguments);
    let output = git.output().map_err(|error| absent(&error))?;
    if !output.status.success() {
        return Ok(Err(Refusal::new(output.status, said)));
    }
    let text = String::from_utf8(output.stdout);
    text.map(Ok).map_err(|_| Failure::input("Git lists a golden file whose name is not UTF-8"))
}

/// What Git writes of an object. At its end Git has to say that this was all of it.
#[derive(Debug)]
pub(super) struct Blob {
    child: Child,
    output: ChildStdout,
    said: Option<File>,
}

impl Blob {
    /// Begins to read; `None` where there is nothing to read from.
    pub(super) fn open(folder: &Path, object: &str) -> Result<Option<Self>, Failure> {
        let (mut git, said) = command(folder, &["cat-file", "blob", object]);
        let mut child = git.spawn().map_err(|error| absent(&error))?;
        let output = child.stdout.take();
        Ok(output.map(|output| Self { child, output, said }))
    }
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.output.read(buffer)?;
        if length == 0 && !buffer.is_empty() {
            let status = self.child.wait()?;
            if !status.success() {
                let refusal = Refusal::new(status, self.said.take());
                return Err(io::Error::other(format!("Git could not read all of it. {}", refusal.shown())));
            }
        }
        Ok(length)
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        // Not read to its end: nobody waits for the rest. Where it has ended already, there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Git, and where its standard error goes: a file, because a pipe that nobody empties would hold it up.
fn command(folder: &Path, arguments: &[&str]) -> (Command, Option<File>) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // A hook runs with these set, and then the folder would not be where Git looks.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(name);
    }
    // Without a temporary folder the words are lost, and how it ended is still told.
    let said = tempfile::tempfile().ok();
    let stderr = said.as_ref().and_then(|said| said.try_clone().ok()).map_or_else(Stdio::null, Stdio::from);
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    (git, said)
}

fn absent(error: &io::Error) -> Failure {
    let failure = Failure::system("cannot run Git", error);
    if error.kind() == io::ErrorKind::NotFound {
        return failure
            .with_help("--base reads golden files of a revision with Git: install it, or put it on the PATH");
    }
    failure
}
