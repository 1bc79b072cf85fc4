//! What an LLM may write around, inside and instead of one JSON object.

use super::{Case, answered, decide};
use serde_json::json;

/// Tells an answer that was read from one that was not, and from one whose object does not match the schema.
enum Read<'a> {
    /// The first attempt is used, and its name is this.
    Name(&'a str),
    /// All four attempts are used up, each without an object.
    NoObject,
    /// All four attempts are used up, the last with an object that does not match.
    NoMatch,
}
use Read::{Name, NoMatch, NoObject};

#[track_caller]
fn check(rows: &[(&str, &str, Read)]) {
    let cases: Vec<_> = rows
        .iter()
        .map(|(name, raw, read)| {
            let case = Case::new(*name, &answered("a", raw));
            match read {
                Name(item_name) => case.accepts(&json!({"name": item_name})).shows("/attempts_used", 1),
                NoObject => case.refuses("invalid_json").shows("/attempts_used", 4),
                NoMatch => case.refuses("schema_validation_failed").shows("/attempts_used", 4),
            }
        })
        .collect();
    decide(&[], &cases);
}

const BREAD: &str = r#"{"item_name":"хлеб"}"#;

#[test]
fn one_object_is_read_alone_or_in_white_space_or_in_prose() {
    check(&[
        ("alone", BREAD, Name("хлеб")),
        ("in white space", &format!("\u{a0}\u{1c}\n{BREAD}\u{3000}\u{1f}"), Name("хлеб")),
        ("behind a byte order mark", &format!("\u{feff}{BREAD}"), Name("хлеб")),
        ("between zero-width spaces", &format!("\u{200b}{BREAD}\u{200b}"), Name("хлеб")),
        ("in prose", &format!("Вот: {BREAD}. Готово!"), Name("хлеб")),
        ("behind a brace that closes nothing", &format!("}} {BREAD}"), Name("хлеб")),
        ("before a quote that opens nothing", &format!("{BREAD} 5\""), Name("хлеб")),
        ("beside a constant of another language", &format!("NaN {BREAD}"), Name("хлеб")),
        ("two", &format!("{BREAD} {BREAD}"), NoObject),
        ("two in prose", &format!("Вот {BREAD} или {BREAD}."), NoObject),
        ("one and an empty one", &format!("{{}} {BREAD}"), NoObject),
        ("before a brace that stays open", &format!("{BREAD} {{"), NoObject),
        ("behind a quote that hides it", &format!("5\" труба {BREAD}"), NoObject),
        ("cut off", r#"{"item_name":"хлеб""#, NoObject),
        ("nothing", "", NoObject),
        ("white space", " \u{1c}\n", NoObject),
        ("prose", "Купите хлеб.", NoObject),
    ]);
}

#[test]
fn other_json_than_an_object_is_not_searched_for_one() {
    check(&[
        ("null", "null", NoObject),
        ("a number", "5", NoObject),
        ("an object in a string", &json!(BREAD).to_string(), NoObject),
        ("an object in a list", &format!("[{BREAD}]"), NoObject),
        ("three objects in a list", &format!("[{BREAD},{BREAD},{BREAD}]"), NoObject),
        ("three in a list in white space", &format!("\u{1c}[{BREAD},{BREAD},{BREAD}]\u{1c}"), NoObject),
        ("an object in a list in prose", &format!("x [ {BREAD} ] y"), NoObject),
        ("an object in a list that stays open", &format!("[{BREAD}"), NoObject),
        // The next four are oddities of the rule, as deployed.
        ("behind a box that was ticked", &format!("[x] {BREAD}"), Name("хлеб")),
        ("between two numbers in brackets", &format!("x [1, {BREAD}, 2] y"), Name("хлеб")),
        (
            "the second of three in brackets",
            &format!(r#"x [{{"item_name":"сок"}},{BREAD},{{"item_name":"сыр"}}] y"#),
            Name("хлеб"),
        ),
        ("the second and third of four in brackets", &format!("x [{BREAD},{BREAD},{BREAD},{BREAD}] y"), NoObject),
    ]);
}

#[test]
fn braces_and_quotes_inside_strings_open_and_close_nothing() {
    check(&[
        ("braces in a string", r#"Вот {"item_name":"хлеб {белый}"}"#, Name("хлеб {белый}")),
        ("a closing brace in a string", r#"Вот {"item_name":"}"}"#, Name("}")),
        ("an opening brace in a string", r#"Вот {"item_name":"{"}"#, Name("{")),
        ("an escaped quote before a brace", r#"Вот {"item_name":"\"}"}"#, Name("\"}")),
        ("an escaped backslash before the quote", r#"Вот {"item_name":"\\"}"#, Name("\\")),
        ("a brace in prose, in quotes", &format!(r#"Знак "{{" и {BREAD}"#), Name("хлеб")),
        ("an escaped key", r#"{"item_n\u0061me":"хлеб"}"#, Name("хлеб")),
        ("a nested object", r#"{"item_name":"хлеб","more":{"a":{}}}"#, NoMatch),
        ("an object around it", r#"{"item":{"item_name":"хлеб"}}"#, NoMatch),
        ("an object around it, in prose", r#"Вот {"item":{"item_name":"хлеб"}}"#, NoMatch),
    ]);
}

/// Three objects in a list tell whether a fence was seen: inside one they are JSON and no object; without one the scan
/// for objects takes the middle.
#[test]
fn a_fence_is_its_first_and_its_last_line_with_lf_cr_lf_or_cr_between() {
    let three = format!(r#"[{{"item_name":"сок"}},{BREAD},{{"item_name":"сыр"}}]"#);
    let fenced = |opening: &str, end: &str, closing: &str| format!("{opening}{end}{three}{end}{closing}");
    check(&[
        ("LF", &fenced("```json", "\n", "```"), NoObject),
        ("CR LF", &fenced("```json", "\r\n", "```"), NoObject),
        ("CR", &fenced("```json", "\r", "```"), NoObject),
        ("bare", &fenced("```", "\n", "```"), NoObject),
        ("capitals", &fenced("```JSON", "\n", "```"), NoObject),
        ("blanks at the fences", &fenced(" ```json\u{a0}", "\n", "\u{1c}``` "), NoObject),
        ("another language", &fenced("```python", "\n", "```"), Name("хлеб")),
        ("four backticks", &fenced("````", "\n", "````"), Name("хлеб")),
        ("a word before it", &fenced("Вот: ```json", "\n", "```"), Name("хлеб")),
        ("a word behind it", &fenced("```json", "\n", "``` Вот"), Name("хлеб")),
        ("a line separator", &fenced("```json", "\u{2028}", "```"), Name("хлеб")),
        ("a vertical tab", &fenced("```json", "\u{b}", "```"), Name("хлеб")),
        ("an object", &format!("```json\n{BREAD}\n```"), Name("хлеб")),
        ("an object between CRs", &format!("```json\r{BREAD}\r```"), Name("хлеб")),
        ("an object in one line", &format!("```json {BREAD} ```"), Name("хлеб")),
        ("two lines", "```json\n```", NoObject),
        ("nothing inside", "```json\n\n```", NoObject),
        ("line ends of every kind in an object", "{\r\"item_name\"\r\n:\n\"хлеб\"\r}", Name("хлеб")),
    ]);
}

#[test]
fn an_object_that_rfc_8259_does_not_know_is_not_read() {
    let with = |field: &str| format!(r#"{{"item_name":"хлеб",{field}}}"#);
    check(&[
        ("NaN", &with(r#""confidence":NaN"#), NoObject),
        ("infinity", &with(r#""confidence":-Infinity"#), NoObject),
        ("NaN as text", r#"{"item_name":"NaN"}"#, Name("NaN")),
        ("a lone high surrogate", r#"{"item_name":"\ud83c"}"#, NoObject),
        ("a lone low surrogate", r#"{"item_name":"\udf5e"}"#, NoObject),
        ("surrogates in the wrong order", r#"{"item_name":"\udf5e\ud83c"}"#, NoObject),
        ("a lone surrogate in a key", &with(r#""\ud83c":"x""#), NoObject),
        ("a pair of surrogates", r#"{"item_name":"\ud83c\udf5e"}"#, Name("🍞")),
        ("a number beyond every float", &with(r#""confidence":1e999"#), NoObject),
        ("a number below every float", &with(r#""confidence":-1e999"#), NoObject),
        ("such a number where text belongs", &with(r#""quantity":1e999"#), NoObject),
        ("such a number as text", r#"{"item_name":"1e999"}"#, Name("1e999")),
        ("400 digits", &with(&format!(r#""confidence":{}"#, "9".repeat(400))), NoObject),
        ("300 digits, which a float holds", &with(&format!(r#""confidence":{}"#, "9".repeat(300))), Name("хлеб")),
        ("a leading zero", &with(r#""confidence":01"#), NoObject),
        ("a sign before a number", &with(r#""confidence":+1"#), NoObject),
        ("a comma at the end", r#"{"item_name":"хлеб",}"#, NoObject),
        ("single quotes", "{'item_name':'хлеб'}", NoObject),
        ("a line feed in a string", "{\"item_name\":\"хл\nеб\"}", NoObject),
        ("an escaped line feed in a string", r#"{"item_name":"хл\nеб"}"#, Name("хл\nеб")),
        ("a byte order mark between tokens", "{\u{feff}\"item_name\":\"хлеб\"}", NoObject),
        ("a byte order mark in a string", "{\"item_name\":\"\u{feff}хлеб\"}", Name("\u{feff}хлеб")),
        ("a no-break space between tokens", "{\u{a0}\"item_name\":\"хлеб\"}", NoObject),
    ]);
}

#[test]
fn nesting_is_read_to_128_levels_the_object_itself_included() {
    let nested = |arrays: usize| format!(r#"{{"item_name":"хлеб","x":{}{}}}"#, "[".repeat(arrays), "]".repeat(arrays));
    let in_text = format!(r#"{{"item_name":"хлеб","quantity":"{}"}}"#, "[{".repeat(200));
    let case = Case::new("brackets in a string", &answered("a", &in_text)).judged("accepted");
    decide(&[], &[case]);
    check(&[
        ("128 levels", &nested(127), NoMatch),
        ("129 levels", &nested(128), NoObject),
        ("129 levels in prose", &format!("Вот {}", nested(128)), NoObject),
        ("20,000 brackets", &"[".repeat(20_000), NoObject),
        ("20,000 braces", &"{\"a\":".repeat(20_000), NoObject),
    ]);
}

#[test]
fn the_last_of_equal_keys_counts() {
    check(&[
        ("both good", r#"{"item_name":"сок","item_name":"хлеб"}"#, Name("хлеб")),
        ("the last good", r#"{"item_name":5,"item_name":"хлеб"}"#, Name("хлеб")),
        ("the last bad", r#"{"item_name":"хлеб","item_name":5}"#, NoMatch),
        ("one escaped", r#"{"item_name":"сок","\u0069tem_name":"хлеб"}"#, Name("хлеб")),
        ("confidence, the last high", r#"{"item_name":"хлеб","confidence":0.1,"confidence":0.9}"#, Name("хлеб")),
    ]);
}

#[test]
fn an_object_has_a_name_and_no_unknown_field() {
    check(&[
        ("empty", "{}", NoMatch),
        ("without a name", r#"{"quantity":"2"}"#, NoMatch),
        ("a name in another case", r#"{"Item_Name":"хлеб"}"#, NoMatch),
        ("an unknown field", r#"{"item_name":"хлеб","note":"x"}"#, NoMatch),
        ("an unknown field with an empty name", r#"{"item_name":"хлеб","":"x"}"#, NoMatch),
        ("a name that is a number", r#"{"item_name":5}"#, NoMatch),
        ("a name that is null", r#"{"item_name":null}"#, NoMatch),
        ("a name that is a list", r#"{"item_name":["хлеб"]}"#, NoMatch),
    ]);
}
