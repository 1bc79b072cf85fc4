//! Properties of generated recordings, and the bytes that must not change without a new version.

use super::draw::GENERATOR_VERSION;
use super::english::ENGLISH;
use super::russian::RUSSIAN;
use super::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const ONE_LINE: &str = r#"{"v":1,"command":{"command_id":"gen-7-000123456","user_id":"user-7-003176","timestamp":"2026-03-13T15:51:12+03:00","text":"Please add corn","capabilities":["start_job","propose_create_task","propose_add_shopping_item","clarify","reject","confirm"],"context":{"household":{"household_id":"home-7-001164","members":[{"user_id":"user-7-003176","display_name":"Дима","role":"admin"}],"zones":[{"zone_id":"zone-hall","name":"Коридор"}],"shopping_lists":[{"list_id":"list-main","name":"Основной"}]}}},"exchanges":{"partial_trust_shopping":[{"raw":"{\"item_name\":\"honey\",\"list_id\":\"list-main\",\"confidence\":0.85}","latency_ms":393}]},"label":{"intent":"add_shopping_item","action":"start_job","items":[{"name":"corn","list_id":"list-main"}]},"tags":["en","single-item","slow","wrong-item"],"source":"generated","seed":7}"#;

fn line(recording: &Recording) -> String {
    serde_json::to_string(recording).unwrap()
}

fn digest(recipe: &Recipe) -> String {
    let mut hash = Sha256::new();
    for recording in recipe.recordings(0..500) {
        hash.update(line(&recording));
    }
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// If this fails, the generator changed: then [`GENERATOR_VERSION`] has to change too, and after it these values.
#[test]
fn this_version_generates_these_bytes() {
    assert_eq!(GENERATOR_VERSION, "corridor-generate-1");
    assert_eq!(line(&Recipe::new(Preset::Faulty, 7).recording(123_456)), ONE_LINE);
    for (preset, seed, expected) in [
        (Preset::Typical, 42, "5abd3d8dd63b83fa0340f03f0b498c202fa7150d657cb1c2be36b28b9a46b143"),
        (Preset::Clean, 1, "70745d59e16f8738df5bfd412a0d30d6a2158ae4e17fc41633157d6e90f39153"),
        (Preset::Faulty, u64::MAX, "8c8e6ce72a9ab0b1ff19e628eb6fad1449733b0561dba479ec75bce1ea6519e9"),
    ] {
        assert_eq!(digest(&Recipe::new(preset, seed)), expected, "{preset}");
    }
}

#[test]
fn lines_are_read_back_as_they_were_made() {
    for preset in Preset::ALL {
        let mut bytes = 0;
        for recording in Recipe::new(*preset, 5).recordings(0..2000) {
            let line = line(&recording);
            bytes += line.len();
            assert!(!line.contains('\n'));
            let read: Recording = serde_json::from_str(&line).unwrap();
            assert_eq!(read.check(), Ok(()));
            assert_eq!(read, recording);
        }
        assert!((700..1000).contains(&(bytes / 2000)), "{preset}: {} bytes a line", bytes / 2000);
    }
}

#[test]
fn ids_sort_like_their_indices() {
    let recipe = Recipe::new(Preset::Clean, 3);
    let ids: Vec<_> = [0, 1, 9, 10, 99_999, 100_000, 999_999_999].map(|index| recipe.recording(index)).into();
    assert!(ids.iter().map(|recording| &recording.command.command_id).is_sorted());
    assert_eq!(recipe.recording(u64::MAX).command.command_id, "gen-3-18446744073709551615");
}

#[test]
fn another_seed_gives_other_commands_and_other_answers_leave_commands_unchanged() {
    let typical = Recipe::new(Preset::Typical, 1);
    let other_seed = Recipe::new(Preset::Typical, 2);
    let mut other_answers = typical.clone();
    let settings = ["slow=0.5", "wrong_item=0.5", "malformed=0.5", "multi_item_refused=1"];
    other_answers.apply(&settings.map(|text| text.parse().unwrap())).unwrap();
    let mut same_text = 0;
    for index in 0..300 {
        let (one, other) = (typical.recording(index), other_answers.recording(index));
        assert_eq!((&one.command, &one.label), (&other.command, &other.label));
        same_text += u32::from(other_seed.recording(index).command.text == one.command.text);
    }
    assert!(same_text < 30, "{same_text}");
}

#[test]
fn labels_can_be_left_out() {
    let labelled = Recipe::new(Preset::Typical, 1);
    let mut unlabelled = labelled.clone();
    unlabelled.label = false;
    for index in 0..100 {
        let recording = labelled.recording(index);
        assert!(recording.label.is_some());
        assert_eq!(Recording { label: None, ..recording }, unlabelled.recording(index));
    }
}

#[test]
fn words_that_look_alike_are_none_of_the_goods() {
    for lexicon in [&RUSSIAN, &ENGLISH] {
        let names: BTreeSet<_> = lexicon.goods.iter().map(|good| good.name).collect();
        assert_eq!(names.len(), lexicon.goods.len(), "{}", lexicon.tag);
        for good in lexicon.goods {
            assert!(lexicon.goods.iter().all(|other| ![other.name, other.counted].contains(&good.near)), "{good:?}");
            assert!([good.name, good.counted, good.near].iter().all(|word| !word.contains(['"', '\\'])));
        }
    }
}

#[test]
fn answers_are_objects_of_the_schema_unless_they_are_malformed() {
    let mut recipe = Recipe::new(Preset::Typical, 1);
    let settings = ["malformed=0", "malformed_all=0", "unrecorded=0", "shopping=1"];
    recipe.apply(&settings.map(|text| text.parse().unwrap())).unwrap();
    for recording in recipe.recordings(0..2000) {
        for attempt in recording.exchanges.partial_trust_shopping.into_iter().flatten() {
            let Ok(raw) = attempt.result else { continue };
            let (start, end) = (raw.find('{').unwrap(), raw.rfind('}').unwrap());
            let answer: Value = serde_json::from_str(&raw[start..=end]).unwrap();
            assert!(!answer["item_name"].as_str().unwrap().is_empty());
            assert!(answer.get("confidence").is_none_or(|value| (0.1..1.0).contains(&value.as_f64().unwrap())));
        }
    }
}
