//! Properties of comparing and settling, for random sets of entries.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

type Entries = BTreeMap<String, Vec<u8>>;

const SIGNATURE: Signature<'static> = Signature { at: "2026-05-01T12:00:00Z", who: "mara", reason: Some("x") };

fn canonical(value: &Value) -> Option<Vec<u8>> {
    let text = value.to_string();
    serde_json::from_str::<Entry>(&text).ok().map(|entry| entry.canonical())
}

/// Few ids and few versions, so that two sets overlap.
fn entries() -> impl Strategy<Value = Entries> {
    let version = (0usize..4, prop_oneof!["[ab]", "\\PC{0,3}", Just("\u{7}\"\\\n".to_owned())]);
    let id = prop_oneof!["[a-c]{1,2}", "[яé\"/\\\\ ]{1,2}"];
    proptest::collection::btree_map(id, version, 0..10).prop_map(|versions| {
        let entry = |(id, (version, text)): (String, (usize, String))| {
            let class = ["agreed", "regressed", "broken", "outside"][version];
            let effects = json!({"items_lost": version + 1});
            let value = json!({"command_id": &id, "text": text, "class": class, "effects": effects});
            (id, canonical(&value).unwrap())
        };
        versions.into_iter().map(entry).collect()
    })
}

fn file_of(entries: &Entries) -> Vec<u8> {
    let mut writer = GoldenWriter::new(Vec::new(), "x");
    for (id, bytes) in entries {
        writer.write(id, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn current(entries: &Entries) -> impl Iterator<Item = io::Result<(String, Vec<u8>)>> + use<> {
    entries.clone().into_iter().map(Ok)
}

fn changes(golden: &[u8], entries: &Entries) -> (Comparison, Vec<Change>) {
    let mut changes = Vec::new();
    let reader = GoldenReader::new(golden, "golden.json");
    let sink = |change| {
        changes.push(change);
        Ok(())
    };
    let comparison = compare(current(entries), Some(reader), Scope::Whole, None::<&mut GoldenWriter<Vec<u8>>>, sink);
    (comparison.unwrap(), changes)
}

/// A store whose golden holds `before`, with `after` pending, and the ids of the changes.
fn pending(before: &Entries, after: &Entries) -> (tempfile::TempDir, Store, SnapshotName, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let name = SnapshotName::new("strict", "household").unwrap();
    let mut writer = store.begin_pending(&name).unwrap();
    fs::write(store.golden_path(&name), file_of(before)).unwrap();
    drop(writer);
    writer = store.begin_pending(&name).unwrap();
    let mut ids = Vec::new();
    let sink = |change: Change| {
        ids.push(change.command_id);
        Ok(())
    };
    let golden = store.golden(&name).unwrap();
    compare(current(after), golden, Scope::Whole, Some(writer.writer()), sink).unwrap();
    store.publish(vec![writer.finish().unwrap()], &[]).unwrap();
    (folder, store, name, ids)
}

fn settle(store: &Store, action: SettlementAction, name: &SnapshotName, cases: Cases) -> Settled {
    store.settle(action, &[(name.clone(), cases)], Orphans::Pruned, SIGNATURE).unwrap().remove(0)
}

/// The golden file; an empty array where it was removed for lack of entries.
fn golden_of(store: &Store, name: &SnapshotName) -> Vec<u8> {
    fs::read(store.golden_path(name)).unwrap_or_else(|_| file_of(&Entries::new()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_id_is_counted_once_and_changes_are_what_differs(before in entries(), after in entries()) {
        let (comparison, changes) = changes(&file_of(&before), &after);
        let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        prop_assert_eq!(comparison.unchanged + comparison.changes.total(), ids.len() as u64);
        let differing: Vec<_> = ids.into_iter().filter(|id| before.get(*id) != after.get(*id)).collect();
        prop_assert_eq!(changes.iter().map(|change| &change.command_id).collect::<Vec<_>>(), differing);
        for Change { command_id, before: then, after: now, .. } in changes {
            prop_assert_eq!((then.as_ref(), now.as_ref()), (before.get(&command_id), after.get(&command_id)));
        }
    }

    #[test]
    fn what_is_accepted_is_found_unchanged_afterwards(before in entries(), after in entries()) {
        let (_folder, store, name, ids) = pending(&before, &after);
        let settled = settle(&store, SettlementAction::Accept, &name, Cases::Whole);
        prop_assert_eq!(settled.changes.total(), ids.len() as u64);
        let golden = golden_of(&store, &name);
        prop_assert_eq!(&golden, &file_of(&after));
        prop_assert!(changes(&golden, &after).0.is_clean());
        prop_assert!(store.pending().unwrap().is_empty());
    }

    #[test]
    fn what_is_rejected_leaves_golden_alone(before in entries(), after in entries()) {
        let (_folder, store, name, _) = pending(&before, &after);
        settle(&store, SettlementAction::Reject, &name, Cases::Whole);
        prop_assert_eq!(fs::read(store.golden_path(&name)).unwrap(), file_of(&before));
        prop_assert!(store.pending().unwrap().is_empty());
    }

    #[test]
    fn cases_settled_in_any_order_give_the_same_golden(
        before in entries(),
        after in entries(),
        draws in proptest::collection::vec((any::<usize>(), any::<bool>()), 20),
    ) {
        let (_folder, store, name, mut ids) = pending(&before, &after);
        let mut expected = before.clone();
        for (draw, accepts) in draws {
            if ids.is_empty() {
                break;
            }
            let id = ids.swap_remove(draw % ids.len());
            let cases = Cases::Only(BTreeSet::from([id.clone()]));
            if accepts {
                settle(&store, SettlementAction::Accept, &name, cases);
                expected.remove(&id);
                expected.extend(after.get(&id).map(|bytes| (id, bytes.clone())));
            } else {
                settle(&store, SettlementAction::Reject, &name, cases);
            }
            prop_assert_eq!(golden_of(&store, &name), file_of(&expected));
            prop_assert_eq!(store.pending().unwrap().is_empty(), ids.is_empty());
        }
        prop_assert!(ids.is_empty());
    }

    #[test]
    fn layout_is_no_change(entries in entries()) {
        let parsed: Value = serde_json::from_slice(&file_of(&entries)).unwrap();
        prop_assert!(changes(parsed.to_string().as_bytes(), &entries).0.is_clean());
    }

    #[test]
    fn a_selection_finds_nothing_missing_and_keeps_the_rest(before in entries(), after in entries()) {
        let mut writer = GoldenWriter::new(Vec::new(), "x");
        let file = file_of(&before);
        let golden = Some(GoldenReader::new(file.as_slice(), "x"));
        let comparison = compare(current(&after), golden, Scope::Selection, Some(&mut writer), |_| Ok(())).unwrap();
        prop_assert_eq!(comparison.changes.missing, 0);
        let mut expected = before.clone();
        expected.extend(after.clone());
        prop_assert_eq!(writer.finish().unwrap(), file_of(&expected));
        prop_assert_eq!(comparison.unchanged + comparison.carried + comparison.changes.total(), expected.len() as u64);
    }
}

#[test]
fn current_entries_must_ascend() {
    let compare = |ids: &[&str]| {
        let current: Vec<_> = ids
            .iter()
            .map(|id| {
                Ok(((*id).to_owned(), canonical(&json!({"command_id": id, "text": "", "class": "agreed"})).unwrap()))
            })
            .collect();
        let golden = None::<GoldenReader<&[u8]>>;
        compare(current.into_iter(), golden, Scope::Whole, None::<&mut GoldenWriter<Vec<u8>>>, |_| Ok(()))
    };
    assert_eq!(compare(&["a", "b"]).unwrap().changes.added, 2);
    assert!(matches!(compare(&["b", "a"]), Err(GoldenError::OutOfOrder)));
    assert!(matches!(compare(&["a", "a"]), Err(GoldenError::OutOfOrder)));
}

fn full_entry() -> Value {
    let item = |name: &str| {
        let item = json!({"name": name, "quantity": "2", "unit": "kg", "list_id": "l"});
        json!({"action": "propose_add_shopping_item", "payload": {"item": item, "idempotency_key": "k"}})
    };
    let task = json!({"title": "t", "description": "d", "assignee_id": "a", "zone_id": "z", "due": "d"});
    let core = |actions: Value| {
        let payload = json!({"job_type": "add_shopping_item", "proposed_actions": actions});
        json!({"status": "ok", "action": "start_job", "decision_outcome": "execute", "confidence": 0.78,
            "payload": payload})
    };
    let create = json!({"action": "propose_create_task", "payload": {"task": task}});
    json!({
        "command_id": "a", "text": "x", "baseline": core(json!([item("a"), create])), "status": "accepted_llm",
        "reason": "accepted", "decision": core(json!([item("b")])), "class": "regressed",
        "effects": {"items_lost": 1, "unit_changed": 2},
    })
}

/// Every value with one leaf replaced or left out.
fn mutations(value: &Value) -> Vec<Value> {
    let names = ["error", "clarify", "create_task", "skipped", "timeout", "agreed", "xx"];
    match value {
        Value::Object(object) => {
            let mut all = Vec::new();
            for (key, inner) in object {
                let mut without = object.clone();
                without.remove(key);
                all.push(Value::Object(without));
                for mutation in mutations(inner) {
                    let mut with = object.clone();
                    with.insert(key.clone(), mutation);
                    all.push(Value::Object(with));
                }
            }
            all
        }
        Value::Array(array) => {
            let mut all = vec![json!([])];
            for (place, inner) in array.iter().enumerate() {
                for mutation in mutations(inner) {
                    let mut with = array.clone();
                    with[place] = mutation;
                    all.push(Value::Array(with));
                }
            }
            all
        }
        Value::Number(number) if number.is_f64() => vec![json!(number.as_f64().unwrap().next_up())],
        Value::Number(number) => vec![json!(number.as_u64().unwrap() + 1)],
        Value::String(_) | Value::Null | Value::Bool(_) => names.iter().map(|name| json!(name)).collect(),
    }
}

#[test]
fn every_single_field_mutation_is_noticed() {
    let before = full_entry();
    let bytes = canonical(&before).unwrap();
    let golden = file_of(&BTreeMap::from([("a".to_owned(), bytes)]));
    let mut noticed = BTreeSet::new();
    let mut count = 0;
    for mutation in mutations(&before).into_iter().filter(|mutation| mutation["command_id"] == "a") {
        let Some(bytes) = canonical(&mutation) else { continue };
        let (comparison, changes) = changes(&golden, &BTreeMap::from([("a".to_owned(), bytes)]));
        assert_eq!(comparison.changes.changed, 1, "{mutation}");
        // One field of the entry, with any number of aspects.
        let fields: BTreeSet<_> = changes[0].shape.fields.iter().map(|field| whole(*field)).collect();
        assert_eq!(fields.len(), 1, "{mutation}");
        noticed.extend(fields);
        count += 1;
    }
    let all: BTreeSet<_> = Field::ALL.iter().map(|field| whole(*field)).collect();
    assert_eq!(noticed, all);
    assert!(count > 100, "{count}");
}

/// The field of the entry to which an aspect belongs.
fn whole(field: Field) -> &'static str {
    field.as_str().split('.').next().unwrap()
}

#[test]
fn every_aspect_of_a_decision_is_distinguished_from_the_others() {
    let item = |item: Value| json!({"action": "propose_add_shopping_item", "payload": {"item": item}});
    let job = |item: Value| json!({"job_type": "add_shopping_item", "proposed_actions": [item]});
    let core = |action: &str, confidence: f64, payload: Value| json!({"status": "ok", "action": action, "confidence": confidence, "payload": payload});
    let milk = || json!({"name": "milk", "quantity": "1", "list_id": "l"});
    let ask = |field: &str| core("clarify", 0.5, json!({"missing_fields": [field]}));
    let task = |title: &str| core("propose_create_task", 0.5, json!({"task": {"title": title}}));
    let refuse = |code: &str, why: &str| core("reject", 0.5, json!({"code": code, "details": {"why": why}}));
    let base = core("start_job", 0.5, job(item(milk())));
    let with = |key: &str, value: &str| {
        let mut milk = milk();
        milk[key] = json!(value);
        core("start_job", 0.5, job(item(milk)))
    };
    for (before, after, expected) in [
        (base.clone(), ask("x"), "action items"),
        (base.clone(), with("name", "beer"), "items"),
        (base.clone(), with("quantity", "2"), "quantities"),
        (base.clone(), with("unit", "l"), "quantities"),
        (base.clone(), with("list_id", "m"), "lists"),
        (task("a"), task("b"), "tasks"),
        (ask("x"), ask("y"), "question"),
        (refuse("a", "x"), refuse("b", "x"), "question"),
        (base.clone(), core("start_job", 0.6, job(item(milk()))), "confidence"),
        (refuse("a", "x"), refuse("a", "y"), "wording"),
        (base, with("name", "Milk"), "wording"),
    ] {
        for side in ["baseline", "decision"] {
            let entry = |core: &Value| {
                let entry = json!({"command_id": "a", "text": "", side: core, "class": "agreed"}).to_string();
                serde_json::from_str::<Entry>(&entry).unwrap().canonical()
            };
            let (before, after) = (entry(&before), entry(&after));
            let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap().to_string();
            let (before, after) = (parse(&before), parse(&after));
            let fields =
                fields_changed(&serde_json::from_str(&before).unwrap(), &serde_json::from_str(&after).unwrap());
            let names: Vec<_> = fields.iter().map(|field| field.as_str().split_once('.').unwrap()).collect();
            assert!(names.iter().all(|(whole, _)| *whole == side));
            let parts: Vec<_> = names.iter().map(|(_, part)| *part).collect();
            assert_eq!(parts.join(" "), expected, "{before} {after}");
        }
    }
}
