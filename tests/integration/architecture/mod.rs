//! Checks the architecture of the source: which module may import which, the length of files, and their first lines.
//!
//! Rust does not enforce a direction between the modules of one crate, nor between the files of a module. These tests
//! do; the table in `docs/architecture.md` has the directions between modules.

mod graph;
mod source;

use graph::{Graph, ModulePath};
use regex::Regex;
use source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The module that every module may import.
const WORDS: &str = "model";

/// Lines that one file of `src` may have.
const MAX_LINES: usize = 600;

#[test]
fn a_module_imports_only_what_the_table_allows() {
    let table = table();
    let mut findings = Findings::default();
    for (from, to, named) in GRAPH.uses() {
        let (module, imported) = (module_of(from), module_of(to));
        let allowed = table.iter().find(|(name, _)| *name == module).map(|(_, allowed)| allowed);
        if module == imported || imported == WORDS || module.is_empty() || allowed.is_none() {
            continue;
        }
        if allowed.is_none_or(|allowed| !allowed.contains(imported)) {
            let path = named.segments.join("::");
            findings.add(&file_of(from), named.line, &format!("`{module}` may not import `{imported}` (`{path}`)"));
        }
    }
    findings.settle(
        "Data flows one way. Move the item to the module that both may import, or pass it in as an argument; \
         to change the direction, change the table in docs/architecture.md, and say why.",
    );
}

#[test]
fn no_circle_of_files_is_left() {
    let mut findings = Findings::default();
    for circle in GRAPH.circles() {
        for (from, to, named) in GRAPH.uses() {
            if circle.contains(&from) && circle.contains(&to) {
                let path = named.segments.join("::");
                findings.add(&file_of(from), named.line, &format!("uses {} (`{path}`)", to.join("::")));
            }
        }
        findings.separate();
    }
    findings.settle(
        "Files use each other, directly or through others, so that none can be read or changed alone. Move what they share \
         to a file of its own, named for what it contains; a `mod.rs` that its children use only declares and re-exports.",
    );
}

#[test]
fn the_table_has_no_cycle() {
    let table = table();
    for (place, (module, allowed)) in table.iter().enumerate() {
        for import in allowed {
            assert!(
                table[..place].iter().any(|(above, _)| above == import),
                "`{module}` may import `{import}`, which does not stand above it in the table of docs/architecture.md"
            );
        }
    }
}

#[test]
fn the_table_knows_every_module_and_no_other() {
    let shown: BTreeSet<String> = table().into_iter().map(|(module, _)| module).collect();
    let there: BTreeSet<String> = sources().iter().filter_map(|file| module_path(file).first().cloned()).collect();
    assert_eq!(shown, there, "left: the table of docs/architecture.md, right: src");
}

#[test]
fn names_lead_to_the_file_that_defines_them() {
    let uses = |files: &[(&str, &str)]| {
        let parsed = files.iter().map(|(path, text)| {
            let path = path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            (path, Source::parse(text).unwrap())
        });
        let graph = Graph::new(parsed.collect());
        graph.uses().map(|(from, to, _)| format!("{} {}", from.join("::"), to.join("::"))).collect::<Vec<_>>()
    };
    let root = ("", "mod a; mod b;");
    let b = ("b", "pub struct B; pub fn f() {}");

    for used in [
        "use crate::b::B;",
        "use crate::{b::{B as C}};",
        "use super::b::B;",
        "use crate::b; fn g() { b::f() }",
        "use crate::b::{self, *}; fn g() { b::f() }",
        "fn g() { crate::b::f() }",
        "fn g() { super :: b :: f() }",
        "fn g() { format!(\"{}\", [super::b::f()]) }",
        "#[derive(Debug)] struct A(crate::b::B);",
        "mod inner { fn g() { crate::b::f() } }",
        "pub use crate::b::B; fn g(_: B) {}",
        "impl From<crate::b::B> for () {}",
    ] {
        assert_eq!(uses(&[root, b, ("a", used)]), ["a b"], "{used}");
    }
    for unused in [
        "pub use crate::b::B;",
        "pub(in crate::b) fn g() {}",
        "// crate::b::f",
        "const T: &str = \"crate::b::f\";",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(test)] use crate::b::B;",
        "#[test] fn g() { crate::b::f() }",
        "use other::b::B;",
    ] {
        assert_eq!(uses(&[root, b, ("a", unused)]), [""; 0], "{unused}");
    }
    let passed_on = ("b", "mod c; pub use c::C;");
    assert_eq!(uses(&[root, passed_on, ("b::c", "pub struct C;"), ("a", "use crate::b::C;")]), ["a b::c"]);
}

