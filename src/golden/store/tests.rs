//! The store on disk: its files before and after each operation.

mod flaws;
mod interruption;
mod link;

use super::super::{
    Cases, ChangeKind, Comparison, Entry, GoldenError, GoldenWriter, Groups, LedgerEntry, Orphans, Scope,
    SettlementAction, SettlementScope, compare,
};
use super::{Resumed, Settled, Signature, SnapshotName, Store};
use std::fs;
use std::io::{self, Write};
use tempfile::TempDir;

/// A kill, or a single fault, at a step that a test arms for its own thread.
pub(super) mod kill {
    use std::cell::Cell;

    #[derive(Clone, Copy)]
    enum Armed {
        No,
        /// This many steps succeed; then all others fail (`true`), or only the next one.
        After(usize, bool),
        Failed,
        Dead,
    }

    thread_local! {
        static ARMED: Cell<Armed> = const { Cell::new(Armed::No) };
    }

    /// The process is killed after this many steps: no later step has any effect.
    pub(in crate::golden::store) fn after(steps: usize) {
        ARMED.set(Armed::After(steps, true));
    }

    /// One step fails after this many, and those after it succeed.
    pub(in crate::golden::store) fn fault_after(steps: usize) {
        ARMED.set(Armed::After(steps, false));
    }

    /// Ends the kill or fault; whether it has happened.
    pub(in crate::golden::store) fn disarm() -> bool {
        matches!(ARMED.replace(Armed::No), Armed::Failed | Armed::Dead)
    }

    pub(in crate::golden::store) fn is_due() -> bool {
        let (next, is_due) = match ARMED.get() {
            Armed::After(0, true) | Armed::Dead => (Armed::Dead, true),
            Armed::After(0, false) => (Armed::Failed, true),
            Armed::After(steps, kills) => (Armed::After(steps - 1, kills), false),
            other @ (Armed::No | Armed::Failed) => (other, false),
        };
        ARMED.set(next);
        is_due
    }
}

type Words<'a> = &'a [(&'a str, &'a str)];

const BEFORE: Words = &[("a", "agreed"), ("b", "agreed"), ("c", "agreed"), ("d", "agreed")];
const AFTER: Words = &[("a", "agreed"), ("b", "regressed"), ("d", "improved"), ("e", "outside")];
const SIGNATURE: Signature<'static> =
    Signature { at: "2026-05-01T12:00:00Z", who: "mara", reason: Some("the list is the household's") };

