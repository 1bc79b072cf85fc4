//! The golden files of a Git revision, read with Git and never written: what a reviewer holds the working tree against.

use super::super::exit::Failure;
use crate::golden::{GoldenReader, LedgerEntry, SnapshotName};
use crate::model::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A golden folder as it was in a revision.
pub(super) struct Base {
    folder: PathBuf,
    /// The commit, hex.
    commit: String,
    /// What the user called it.
    revision: String,
    /// Paths in the folder, ascending.
    files: BTreeSet<String>,
}

impl Base {
    /// Looks the revision up in the repository that `folder` is in.
    pub(super) fn open(folder: &Path, revision: &str) -> Result<Self, Failure> {
        let wanted = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &wanted];
        let commit = run(folder, &arguments)?.map_err(|said| {
            let message = format!("Git finds no commit `{revision}` for {}{said}", folder.display());
            let help = "the golden folder has to be in a Git repository that has the commit; a shallow clone may have to fetch it first";
            Failure::input(message).with_help(help)
        })?;
        let commit = commit.trim().to_owned();
        let listed = run(folder, &["ls-tree", "-r", "-z", "--name-only", &commit])?.map_err(|said| {
            Failure::input(format!("Git cannot list what {} holds in `{revision}`{said}", folder.display()))
        })?;
        let files = listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        Ok(Self { folder: folder.to_owned(), commit, revision: revision.to_owned(), files })
    }

    /// `golden at main (4f0c1d2e)`.
    pub(super) fn shown(&self) -> String {
        format!("golden at {} ({})", self.revision, self.commit.get(..8).unwrap_or(&self.commit))
    }

    pub(super) fn snapshots(&self) -> Result<Vec<SnapshotName>, Failure> {
        let mut names = Vec::new();
        for file in &self.files {
            let parts = file.split_once('/').and_then(|(rules, file)| Some((rules, file.strip_suffix(".json")?)));
            if let Some((rules, corpus)) = parts.filter(|(_, corpus)| !corpus.contains('/')) {
                names.push(SnapshotName::new(rules, corpus)?);
            }
        }
        names.sort();
        Ok(names)
    }

    /// A golden file; `None` where the revision does not have it.
    pub(super) fn golden(&self, name: &SnapshotName) -> Result<Option<GoldenReader<BufReader<Blob>>>, Failure> {
        let path = format!("{name}.json");
        let reader = self.blob(&path)?;
        let shown = format!("{}:{path}", self.revision);
        Ok(reader.map(|blob| GoldenReader::new(BufReader::with_capacity(1 << 17, blob), shown)))
    }

    /// SHA-256 of a golden file, hex; `None` where the revision does not have it.
    pub(super) fn digest(&self, name: &SnapshotName) -> Result<Option<String>, Failure> {
        let Some(mut blob) = self.blob(&format!("{name}.json"))? else { return Ok(None) };
        let (mut state, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            let length = blob.read(&mut buffer);
            match length
                .map_err(|error| Failure::input(format!("cannot read {}:{name}.json: {error}", self.revision)))?
            {
                0 => return Ok(Some(hex(&state.finalize()))),
                length => state.update(buffer.get(..length).unwrap_or_default()),
            }
        }
    }

    /// The lines of the ledger; none where the revision has no ledger.
    pub(super) fn ledger(&self) -> Result<Vec<LedgerEntry>, Failure> {
        let Some(blob) = self.blob("LEDGER.jsonl")? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for line in BufReader::new(blob).split(b'\n') {
            let unreadable = |error| Failure::input(format!("cannot read {}:LEDGER.jsonl: {error}", self.revision));
            // A line that is damaged there is no line of ours; here it is told if it is damaged still.
            entries.extend(serde_json::from_slice(&line.map_err(unreadable)?));
        }
        Ok(entries)
    }

    fn blob(&self, path: &str) -> Result<Option<Blob>, Failure> {
        if !self.files.contains(path) {
            return Ok(None);
        }
        let object = format!("{}:./{path}", self.commit);
        let mut child = git(&self.folder, &["cat-file", "blob", &object]).spawn().map_err(|error| absent(&error))?;
        let output = child.stdout.take();
        Ok(output.map(|output| Blob { child, output }))
    }
}

/// What Git writes of a file. At its end Git has to say that this was all of it.
#[derive(Debug)]
pub(super) struct Blob {
    child: Child,
    output: ChildStdout,
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.output.read(buffer)?;
        if length == 0 && !buffer.is_empty() && !self.child.wait()?.success() {
            return Err(io::Error::other("Git could not read all of it"));
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

fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // A hook runs with these set, and then the folder would not be where Git looks.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(name);
    }
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    git
}

/// What Git prints, or why it does not.
fn run(folder: &Path, arguments: &[&str]) -> Result<Result<String, String>, Failure> {
    let output = git(folder, arguments).stderr(Stdio::piped()).output().map_err(|error| absent(&error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().next_back().map_or_else(String::new, |line| format!(": {line}"));
        return Ok(Err(last));
    }
    let text = String::from_utf8(output.stdout);
    text.map(Ok).map_err(|_| Failure::input("Git lists a golden file whose name is not UTF-8"))
}

fn absent(error: &io::Error) -> Failure {
    Failure::input(format!("cannot run Git: {error}")).with_help("--base reads golden files of a revision with Git")
}
