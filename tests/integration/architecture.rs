//! Holds the source to its architecture: who may import whom, how long a file may be, how it opens.
//!
//! Rust does not enforce a direction between the modules of one crate; these tests do. The table below is the one that
//! `docs/architecture.md` shows, and a change of either is a change of both.

use regex::Regex;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module, with the modules that it may import besides itself and `model`. Imports point upwards in this table.
const MODULES: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("disk", &[]),
    ("stats", &[]),
    ("corpus", &[]),
    ("decide", &[]),
    ("preflight", &["decide"]),
    ("outcome", &["decide"]),
    ("golden", &["disk", "outcome"]),
    ("summary", &["stats", "decide", "outcome", "golden"]),
    ("replay", &["disk", "corpus", "decide", "outcome", "golden", "summary"]),
    ("verify", &["corpus", "decide", "outcome", "golden", "summary", "replay"]),
    ("risklog", &["stats", "corpus", "decide", "outcome", "summary", "replay"]),
    ("gate", &["stats", "decide", "outcome", "summary", "replay", "risklog"]),
    ("report", &["decide", "preflight", "outcome", "golden", "summary", "replay", "verify", "risklog", "gate"]),
    (
        "cli",
        &[
            "disk",
            "corpus",
            "decide",
            "preflight",
            "outcome",
            "golden",
            "summary",
            "replay",
            "verify",
            "risklog",
            "gate",
            "report",
        ],
    ),
];

/// The module that everybody may import.
const WORDS: &str = "model";

/// Lines that one file of `src` may have.
const MAX_LINES: usize = 600;

