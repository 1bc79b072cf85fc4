//! A project in a temporary folder, and the program in it.
//!
//! Nothing of the process's environment reaches the program, and nothing outside the folder is written.

use crate::recording::{Recorded, corpus};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_corridor");

/// This package's folder.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of this package.
pub(crate) fn shipped(path: &str) -> String {
    fs::read_to_string(package().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The shipped `corridor.toml` without its corpora: those that a test puts there are declared when they come.
pub(crate) fn project_file() -> String {
    let shipped = shipped("corridor.toml");
    shipped.split("# What each corpus stands for").next().unwrap().to_owned()
}

/// A temporary project, removed when dropped.
#[derive(Debug)]
pub(crate) struct Workbench {
    folder: TempDir,
}

impl Workbench {
    /// A project like the shipped one, without corpora and golden files.
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }.with("corridor.toml", project_file())
    }

    /// A copy of everything that a replay of the shipped corpora reads.
    pub(crate) fn clone_of_shipped() -> Self {
        let workbench = Self::new().with("corridor.toml", shipped("corridor.toml"));
        for folder in ["corpora", "golden", "golden/reference", "golden/strict"] {
            fs::create_dir(workbench.path(folder)).unwrap();
            for entry in fs::read_dir(package().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_file() && !is_new(&name) && name != ".lock" {
                    fs::copy(&path, workbench.path(folder).join(name)).unwrap();
                }
            }
        }
        workbench
    }

    /// A copy of the whole project, stored runs included.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { folder: TempDir::new().unwrap() };
        self.everything().iter().for_each(|(path, bytes)| copy.write(path, bytes));
        copy
    }

    /// Puts a file there.
    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Puts a corpus there.
    pub(crate) fn with_corpus(self, name: &str, recordings: &[Recorded]) -> Self {
        self.with(&format!("corpora/{name}.jsonl"), corpus(recordings))
    }

    /// Replays everything and makes golden of it, for both rule sets.
    pub(crate) fn with_golden(self) -> Self {
        self.run(["replay"]).exits(0);
        self.run(["accept", "--new", "--reason", "first"]).exits(0);
        self
    }

    /// The place of a file.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.declare(path);
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A corpus that is called like a shipped one has its role.
    fn declare(&self, path: &str) {
        let Some((name, _)) = path.strip_prefix("corpora/").and_then(|file| file.split_once(".jsonl")) else { return };
        let section = format!("[corpus.{name}]\n");
        let shipped = shipped("corridor.toml");
        let Some((_, role)) = shipped.split_once(&section) else { return };
        let Ok(project) = fs::read_to_string(self.path("corridor.toml")) else { return };
        if project.starts_with(&project_file()) && !project.contains(&section) {
            let role = role.lines().next().unwrap();
            fs::write(self.path("corridor.toml"), format!("{project}{section}{role}\n")).unwrap();
        }
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// The program, about to be run here.
    pub(crate) fn command<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run<I: IntoIterator<Item: AsRef<OsStr>> + Debug + Clone>(&self, arguments: I) -> Ran {
        self.run_with(arguments, &[], b"")
    }

    /// Runs the program with variables and standard input.
    pub(crate) fn run_with<I: IntoIterator<Item: AsRef<OsStr>> + Debug + Clone>(
        &self,
        arguments: I,
        variables: &[(&str, &str)],
        input: &[u8],
    ) -> Ran {
        let what = format!("corridor {arguments:?} {variables:?}");
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                // The program may end without reading everything.
                scope.spawn(move || drop(stdin.write_all(input)));
            }
            child.wait_with_output().unwrap()
        });
        Ran::new(what, output)
    }

    /// Runs a line of a shell, in which `corridor` is the program.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        let script = format!("corridor() {{ \"$PROGRAM\" \"$@\"; }}; {line}");
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env_clear().envs([("PROGRAM", PROGRAM), ("PATH", "/usr/bin:/bin")]);
        Ran::new(line.to_owned(), command.output().unwrap())
    }

    /// Every file below the project but those of `.corridor` and golden's lock, with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.everything();
        files.retain(|path, _| !path.starts_with(".corridor/") && path != "golden/.lock");
        files
    }

    /// Every file of the project, stored runs and all, with its bytes.
    pub(crate) fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        self.collect(self.folder.path(), &mut files);
        files
    }

    /// Every file and folder of `.corridor/runs`, by name.
    pub(crate) fn run_folder(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(".corridor/runs")) else { return Vec::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn collect(&self, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.collect(&path, files);
            } else {
                let name = path.strip_prefix(self.folder.path()).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }

    /// The newest complete run of a rule set.
    pub(crate) fn latest(&self, rules: &str) -> Run {
        let name = self.read(&format!(".corridor/runs/latest-{rules}"));
        Run { folder: self.path(".corridor/runs").join(name.trim()) }
    }

    /// All stored runs.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let folder = self.path(".corridor/runs");
        self.run_folder()
            .into_iter()
            .filter(|name| name.len() == 64)
            .map(|name| Run { folder: folder.join(name) })
            .collect()
    }

    /// Replays once more, and gives the only run that is stored then.
    pub(crate) fn replay<I: IntoIterator<Item: AsRef<OsStr>> + Debug + Clone>(&self, arguments: I) -> Run {
        let _ = fs::remove_dir_all(self.path(".corridor"));
        self.run(arguments).exits(0);
        self.only_run()
    }

    /// The only stored run.
    pub(crate) fn only_run(&self) -> Run {
        let mut runs = self.runs();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }
}

