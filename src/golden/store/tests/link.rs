//! Links, and permissions.

#![cfg(unix)]

use super::*;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Moves a file into another folder and links to it.
fn move_away(folder: &TempDir, path: &Path) -> PathBuf {
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    let target = elsewhere.join(path.file_name().unwrap());
    fs::rename(path, &target).unwrap();
    // Relative, and through a second link.
    symlink(Path::new("../../elsewhere").join(path.file_name().unwrap()), path.with_extension("link")).unwrap();
    symlink(path.with_extension("link").file_name().unwrap(), path).unwrap();
    target
}

#[test]
fn links_are_followed_and_stay() {
    let (folder, store) = workbench();
    let golden = store.golden_path(&name());
    let target = move_away(&folder, &golden);
    fs::write(target.with_file_name("household.json.Ab12.part.new"), "left by a killed process").unwrap();
    fs::write(target.with_file_name("household.jsonl.Ab12.part.new"), "not a file of the store").unwrap();
    accept(&store, &only(&["d"])).unwrap();
    assert!(golden.symlink_metadata().unwrap().is_symlink());
    let taken = [BEFORE[0], BEFORE[1], BEFORE[2], AFTER[2]];
    assert_eq!(fs::read_to_string(&target).unwrap(), golden_text(&taken));
    let ledger = folder.path().join("ledger");
    fs::rename(store.ledger_path(), &ledger).unwrap();
    symlink("../ledger", store.ledger_path()).unwrap();
    accept(&store, &Cases::Whole).unwrap();
    assert!(store.ledger_path().symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&ledger).unwrap().lines().count(), 2);
    assert_eq!(
        fs::read_dir(target.parent().unwrap()).unwrap().count(),
        2,
        "no staged file is left beside the golden file"
    );
}

#[test]
fn a_dangling_link_says_where_the_file_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("golden"));
    fs::create_dir_all(folder.path().join("shared/strict")).unwrap();
    symlink("shared", folder.path().join("golden")).unwrap();
    symlink("../../golden-of-strict.json", store.golden_path(&name())).unwrap();
    assert!(store.corpora("strict").unwrap().is_empty());
    replay(&store, AFTER, Scope::Whole);
    accept(&store, &Cases::Whole).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("golden-of-strict.json")).unwrap(), golden_text(AFTER));
    replay(&store, &[], Scope::Whole);
    accept(&store, &Cases::Whole).unwrap();
    assert!(store.golden_path(&name()).symlink_metadata().unwrap().is_symlink());
    assert!(store.corpora("strict").unwrap().is_empty() && store.pending().unwrap().is_empty());
}

#[test]
fn an_interrupted_settlement_of_a_link_is_completed_and_undone_where_the_file_is() {
    for action in SettlementAction::ALL {
        for steps in 0..100 {
            let (folder, store) = workbench();
            let target = move_away(&folder, &store.golden_path(&name()));
            kill::after(steps);
            let _ = settle(&store, SettlementAction::Accept, &Cases::Whole);
            if !kill::disarm() {
                assert!(steps > 10);
                break;
            }
            if store.interrupted().unwrap().is_none() {
                continue;
            }
            settle(&store, *action, &Cases::Whole).unwrap();
            let expected = if *action == SettlementAction::Accept { AFTER } else { BEFORE };
            assert_eq!(fs::read_to_string(&target).unwrap(), golden_text(expected));
            assert!(store.golden_path(&name()).symlink_metadata().unwrap().is_symlink());
            assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
        }
    }
}

#[test]
fn a_device_or_a_folder_is_neither_read_nor_replaced() {
    let (_folder, store) = workbench();
    symlink("/dev/full", store.ledger_path()).unwrap();
    let before = fs::symlink_metadata("/dev/full").unwrap().ino();
    let error = accept(&store, &Cases::Whole).unwrap_err();
    assert!(matches!(error, GoldenError::Unchanged(_)), "{error}");
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(BEFORE));
    assert_eq!(fs::symlink_metadata("/dev/full").unwrap().ino(), before);
    fs::remove_file(store.ledger_path()).unwrap();
    fs::create_dir(store.ledger_path()).unwrap();
    let error = accept(&store, &Cases::Whole).unwrap_err();
    assert!(matches!(error, GoldenError::Unchanged(_)), "{error}");
    assert!(store.interrupted().unwrap().is_none());
}

#[test]
fn two_names_of_one_file_are_not_settled_at_once() {
    let (_folder, store) = workbench();
    let other = SnapshotName::new("reference", "household").unwrap();
    fs::create_dir_all(store.folder(&other)).unwrap();
    symlink("../strict/household.json", store.golden_path(&other)).unwrap();
    replay_of(&store, &other, AFTER, Scope::Whole).unwrap();
    let both = [(other, Cases::Whole), (name(), Cases::Whole)];
    let error = settle_all(&store, SettlementAction::Accept, &both).unwrap_err();
    assert!(matches!(error, GoldenError::SameFile { .. }), "{error}");
    assert_eq!(fs::read_to_string(store.golden_path(&name())).unwrap(), golden_text(BEFORE));
}

#[test]
fn permissions_are_kept_and_those_of_a_new_file_are_as_usual() {
    let (folder, store) = workbench();
    accept(&store, &only(&["d"])).unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    for path in [store.pending_path(&name()), store.ledger_path()] {
        assert_eq!(mode(&path), mode(&plain), "{}", path.display());
    }
    chmod(&store.golden_path(&name()), 0o640);
    chmod(&store.ledger_path(), 0o664);
    chmod(&store.pending_path(&name()), 0o600);
    reject(&store, &only(&["c"])).unwrap();
    assert_eq!(mode(&store.pending_path(&name())), 0o600);
    replay(&store, AFTER, Scope::Whole);
    assert_eq!(mode(&store.pending_path(&name())), 0o600);
    accept(&store, &Cases::Whole).unwrap();
    assert_eq!((mode(&store.golden_path(&name())), mode(&store.ledger_path())), (0o640, 0o664));
}