fn entries(words: Words) -> Vec<(String, Vec<u8>)> {
    let entry = |(id, class): &(&str, &str)| {
        let text = format!(r#"{{"command_id":"{id}","text":"хлеб","class":"{class}"}}"#);
        ((*id).to_owned(), serde_json::from_str::<Entry>(&text).unwrap().canonical())
    };
    words.iter().map(entry).collect()
}

fn golden_text(words: Words) -> String {
    let mut writer = GoldenWriter::new(Vec::new(), "x");
    for (id, bytes) in entries(words) {
        writer.write(&id, &bytes).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn name() -> SnapshotName {
    SnapshotName::new("strict", "household").unwrap()
}

fn only(cases: &[&str]) -> Cases {
    Cases::Only(cases.iter().map(|case| (*case).to_owned()).collect())
}

fn replay(store: &Store, words: Words, scope: Scope) -> Comparison {
    replay_of(store, &name(), words, scope).unwrap()
}

fn replay_of(store: &Store, name: &SnapshotName, words: Words, scope: Scope) -> Result<Comparison, GoldenError> {
    let mut pending = store.begin_pending(name)?;
    let golden = store.golden(name)?;
    let current = entries(words).into_iter().map(io::Result::Ok);
    let comparison = compare(current, golden, scope, Some(pending.writer()), |_| Ok(()))?;
    if comparison.is_clean() {
        store.publish(Vec::new(), std::slice::from_ref(name))?;
    } else {
        store.publish(vec![pending.finish()?], &[])?;
    }
    Ok(comparison)
}

/// Golden holds `BEFORE`, and `AFTER` is pending.
fn workbench() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("golden"));
    fs::create_dir_all(store.folder(&name())).unwrap();
    fs::write(store.golden_path(&name()), golden_text(BEFORE)).unwrap();
    replay(&store, AFTER, Scope::Whole);
    (folder, store)
}

/// Settles as the program does.
fn settle(store: &Store, action: SettlementAction, cases: &Cases) -> Result<Settled, GoldenError> {
    settle_all(store, action, &[(name(), cases.clone())]).map(|mut settled| settled.remove(0))
}

fn settle_all(
    store: &Store,
    action: SettlementAction,
    requests: &[(SnapshotName, Cases)],
) -> Result<Vec<Settled>, GoldenError> {
    match store.resume(action, requests, Orphans::Pruned)? {
        Some(Resumed::Completed(_, settled)) => Ok(settled),
        Some(Resumed::Undone(_)) | None => store.settle(action, requests, Orphans::Pruned, SIGNATURE),
    }
}

fn accept_with(store: &Store, cases: &Cases, orphans: Orphans, signature: Signature) -> Result<Settled, GoldenError> {
    let settled = store.settle(SettlementAction::Accept, &[(name(), cases.clone())], orphans, signature);
    settled.map(|mut settled| settled.remove(0))
}

fn accept(store: &Store, cases: &Cases) -> Result<Settled, GoldenError> {
    accept_with(store, cases, Orphans::Pruned, SIGNATURE)
}

fn reject(store: &Store, cases: &Cases) -> Result<Settled, GoldenError> {
    let settled = store.settle(SettlementAction::Reject, &[(name(), cases.clone())], Orphans::Kept, SIGNATURE);
    settled.map(|mut settled| settled.remove(0))
}

/// Every file of the store with its content, except for the lock.
fn contents(store: &Store) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in [store.root().to_owned(), store.folder(&name())] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && !path.ends_with(".lock") {
                let file = path.file_name().unwrap().to_str().unwrap().to_owned();
                files.push((file, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The current group of each of these commands.
fn groups(store: &Store, commands: &[&str]) -> Vec<Cases> {
    let pending = store.pending().unwrap();
    let pending = pending.iter().find(|pending| *pending.name() == name()).unwrap();
    let mut groups = Groups::default();
    let mut fingerprints = Vec::new();
    for change in pending.changes().unwrap().map(Result::unwrap) {
        groups.add("s", &change);
        if commands.contains(&change.command_id.as_str()) {
            fingerprints.push(change.shape.fingerprint());
        }
    }
    let groups = groups.groups();
    let group = |fingerprint: String| {
        let group = groups.iter().find(|group| group.fingerprint == fingerprint).unwrap();
        Cases::Group { members: group.parts[0].members.clone(), fingerprint }
    };
    fingerprints.into_iter().map(group).collect()
}

fn group(store: &Store, command_id: &str) -> Cases {
    groups(store, &[command_id]).remove(0)
}

fn ledger(store: &Store) -> Vec<LedgerEntry> {
    store.ledger().unwrap().unwrap().map(Result::unwrap).collect()
}

fn pending_ids(store: &Store) -> Vec<String> {
    let pending = store.pending().unwrap();
    pending.iter().flat_map(|pending| pending.changes().unwrap()).map(|change| change.unwrap().command_id).collect()
}

#[test]
fn what_is_accepted_is_in_golden_and_what_is_rejected_is_dropped() {
    let (_folder, store) = workbench();
    assert_eq!(pending_ids(&store), ["b", "c", "d", "e"]);
    let kinds = store.pending().unwrap()[0].changes().unwrap().map(|change| change.unwrap().shape.kind);
    let expected = [ChangeKind::Changed, ChangeKind::Missing, ChangeKind::Changed, ChangeKind::Added];
    assert!(kinds.eq(expected));

    let settled = accept(&store, &only(&["c", "e"])).unwrap();
    assert_eq!((settled.changes.added, settled.changes.missing, settled.left), (1, 1, 2));
    assert_eq!(pending_ids(&store), ["b", "d"]);
    let settled = reject(&store, &only(&["b"])).unwrap();
    assert_eq!((settled.changes.changed, settled.left), (1, 1));
    assert_eq!(pending_ids(&store), ["d"]);
    assert_eq!(accept(&store, &Cases::Whole).unwrap().left, 0);

    let golden = golden_text(&[("a", "agreed"), ("b", "agreed"), ("d", "improved"), ("e", "outside")]);
    let files = contents(&store);
    assert_eq!(files.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["LEDGER.jsonl", "household.json"]);
    assert_eq!(files[1].1, golden);

    let ledger = ledger(&store);
    assert_eq!(ledger[0].cases, Some(vec!["c".to_owned(), "e".to_owned()]));
    assert_eq!(ledger[1].action, SettlementAction::Reject);
    assert_eq!((&ledger[1].before, &ledger[1].before), (&ledger[0].after, &ledger[1].after));
    assert_eq!(ledger[2].cases, None);
    assert_eq!(ledger[2].after, super::disk::digest(&store.golden_path(&name())).unwrap());
}

#[test]
fn a_group_is_settled_with_the_members_that_were_seen_or_not_at_all() {
    let (_folder, store) = workbench();
    let seen = group(&store, "b");
    replay(&store, &[("a", "regressed"), ("b", "regressed"), ("c", "agreed"), ("d", "improved")], Scope::Whole);
    let before = contents(&store);
    for action in SettlementAction::ALL {
        let error = settle(&store, *action, &seen).unwrap_err();
        assert!(matches!(error, GoldenError::Regrouped(_)), "{error}");
        assert_eq!(contents(&store), before);
    }
    let settled = settle(&store, SettlementAction::Accept, &group(&store, "b")).unwrap();
    assert_eq!((settled.changes.changed, settled.left), (2, 1));
    let entry = settled.entry.unwrap();
    assert_eq!((entry.scope, entry.cases), (SettlementScope::Group, Some(vec!["a".to_owned(), "b".to_owned()])));
    assert!(matches!(&seen, Cases::Group { fingerprint, .. } if Some(fingerprint) == entry.group.as_ref()));
    assert_eq!(pending_ids(&store), ["d"]);
    let error = settle(&store, SettlementAction::Accept, &seen).unwrap_err();
    assert!(matches!(error, GoldenError::Regrouped(_)), "a group that does not exist any more: {error}");
}

#[test]
fn an_entry_without_a_command_stays_unless_it_is_pruned() {
    let (_folder, store) = workbench();
    let settled = accept_with(&store, &Cases::Whole, Orphans::Kept, SIGNATURE).unwrap();
    assert_eq!((settled.changes.missing, settled.changes.total(), settled.left), (0, 3, 1));
    assert_eq!(pending_ids(&store), ["c"]);
    let before = contents(&store);
    for cases in [only(&["c"]), group(&store, "c")] {
        let error = accept_with(&store, &cases, Orphans::Kept, SIGNATURE).unwrap_err();
        assert!(matches!(error, GoldenError::NeedsPruning { count: 1, .. }), "{error}");
        assert_eq!(contents(&store), before);
    }
    let settled = accept_with(&store, &Cases::Whole, Orphans::Kept, SIGNATURE).unwrap();
    assert_eq!((settled.changes.total(), settled.left, settled.entry), (0, 1, None));
    assert_eq!(contents(&store), before);
    accept(&store, &Cases::Whole).unwrap();
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
}

#[test]
fn missing_and_newly_regressed_changes_are_not_accepted_without_a_reason() {
    let (_folder, store) = workbench();
    let before = contents(&store);
    let unexplained = Signature { reason: None, ..SIGNATURE };
    for (cases, count) in [(Cases::Whole, 2), (only(&["b", "d"]), 1), (only(&["c"]), 1), (group(&store, "b"), 1)] {
        let error = accept_with(&store, &cases, Orphans::Pruned, unexplained).unwrap_err();
        assert!(matches!(error, GoldenError::NeedsReason { count: found, .. } if found == count), "{error}");
        assert_eq!(contents(&store), before);
    }
    accept_with(&store, &only(&["d", "e"]), Orphans::Pruned, unexplained).unwrap();
    store.settle(SettlementAction::Reject, &[(name(), Cases::Whole)], Orphans::Kept, unexplained).unwrap();
}

#[test]
fn golden_without_any_command_is_removed_when_it_is_pruned() {
    let (_folder, store) = workbench();
    replay(&store, &[], Scope::Whole);
    accept(&store, &Cases::Whole).unwrap();
    let ledger = ledger(&store);
    assert_eq!((ledger.len(), ledger[0].changes.missing, ledger[0].after.as_ref()), (1, 4, None));
    assert!(store.pending().unwrap().is_empty() && !store.golden_path(&name()).exists());
}

#[test]
fn nothing_is_settled_behind_a_damaged_ledger() {
    let (_folder, store) = workbench();
    accept(&store, &only(&["d"])).unwrap();
    let ledger = fs::read_to_string(store.ledger_path()).unwrap();
    for (text, line) in [
        (format!("<<<<<<< HEAD\n{ledger}=======\n>>>>>>> main\n"), 1),
        (format!("{ledger}{}", &ledger[..30]), 2),
        (ledger.trim_end().to_owned(), 1),
        (ledger.replace("accept", "adopt"), 1),
        (format!("{ledger}\n\u{0}\n"), 3),
    ] {
        fs::write(store.ledger_path(), text).unwrap();
        let before = contents(&store);
        for action in SettlementAction::ALL {
            let error = settle(&store, *action, &Cases::Whole).unwrap_err();
            assert!(matches!(&error, GoldenError::Ledger { location, .. } if location.line == line), "{error}");
            assert_eq!(contents(&store), before);
        }
    }
}

#[test]
fn a_pending_file_that_was_edited_is_not_settled() {
    let (_folder, store) = workbench();
    let path = store.pending_path(&name());
    let found = fs::read_to_string(&path).unwrap();
    for edited in [
        found.replace('\n', "\r\n"),
        found.replace("  ", " "),
        found.replace("regressed", "agreed"),
        found.replace("\"class\": \"regressed\"", "\"class\":\"regressed\""),
    ] {
        fs::write(&path, edited).unwrap();
        let before = contents(&store);
        for action in SettlementAction::ALL {
            for cases in [Cases::Whole, only(&["d"])] {
                let error = settle(&store, *action, &cases).unwrap_err();
                assert!(matches!(error, GoldenError::Edited(_)), "{error}");
                assert_eq!(contents(&store), before);
            }
        }
    }
    replay(&store, AFTER, Scope::Whole);
    accept(&store, &Cases::Whole).unwrap();
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
}

#[test]
fn golden_that_was_reformatted_is_written_in_canonical_form() {
    let (_folder, store) = workbench();
    let compact = |words| golden_text(words).replace("\n    ", " ").replace("\n  }", "}");
    fs::write(store.golden_path(&name()), compact(BEFORE)).unwrap();
    replay(&store, &AFTER[1..2], Scope::Selection);
    let carried = [BEFORE[0], AFTER[1], BEFORE[2], BEFORE[3]];
    assert_eq!(fs::read_to_string(store.pending_path(&name())).unwrap(), golden_text(&carried));
    replay(&store, AFTER, Scope::Whole);
    reject(&store, &only(&["b"])).unwrap();
    let left = [BEFORE[0], BEFORE[1], AFTER[2], AFTER[3]];
    assert_eq!(fs::read_to_string(store.pending_path(&name())).unwrap(), golden_text(&left));
    accept(&store, &only(&["d"])).unwrap();
    let taken = [BEFORE[0], BEFORE[1], BEFORE[2], AFTER[2]];
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(&taken));
}

#[test]
fn a_case_that_is_not_pending_changes_nothing() {
    let (_folder, store) = workbench();
    let before = contents(&store);
    for action in SettlementAction::ALL {
        let error = settle(&store, *action, &only(&["a", "b", "zz\u{1b}"])).unwrap_err();
        assert!(matches!(&error, GoldenError::NotPending { cases, .. } if cases == &["a", "zz\u{1b}"]));
        assert!(error.to_string().ends_with(r"`a`, `zz\u{1b}`"), "{error}");
        assert_eq!(contents(&store), before);
        let unsigned = Signature { at: "today", ..SIGNATURE };
        assert!(matches!(accept_with(&store, &Cases::Whole, Orphans::Pruned, unsigned), Err(GoldenError::Unsigned(_))));
        let other = SnapshotName::new("strict", "other").unwrap();
        assert!(matches!(settle_all(&store, *action, &[(other, Cases::Whole)]), Err(GoldenError::NothingPending(_))));
    }
}

#[test]
fn a_damaged_pending_file_is_not_accepted() {
    let (_folder, store) = workbench();
    let path = store.pending_path(&name());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end().trim_end_matches(']')).unwrap();
    let before = contents(&store);
    for cases in [Cases::Whole, only(&["b"])] {
        let error = accept(&store, &cases).unwrap_err();
        assert!(matches!(error, GoldenError::Unreadable { .. }), "{error}");
        assert_eq!(contents(&store), before);
    }
}

#[test]
fn a_selection_carries_over_what_it_did_not_look_at() {
    let (_folder, store) = workbench();
    let comparison = replay(&store, &AFTER[1..2], Scope::Selection);
    assert_eq!((comparison.carried, comparison.changes.total()), (3, 1));
    assert_eq!(pending_ids(&store), ["b"]);
}

#[test]
fn what_is_found_again_is_as_new_as_the_replay_that_found_it() {
    let (_folder, store) = workbench();
    let file = fs::File::options().write(true).open(store.pending_path(&name())).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    file.set_modified(long_ago).unwrap();
    replay(&store, AFTER, Scope::Whole);
    assert!(fs::metadata(store.pending_path(&name())).unwrap().modified().unwrap() > long_ago);
}

#[test]
fn a_replay_that_is_clean_discards_what_is_stale() {
    let (_folder, store) = workbench();
    assert!(replay(&store, BEFORE, Scope::Whole).is_clean());
    assert!(store.pending().unwrap().is_empty());
}

#[test]
fn a_pending_file_without_changes_is_just_removed() {
    let (_folder, store) = workbench();
    fs::write(store.golden_path(&name()), golden_text(AFTER).replace('\n', "\r\n")).unwrap();
    let settled = accept(&store, &Cases::Whole).unwrap();
    assert_eq!((settled.changes.total(), settled.entry), (0, None));
    assert!(!store.pending_path(&name()).exists() && store.ledger().unwrap().is_none());
}

#[test]
fn a_first_golden_comes_from_its_pending_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("golden"));
    assert!(store.pending().unwrap().is_empty() && !store.root().exists());
    replay(&store, AFTER, Scope::Whole);
    let settled = accept(&store, &Cases::Whole).unwrap();
    assert_eq!((settled.changes.added, settled.entry.unwrap().before), (4, None));
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
}

