//! The rules of `strict`, each on both sides of its edge; `reference` accepts every candidate here unless it says so.

use super::{Case, actions, answered, decide, injected};
use crate::recording::Recorded;
use serde_json::{Value, json};

const STRICT: [&str; 2] = ["--rules", "strict"];

/// A text, the fields of the answer (the name alone, or with a quantity), and what `strict` makes of it.
type Row<'a> = (&'a str, &'a str, Option<&'a str>, &'a str);

/// Runs both rule sets: the reference accepts all of it, so that nothing but a rule of `strict` refuses.
#[track_caller]
fn check(rows: &[Row]) {
    let case = |(text, name, quantity, reason): &Row, is_strict: bool| {
        let mut answer = json!({"item_name": name});
        if let Some(quantity) = quantity {
            answer["quantity"] = json!(quantity);
        }
        let recorded = answered("a", &answer.to_string()).text(text);
        let shown = format!("{text:?} answered {name:?} {quantity:?}");
        Case::new(shown, &recorded).judged(if is_strict { reason } else { "accepted" })
    };
    decide(&[], &rows.iter().map(|row| case(row, false)).collect::<Vec<_>>());
    decide(&STRICT, &rows.iter().map(|row| case(row, true)).collect::<Vec<_>>());
}

#[test]
fn a_candidate_may_stand_for_one_item_and_not_for_two() {
    check(&[
        ("Купи хлеб", "хлеб", None, "accepted"),
        ("Купи хлеб и сыр", "хлеб", None, "items_lost"),
        ("Купи хлеб и сыр", "хлеб и сыр", None, "items_lost"),
        ("Купи хлеб, хлеб", "хлеб", None, "items_lost"),
        ("Купи хлеб,", "хлеб", None, "accepted"),
        // Before the words and the quantity are looked at.
        ("Купи хлеб и сыр", "пиво", Some("100"), "items_lost"),
    ]);
}

#[test]
fn every_word_of_the_name_has_its_stem_in_an_item_of_the_baseline() {
    check(&[
        ("Купи соли", "соль", None, "accepted"),
        ("Купи чаю", "чай", None, "accepted"),
        ("Купи хлеб", "ХЛЕБ", None, "accepted"),
        ("Buy eggs", "egg", None, "accepted"),
        ("Купи белый хлеб", "хлеб белый", None, "accepted"),
        // Narrowing is not noticed.
        ("Купи белый хлеб", "хлеб", None, "accepted"),
        ("Купи хлеб", "«хлеб»!", None, "accepted"),
        ("Купи хлеб", "белый хлеб", None, "ungrounded_item"),
        ("Купи соль", "сок", None, "ungrounded_item"),
        ("Купи молоток", "молоко", None, "ungrounded_item"),
        ("Купи яиц", "яйца", None, "ungrounded_item"),
        ("Купи хлеб", "bread", None, "ungrounded_item"),
        // The text is not enough: verbs, units and what a stop phrase cut off are no item names.
        ("Купи хлеб", "купи хлеб", None, "ungrounded_item"),
        ("Купи 2 литра молока", "литра молока", None, "ungrounded_item"),
        ("Купи 2 литра молока", "2 молока", None, "ungrounded_item"),
        ("Купи хлеб в список сыр", "сыр", None, "ungrounded_item"),
        // Numbers in a name are words like others, as they are written.
        ("Купи сок 2", "сок 2", None, "accepted"),
        ("Купи сок 2", "сок 3", None, "ungrounded_item"),
        ("Купи сок 2", "сок ٢", None, "ungrounded_item"),
    ]);
}

#[test]
fn a_word_is_a_run_of_letters_and_numbers_and_a_name_without_any_is_ungrounded() {
    check(&[
        ("Купи !!!", "!!!", None, "ungrounded_item"),
        ("Купи 🍞", "🍞", None, "ungrounded_item"),
        ("Купи _", "_", None, "ungrounded_item"),
        ("Купи хлеб", "\u{301}", None, "ungrounded_item"),
        ("Купи хлеб", "\u{200b}", None, "ungrounded_item"),
        ("Купи хлеб", "\u{7}", None, "ungrounded_item"),
        ("Купи ½", "½", None, "accepted"),
        ("Купи хлеб🍞", "хлеб", None, "accepted"),
        // What cannot be seen parts a word in two.
        ("Купи хлеб", "хле\u{200b}б", None, "ungrounded_item"),
        ("Купи хлеб", "хлеб\u{200b}", None, "accepted"),
        ("Купи йогурт", "и\u{306}огурт", None, "ungrounded_item"),
        ("Купи и\u{306}огурт", "и\u{306}огурт", None, "accepted"),
        ("Buy crème", "cre\u{300}me", None, "ungrounded_item"),
        // A Latin `e` among Cyrillic letters: another word, also under another stemmer.
        ("Купи хлеб", "хлeб", None, "ungrounded_item"),
        ("Купи хлeб", "хлeб", None, "accepted"),
    ]);
}

