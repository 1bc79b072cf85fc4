//! The same item in another spelling is no harm, with and without a label.

use crate::recording::{Recorded, recording};
use crate::workbench::Workbench;
use serde_json::json;

/// «Купи мёд», answered with `name`.
fn answered(id: &str, name: &str) -> Recorded {
    let honey = recording(id).text("Купи мёд").with("label.items.0.name", "мёд");
    honey.answer(&json!({"item_name": name, "list_id": "list-home"}))
}

const SPELLINGS: [&str; 7] =
    ["мед", "МЁД", "ме\u{308}д", "МЁ\u{ad}Д", "м\u{ad}ёд", "\u{feff}Мед\u{200b}", "м\u{435}\u{308}д"];

#[test]
fn an_item_in_another_spelling_is_right_and_its_effect_says_so() {
    let labelled = SPELLINGS.iter().zip(1..).map(|(name, number)| answered(&format!("labelled-{number}"), name));
    let open =
        SPELLINGS.iter().zip(1..).map(|(name, number)| answered(&format!("open-{number}"), name).without("label"));
    let recordings: Vec<_> = labelled.chain(open).chain([answered("other", "лёд"), answered("same", "мёд")]).collect();
    let workbench = Workbench::new().with_corpus("household", &recordings);
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    let run = workbench.latest("reference");
    for outcome in run.outcomes() {
        let id = outcome["command_id"].as_str().unwrap();
        let (class, effects) = match id.split_once('-') {
            Some(("labelled", _)) => ("both_right", json!({"spelling_changed": 1})),
            Some(_) => ("unlabelled", json!({"spelling_changed": 1})),
            None if id == "same" => ("agreed", json!(null)),
            None => ("regressed", json!({"name_changed": 1})),
        };
        assert_eq!((&outcome["class"], &outcome["effects"]), (&json!(class), &effects), "{id}");
    }
    let summary = run.json("summary.json");
    let counts = &summary["corpora"][0]["counts"];
    assert_eq!(counts["effects"]["spelling_changed"], 14);
    assert_eq!(counts["evidence"]["written"]["unlabelled"], 0);
    assert_eq!(counts["worst"].as_array().unwrap().len(), 1, "{}", counts["worst"]);
}

#[test]
fn the_rules_of_the_corridor_compare_as_the_deployed_system_does() {
    let workbench = Workbench::new().with_corpus("household", &[answered("a", "м\u{ad}ёд"), answered("b", "Мёд")]);
    workbench.run(["replay", "--rules", "strict"]).exits(0);
    let outcomes = workbench.latest("strict").outcomes();
    let reason = |id: &str| outcomes.iter().find(|outcome| outcome["command_id"] == id).unwrap()["reason"].clone();
    assert_eq!((reason("a"), reason("b")), (json!("ungrounded_item"), json!("accepted")));
}

#[test]
fn another_spelling_refuses_no_rollout() {
    let recordings: Vec<_> =
        (0..200).map(|number| answered(&format!("case-{number}"), SPELLINGS[number % SPELLINGS.len()])).collect();
    let workbench = Workbench::new().with_corpus("household", &recordings).with_corpus("hazards", &recordings[..20]);
    workbench.run(["replay", "--rules", "reference"]).exits(0);
    let ran = workbench.run(["gate", "--to", "0.01", "--dry-run"]).exits(3);
    assert!(!ran.stdout.contains("NO_GO:"), "{ran:?}");
}
