//! Git as a child process: its output, or its error with help.

use super::super::exit::Failure;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// Most bytes of Git's standard error that are shown.
const SAID: u64 = 8 << 10;

/// A Git command that failed.
#[derive(Debug)]
pub(super) struct Refusal {
    status: ExitStatus,
    /// Its standard error.
    said: String,
}

impl Refusal {
    fn new(status: ExitStatus, said: Option<File>) -> Self {
        let mut bytes = Vec::new();
        if let Some(mut said) = said {
            // If this fails, the message still has the status.
            let _ = said.rewind().and_then(|()| said.take(SAID + 1).read_to_end(&mut bytes));
        }
        let is_cut = bytes.len() as u64 > SAID;
        bytes.truncate(usize::try_from(SAID).unwrap_or(usize::MAX));
        let said = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        Self { status, said: if is_cut { said + "\n…" } else { said } }
    }

    /// Exit status and standard error.
    pub(super) fn shown(&self) -> String {
        if self.said.is_empty() {
            format!("Git says nothing ({})", self.status)
        } else {
            format!("Git says ({}):\n{}", self.status, self.said)
        }
    }

    /// Whether Git found no such commit.
    pub(super) fn is_unknown_revision(&self) -> bool {
        let words =
            ["Needed a single revision", "unknown revision", "bad revision", "bad object", "Not a valid object name"];
        words.iter().any(|words| self.said.contains(words))
    }

    /// What to do, if the error is a known one.
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

    /// The failure with this `message`.
    pub(super) fn failure(&self, message: String, folder: &Path) -> Failure {
        let failure = Failure::input(message).with_cause(self.shown());
        match self.help(folder) {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    }
}

/// Runs Git; its standard output, or why it failed.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> Result<Result<String, Refusal>, Failure> {
    let (mut git, said) = command(folder, arguments);
    let output = git.output().map_err(|error| absent(&error))?;
    if !output.status.success() {
        return Ok(Err(Refusal::new(output.status, said)));
    }
    let text = String::from_utf8(output.stdout);
    text.map(Ok).map_err(|_| Failure::input("Git lists a golden file whose name is not UTF-8"))
}

/// A reader of a Git object. At the end it fails unless Git exited with success, since the object may be incomplete.
#[derive(Debug)]
pub(super) struct Blob {
    child: Child,
    output: ChildStdout,
    said: Option<File>,
}

impl Blob {
    /// Starts Git; `None` if it has no standard output.
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
        // Ends Git if the object was not read to its end; otherwise this does nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command, and the file that takes its standard error: a pipe that is not read would block Git.
fn command(folder: &Path, arguments: &[&str]) -> (Command, Option<File>) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // Git sets these for hooks; then it would not look in `folder`.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(name);
    }
    // Without a temporary folder the message is lost, but not the status.
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
