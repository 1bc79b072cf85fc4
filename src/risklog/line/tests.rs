//! Both readers of lines, and that their results are equal.

use super::*;
use crate::decide::strip;
use proptest::prelude::*;

const ACCEPTED: &str = r#"{"trace_id":"trace-1","command_id":"cmd-1","corridor_intent":"add_shopping_item","sample_rate":0.05,"sampled":true,"status":"accepted_llm","reason_code":"accepted","latency_ms":73,"model_meta":{"profile":"partial-trust.v2","task_id":"partial_trust_shopping","escalated":false},"baseline_summary":{"intent":"add_shopping_item","decision_type":"start_job","action_count":2,"entity_keys_count":2,"has_list_id":true},"llm_summary":{"action_count":1,"entity_keys_count":2,"has_list_id":true,"item_name_len":7,"confidence_bucket":"high","intent":"other","decision_type":"start_job"},"diff_summary":{"intent_mismatch":true,"decision_type_mismatch":false,"action_count_mismatch":true,"entity_key_mismatch":false},"timestamp":"2026-03-03T05:04:46Z"}"#;
const SKIPPED: &str = r#"{"trace_id":"trace-2","command_id":"кмд","corridor_intent":"","sample_rate":1.0,"sampled":false,"status":"skipped","reason_code":"corridor_mismatch","latency_ms":null,"model_meta":null,"baseline_summary":{"intent":"clarify_needed","decision_type":"clarify","action_count":0,"entity_keys_count":0,"has_list_id":false},"llm_summary":null,"diff_summary":null,"timestamp":"2026-03-03T05:04:46.123456+00:00"}"#;

fn foreign_line(text: &str) -> Line<'_> {
    foreign::read(text).unwrap_or_else(|| panic!("{text}"))
}

/// As the deployed system's JSON writer formats it.
fn with_blanks(line: &str) -> String {
    line.replace("\":", "\": ").replace(",\"", ", \"")
}

#[test]
fn both_readers_read_documented_lines_alike() {
    for line in [ACCEPTED, SKIPPED] {
        for text in [line.to_owned(), with_blanks(line), line.replace("73", "0"), line.replace("73", "-4")] {
            let read = documented::read(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read, foreign_line(&text));
            assert!(read.is_clean);
        }
    }
    let line = documented::read(ACCEPTED.as_bytes()).unwrap();
    assert_eq!(line.id.as_deref(), Some("cmd-1"));
    assert_eq!(line.latency, Some(Latency::Whole(73)));
    let expected = Mismatches { intent: true, action_count: true, ..Mismatches::default() };
    assert_eq!((line.mismatches, line.sampled, line.sample_rate), (Some(expected), Some(true), Some(0.05)));
    assert!(documented::read(format!("{ACCEPTED}\r").as_bytes()).is_some());
}