/// A stored run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) folder: PathBuf,
}

impl Run {
    /// The text of one of its files.
    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// One of its JSON files.
    pub(crate) fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.read(file)).unwrap()
    }

    /// Forges the record: it gets the lengths and digests of the other files as they are now.
    pub(crate) fn reseal(&self) {
        let mut record: corridor::run::RunRecord = serde_json::from_str(&self.read("run.json")).unwrap();
        for (name, file) in &mut record.files {
            let text = self.read(name);
            (file.bytes, file.sha256) = (text.len() as u64, corridor::bulk::digest(text.as_bytes()));
        }
        fs::write(self.folder.join("run.json"), record.sealed().unwrap().to_bytes().unwrap()).unwrap();
    }

    /// Its outcomes, in their order.
    pub(crate) fn outcomes(&self) -> Vec<Value> {
        lines(&self.read("outcomes.jsonl"))
    }

    /// Command ids of its outcomes, ascending.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.outcomes().iter().map(|outcome| text(outcome, "command_id")).collect();
        ids.sort();
        ids
    }

    /// Class of each command, by id.
    pub(crate) fn classes(&self) -> BTreeMap<String, String> {
        self.outcomes().iter().map(|outcome| (text(outcome, "command_id"), text(outcome, "class"))).collect()
    }
}

/// A string field.
pub(crate) fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap_or_else(|| panic!("{key} of {object}")).to_owned()
}

/// Whether a file is pending or temporary, by its name.
pub(crate) fn is_new(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "new")
}

/// Values as JSON Lines.
pub(crate) fn json_lines(values: &[Value]) -> String {
    values.iter().flat_map(|value| [value.to_string(), "\n".to_owned()]).collect()
}

/// JSON Lines as values.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The result of a run of the program.
#[derive(Debug)]
pub(crate) struct Ran {
    what: String,
    /// The exit code; -1 where a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(what: String, output: Output) -> Self {
        let code = output.status.code().unwrap_or(-1);
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Self { what, code, stdout, stderr }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\nstderr: {}\nstdout: {:.2000}", self.what, self.stderr, self.stdout);
        self
    }

    /// Asserts that standard error says all of this.
    #[track_caller]
    pub(crate) fn says(self, fragments: &[&str]) -> Self {
        for fragment in fragments {
            assert!(self.stderr.contains(fragment), "{}\nexpected: {fragment}\nstderr: {}", self.what, self.stderr);
        }
        self
    }

    /// Standard output as JSON; of a replay the summaries, one a rule set.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.what, self.stdout));
        value.get("summaries").cloned().unwrap_or(value)
    }
}
