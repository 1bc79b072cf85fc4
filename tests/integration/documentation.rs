//! Every command that the documentation shows is run, in a copy of the shipped project, and every link leads somewhere.
//!
//! Commands are in fenced blocks marked `console`, after `$ `; a comment `# exit N` gives an exit code other than 0.
//! Lines without `$ ` are output, shown for readers and compared with nothing here.

use crate::workbench::{Workbench, package, shipped};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files that documents tell to copy.
const EXAMPLES: [&str; 2] = ["docs/operations/llm-policy.example.yaml", "docs/operations/production.example.env"];

struct Documented {
    place: String,
    line: String,
    exit: i32,
}

fn documents() -> Vec<PathBuf> {
    let mut documents =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "corpora/README.md"].map(|name| package().join(name)).to_vec();
    let mut folders = vec![package().join("docs")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents
}

/// The lines outside fenced blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

/// Where a heading can be linked to: lower case, blanks as hyphens, punctuation left out, repeated ones numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|anchor| !anchors.contains(anchor));
        anchors.extend(free);
    }
    anchors
}

/// The relative links of a document, each with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let code = Regex::new("`[^`]*`").unwrap();
    let target = Regex::new(r"\]\(([^()\s]+)\)").unwrap();
    let on_line = |(number, line): (usize, &str)| {
        let line = code.replace_all(line, "");
        target.captures_iter(&line).map(|found| (number, found[1].to_owned())).collect::<Vec<_>>()
    };
    prose(text).flat_map(on_line).filter(|(_, target)| !target.contains("://")).collect()
}

/// What is wrong with a link from `document`, if anything is.
fn dead(document: &Path, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { document.to_owned() } else { document.parent().unwrap().join(file) };
    if !path.exists() {
        return Some(format!("there is no {file}"));
    }
    let is_missing = |anchor: &&str| !anchors(&fs::read_to_string(&path).unwrap_or_default()).contains(*anchor);
    anchor.filter(is_missing).map(|anchor| format!("{file} has no heading for #{anchor}"))
}

fn commands_in(path: &PathBuf) -> Vec<Documented> {
    let text = fs::read_to_string(path).unwrap();
    let mut inside = false;
    let mut commands = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            inside = !inside && line.trim() == "```console";
        } else if let Some(command) = line.trim_start().strip_prefix("$ ").filter(|_| inside) {
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
        let bench =
            EXAMPLES.into_iter().fold(Workbench::clone_of_shipped(), |bench, path| bench.with(path, shipped(path)));
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

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let mut count = 0;
    let mut findings = Vec::new();
    for document in documents() {
        for (line, target) in links(&fs::read_to_string(&document).unwrap()) {
            count += 1;
            let finding = dead(&document, &target);
            findings.extend(finding.map(|what| format!("{}:{line}: {target}: {what}", document.display())));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(count >= 30, "only {count} links were found");
}

#[test]
fn a_dead_link_is_found_and_what_is_no_link_is_not() {
    let text = "# One `two`, three\n[a](b.md) `[no](c.md)`\n```\n[no](d.md)\n# No\n```\n## Same\n[x](https://e.f)[g](h#i)\n## Same\n#no";
    assert_eq!(links(text), [(2, "b.md".to_owned()), (8, "h#i".to_owned())]);
    assert!(anchors(text).iter().eq(["one-two-three", "same", "same-1"]));
    let readme = package().join("README.md");
    for (target, is_dead) in [
        ("docs/reasons.md", false),
        ("docs/reason.md", true),
        ("docs/reasons.md#status-and-reason", false),
        ("docs/reasons.md#status-and-reasons", true),
        ("#start", false),
        ("#finish", true),
    ] {
        assert_eq!(dead(&readme, target).is_some(), is_dead, "{target}");
    }
}