#[test]
fn circles_are_found_however_long() {
    let circles = |files: [(&str, &str); 4]| {
        let parsed = files.into_iter().map(|(path, text)| (vec![path.to_owned()], Source::parse(text).unwrap()));
        let root = (Vec::new(), Source::parse("mod a; mod b; mod c; mod d;").unwrap());
        let graph = Graph::new(parsed.chain([root]).collect());
        graph.circles().into_iter().map(|circle| circle.into_iter().flatten().cloned().collect::<String>()).collect()
    };
    let found: Vec<String> = circles([
        ("a", "use crate::b::B; pub struct A;"),
        ("b", "use crate::c::C; pub struct B;"),
        ("c", "use crate::a::A; pub struct C;"),
        ("d", "use crate::a::A;"),
    ]);
    assert_eq!(found, ["abc"]);
    let none: Vec<String> = circles([
        ("a", "use crate::b::B; use crate::c::C;"),
        ("b", "use crate::c::C; pub struct B;"),
        ("c", "pub struct C;"),
        ("d", "use crate::a::A;"),
    ]);
    assert_eq!(none, [""; 0]);
}

/// Rust sees no dead code in what a library makes public. A heuristic: any equal word in the code of another module counts, and
/// public types are left out, which may be there only because a public function returns them.
#[test]
fn what_is_public_is_named_by_another_module() {
    let word = regex(r"\w+");
    let item = regex(r"(?m)^\s*pub (?:const )?(?:fn|const|static|type) (\w+)");
    let comment = regex(r"(?m)^\s*//.*$");
    let code = |file: &Path| comment.replace_all(&read(file), "").into_owned();
    let files: Vec<(PathBuf, String)> = sources().into_iter().map(|file| (file.clone(), code(&file))).collect();
    let tests = ["tests/integration", "benches"].map(|folder| files_of(&root().join(folder)));
    let tests: Vec<String> = tests.iter().flatten().map(|file| code(file)).collect();
    let tests: BTreeSet<&str> = tests.iter().flat_map(|text| word.find_iter(text)).map(|word| word.as_str()).collect();
    let mut named_by: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in &files {
        let module = module_path(file).first().cloned().unwrap_or_default();
        for word in word.find_iter(text) {
            named_by.entry(word.as_str()).or_default().insert(module.clone());
        }
    }
    let mut findings = Findings::default();
    for (file, text) in &files {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for found in item.captures_iter(code) {
            let name = found.get(1).unwrap();
            if named_by[name.as_str()].len() < 2 && !tests.contains(name.as_str()) {
                let line = code[..name.start()].lines().count();
                findings.add(file, line, &format!("`{}` is public, and no other module names it", name.as_str()));
            }
        }
    }
    findings.settle("Make it private or `pub(super)`: then the compiler says whether it is used at all.");
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

/// What is wrong, one line each, as `file:line: what`.
#[derive(Default)]
struct Findings(String);

impl Findings {
    fn add(&mut self, file: &Path, line: usize, what: &str) {
        let file = file.strip_prefix(root()).unwrap_or(file).display();
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "  {file}:{line}: {what}");
    }

    /// Begins another group.
    fn separate(&mut self) {
        self.0.push('\n');
    }

    /// Fails if there are any, with what to do about them.
    #[track_caller]
    fn settle(self, advice: &str) {
        assert!(self.0.is_empty(), "\n{}{advice}\n", self.0);
    }
}

/// The rows of the document's table: each module, and what it may import besides itself and `model`.
fn table() -> Vec<(String, BTreeSet<String>)> {
    let row = regex(r"(?m)^\| `([a-z_]+)` \|[^|\n]*\|([^|\n]*)\|[ ]*$");
    let name = regex(r"`([a-z_]+)`");
    let rows: Vec<_> = row
        .captures_iter(&read(&root().join("docs/architecture.md")))
        .map(|row| (row[1].to_owned(), name.captures_iter(&row[2]).map(|name| name[1].to_owned()).collect()))
        .collect();
    assert!(!rows.is_empty(), "docs/architecture.md has no table of modules");
    rows
}

/// The files of the library, without those of tests.
static GRAPH: LazyLock<Graph> = LazyLock::new(|| {
    let files = sources().into_iter().map(|file| (module_path(&file), file));
    let files =
        files.filter(|(module, file)| !module.iter().any(|name| name == "tests") && !file.ends_with("src/main.rs"));
    Graph::new(
        files
            .map(|(module, file)| {
                let source = Source::parse(&read(&file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                (module, source)
            })
            .collect(),
    )
});

fn module_of(path: &ModulePath) -> &str {
    path.first().map_or("", String::as_str)
}

/// The file of a module.
fn file_of(path: &ModulePath) -> PathBuf {
    let inside = path.iter().fold(root().join("src"), |folder, name| folder.join(name));
    let alone = inside.with_extension("rs");
    if alone.exists() { alone } else { inside.join("mod.rs") }
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
    files_of(&root().join("src"))
}

/// Every Rust file in a folder and the folders in it, in order.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
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

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}