#[test]
fn staged_files_of_killed_processes_are_removed_and_those_in_use_are_not() {
    let (_folder, store) = workbench();
    let orphan = store.folder(&name()).join("household.Ab12.part.new");
    fs::File::create(&orphan).unwrap().write_all(b"[").unwrap();
    let mut pending = store.begin_pending(&name()).unwrap();
    assert!(!orphan.exists());
    pending.writer().write("a", b"{}").unwrap();
    reject(&store, &only(&["b"])).unwrap();
    assert_eq!(store.pending().unwrap().len(), 1);
    store.publish(vec![pending.finish().unwrap()], &[]).unwrap();
    drop(store.begin_pending(&name()).unwrap());
    assert_eq!(contents(&store).len(), 4);
}

#[test]
fn a_pending_file_does_not_undo_what_was_accepted_meanwhile() {
    let (_folder, store) = workbench();
    let pending = store.begin_pending(&name()).unwrap();
    accept(&store, &Cases::Whole).unwrap();
    assert!(matches!(store.publish(vec![pending.finish().unwrap()], &[]), Err(GoldenError::Replaced(_))));
    assert!(store.pending().unwrap().is_empty());
}

#[test]
fn two_processes_wait_for_each_other() {
    let (_folder, store) = workbench();
    std::thread::scope(|scope| {
        for case in ["b", "c", "d", "e"] {
            let store = &store;
            scope.spawn(move || accept(store, &only(&[case])).unwrap());
        }
    });
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
    assert_eq!(ledger(&store).len(), 4);
    assert!(store.pending().unwrap().is_empty());
}