#[test]
fn a_module_imports_only_what_the_table_allows() {
    let mut findings = Findings::default();
    for file in sources() {
        let module = module_path(&file).first().cloned();
        let Some(module) = module else { continue };
        let Some(&(_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else { continue };
        for import in imports(&read(&file), &module_path(&file)) {
            if import.module == module || import.module == WORDS || allowed.contains(&import.module.as_str()) {
                continue;
            }
            let known = MODULES.iter().any(|(name, _)| *name == import.module);
            let why = if import.module == "*" {
                format!("`{module}` imports the whole crate")
            } else if import.module == "cli" {
                format!("`{module}` imports `cli`, which nobody may")
            } else if known {
                format!("`{module}` imports `{}`; it may import {}", import.module, in_words(&module, allowed))
            } else {
                format!("`{module}` imports `{}` from the crate's root, which is no module of the table", import.module)
            };
            findings.add(&file, import.line, &why);
        }
    }
    findings.settle(
        "Data flows one way. Move the item to the module that both may import, or pass it in as an argument; \
         to change the direction, change the table here and in docs/architecture.md, and say why.",
    );
}

#[test]
fn the_table_has_no_cycle() {
    for (place, (module, allowed)) in MODULES.iter().enumerate() {
        for import in *allowed {
            assert!(
                MODULES[..place].iter().any(|(above, _)| above == import),
                "`{module}` may import `{import}`, which does not stand above it in the table"
            );
        }
    }
}

#[test]
fn the_table_knows_every_module() {
    let mut findings = Findings::default();
    for file in sources() {
        let path = module_path(&file);
        if let Some(module) = path.first()
            && !MODULES.iter().any(|(name, _)| name == module)
        {
            findings.add(&file, 1, &format!("module `{module}` is not in the table"));
        }
    }
    findings.settle("Give the module a row, with what it may import, here and in docs/architecture.md.");
}

#[test]
fn the_document_shows_the_same_table() {
    let document = read(&root().join("docs/architecture.md"));
    let row = regex(r"(?m)^\| `([a-z_]+)` \|[^|\n]*\|([^|\n]*)\|[ ]*$");
    let name = regex(r"`([a-z_]+)`");
    let shown: Vec<(String, BTreeSet<String>)> = row
        .captures_iter(&document)
        .map(|row| (row[1].to_owned(), name.captures_iter(&row[2]).map(|name| name[1].to_owned()).collect()))
        .collect();
    let held: Vec<(String, BTreeSet<String>)> = MODULES
        .iter()
        .map(|(module, allowed)| ((*module).to_owned(), allowed.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(
        shown, held,
        "left: the module table of docs/architecture.md, right: the one of this test; \
         same modules in the same order, `{WORDS}` left out of what may be imported"
    );
}

#[test]
fn files_are_short() {
    let mut findings = Findings::default();
    for file in sources() {
        let lines = read(&file).lines().count();
        if lines > MAX_LINES {
            findings.add(&file, lines, &format!("{lines} lines, {MAX_LINES} are allowed"));
        }
    }
    findings.settle("Split it by subject; tests of more than 150 lines go to a file of their own.");
}

#[test]
fn files_open_with_their_documentation() {
    let mut findings = Findings::default();
    for file in sources() {
        let text = read(&file);
        let head = text.lines().next().unwrap_or_default();
        if head.strip_prefix("//!").is_none_or(|head| head.trim().is_empty()) {
            findings.add(&file, 1, "the first line is not a `//!` head");
        }
    }
    findings.settle("Say what the file is for, what enters, what leaves, and what shaped it.");
}

#[test]
fn files_that_the_document_names_exist() {
    let path = root().join("docs/architecture.md");
    let named = regex(r"\bsrc/[A-Za-z0-9_][A-Za-z0-9_./-]*");
    let mut findings = Findings::default();
    for (index, line) in read(&path).lines().enumerate() {
        for found in named.find_iter(line) {
            let name = found.as_str().trim_end_matches(['.', '/', '-']);
            if !root().join(name).exists() {
                findings.add(&path, index + 1, &format!("`{name}` does not exist"));
            }
        }
    }
    findings.settle("Name the file that took its place, or the module alone.");
}

#[test]
fn imports_are_found_in_every_form_and_only_in_code() {
    let found = |text: &str, path: &[&str]| {
        let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
        imports(text, &path).into_iter().map(|import| (import.module, import.line)).collect::<Vec<_>>()
    };
    let one = |module: &str, line| vec![(module.to_owned(), line)];

    assert_eq!(found("use crate::golden::Store;", &["outcome"]), one("golden", 1));
    assert_eq!(found("\nlet a = crate :: golden::open();", &["outcome"]), one("golden", 2));
    assert_eq!(found("pub(in crate::decide) fn f() {}", &["decide", "task"]), one("decide", 1));
    assert_eq!(found("use crate::*;", &["outcome"]), one("*", 1));
    assert_eq!(
        found("use crate::{model::{Item, Text}, golden, replay::Run as R};", &["outcome"]),
        [("model".to_owned(), 1), ("golden".to_owned(), 1), ("replay".to_owned(), 1)]
    );

    assert_eq!(found("use super::golden::Store;", &["outcome"]), one("golden", 1));
    assert_eq!(found("use super::{golden, self};", &["outcome"]), one("golden", 1));
    assert_eq!(found("use super::super::golden::Store;", &["outcome", "effect"]), one("golden", 1));
    assert_eq!(found("use super::class::Class;", &["outcome", "effect"]), []);
    assert_eq!(found("mod tests {\n use super::*;\n use super::super::golden;\n}", &["outcome"]), one("golden", 3));
    assert_eq!(
        found("fn f() { if a { b } }\nmod t { use super::class; }\nuse super::golden;", &["outcome"]),
        one("golden", 3)
    );

    for silent in [
        "// crate::golden",
        "//! [`crate::golden`]",
        "/* /* crate::golden */ crate::golden */",
        "\"crate::golden\"",
        "r#\"\"crate::golden\"#",
        "b\"\\\" crate::golden\"",
        "pub(crate) fn f() {}",
    ] {
        assert_eq!(found(silent, &["outcome"]), [], "{silent}");
    }
    assert_eq!(
        found("fn f<'a>(q: char) -> bool { q == '\"' || q == '\\'' }\nuse crate::golden;", &["outcome"]),
        one("golden", 2)
    );
}

/// What is wrong, one line each, as `file:line: what`.
#[derive(Default)]
struct Findings(String);

impl Findings {
    fn add(&mut self, file: &Path, line: usize, what: &str) {
        let file = file.strip_prefix(root()).unwrap_or(file).display();
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "  {file}:{line}: {what}");
    }

    /// Fails if there are any, with what to do about them.
    #[track_caller]
    fn settle(self, advice: &str) {
        assert!(self.0.is_empty(), "\n{}{advice}\n", self.0);
    }
}

struct Import {
    /// A name in the crate's root, or `*` for all of them.
    module: String,
    line: usize,
}

/// What `text`, the source of the module at `path`, names in the crate's root: after `crate::`, or after as many
/// `super::` as lead there.
fn imports(text: &str, path: &[String]) -> Vec<Import> {
    let code = code_only(text);
    let token = regex(
        r"(?x)
        \b mod \s+ \w+ \s* (?P<opens>\{)
        | (?P<root> \b crate | \b super (?: \s* :: \s* super \b )* ) \s* :: \s* (?: (?P<name> \w+ | \* ) | (?P<group> \{ ) )
        | (?P<brace> [{}] )",
    );
    let mut found = Vec::new();
    // Modules that are open inside this file: the brace depth outside each of them.
    let mut inline = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(hit) = token.captures_at(&code, at) {
        let end = hit.get_match().end();
        at = end;
        if hit.name("opens").is_some() {
            inline.push(depth);
            depth += 1;
        } else if let Some(brace) = hit.name("brace") {
            if brace.as_str() == "{" {
                depth += 1;
            } else {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
            }
        } else if let Some(root) = hit.name("root") {
            let line = 1 + code[..root.start()].matches('\n').count();
            let climbed = root.as_str().matches("super").count();
            let leads_to_root = climbed == 0 || climbed == path.len() + inline.len();
            let names = match (hit.name("name"), hit.name("group")) {
                (Some(name), _) => vec![name.as_str().to_owned()],
                (None, Some(group)) => {
                    // The braces of a group are counted like all others.
                    at = group.start();
                    group_heads(&code[group.end()..])
                }
                (None, None) => Vec::new(),
            };
            if leads_to_root {
                let modules = names.into_iter().filter(|name| !matches!(name.as_str(), "self" | "super"));
                found.extend(modules.map(|module| Import { module, line }));
            }
        }
    }
    found
}

/// The first name of each entry of a `use` group, whose text starts behind its opening brace.
fn group_heads(text: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut entries = vec![String::new()];
    for symbol in text.chars() {
        match symbol {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(String::new()),
            _ => {
                if depth == 0
                    && let Some(entry) = entries.last_mut()
                {
                    entry.push(symbol);
                }
            }
        }
    }
    let is_name = |symbol: char| symbol.is_alphanumeric() || symbol == '_' || symbol == '*';
    let heads = entries.iter().filter_map(|entry| entry.split(|symbol| !is_name(symbol)).find(|name| !name.is_empty()));
    heads.map(str::to_owned).collect()
}

/// `text` with comments and literals blanked out, line by line where it was.
fn code_only(text: &str) -> String {
    let literal = regex(
        r#"(?xs)
        (?P<line> //[^\n]* )
        | (?P<block> /\* )
        | \b (?:b|c)? r (?P<raw> \#* ) "
        | (?P<string> " (?: [^"\\] | \\. )* " )
        | (?P<character> ' (?: \\ (?: u\{[^}]*\} | x[0-9a-fA-F]{2} | . ) | [^'\\] ) ' )"#,
    );
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(hit) = literal.captures_at(text, at) {
        let start = hit.get_match().start();
        let mut end = hit.get_match().end();
        if hit.name("block").is_some() {
            end = end_of_block(text, end);
        } else if let Some(fence) = hit.name("raw") {
            let closing = format!("\"{}", fence.as_str());
            end = text[end..].find(&closing).map_or(text.len(), |length| end + length + closing.len());
        }
        code.push_str(&text[at..start]);
        code.push(' ');
        code.extend(text[start..end].chars().filter(|&symbol| symbol == '\n'));
        at = end;
    }
    code.push_str(&text[at..]);
    code
}

/// Where the block comment ends whose inside starts at `at`; block comments nest.
fn end_of_block(text: &str, mut at: usize) -> usize {
    let mut depth = 1_usize;
    while depth > 0 {
        let rest = &text[at..];
        match (rest.find("/*"), rest.find("*/")) {
            (Some(opens), Some(closes)) if opens < closes => {
                depth += 1;
                at += opens + 2;
            }
            (_, Some(closes)) => {
                depth -= 1;
                at += closes + 2;
            }
            (_, None) => return text.len(),
        }
    }
    at
}

/// `src/decide/baseline/item.rs` is `[decide, baseline, item]`; `lib.rs` and `main.rs` are the root, which is empty.
fn module_path(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root().join("src")).unwrap_or(file).with_extension("");
    let mut path: Vec<String> = inside.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let is_root = path.len() == 1 && path.iter().all(|name| name == "lib" || name == "main");
    if is_root || path.last().is_some_and(|name| name == "mod") {
        path.pop();
    }
    path
}

/// Every Rust file of `src`, in order.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "no source files");
    files.sort();
    files
}

fn in_words(module: &str, allowed: &[&str]) -> String {
    let mut names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    if module != WORDS {
        names.insert(0, format!("`{WORDS}`"));
    }
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}
