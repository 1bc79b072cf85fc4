//! Everything that is wrong with a folder is found, and the search changes nothing.

use super::*;

const RULES: &[&str] = &["reference", "strict"];

fn places(store: &Store) -> Vec<(String, String)> {
    let before = contents(store);
    let flaws = store.flaws(RULES).unwrap();
    assert_eq!(contents(store), before);
    let below =
        |place: String| place.strip_prefix(store.root().to_str().unwrap()).unwrap().trim_start_matches('/').to_owned();
    assert!(flaws.iter().all(|flaw| !flaw.help.is_empty()));
    flaws.into_iter().map(|flaw| (below(flaw.place), flaw.problem)).collect()
}

/// Exactly one flaw at `place` has a problem that contains `what`.
#[track_caller]
fn finds(store: &Store, place: &str, what: &str) {
    let found = places(store);
    let hits = found.iter().filter(|(found, problem)| found.starts_with(place) && problem.contains(what)).count();
    assert_eq!(hits, 1, "{place}: {what}: {found:?}");
}

/// A store in which everything was accepted, and some changes are pending again.
fn settled() -> (TempDir, Store) {
    let (folder, store) = workbench();
    accept(&store, &Cases::Whole).unwrap();
    replay(&store, BEFORE, Scope::Whole);
    (folder, store)
}

#[test]
fn nothing_is_wrong_with_what_the_program_writes() {
    assert_eq!(places(&settled().1), []);
    assert_eq!(Store::new("/nowhere/at/all").flaws(RULES).unwrap(), []);
}

#[test]
fn every_file_that_is_not_what_it_should_be_is_named() {
    let (_folder, store) = settled();
    let path = |file: &str| store.root().join(file);
    let golden = fs::read_to_string(path("strict/household.json")).unwrap();
    fs::create_dir(path("lenient")).unwrap();
    fs::write(path("household.json"), &golden).unwrap();
    fs::write(path("README.md"), "").unwrap();
    fs::write(path(".gitattributes"), "").unwrap();
    fs::write(path("strict/household.json.orig"), "").unwrap();
    fs::write(path("strict/other.json"), &golden).unwrap();
    fs::write(path("strict/cut.json"), &golden[..50]).unwrap();
    fs::write(path("strict/x.Ab12.part.new"), "").unwrap();
    let pending = fs::read_to_string(path("strict/household.json.new")).unwrap();
    fs::write(path("strict/household.json.new"), pending.replace("хлеб", "сыр")).unwrap();
    for (place, what) in [
        ("lenient", "no rule set"),
        ("household.json", "nothing reads"),
        ("strict/household.json.orig", "nothing reads"),
        ("strict/other.json", "no line of the ledger"),
        ("strict/cut.json:", "ends before"),
        ("strict/x.Ab12.part.new", "a process that was killed"),
        ("strict/household.json.new", "not written by a replay"),
    ] {
        finds(&store, place, what);
    }
    assert_eq!(places(&store).len(), 7);
}

#[test]
fn golden_is_compared_with_the_ledger_and_with_its_canonical_form() {
    let (_folder, store) = settled();
    let path = store.golden_path(&name());
    let golden = fs::read_to_string(&path).unwrap();
    fs::write(&path, golden.replacen("    \"text\"", "\t\"text\"", 1)).unwrap();
    finds(&store, "strict/household.json:2", "edited or reformatted");
    finds(&store, "strict/household.json", "newest line of the ledger");
    fs::write(&path, golden.replacen("хлеб", "сыр", 1)).unwrap();
    finds(&store, "strict/household.json", "newest line of the ledger");
    fs::remove_file(&path).unwrap();
    finds(&store, "strict/household.json", "missing");
    fs::write(&path, golden).unwrap();
    let ledger = fs::read_to_string(store.ledger_path()).unwrap();
    fs::write(store.ledger_path(), format!("{ledger}>>>>>>> main\n{{")).unwrap();
    finds(&store, "LEDGER.jsonl:2:1", "conflict marker");
    finds(&store, "LEDGER.jsonl:3:", "ends too early");
    assert_eq!(places(&store).len(), 2);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_and_dangling_links_are_found() {
    use std::os::unix::ffi::OsStrExt;
    let (_folder, store) = settled();
    fs::write(store.folder(&name()).join(std::ffi::OsStr::from_bytes(b"caf\xe9.json")), "[]\n").unwrap();
    std::os::unix::fs::symlink("nowhere", store.folder(&name()).join("link.json")).unwrap();
    let flaws = store.flaws(RULES).unwrap();
    let problems: Vec<_> = flaws.iter().map(|flaw| flaw.problem.as_str()).collect();
    assert_eq!(flaws.len(), 2, "{flaws:?}");
    assert!(problems.iter().any(|problem| problem.contains("not UTF-8")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("leads nowhere")), "{problems:?}");
}
