//! Generated corpora, decided: what a recipe asks for is what a replay finds.

use corridor::corpus::generate::{Knob, Preset, Recipe};
use corridor::decide::{Decided, DecisionPath, Environment, OurPath, PolicySource, RuleSet, Scratch, Settings};
use corridor::model::{Action, CorridorStatus, IdDigest, Intent, Label, Recording};
use std::collections::{BTreeMap, BTreeSet};

/// Recordings of each recipe.
const COUNT: u32 = 6000;

/// The default environment of a replay, with everybody in the sample.
fn path(rules: RuleSet) -> OurPath {
    let environment: Environment = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "1"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "200"),
        ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
        ("LLM_POLICY_ENABLED", "true"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    OurPath::new(Settings::from_environment(&environment, &PolicySource::BuiltIn), rules)
}

fn each(recipe: &Recipe, rules: RuleSet, mut look: impl FnMut(&Recording, &Label, &Decided)) {
    let path = path(rules);
    for recording in recipe.recordings(0..u64::from(COUNT)) {
        let digest = IdDigest::of(&recording.command.command_id);
        let label = recording.label.clone().unwrap_or_default();
        let mut scratch = Scratch::default();
        look(&recording, &label, &path.decide(&recording, &digest, &mut scratch));
    }
}

fn has_tag(recording: &Recording, tag: &str) -> bool {
    recording.tags.iter().any(|known| *known == tag)
}

fn is_shopping(label: &Label) -> bool {
    label.intent == Some(Intent::AddShoppingItem) && label.action == Some(Action::StartJob)
}

/// `observed` of `total` lies within five standard deviations of `rate`.
fn assert_share(what: &str, observed: u32, total: u32, rate: f64) {
    let (observed, total) = (f64::from(observed), f64::from(total));
    let deviation = (rate * (1.0 - rate) / total).sqrt();
    assert!((observed / total - rate).abs() <= 5.0 * deviation, "{what}: {observed} of {total}, expected {rate}");
}

#[test]
fn the_baseline_finds_the_intent_and_the_action_of_every_generated_command() {
    for preset in Preset::ALL {
        each(&Recipe::new(*preset, 11), RuleSet::Reference, |recording, label, decided| {
            let text = &*recording.command.text;
            assert_eq!(Some(decided.intent), label.intent, "{text}");
            assert_eq!(Some(decided.baseline.action), label.action, "{text}");
            assert!(!decided.unrecorded || has_tag(recording, "unrecorded"), "{text}");
        });
    }
}

#[test]
fn the_baseline_is_right_about_plain_commands_and_wrong_about_loose_ones() {
    each(&Recipe::new(Preset::Typical, 12), RuleSet::Reference, |recording, label, decided| {
        let found: Vec<_> = decided.baseline.items().cloned().collect();
        let right: Vec<_> = label.items.iter().flatten().collect();
        let is_right = found.len() == right.len()
            && found.iter().zip(right).all(|(found, right)| {
                (&found.name, &found.quantity, &found.unit, &found.list_id)
                    == (&right.name, &right.quantity, &right.unit, &right.list_id)
            });
        assert_eq!(is_right, !has_tag(recording, "loose-wording"), "{}", &*recording.command.text);
    });
}

#[test]
fn a_clean_corpus_is_accepted_and_changes_nothing() {
    for rules in [RuleSet::Reference, RuleSet::Strict] {
        let mut accepted = 0;
        each(&Recipe::new(Preset::Clean, 13), rules, |recording, label, decided| {
            let risk = decided.risk.as_ref().unwrap();
            assert_eq!(risk.status == CorridorStatus::AcceptedLlm, is_shopping(label), "{}", &*recording.command.text);
            assert_eq!(decided.decision(), &decided.baseline, "{}", &*recording.command.text);
            if is_shopping(label) {
                let names = decided.decision().items().map(|item| &item.name);
                assert!(names.eq(label.items.iter().flatten().map(|item| &item.name)));
                accepted += 1;
            }
        });
        assert_share("accepted", accepted, COUNT, 0.7);
    }
}