#[test]
fn lines_that_violate_the_privacy_rule_are_left_to_the_tolerant_reader_and_not_clean() {
    for (good, bad) in [
        (r#""cmd-1""#, r#""cmd-1","text":"купи молоко""#),
        (r#""corridor_intent":"add_shopping_item""#, r#""corridor_intent":"купи молоко""#),
        (r#""accepted","#, r#""купи молоко","#),
        (r#""partial-trust.v2""#, r#""купи молоко""#),
        (r#""task_id":"partial_trust_shopping""#, r#""task_id":"milk""#),
        (r#""intent":"other""#, r#""intent":"milk""#),
        (r#""high""#, r#""milk""#),
        (r#""2026-03-03T05:04:46Z""#, r#""tomorrow""#),
        (r#""latency_ms":73"#, r#""latency_ms":"milk""#),
        (r#""sampled":true"#, r#""sampled":true,"sampled":true"#),
        (r#""sampled":true"#, r#""sampled":"milk","sampled":true"#),
    ] {
        let text = ACCEPTED.replacen(good, bad, 1);
        assert_ne!(text, ACCEPTED, "{good}");
        assert_eq!(documented::read(text.as_bytes()), None, "{text}");
        assert!(!foreign_line(&text).is_clean, "{text}");
    }
}

#[test]
fn any_object_is_read_as_the_deployed_analyzer_does() {
    assert_eq!(foreign_line("{}"), Line::default().cleaned());
    // The last of several keys counts; escapes in keys and strings are escapes.
    let line = foreign_line(r#"{"status":"error","\u0073tatus":"sk\u0069pped","sampled":1,"latency_ms":true}"#);
    assert_eq!(line.status, Name::Valid("skipped".into()));
    assert_eq!((line.sampled, line.latency), (None, Some(Latency::Flag(true))));
    // Half of a surrogate pair is a string, but not valid Unicode.
    let line = foreign_line(r#"{"command_id":"\ud83d","status":"\ud83d","\udc00":"\ud83d","reason_code":""}"#);
    assert_eq!((line.id, line.status, line.reason), (None, Name::Invalid, Name::Empty));
    let line = foreign_line(
        r#"{"status":5,"diff_summary":{"intent_mismatch":1,"entity_key_mismatch":true},"sample_rate":true}"#,
    );
    assert_eq!((line.status, line.sample_rate), (Name::Absent, None));
    assert_eq!(line.mismatches, Some(Mismatches { entity_key: true, ..Mismatches::default() }));
    let line = foreign_line(r#"{"diff_summary":[],"llm_summary":"x","timestamp":5,"sample_rate":-0.0}"#);
    assert_eq!((line.mismatches, line.has_llm_summary(), line.time), (None, false, None));
    assert_eq!(line.sample_rate.map(f64::to_bits), Some(0.0_f64.to_bits()));
    // An object may hold numbers of any size and any nesting.
    let deep = format!(r#"{{"a":{}{},"b":1e999,"latency_ms":1e999}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(foreign_line(&deep).latency, None);
}

impl Line<'_> {
    fn cleaned(self) -> Self {
        Self { is_clean: true, ..self }
    }
}

#[test]
fn what_is_not_an_object_is_broken_and_white_space_is_blank() {
    for broken in [
        "[]",
        "5",
        "null",
        "\"x\"",
        "{",
        "{}{}",
        "{} x",
        r#"{"a":NaN}"#,
        r#"{"a":-Infinity}"#,
        r#"{"a":01}"#,
        "{'a':1}",
        "{\"a\":\"\u{1}\"}",
        "\u{feff}{}",
        "x",
        r#"{"a":1,}"#,
        r#"{"a":"\x"}"#,
    ] {
        assert_eq!(read(broken.as_bytes()), Reading::Broken, "{broken}");
    }
    assert_eq!(read(b"{\"a\":\"\xff\"}"), Reading::Broken);
    assert_eq!(read(&ACCEPTED.as_bytes()[..ACCEPTED.len() / 2]), Reading::Broken);
    for blank in ["", " \t", "\r", "\u{a0}\u{2003}", "\u{1c}\u{c}\u{85}"] {
        assert_eq!(read(blank.as_bytes()), Reading::Blank, "{blank:?}");
    }
    for object in ["{}", " {} \r", "\u{a0}{}\u{2003}", "{\r}"] {
        assert_eq!(read(object.as_bytes()), Reading::Record(Line::default().cleaned()), "{object:?}");
    }
}

#[test]
fn names_are_kept_and_other_strings_are_counted_as_invalid() {
    let long = "a".repeat(65);
    for (text, status, reason) in [
        ("error", "error", Some("error")),
        ("", "invalid_name", None),
        ("купи", "invalid_name", Some("invalid_name")),
        ("a b", "invalid_name", Some("invalid_name")),
        (&long, "invalid_name", Some("invalid_name")),
        (&long[1..], &long[1..], Some(&long[1..])),
    ] {
        let name = Name::of(text.into());
        assert_eq!((name.as_status(), name.as_reason()), (status, reason), "{text}");
    }
    assert_eq!((Name::Absent.as_status(), Name::Absent.as_reason()), ("unknown", None));
}

proptest! {
    #[test]
    fn what_the_fast_reader_reads_the_tolerant_one_reads_alike(
        accepted in any::<bool>(), blanks in any::<bool>(), place in any::<prop::sample::Index>(),
        put in prop_oneof![
            Just(String::new()), "[ -~]", "[0-9eE.+-]{1,20}", "\\PC", Just("\\u0061".to_owned()), Just("null".to_owned()),
            Just("true".to_owned()), Just(",\"x\":1".to_owned()), Just("\"".to_owned()),
        ],
        cut in 0..3_usize,
    ) {
        let line = if accepted { ACCEPTED } else { SKIPPED };
        let line = if blanks { with_blanks(line) } else { line.to_owned() };
        let mut characters: Vec<char> = line.chars().collect();
        let at = place.index(characters.len());
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, put.chars());
        let text: String = characters.into_iter().collect();
        if let Some(line) = documented::read(text.as_bytes()) {
            prop_assert_eq!(Some(line), foreign::read(strip(&text)), "{}", text);
        }
    }
}
