//! The acceptance rules of `reference`, each on both sides of its edge.

use super::{Case, actions, answered, decide, injected, on_list};
use crate::recording::Recorded;
use serde_json::{Value, json};
use std::slice;

/// Letters with a combining accent each: two scalar values for what shows as one character.
fn accented(letters: usize) -> String {
    "е\u{301}".repeat(letters)
}

fn proposing(name: &str, item: &Value) -> Recorded {
    injected(name, json!({"proposed_actions": actions(slice::from_ref(item))}))
}

#[test]
fn a_confidence_of_0_6_is_enough_however_it_is_written_and_anything_less_is_not() {
    // As written; the verdict on an answer and its bucket; the same of a finished candidate.
    let (low, enough, high) = (("low_confidence", "low"), ("accepted", "medium"), ("accepted", "high"));
    let (no_schema, malformed) = (("schema_validation_failed", ""), ("invalid_schema", "missing"));
    let rows = [
        ("0.59", low, low),
        ("0.60", enough, enough),
        ("6e-1", enough, enough),
        ("60E-2", enough, enough),
        // The nearest 64-bit float below that of 0.6, the float of 0.6 itself, and the one above.
        ("0.5999999999999999", low, low),
        ("0.59999999999999999", enough, enough),
        ("0.60000000000000009", enough, enough),
        ("0.7999999999999999", enough, enough),
        ("0.8", high, high),
        ("1", high, high),
        ("1.7", high, high),
        ("60", high, high),
        ("1e308", high, high),
        ("0", low, low),
        ("-0.0", low, low),
        ("1e-400", low, low),
        ("-1", low, low),
        ("true", no_schema, malformed),
        ("\"0.9\"", no_schema, malformed),
        ("[0.9]", no_schema, malformed),
        ("{}", no_schema, malformed),
        // An answer may leave its confidence out, but null is no number; a finished candidate may hold null for none.
        ("null", no_schema, ("accepted", "missing")),
    ];
    let mut cases = Vec::new();
    for (written, (answer_reason, answer_bucket), (reason, bucket)) in rows {
        let raw = format!(r#"{{"item_name":"хлеб","list_id":"list-home","confidence":{written}}}"#);
        let case = Case::new(format!("answer {written}"), &answered("a", &raw)).judged(answer_reason);
        let bucket_of_answer = if answer_bucket.is_empty() { Value::Null } else { answer_bucket.into() };
        cases.push(case.shows("/risk/llm_summary/confidence_bucket", bucket_of_answer));
        let candidate = json!({"proposed_actions": actions(&[on_list("хлеб")]), "confidence": "@"});
        let case = Case::new(format!("candidate {written}"), &injected("c", candidate)).written(written).judged(reason);
        cases.push(case.shows("/risk/llm_summary/confidence_bucket", bucket));
    }
    let unsaid = answered("a", r#"{"item_name":"хлеб"}"#);
    cases.push(Case::new("absent", &unsaid).judged("accepted").shows("/risk/llm_summary/confidence_bucket", "missing"));
    decide(&[], &cases);
}

#[test]
fn a_name_has_1_to_120_scalar_values_between_white_space() {
    let spaces = "\u{a0}\t\u{3000}\u{1c}\u{85}\u{2028}\n ";
    let rows = [
        ("one letter", "х".to_owned(), "accepted", 1),
        ("120 letters", "х".repeat(120), "accepted", 120),
        ("121 letters", "х".repeat(121), "invalid_item_name", 121),
        ("120 in white space", format!("{spaces}{}{spaces}", "х".repeat(120)), "accepted", 120),
        ("121 in white space", format!("{spaces}{}{spaces}", "х".repeat(121)), "invalid_item_name", 121),
        ("120 beyond the 16-bit plane", "🍞".repeat(120), "accepted", 120),
        ("121 beyond the 16-bit plane", "🍞".repeat(121), "invalid_item_name", 121),
        ("60 accented letters", accented(60), "accepted", 120),
        ("60 accented letters and one", accented(60) + "х", "invalid_item_name", 121),
        ("120 composed letters", "й".repeat(120), "accepted", 120),
        ("61 decomposed letters", "и\u{306}".repeat(61), "invalid_item_name", 122),
        ("120 and a zero-width space, which counts", "х".repeat(120) + "\u{200b}", "invalid_item_name", 121),
        // Nothing that shows, and nothing that is white space either.
        ("a combining mark alone", "\u{301}".to_owned(), "accepted", 1),
        ("120 combining marks", "\u{301}".repeat(120), "accepted", 120),
        ("121 combining marks", "\u{301}".repeat(121), "invalid_item_name", 121),
        ("zero-width characters", "\u{200b}\u{200d}\u{2060}\u{feff}".to_owned(), "accepted", 4),
        ("a vowel separator", "\u{180e}".to_owned(), "accepted", 1),
        ("control characters", "\0\u{7}\u{1b}\u{7f}".to_owned(), "accepted", 4),
    ];
    let mut cases = Vec::new();
    for (name, item_name, reason, length) in rows {
        let raw = json!({"item_name": item_name}).to_string();
        for (path, recorded) in
            [("answer", answered("a", &raw)), ("candidate", proposing("c", &json!({"name": item_name})))]
        {
            let case = Case::new(format!("{path}: {name}"), &recorded).judged(reason);
            cases.push(case.shows("/risk/llm_summary/item_name_len", length));
        }
    }
    decide(&[], &cases);
}

#[test]
fn a_name_of_white_space_alone_is_no_name_whatever_white_space_it_is() {
    let blanks = [
        "",
        " ",
        "\t\n\u{b}\u{c}\r",
        "\u{1c}",
        "\u{1d}\u{1e}\u{1f}",
        "\u{85}",
        "\u{a0}",
        "\u{1680}",
        "\u{2000}",
        "\u{200a}",
        "\u{2028}\u{2029}",
        "\u{202f}",
        "\u{205f}",
        "\u{3000}",
    ];
    let mut cases = Vec::new();
    for blank in blanks {
        let case = Case::new(format!("answer {blank:?}"), &answered("a", &json!({"item_name": blank}).to_string()));
        // An empty name does not match the schema and is asked for again; a blank one ends the task.
        let (reason, attempts) = if blank.is_empty() { ("schema_validation_failed", 4) } else { ("invalid_schema", 1) };
        cases.push(case.refuses(reason).shows("/attempts_used", attempts).shows("/risk/llm_summary", Value::Null));
        let case = Case::new(format!("candidate {blank:?}"), &proposing("c", &json!({"name": blank})));
        cases.push(case.refuses("invalid_schema").shows("/risk/llm_summary/item_name_len", 0));
    }
    decide(&[], &cases);
}

#[test]
fn names_are_trimmed_in_an_answer_and_taken_as_they_are_in_a_candidate() {
    let composed = "йогурт";
    let decomposed = "и\u{306}огурт";
    let mut cases = Vec::new();
    for name in [composed, decomposed, "ХЛЕБ", "хлеб\u{200b}"] {
        let raw = json!({"item_name": format!(" {name}\u{1f}")}).to_string();
        cases.push(Case::new(format!("answer {name:?}"), &answered("a", &raw)).accepts(&json!({"name": name})));
        let untrimmed = json!({"name": format!(" {name}\u{1f}")});
        cases.push(Case::new(format!("candidate {name:?}"), &proposing("c", &untrimmed)).accepts(&untrimmed));
    }
    decide(&[], &cases);
}

/// What the household holds, what the answer names, and the verdicts on an answer and on a finished candidate.
type ListRow<'a> = (&'a str, Option<&'a [&'a str]>, &'a str, &'a str, &'a str);

#[test]
fn a_list_id_is_one_of_the_households_own_to_the_letter() {
    let home: Option<&[&str]> = Some(&["list-home", "list-dacha"]);
    let rows: [ListRow; 15] = [
        ("the default list", home, "list-home", "accepted", "accepted"),
        ("another known list", home, "list-dacha", "accepted", "accepted"),
        ("unknown", home, "list-nowhere", "list_id_unknown", "list_id_unknown"),
        ("of another household", home, "list-of-neighbours", "list_id_unknown", "list_id_unknown"),
        ("another case", home, "List-Home", "list_id_unknown", "list_id_unknown"),
        ("a part of one", home, "list", "list_id_unknown", "list_id_unknown"),
        ("the name of the list", home, "Имя", "list_id_unknown", "list_id_unknown"),
        ("a zero-width space behind it", home, "list-home\u{200b}", "list_id_unknown", "list_id_unknown"),
        ("blanks around it", home, "\u{a0}list-home ", "accepted", "list_id_unknown"),
        ("twice in the household", Some(&["list-home", "list-home"]), "list-home", "accepted", "accepted"),
        ("decomposed in the household", Some(&["мои\u{306}"]), "мой", "list_id_unknown", "list_id_unknown"),
        // An answer is trimmed, so it can never name such a list.
        ("blanks around it in the household", Some(&[" list-home "]), " list-home ", "list_id_unknown", "accepted"),
        ("a household with an empty list of lists", Some(&[]), "list-home", "list_id_unknown", "list_id_unknown"),
        ("a household without lists", None, "list-home", "list_id_unknown", "list_id_unknown"),
        (
            "the default list, which the household lacks",
            Some(&["other"]),
            "list-home",
            "list_id_unknown",
            "list_id_unknown",
        ),
    ];
    let mut cases = Vec::new();
    for (name, known, list_id, answer_reason, reason) in rows {
        let at_home = |recorded: Recorded| match known {
            Some(ids) => {
                let lists: Vec<_> = ids.iter().map(|id| json!({"list_id": id, "name": "Имя"})).collect();
                recorded.with("command.context.household.shopping_lists", lists)
            }
            None => recorded.without("command.context.household.shopping_lists"),
        };
        let raw = json!({"item_name": "хлеб", "list_id": list_id}).to_string();
        cases.push(Case::new(format!("answer: {name}"), &at_home(answered("a", &raw))).judged(answer_reason));
        let item = json!({"name": "хлеб", "list_id": list_id});
        cases.push(Case::new(format!("candidate: {name}"), &at_home(proposing("c", &item))).judged(reason));
    }
    decide(&[], &cases);
}

#[test]
fn optional_fields_that_are_blank_are_dropped_from_an_answer_and_refused_in_a_candidate() {
    let mut cases = Vec::new();
    for field in ["quantity", "unit", "list_id"] {
        for blank in ["", " ", "\u{1c}\u{3000}"] {
            let item = json!({"name": "хлеб", field: blank});
            let raw = json!({"item_name": "хлеб", field: blank}).to_string();
            let case = Case::new(format!("answer: {field} {blank:?}"), &answered("a", &raw));
            cases.push(case.accepts(&json!({"name": "хлеб"})).shows("/risk/llm_summary/entity_keys_count", 1));
            cases.push(
                Case::new(format!("candidate: {field} {blank:?}"), &proposing("c", &item)).refuses("invalid_schema"),
            );
        }
        for wrong in [json!(5), json!(false), json!([]), json!({})] {
            let raw = json!({"item_name": "хлеб", field: wrong}).to_string();
            let case = Case::new(format!("answer: {field} {wrong}"), &answered("a", &raw));
            cases.push(case.refuses("schema_validation_failed").shows("/attempts_used", 4));
            let item = json!({"name": "хлеб", field: wrong});
            cases.push(
                Case::new(format!("candidate: {field} {wrong}"), &proposing("c", &item)).refuses("invalid_schema"),
            );
        }
        let raw = json!({"item_name": "хлеб", field: null}).to_string();
        cases
            .push(Case::new(format!("answer: {field} null"), &answered("a", &raw)).refuses("schema_validation_failed"));
        let item = json!({"name": "хлеб", field: null});
        let case = Case::new(format!("candidate: {field} null"), &proposing("c", &item));
        // The key is there, which the summary counts; the decision leaves it out, as the contract has no null.
        cases.push(case.accepts(&json!({"name": "хлеб"})).shows("/risk/llm_summary/has_list_id", false));
    }
    decide(&[], &cases);
}

#[test]
fn a_candidate_is_one_closed_action_of_one_closed_item() {
    let action = || actions(&[on_list("хлеб")])[0].clone();
    let changed = |pointer: &str, value: Value| {
        let mut action = json!({"root": action()});
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        action.pointer_mut(&format!("/root{parent}")).unwrap()[key] = value;
        json!([action["root"].take()])
    };
    let refused = [
        ("no actions", Value::Null, 0),
        ("zero actions", json!([]), 0),
        ("two actions", json!([action(), action()]), 2),
        ("an action and null", json!([action(), null]), 2),
        ("an action outside a list", action(), 0),
        ("text", json!("propose_add_shopping_item"), 0),
        ("a list in a list", json!([[action()]]), 1),
        ("another action", changed("/action", json!("propose_create_task")), 1),
        ("an action in another case", changed("/action", json!("Propose_Add_Shopping_Item")), 1),
        ("an action that is no text", changed("/action", json!(1)), 1),
        ("an unknown field of the action", changed("/note", json!("x")), 1),
        ("an unknown field of the action, null", changed("/note", Value::Null), 1),
        ("an unknown field of the payload", changed("/payload/note", json!("x")), 1),
        ("an unknown field of the item", changed("/payload/item/note", json!("x")), 1),
        ("a payload that is a list", changed("/payload", json!([])), 1),
        ("an item that is text", changed("/payload/item", json!("хлеб")), 1),
        ("an item without a name", json!([{"action": "propose_add_shopping_item", "payload": {"item": {}}}]), 1),
        ("a name that is null", changed("/payload/item/name", Value::Null), 1),
        ("a name that is a number", changed("/payload/item/name", json!(5)), 1),
    ];
    let mut cases: Vec<_> = refused
        .into_iter()
        .map(|(name, actions, count)| {
            let case = Case::new(name, &injected("c", json!({"proposed_actions": actions})));
            case.refuses("invalid_schema").shows("/risk/llm_summary/action_count", count)
        })
        .collect();
    let plain = json!({"proposed_actions": [action()]});
    cases.push(Case::new("as it should be", &injected("c", plain)).accepts(&on_list("хлеб")));
    decide(&[], &cases);
}

/// The wire contract knows strings only, so a decision may carry nothing else.
#[test]
fn an_idempotency_key_reaches_the_decision_where_it_is_text_and_is_refused_where_it_is_not() {
    let with_key = |key: &Value| {
        let mut action = actions(&[on_list("хлеб")]);
        action[0]["payload"]["idempotency_key"] = key.clone();
        injected("c", json!({"proposed_actions": action}))
    };
    let key_of_decision = "/decision/payload/proposed_actions/0/payload/idempotency_key";
    let mut cases = Vec::new();
    for key in ["key-1", "", " "] {
        let case = Case::new(format!("text {key:?}"), &with_key(&json!(key)));
        cases.push(case.ends("accepted_llm", "accepted").shows(key_of_decision, key));
    }
    cases.push(Case::new("null", &with_key(&Value::Null)).accepts(&on_list("хлеб")));
    for key in [json!(1), json!(true), json!(["key-1"]), json!({"key": 1})] {
        cases.push(Case::new(key.to_string(), &with_key(&key)).refuses("invalid_schema"));
    }
    decide(&[], &cases);
}

#[test]
fn a_candidate_for_another_intent_or_job_is_refused_before_anything_else_is_looked_at() {
    let with = |field: &str, value: Value| {
        injected("c", json!({"proposed_actions": actions(&[on_list("хлеб")]), field: value}))
    };
    let mut cases = Vec::new();
    for other in ["create_task", "", "Add_Shopping_Item", " add_shopping_item", "кухня"] {
        for field in ["intent", "job_type"] {
            cases
                .push(Case::new(format!("{field} {other:?}"), &with(field, json!(other))).refuses("corridor_mismatch"));
        }
    }
    let nothing_right = json!({"intent": "create_task", "proposed_actions": [], "confidence": "x"});
    cases.push(Case::new("before the schema", &injected("c", nothing_right)).refuses("corridor_mismatch"));
    cases.push(Case::new("job type null", &with("job_type", Value::Null)).accepts(&on_list("хлеб")));
    let long = json!({"name": "х".repeat(121), "list_id": "unknown"});
    let candidate = json!({"proposed_actions": actions(&[long]), "confidence": 0.1});
    cases.push(Case::new("the name before the list", &injected("c", candidate)).refuses("invalid_item_name"));
    let elsewhere = json!({"name": "хлеб", "list_id": "unknown"});
    let candidate = json!({"proposed_actions": actions(&[elsewhere]), "confidence": 0.1});
    cases.push(Case::new("the list before the confidence", &injected("c", candidate)).refuses("list_id_unknown"));
    // An unknown intent is the caller's text, and a risk line says `other` for it.
    let unknown = Case::new("unknown intent in the risk line", &with("intent", json!("кухня")));
    cases.push(unknown.refuses("corridor_mismatch").shows("/risk/llm_summary/intent", "other"));
    decide(&[], &cases);
}