/// The shares of reason codes among shopping commands follow from the knobs.
#[test]
fn reason_codes_are_as_frequent_as_the_recipe_says() {
    for preset in [Preset::Typical, Preset::Faulty] {
        let recipe = Recipe::new(preset, 14);
        let rate = |knob| recipe.rate(knob);
        let mut reasons = BTreeMap::<String, u32>::new();
        let (mut shopping, mut unrecorded) = (0, 0);
        each(&recipe, RuleSet::Reference, |_, label, decided| {
            if is_shopping(label) {
                shopping += 1;
                unrecorded += u32::from(decided.unrecorded);
                let reason = decided.risk.as_ref().unwrap().reason_code.to_string();
                *reasons.entry(reason).or_default() += 1;
            }
        });
        println!("{preset}: {shopping} shopping commands, {unrecorded} unrecorded, {reasons:?}");
        let count = |reason: &str| reasons.get(reason).copied().unwrap_or_default();

        let in_time = 1.0
            - [Knob::Timeout, Knob::Unavailable, Knob::Error, Knob::Slow, Knob::Unrecorded]
                .map(rate)
                .iter()
                .sum::<f64>();
        let readable = in_time * (1.0 - rate(Knob::MalformedAll));
        let refused = (1.0 - rate(Knob::SingleItem)) * rate(Knob::MultiItemRefused);
        let unsure = refused + (1.0 - refused) * rate(Knob::LowConfidence);
        let foreign = (1.0 - refused) * rate(Knob::ForeignList);
        for (what, observed, expected) in [
            ("timeout", count("timeout"), rate(Knob::Timeout) + rate(Knob::Slow)),
            ("unrecorded", unrecorded, rate(Knob::Unrecorded)),
            ("unavailable", count("llm_unavailable") - unrecorded, rate(Knob::Unavailable)),
            ("error", count("llm_error"), rate(Knob::Error)),
            (
                "malformed",
                count("invalid_json") + count("schema_validation_failed"),
                in_time * rate(Knob::MalformedAll),
            ),
            ("foreign list", count("list_id_unknown"), readable * foreign),
            ("low confidence", count("low_confidence"), readable * unsure),
            ("accepted", count("accepted"), readable * (1.0 - unsure - foreign)),
        ] {
            assert_share(what, observed, shopping, expected);
        }
        assert_eq!(reasons.values().sum::<u32>(), shopping);
    }
}

/// The strict rules know the words of a command, so no wrong word of these lists passes them.
#[test]
fn strict_rules_refuse_wrong_items_and_lost_ones() {
    let mut recipe = Recipe::new(Preset::Clean, 15);
    for (key, rate) in [("single_item", 0.8), ("wrong_item", 0.5), ("near_word", 0.5)] {
        recipe.apply(&[format!("{key}={rate}").parse().unwrap()]).unwrap();
    }
    let mut passed = BTreeSet::new();
    each(&recipe, RuleSet::Strict, |recording, _, decided| {
        if let Some(decision) = &decided.replacement {
            let name = decision.items().next().unwrap().name.to_string();
            passed.insert((recording.command.text.to_string(), name));
        }
    });
    assert_eq!(passed, BTreeSet::new());
}

#[test]
fn a_flaw_is_as_frequent_as_its_knob_says() {
    let mut recipe = Recipe::new(Preset::Clean, 16);
    for knob in [Knob::WrongItem, Knob::NearWord, Knob::WrongQuantity, Knob::DroppedList] {
        recipe.apply(&[format!("{knob}=0.2").parse().unwrap()]).unwrap();
    }
    let mut changed = BTreeMap::<&str, u32>::new();
    let mut shopping = 0;
    each(&recipe, RuleSet::Reference, |recording, label, decided| {
        if !is_shopping(label) {
            return;
        }
        shopping += 1;
        let before = decided.baseline.items().next().unwrap();
        let after = decided.decision().items().next().unwrap();
        for (what, is_changed) in [
            ("name", before.name != after.name),
            ("quantity", before.quantity != after.quantity),
            ("list", before.list_id != after.list_id),
        ] {
            *changed.entry(what).or_default() += u32::from(is_changed);
        }
        let flaws = ["wrong-item", "near-homograph", "wrong-quantity", "list-dropped"];
        let is_flawed = flaws.iter().any(|tag| has_tag(recording, tag));
        assert_eq!(before != after, is_flawed, "{}", &*recording.command.text);
    });
    assert_share("name", changed["name"], shopping, 0.4);
    assert_share("quantity", changed["quantity"], shopping, 0.2);
    assert_share("list", changed["list"], shopping, 0.2);
}