#[test]
fn every_number_of_the_quantity_occurs_in_the_text_by_value() {
    check(&[
        ("Купи сок 2", "сок", Some("2"), "accepted"),
        ("Купи сок 2", "сок", Some("02"), "accepted"),
        ("Купи сок 2", "сок", Some("٢"), "accepted"),
        ("Купи сок ２", "сок", Some("2 л"), "accepted"),
        ("Купи сок х2", "сок", Some("2"), "accepted"),
        ("Купи сок в список 7", "сок", Some("7"), "accepted"),
        ("Купи сок 0000000000000000000000000000000000000012", "сок", Some("12"), "accepted"),
        ("Купи сок", "сок", None, "accepted"),
        // No digits, no number.
        ("Купи сок", "сок", Some("две"), "accepted"),
        ("Купи сок", "сок", Some("½"), "accepted"),
        ("Купи сок", "сок", Some("²"), "accepted"),
        ("Купи сок", "сок", Some("2"), "ungrounded_item"),
        ("Купи сок", "сок", Some("0"), "ungrounded_item"),
        ("Купи две пачки", "пачки", Some("2"), "ungrounded_item"),
        ("Купи сок 12", "сок", Some("2"), "ungrounded_item"),
        ("Купи сок 2", "сок", Some("12"), "ungrounded_item"),
        ("Купи сок 2", "сок", Some("2-3"), "ungrounded_item"),
        ("Купи сок 2", "сок", Some("2.0"), "ungrounded_item"),
        ("Купи сок 2", "сок", Some("1 2"), "ungrounded_item"),
    ]);
}

#[test]
fn two_quantities_of_one_item_agree_as_numbers_or_else_as_text() {
    check(&[
        ("Купи 2 лимона", "лимона", Some("2"), "accepted"),
        ("Купи 2 лимона", "лимона", Some(" 02\u{a0}"), "accepted"),
        ("Купи 002 лимона", "лимона", Some("2"), "accepted"),
        ("Купи 2 лимона", "лимона", None, "accepted"),
        ("Купи лимона 2", "лимона", Some("2"), "accepted"),
        ("Купи 2 лимона", "лимона", Some("две"), "quantity_conflict"),
        ("Купи 2 лимона", "лимона", Some("2 шт"), "quantity_conflict"),
        ("Купи 2 лимона", "лимона", Some("2."), "quantity_conflict"),
        ("Купи 2 лимона", "лимона", Some("3"), "ungrounded_item"),
        // The text holds another number, so that the number is grounded and yet not this item's.
        ("Купи 2 пачки сока 3", "сока", Some("2"), "accepted"),
        ("Купи 2 пачки сока 3", "сока", Some("3"), "quantity_conflict"),
        ("Купи 2 пачки сока 3", "сока", Some("2.3"), "quantity_conflict"),
        ("Купи 2 пачки сока 0", "сока", Some("2.0"), "accepted"),
        ("Купи 2 пачки сока 0", "сока", Some("02.00"), "accepted"),
        ("Купи 2 пачки сока 0", "сока", Some("0.2"), "quantity_conflict"),
        ("Купи 2 пачки сока 0", "сока", Some("2.0.0"), "quantity_conflict"),
        // Numbers that a 64-bit float cannot tell apart.
        ("Купи 9007199254740993 пачки сока 9007199254740992", "сока", Some("9007199254740992"), "quantity_conflict"),
    ]);
}

/// The default list of a household that does not have it: trusted where the baseline puts it in.
fn default_elsewhere(recorded: Recorded) -> Recorded {
    recorded.with("command.context.household.shopping_lists", json!([{"list_id": "list-dacha", "name": "Дача"}]))
}

#[test]
fn a_candidate_without_a_list_takes_the_baselines_and_one_with_a_list_keeps_it() {
    let answer = |name: &str, answer: Value| Case::new(name, &default_elsewhere(answered("a", &answer.to_string())));
    let finished = |item: Value| {
        let candidate = json!({"proposed_actions": actions(&[item])});
        Case::new("null in a finished candidate", &default_elsewhere(injected("c", candidate)))
    };
    let (dropped, completed) = (json!({"name": "хлеб"}), json!({"name": "хлеб", "list_id": "list-home"}));
    let other = json!({"name": "хлеб", "list_id": "list-dacha"});
    let cases = |without: &Value| {
        vec![
            answer("absent", json!({"item_name": "хлеб"})).accepts(without),
            answer("blank", json!({"item_name": "хлеб", "list_id": " "})).accepts(without),
            finished(json!({"name": "хлеб", "list_id": null})).accepts(without),
            answer("a known list", json!({"item_name": "хлеб", "list_id": "list-dacha"})).accepts(&other),
            // The list that completing would take, named: refused, for the household does not have it.
            answer("the default list", json!({"item_name": "хлеб", "list_id": "list-home"})).refuses("list_id_unknown"),
        ]
    };
    decide(&[], &cases(&dropped));
    decide(&STRICT, &cases(&completed));
}

#[test]
fn summaries_are_those_of_the_repaired_candidate_and_the_reference_rules_come_first() {
    let summed_up = |name: &str, text: &str, answer: Value, reason: &str, has_list: bool| {
        let keys = 1 + usize::from(has_list);
        Case::new(name, &answered("a", &answer.to_string()).text(text))
            .judged(reason)
            .shows("/risk/llm_summary/has_list_id", has_list)
            .shows("/risk/llm_summary/entity_keys_count", keys)
            .shows("/risk/diff_summary/entity_key_mismatch", !has_list)
    };
    let bread = || json!({"item_name": "хлеб"});
    let unsure = || json!({"item_name": "пиво", "confidence": 0.59});
    decide(&[], &[summed_up("accepted", "Купи хлеб", bread(), "accepted", false)]);
    decide(
        &STRICT,
        &[
            summed_up("accepted", "Купи хлеб", bread(), "accepted", true),
            summed_up("items lost", "Купи хлеб и сыр", bread(), "items_lost", true),
            summed_up("ungrounded", "Купи хлеб", json!({"item_name": "пиво"}), "ungrounded_item", true),
            summed_up("unsure first", "Купи хлеб и сыр", unsure(), "low_confidence", false),
        ],
    );
}
