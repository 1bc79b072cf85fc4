//! Every command that the documentation shows is run, in a copy of the shipped project.
//!
//! Commands stand in fenced blocks marked `console`, behind `$ `; a comment `# exit N` names an exit code other than 0.
//! Lines without `$ ` are output, shown for readers and compared with nothing here.

use crate::workbench::{Workbench, package};
use std::path::PathBuf;
use std::process::Command;

struct Documented {
    place: String,
    line: String,
    exit: i32,
}

fn documents() -> Vec<PathBuf> {
    let in_docs = std::fs::read_dir(package().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let markdown = in_docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let others = ["README.md", "CONTRIBUTING.md", "corpora/README.md"].map(|name| package().join(name));
    let mut documents: Vec<_> = markdown.chain(others).collect();
    documents.sort();
    documents
}

fn commands_in(path: &PathBuf) -> Vec<Documented> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut inside = false;
    let mut commands = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            inside = !inside && line.trim() == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            let exit = command.rsplit_once("# exit ").and_then(|(_, code)| code.trim().parse().ok()).unwrap_or(0);
            commands.push(Documented { place: format!("{}:{number}", path.display()), line: command.to_owned(), exit });
        }
    }
    commands
}

#[test]
fn every_documented_command_runs_and_exits_as_documented() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_corridor"));
    let mut count = 0;
    for document in documents() {
        // One project a document: what a command leaves behind is there for those below it.
        let bench = Workbench::clone_of_shipped();
        for Documented { place, line, exit } in commands_in(&document) {
            let path = format!("{}:/usr/local/bin:/usr/bin:/bin", program.parent().unwrap().display());
            let shell = Command::new("sh")
                .args(["-c", &line])
                .current_dir(bench.path("."))
                .env_clear()
                .env("PATH", path)
                .output()
                .unwrap();
            assert_eq!(shell.status.code(), Some(exit), "{place}: {line}\n{}", String::from_utf8_lossy(&shell.stderr));
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} documented commands were found");
}
