//! The store on disk: what is there before, after, and where a process was killed in between.

use super::super::{
    Comparison, Entry, GoldenError, GoldenWriter, Groups, Scope, SettlementAction, SettlementScope, compare,
};
use super::{Cases, Orphans, Settled, Signature, SnapshotName, Store};
use std::fs;
use std::io::{self, Write};
use tempfile::TempDir;

/// A kill between two steps, as a test arms it for its own thread.
pub(super) mod kill {
    use std::cell::Cell;

    thread_local! {
        static STEPS_LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    pub(in crate::golden::store) fn after(steps: usize) {
        STEPS_LEFT.set(Some(steps));
    }

    pub(in crate::golden::store) fn is_due() -> bool {
        let left = STEPS_LEFT.get();
        STEPS_LEFT.set(left.and_then(|left| left.checked_sub(1)));
        left == Some(0)
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
        ((*id).to_owned(), serde_json::from_str::<Entry>(&text).unwrap().canonical().unwrap())
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
    let mut pending = store.begin_pending(&name()).unwrap();
    let golden = store.golden(&name()).unwrap();
    let current = entries(words).into_iter().map(io::Result::Ok);
    let comparison = compare(current, golden, scope, Some(pending.writer()), |_| Ok(())).unwrap();
    if comparison.is_clean() {
        store.discard_stale(&name()).unwrap();
    } else {
        pending.commit().unwrap();
    }
    comparison
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

fn settle(store: &Store, action: SettlementAction, cases: &Cases) -> Result<Settled, GoldenError> {
    match action {
        SettlementAction::Accept => store.accept(&name(), cases, Orphans::Pruned, SIGNATURE),
        SettlementAction::Reject => store.reject(&name(), cases, SIGNATURE),
    }
}

/// Every file of the store with what it holds, but for the lock.
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

/// The group that the change of a command is in, as it is now.
fn group(store: &Store, command_id: &str) -> Cases {
    let mut groups = Groups::default();
    let mut fingerprint = None;
    for change in store.pending().unwrap()[0].changes().unwrap().map(Result::unwrap) {
        groups.add("s", &change);
        if change.command_id == command_id {
            fingerprint = Some(change.shape.fingerprint());
        }
    }
    let fingerprint = fingerprint.unwrap();
    let groups = groups.groups();
    let group = groups.iter().find(|group| group.fingerprint == fingerprint).unwrap();
    Cases::Group { fingerprint, members: group.parts[0].members.clone() }
}

fn pending_ids(store: &Store) -> Vec<String> {
    let pending = store.pending().unwrap();
    pending.iter().flat_map(|pending| pending.changes().unwrap()).map(|change| change.unwrap().command_id).collect()
}

#[test]
fn what_is_accepted_is_golden_and_what_is_rejected_is_gone() {
    let (_folder, store) = workbench();
    assert_eq!(pending_ids(&store), ["b", "c", "d", "e"]);
    let counts = store.pending().unwrap()[0].counts().unwrap();
    assert_eq!((counts.changed, counts.added, counts.missing), (2, 1, 1));

    let settled = store.accept(&name(), &only(&["c", "e"]), Orphans::Pruned, SIGNATURE).unwrap();
    assert_eq!((settled.changes.added, settled.changes.missing, settled.left), (1, 1, 2));
    assert_eq!(pending_ids(&store), ["b", "d"]);
    let settled = store.reject(&name(), &only(&["b"]), SIGNATURE).unwrap();
    assert_eq!((settled.changes.changed, settled.left), (1, 1));
    assert_eq!(pending_ids(&store), ["d"]);
    assert_eq!(store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap().left, 0);

    let golden = golden_text(&[("a", "agreed"), ("b", "agreed"), ("d", "improved"), ("e", "outside")]);
    let files = contents(&store);
    assert_eq!(files.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["LEDGER.jsonl", "household.json"]);
    assert_eq!(files[1].1, golden);

    let ledger: Vec<_> = store.ledger().unwrap().unwrap().map(Result::unwrap).collect();
    assert_eq!(ledger[0].cases, Some(vec!["c".to_owned(), "e".to_owned()]));
    assert_eq!(ledger[1].action, SettlementAction::Reject);
    assert_eq!((&ledger[1].before, &ledger[1].before), (&ledger[0].after, &ledger[1].after));
    assert_eq!(ledger[2].cases, None);
    assert_eq!(ledger[2].after, super::disk::digest(&store.golden_path(&name())).unwrap());
}

#[test]
fn a_kill_between_any_two_steps_loses_nothing() {
    use SettlementAction::{Accept, Reject};
    let all = only(&["b", "c", "d", "e"]);
    let some = only(&["b", "c"]);
    for (action, cases) in [Accept, Reject].into_iter().flat_map(|action| {
        let group = group(&workbench().1, "b");
        [(action, Cases::Whole), (action, some.clone()), (action, all.clone()), (action, group)]
    }) {
        let (_folder, store) = workbench();
        let expected = settle(&store, action, &cases).unwrap();
        let expected_contents = contents(&store);
        for step in 0..4 {
            for repeats in [true, false] {
                let (_folder, store) = workbench();
                kill::after(step);
                settle(&store, action, &cases).unwrap_err();
                let golden = fs::read_to_string(store.golden_path(&name())).unwrap();
                let is_one_of = |text: &String| {
                    *text == golden_text(BEFORE) || expected_contents.iter().any(|(_, content)| content == text)
                };
                assert!(is_one_of(&golden), "golden is the old one or the new one");
                if repeats {
                    assert_eq!(settle(&store, action, &cases).unwrap(), expected);
                } else {
                    store.pending().unwrap();
                }
                assert_eq!(contents(&store), expected_contents, "{action} {cases:?} {step}");
            }
        }
        // Killed behind the last step, it is done.
        let (_folder, store) = workbench();
        kill::after(4);
        settle(&store, action, &cases).unwrap_err();
        assert_eq!(contents(&store), expected_contents);
    }
}

#[test]
fn a_group_is_settled_as_it_was_seen_or_not_at_all() {
    let (_folder, store) = workbench();
    let seen = group(&store, "b");
    replay(&store, &[("a", "regressed"), ("b", "regressed"), ("c", "agreed"), ("d", "improved")], Scope::Whole);
    let before = contents(&store);
    for action in SettlementAction::ALL {
        let error = settle(&store, *action, &seen).unwrap_err();
        assert!(matches!(error, GoldenError::Regrouped { .. }), "{error}");
        assert_eq!(contents(&store), before);
    }
    let settled = settle(&store, SettlementAction::Accept, &group(&store, "b")).unwrap();
    assert_eq!((settled.changes.changed, settled.left), (2, 1));
    let entry = settled.entry.unwrap();
    assert_eq!((entry.scope, entry.cases), (SettlementScope::Group, Some(vec!["a".to_owned(), "b".to_owned()])));
    assert!(matches!(&seen, Cases::Group { fingerprint, .. } if Some(fingerprint) == entry.group.as_ref()));
    assert_eq!(pending_ids(&store), ["d"]);
    let error = settle(&store, SettlementAction::Accept, &seen).unwrap_err();
    assert!(matches!(error, GoldenError::Regrouped { .. }), "a group that is gone: {error}");
}

#[test]
fn an_entry_without_a_command_stays_unless_it_is_pruned() {
    let (_folder, store) = workbench();
    let settled = store.accept(&name(), &Cases::Whole, Orphans::Kept, SIGNATURE).unwrap();
    assert_eq!((settled.changes.missing, settled.changes.total(), settled.left), (0, 3, 1));
    assert_eq!(pending_ids(&store), ["c"]);
    let before = contents(&store);
    for cases in [only(&["c"]), group(&store, "c")] {
        let error = store.accept(&name(), &cases, Orphans::Kept, SIGNATURE).unwrap_err();
        assert!(matches!(error, GoldenError::NeedsPruning { count: 1, .. }), "{error}");
        assert_eq!(contents(&store), before);
    }
    let settled = store.accept(&name(), &Cases::Whole, Orphans::Kept, SIGNATURE).unwrap();
    assert_eq!((settled.changes.total(), settled.left, settled.entry), (0, 1, None));
    assert_eq!(contents(&store), before);
    store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap();
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
}

#[test]
fn what_takes_away_or_makes_wrong_is_not_accepted_without_a_reason() {
    let (_folder, store) = workbench();
    let before = contents(&store);
    let unexplained = Signature { reason: None, ..SIGNATURE };
    for (cases, count) in [(Cases::Whole, 2), (only(&["b", "d"]), 1), (only(&["c"]), 1), (group(&store, "b"), 1)] {
        let error = store.accept(&name(), &cases, Orphans::Pruned, unexplained).unwrap_err();
        assert!(matches!(error, GoldenError::NeedsReason { count: found, .. } if found == count), "{error}");
        assert_eq!(contents(&store), before);
    }
    store.accept(&name(), &only(&["d", "e"]), Orphans::Pruned, unexplained).unwrap();
    store.reject(&name(), &Cases::Whole, unexplained).unwrap();
}

#[test]
fn golden_without_any_command_goes_when_it_is_pruned() {
    for step in 0..6 {
        let (_folder, store) = workbench();
        replay(&store, &[], Scope::Whole);
        kill::after(step);
        let settled = store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE);
        assert_eq!(settled.is_err(), step < 5, "{step}");
        let ledger: Vec<_> = {
            assert!(store.pending().unwrap().is_empty());
            store.ledger().unwrap().unwrap().map(Result::unwrap).collect()
        };
        assert_eq!((ledger.len(), ledger[0].changes.missing, ledger[0].after.as_ref()), (1, 4, None));
        assert!(!store.golden_path(&name()).exists());
    }
}

#[test]
fn an_interrupted_acceptance_is_completed_before_a_replay_writes() {
    let (_folder, store) = workbench();
    kill::after(1);
    store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap_err();
    assert!(replay(&store, AFTER, Scope::Whole).is_clean());
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
    assert!(store.pending().unwrap().is_empty());
}

#[test]
fn a_journal_whose_files_were_changed_by_hand_is_dropped() {
    let (_folder, store) = workbench();
    kill::after(0);
    store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap_err();
    fs::write(store.pending_path(&name()), golden_text(&BEFORE[1..])).unwrap();
    assert_eq!(pending_ids(&store), ["a"]);
    assert!(store.ledger().unwrap().is_none());
}

#[test]
fn a_settlement_whose_ledger_cannot_be_written_completes_later() {
    let (_folder, store) = workbench();
    fs::create_dir(store.ledger_path()).unwrap();
    let error = store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap_err();
    assert!(matches!(error, GoldenError::Io { action: "append to", .. }), "{error}");
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(BEFORE));
    fs::remove_dir(store.ledger_path()).unwrap();
    assert_eq!(store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap().changes.total(), 4);
    assert_eq!(store.ledger().unwrap().unwrap().count(), 1);
}

#[test]
fn a_case_that_is_not_pending_stops_before_anything_is_done() {
    let (_folder, store) = workbench();
    let before = contents(&store);
    for action in SettlementAction::ALL {
        let error = settle(&store, *action, &only(&["a", "b", "zz\u{1b}"])).unwrap_err();
        assert!(matches!(&error, GoldenError::NotPending { cases, .. } if cases == &["a", "zz\u{1b}"]));
        assert!(error.to_string().ends_with(r"`a`, `zz\u{1b}`"), "{error}");
        assert_eq!(contents(&store), before);
        let unsigned = Signature { at: "today", ..SIGNATURE };
        assert!(matches!(
            store.accept(&name(), &Cases::Whole, Orphans::Pruned, unsigned),
            Err(GoldenError::Unsigned(_))
        ));
        let other = SnapshotName::new("strict", "other").unwrap();
        assert!(matches!(
            store.accept(&other, &Cases::Whole, Orphans::Pruned, SIGNATURE),
            Err(GoldenError::NothingPending { .. })
        ));
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
        let error = store.accept(&name(), &cases, Orphans::Pruned, SIGNATURE).unwrap_err();
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
fn a_replay_that_is_clean_discards_what_is_stale() {
    let (_folder, store) = workbench();
    assert!(replay(&store, BEFORE, Scope::Whole).is_clean());
    assert!(store.pending().unwrap().is_empty());
    assert!(!store.discard_stale(&name()).unwrap());
}

#[test]
fn a_pending_file_without_changes_is_just_removed() {
    let (_folder, store) = workbench();
    fs::write(store.golden_path(&name()), golden_text(AFTER).replace('\n', "\r\n")).unwrap();
    let settled = store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap();
    assert_eq!((settled.changes.total(), settled.entry), (0, None));
    assert!(!store.pending_path(&name()).exists() && store.ledger().unwrap().is_none());
}

#[test]
fn a_first_golden_comes_from_its_pending_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("golden"));
    assert!(store.pending().unwrap().is_empty() && !store.root().exists());
    replay(&store, AFTER, Scope::Whole);
    let settled = store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap();
    assert_eq!((settled.changes.added, settled.entry.unwrap().before), (4, None));
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
}

#[test]
fn what_killed_processes_left_is_swept_and_what_is_being_written_is_not() {
    let (_folder, store) = workbench();
    let orphan = store.folder(&name()).join("household.Ab12.part.new");
    fs::File::create(&orphan).unwrap().write_all(b"[").unwrap();
    let mut pending = store.begin_pending(&name()).unwrap();
    assert!(!orphan.exists());
    pending.writer().write("a", b"{}").unwrap();
    store.reject(&name(), &only(&["b"]), SIGNATURE).unwrap();
    assert_eq!(store.pending().unwrap().len(), 1);
    pending.commit().unwrap();
    drop(store.begin_pending(&name()).unwrap());
    assert_eq!(contents(&store).len(), 3);
}

#[test]
fn a_pending_file_does_not_undo_what_was_accepted_meanwhile() {
    let (_folder, store) = workbench();
    let pending = store.begin_pending(&name()).unwrap();
    store.accept(&name(), &Cases::Whole, Orphans::Pruned, SIGNATURE).unwrap();
    assert!(matches!(pending.commit(), Err(GoldenError::Replaced { .. })));
    assert!(store.pending().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_of_new_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = workbench();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(store.pending_path(&name())), mode(plain));
}

#[test]
fn two_processes_wait_for_each_other() {
    let (_folder, store) = workbench();
    std::thread::scope(|scope| {
        for case in ["b", "c", "d", "e"] {
            let store = &store;
            scope.spawn(move || store.accept(&name(), &only(&[case]), Orphans::Pruned, SIGNATURE).unwrap());
        }
    });
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(AFTER));
    assert_eq!(store.ledger().unwrap().unwrap().map(Result::unwrap).count(), 4);
    assert!(store.pending().unwrap().is_empty());
}
