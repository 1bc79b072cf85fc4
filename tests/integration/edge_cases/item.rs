//! How the baseline reads items from a text: verbs, stop phrases, separators, quantities.

use super::{Case, decide, said};
use serde_json::{Value, json};

fn items(items: &[Value]) -> Vec<Value> {
    let onto_list = |item: &Value| {
        let mut item = item.clone();
        item["list_id"] = json!("list-home");
        item
    };
    items.iter().map(onto_list).collect()
}

/// Texts with the names that are read from them; without one, the baseline asks for it.
#[track_caller]
fn names(rows: &[(&str, &[&str])]) {
    let cases: Vec<_> = rows
        .iter()
        .map(|(text, names)| {
            let case = Case::new(format!("{text:?}"), &said(text));
            let read: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
            if read.is_empty() { case.asks("item.name") } else { case.reads(&items(&read)) }
        })
        .collect();
    decide(&[], &cases);
}

#[test]
fn the_first_verb_of_the_list_that_occurs_anywhere_begins_the_items() {
    names(&[
        ("Купи хлеб", &["хлеб"]),
        ("Купи  \u{1c} хлеб", &["хлеб"]),
        ("ДОБАВЬ Хлеб", &["Хлеб"]),
        ("Закинь хлеб", &["хлеб"]),
        ("Выкупи хлеб", &["хлеб"]),
        ("add tea, buy milk", &["milk"]),
        ("купи чай и купить хлеб", &["хлеб"]),
        ("добавить чай, добавь хлеб", &["хлеб"]),
        ("buy buy milk", &["buy milk"]),
        // At the end, alone, or before anything but a plain space: no verb.
        ("Хлеб купи", &[]),
        ("Купи", &[]),
        (" Купи ", &[]),
        ("Купи, хлеб", &[]),
        ("Купи\u{a0}хлеб", &[]),
        ("Купи\tхлеб", &[]),
        ("Закупка хлеб", &[]),
        ("shopping", &[]),
        ("grocery: milk", &[]),
    ]);
}

#[test]
fn items_are_parted_by_commas_and_by_lower_case_conjunctions_in_white_space() {
    names(&[
        ("Купи соль,перец", &["соль", "перец"]),
        ("Купи соль ,, перец,", &["соль", "перец"]),
        ("Купи соль\u{1c}и\u{1f}перец", &["соль", "перец"]),
        ("Купи соль\u{a0}и\u{2003}перец", &["соль", "перец"]),
        ("Buy salt and pepper и соль", &["salt", "pepper", "соль"]),
        ("Купи соль И перец", &["соль И перец"]),
        ("Buy salt AND pepper", &["salt AND pepper"]),
        ("Buy brandy", &["brandy"]),
        ("Купи соль\u{200b}и\u{200b}перец", &["соль\u{200b}и\u{200b}перец"]),
        ("Купи соль，перец", &["соль，перец"]),
        // A separator takes the white space around it along, and the next one has none left.
        ("Купи соль и и перец", &["соль", "и перец"]),
        ("Купи , и ,", &["и"]),
        ("Купи соль и", &["соль и"]),
        ("Купи и", &["и"]),
        ("Купи ,", &[]),
        ("Купи , ,, ,", &[]),
    ]);
}

#[test]
fn stop_phrases_cut_the_tail_one_after_the_other() {
    names(&[
        ("Купи чай в список", &["чай"]),
        ("Купи чай в список в список", &["чай"]),
        ("Купи чай в список в корзину", &["чай"]),
        ("Купи чай в корзину в список", &["чай"]),
        ("Купи чай В СПИСОК", &["чай"]),
        ("Купи чай, в корзину", &["чай"]),
        ("Купи чай в список и хлеб", &["чай"]),
        ("Buy tea in the list to the list", &["tea"]),
        ("Buy tea to the listing", &["tea"]),
        ("Купи чай в списке", &["чай в списке"]),
        ("Купи чай в\u{a0}список", &["чай в\u{a0}список"]),
        ("Купи в список чай", &["в список чай"]),
        ("Купи в список", &["в список"]),
    ]);
}

#[test]
fn offsets_of_the_lower_cased_text_are_applied_to_the_text_as_it_is() {
    // The lower case of `İ` is two characters, so each of them moves what follows by one.
    names(&[
        ("İ купи чай", &["ай"]),
        ("İİ купи чай", &["й"]),
        ("İİİ купи чай", &[]),
        ("Купи İİ в список", &["İİ в"]),
        ("Купи чай в список İ", &["чай"]),
        ("ẞ купи чай", &["чай"]),
        ("ΌΔΟΣ купи чай", &["чай"]),
    ]);
}

