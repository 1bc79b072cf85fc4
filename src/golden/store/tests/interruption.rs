//! A kill, and a fault, at every single step: either nothing is changed, or the settlement is interrupted, and only the same
//! settlement, its opposite or a repair complete or undo it.

use super::super::Repaired;
use super::*;
use std::sync::OnceLock;

type Requests = Vec<(SnapshotName, Cases)>;

/// More steps than any settlement has.
const MOST_STEPS: usize = 200;

fn other() -> SnapshotName {
    SnapshotName::new("reference", "household").unwrap()
}

/// As `workbench`, with a second golden file that has other changes.
fn double() -> (TempDir, Store) {
    // The files are made once, since they are needed thousands of times.
    static FILES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let (_folder, store) = workbench();
        fs::create_dir_all(store.folder(&other())).unwrap();
        fs::write(store.golden_path(&other()), golden_text(BEFORE)).unwrap();
        replay_of(&store, &other(), &AFTER[1..], Scope::Whole).unwrap();
        all(&store)
    });
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("golden"));
    for name in [name(), other()] {
        fs::create_dir_all(store.folder(&name)).unwrap();
    }
    for (file, text) in files {
        fs::write(store.root().join(file), text).unwrap();
    }
    (folder, store)
}

/// Every file, except for the lock and staged files.
fn all(store: &Store) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in [store.root().to_owned(), store.folder(&name()), store.folder(&other())] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.strip_prefix(store.root()).unwrap().to_str().unwrap().to_owned();
            if path.is_file() && file != ".lock" && !file.ends_with(".part.new") {
                files.push((file, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn leftovers(store: &Store) -> usize {
    let folders = [store.root().to_owned(), store.folder(&name()), store.folder(&other())];
    folders.iter().map(|folder| super::super::disk::abandoned(folder).unwrap().len()).sum()
}

fn pending_changes(store: &Store) -> Vec<String> {
    let changes = |pending: &super::super::Pending| {
        let name = pending.name().to_string();
        let changes = pending.changes().unwrap().map(|change| format!("{name}:{}", change.unwrap().command_id));
        changes.collect::<Vec<_>>()
    };
    store.pending().unwrap().iter().flat_map(changes).collect()
}

fn opposite(action: SettlementAction) -> SettlementAction {
    match action {
        SettlementAction::Accept => SettlementAction::Reject,
        SettlementAction::Reject => SettlementAction::Accept,
    }
}

/// Every kind of request: the whole of one or two files, cases, a group, several groups of one file.
fn requests() -> Vec<Requests> {
    let (_folder, store) = double();
    let groups =
        |commands: &[&str]| groups(&store, commands).into_iter().map(|group| (name(), group)).collect::<Requests>();
    vec![
        vec![(name(), Cases::Whole)],
        vec![(other(), Cases::Whole), (name(), Cases::Whole)],
        vec![(name(), only(&["b", "c"]))],
        vec![(name(), only(&["b", "c", "d", "e"])), (other(), only(&["b"]))],
        groups(&["b"]),
        groups(&["b", "d"]),
    ]
}

/// Each action with each kind of request.
fn settlements() -> Vec<(SettlementAction, Requests)> {
    SettlementAction::ALL.iter().flat_map(|action| requests().into_iter().map(|all| (*action, all))).collect()
}

/// The files, and the pending changes, after a settlement that is not interrupted.
fn after(action: SettlementAction, requests: &Requests) -> (Vec<(String, String)>, Vec<String>) {
    let (_folder, store) = double();
    settle_all(&store, action, requests).unwrap();
    (all(&store), pending_changes(&store))
}

/// Kills a settlement after this many steps; `None` where it was complete by then.
fn killed(action: SettlementAction, requests: &Requests, steps: usize) -> Option<(TempDir, Store)> {
    let (folder, store) = double();
    kill::after(steps);
    let settled = settle_all(&store, action, requests);
    kill::disarm().then(|| {
        // Failing to remove the kept files at the end is not an error.
        assert!(settled.is_err() || store.interrupted().unwrap().is_none());
        (folder, store)
    })
}

#[test]
fn after_a_kill_at_any_step_only_the_same_settlement_its_opposite_or_a_repair_go_on() {
    let original = all(&double().1);
    let pending = pending_changes(&double().1);
    for (action, requests) in settlements() {
        let ((done, left), (undone, _)) = (after(action, &requests), after(opposite(action), &requests));
        let mut was_interrupted = 0;
        for steps in 0..MOST_STEPS {
            let Some((_folder, store)) = killed(action, &requests, steps) else { break };
            let Some(interrupted) = store.interrupted().unwrap() else {
                // Killed before the journal was written, or after it was removed.
                assert!(all(&store) == original || all(&store) == done, "{action} {requests:?} {steps}");
                continue;
            };
            was_interrupted += 1;
            assert_eq!((interrupted.action, &interrupted.requests), (action, &requests));
            // Other settlements and replays are refused, and readers see what was pending before.
            let before = all(&store);
            assert_eq!(pending_changes(&store), pending);
            for (action, requests) in [
                (action, vec![(name(), only(&["e"]))]),
                (opposite(action), vec![(other(), only(&["d"]))]),
                (action, requests.iter().cloned().chain([(other(), only(&["d"]))]).collect()),
            ] {
                let error = settle_all(&store, action, &requests).unwrap_err();
                assert!(matches!(error, GoldenError::Interrupted(_)), "{error}");
            }
            let error = store.settle(action, &requests, Orphans::Pruned, SIGNATURE).unwrap_err();
            assert!(matches!(error, GoldenError::Interrupted(_)), "{error}");
            let error = replay_of(&store, &name(), AFTER, Scope::Whole).unwrap_err();
            assert!(matches!(error, GoldenError::Interrupted(_)), "{error}");
            store.flaws(&["reference", "strict"]).unwrap();
            assert_eq!(all(&store), before);
            // It is completed by the same settlement, undone by its opposite, and completed by a repair.
            assert_eq!(settle_all(&store, action, &requests).unwrap().len(), requests.len());
            assert_eq!((all(&store), pending_changes(&store), leftovers(&store)), (done.clone(), left.clone(), 0));
            let (_folder, store) = killed(action, &requests, steps).unwrap();
            settle_all(&store, opposite(action), &requests).unwrap();
            assert_eq!((all(&store), leftovers(&store)), (undone.clone(), 0), "{action} {requests:?} {steps}");
            let (_folder, store) = killed(action, &requests, steps).unwrap();
            let repaired = store.complete_interrupted().unwrap().unwrap();
            assert!(matches!(repaired, Repaired::Completed(..)), "{repaired:?}");
            assert_eq!((all(&store), leftovers(&store)), (done.clone(), 0));
            assert_eq!(store.complete_interrupted().unwrap(), None);
        }
        assert!(was_interrupted >= 4, "{action} {requests:?}: {was_interrupted}");
    }
}

#[test]
fn a_step_that_fails_leaves_everything_as_it_was() {
    let original = all(&double().1);
    for (action, requests) in settlements() {
        let (done, _) = after(action, &requests);
        for steps in 0..MOST_STEPS {
            let (_folder, store) = double();
            kill::fault_after(steps);
            let settled = settle_all(&store, action, &requests);
            if !kill::disarm() {
                break;
            }
            match settled {
                Err(GoldenError::Unchanged(_)) => {
                    assert_eq!((all(&store), store.interrupted().unwrap()), (original.clone(), None), "{steps}");
                    settle_all(&store, action, &requests).unwrap();
                }
                Err(error) => panic!("{action} {requests:?} {steps}: {error}"),
                Ok(_) => {}
            }
            assert_eq!(all(&store), done);
        }
    }
}

#[test]
fn an_undoing_that_is_killed_goes_on_undoing() {
    let original = all(&double().1);
    let requests = vec![(name(), Cases::Whole), (other(), Cases::Whole)];
    let mut was_undoing = 0;
    for steps in 0..MOST_STEPS {
        // Killed while files are replaced, and then again while they are restored.
        let Some((_folder, store)) = (0..MOST_STEPS).find_map(|first| {
            let (folder, store) = killed(SettlementAction::Accept, &requests, first)?;
            let is_half = store.interrupted().unwrap().is_some_and(|interrupted| interrupted.replaced >= 3);
            is_half.then_some((folder, store))
        }) else {
            panic!("never interrupted after three files")
        };
        kill::after(steps);
        let undone = store.resume(SettlementAction::Reject, &requests, Orphans::Kept);
        if !kill::disarm() {
            assert!(matches!(undone, Ok(Some(Resumed::Undone(_)))));
            break;
        }
        match store.interrupted().unwrap() {
            Some(interrupted) if interrupted.undoing => {
                was_undoing += 1;
                assert!(matches!(store.complete_interrupted().unwrap(), Some(Repaired::Undone(_))));
                assert_eq!(all(&store), original, "{steps}");
            }
            Some(_) => assert!(matches!(store.complete_interrupted().unwrap(), Some(Repaired::Completed(..)))),
            None => assert_eq!(all(&store), original),
        }
    }
    assert!(was_undoing > 3, "{was_undoing}");
}

#[test]
fn a_settlement_whose_files_were_changed_by_hand_is_neither_completed_nor_undone() {
    let requests = vec![(name(), Cases::Whole)];
    let (_folder, store) = (0..MOST_STEPS)
        .find_map(|steps| {
            killed(SettlementAction::Accept, &requests, steps)
                .filter(|(_, store)| store.interrupted().unwrap().is_some())
        })
        .unwrap();
    fs::write(store.golden_path(&name()), golden_text(&BEFORE[1..])).unwrap();
    let before = all(&store);
    for action in SettlementAction::ALL {
        let error = settle_all(&store, *action, &requests).unwrap_err();
        assert!(matches!(error, GoldenError::Overtaken(_)), "{error}");
        assert_eq!(all(&store), before);
    }
    assert!(matches!(store.complete_interrupted().unwrap(), Some(Repaired::Dropped(_))));
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(&BEFORE[1..]));
    assert!(store.ledger().unwrap().is_none() && store.interrupted().unwrap().is_none());
}

#[test]
fn the_pending_files_of_a_replay_appear_all_or_none_whenever_it_is_killed_or_fails() {
    let second = |store: &Store| -> Result<(), GoldenError> {
        let mut finished = Vec::new();
        for name in [name(), other()] {
            let mut pending = store.begin_pending(&name)?;
            for (id, bytes) in entries(&[("a", "agreed"), ("z", "outside")]) {
                pending.writer().write(&id, &bytes)?;
            }
            finished.push(pending.finish()?);
        }
        store.publish(finished, &[])
    };
    let old = (all(&double().1), pending_changes(&double().1));
    let new = {
        let (_folder, store) = double();
        second(&store).unwrap();
        (all(&store), pending_changes(&store))
    };
    for kills in [true, false] {
        for steps in 0..MOST_STEPS {
            let (_folder, store) = double();
            if kills {
                kill::after(steps);
            } else {
                kill::fault_after(steps);
            }
            let published = second(&store);
            if !kill::disarm() {
                break;
            }
            let now = pending_changes(&store);
            assert!(now == old.1 || now == new.1, "{steps}: {now:?}");
            assert!(kills || published.is_ok() || all(&store) == old.0, "{steps}");
            assert_eq!(store.interrupted().unwrap(), None);
            // The next settlement settles either the old or the new pending files.
            settle_all(&store, SettlementAction::Accept, &[(name(), Cases::Whole), (other(), Cases::Whole)]).unwrap();
            let is_new = fs::read_to_string(store.golden_path(&other())).unwrap().contains("\"z\"");
            assert_eq!((is_new, leftovers(&store)), (now == new.1, 0));
            assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap().contains("\"z\""), is_new);
        }
    }
}