#[test]
fn a_quantity_is_decimal_digits_of_any_script_in_front() {
    let of = |quantity: &str, name: &str| json!({"quantity": quantity, "name": name});
    let in_unit = |quantity: &str, unit: &str, name: &str| json!({"quantity": quantity, "unit": unit, "name": name});
    let name = |name: &str| json!({"name": name});
    let rows = [
        ("Купи 2 яйца", vec![of("2", "яйца")]),
        ("Купи 2 литра молока", vec![in_unit("2", "литра", "молока")]),
        ("Купи 007 яиц", vec![of("007", "яиц")]),
        ("Купи 0 яиц", vec![of("0", "яиц")]),
        ("Купи ٣ яйца", vec![of("٣", "яйца")]),
        ("Купи ２ литра молока", vec![in_unit("２", "литра", "молока")]),
        ("Купи 1٣ яиц", vec![of("1٣", "яиц")]),
        ("Купи 2\u{1c}литра\u{1f}молока", vec![in_unit("2", "литра", "молока")]),
        ("Купи 2\u{a0}яйца", vec![of("2", "яйца")]),
        ("Купи 2 3", vec![of("2", "3")]),
        ("Купи 2 3 4", vec![in_unit("2", "3", "4")]),
        ("Купи 2 яйца и 3 банки супа", vec![of("2", "яйца"), in_unit("3", "банки", "супа")]),
        ("Купи 2 кг\nмуки", vec![in_unit("2", "кг", "муки")]),
        ("Купи 2 кг ржаной\nмуки", vec![name("2 кг ржаной\nмуки")]),
        ("Купи ½ арбуза", vec![name("½ арбуза")]),
        ("Купи 2½ арбуза", vec![name("2½ арбуза")]),
        ("Купи ² яйца", vec![name("² яйца")]),
        ("Купи Ⅷ яиц", vec![name("Ⅷ яиц")]),
        ("Купи -2 яйца", vec![name("-2 яйца")]),
        ("Купи 2яйца", vec![name("2яйца")]),
        ("Купи 2\u{200b}яйца", vec![name("2\u{200b}яйца")]),
        ("Купи яйца 10", vec![name("яйца 10")]),
        ("Купи 2", vec![name("2")]),
        ("Купи 1.5 литра молока", vec![name("1.5 литра молока")]),
        ("Купи 1,5 литра молока", vec![name("1"), in_unit("5", "литра", "молока")]),
    ];
    let case = |(text, read): (&str, Vec<Value>)| Case::new(format!("{text:?}"), &said(text)).reads(&items(&read));
    decide(&[], &rows.into_iter().map(case).collect::<Vec<_>>());
}

#[test]
fn without_the_policy_an_empty_item_list_falls_back_to_everything_behind_the_verb() {
    let reads = |text: &str, name: &str| Case::new(text, &said(text)).reads(&items(&[json!({"name": name})]));
    let asks = |text: &str| Case::new(text, &said(text)).asks("item.name");
    let cases = [
        reads("Купи ,", ","),
        reads("Купи , в список", ", в список"),
        reads("Купи , , ", ", ,"),
        // No fallback where there are items, and nothing to fall back to without a tail.
        reads("Купи хлеб,", "хлеб"),
        asks("Купи"),
        asks("Хлеб купи"),
        asks("İİİ купи чай"),
    ];
    decide(&["--unset", "LLM_POLICY_ENABLED"], &cases);
}

#[test]
fn with_the_policy_an_empty_item_list_takes_the_first_name_of_the_extraction() {
    let extracted = |text: &str, answer: &str| {
        let attempt = json!({"raw": answer, "latency_ms": 900});
        said(text).with("exchanges", json!({"shopping_extraction": [attempt, attempt, attempt, attempt]}))
    };
    let mut cases = Vec::new();
    for (answer, name) in [
        (r#"{"items":[{"name":" рис\u001f"}]}"#, "рис"),
        (r#"{"items":[{"name":"рис"},{"name":"соль"}]}"#, "рис"),
        (r#"{"items":[{"name":" "},{"name":"\u3000"},{"name":"рис"}]}"#, "рис"),
        (r#"{"items":[{"name":"рис","quantity":2.5,"unit":null}]}"#, "рис"),
        (r#"{"items":[{"name":"рис","quantity":null,"unit":"кг"}]}"#, "рис"),
        (r#"{"items":[{"name":"рис","quantity":"2"}]}"#, "рис"),
    ] {
        cases.push(Case::new(answer, &extracted("Покупки: рис", answer)).reads(&items(&[json!({"name": name})])));
    }
    for answer in [
        r#"{"items":[]}"#,
        r#"{"items":[{"name":" "}]}"#,
        r#"{"items":[{"name":""}]}"#,
        r#"{"items":[{"name":"рис"},{"name":""}]}"#,
        r#"{"items":[{"name":"рис","quantity":true}]}"#,
        r#"{"items":[{"name":"рис","unit":2}]}"#,
        r#"{"items":[{"name":"рис","list_id":"list-home"}]}"#,
        r#"{"items":[{"name":"рис"}],"note":"x"}"#,
        r#"{"items":["рис"]}"#,
        r#"{"items":{"name":"рис"}}"#,
        r#"{"name":"рис"}"#,
        r#"[{"items":[{"name":"рис"}]}]"#,
    ] {
        cases.push(Case::new(answer, &extracted("Покупки: рис", answer)).asks("item.name"));
    }
    let unneeded = extracted("Купи хлеб", r#"{"items":[{"name":"рис"}]}"#);
    cases.push(Case::new("not needed", &unneeded).reads(&items(&[json!({"name": "хлеб"})])));
    decide(&[], &cases);
}
