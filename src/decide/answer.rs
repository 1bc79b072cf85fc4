//! Finds the JSON object in the answer of an LLM.
//!
//! An answer is untrusted text. It holds an object if the object is the whole text, the content of a Markdown fence, or the only
//! object in prose. Every other answer is unparsable; nothing is repaired here.

use super::text::{regex, strip};
use regex::{Captures, Regex};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// The deepest nesting of arrays and objects that is read.
const MAX_DEPTH: usize = 128;

/// The JSON object that an answer holds; `None` where the answer is unparsable.
#[must_use]
pub fn object_in(answer: &str) -> Option<Map<String, Value>> {
    let trimmed = strip(answer);
    for text in [answer, trimmed] {
        match whole(text) {
            Whole::Object(object) => return Some(object),
            Whole::Refused => return None,
            Whole::NotJson => {}
        }
    }
    if let Some(inside) = fenced(trimmed) {
        match whole(strip(inside)) {
            Whole::Object(object) => return Some(object),
            Whole::Refused => return None,
            Whole::NotJson => {}
        }
    }
    match whole(only_object_in_prose(trimmed)?) {
        Whole::Object(object) => Some(object),
        Whole::Refused | Whole::NotJson => None,
    }
}

enum Whole {
    Object(Map<String, Value>),
    /// JSON that is no object, or text that only a lenient reader accepts as JSON. The search ends here.
    Refused,
    NotJson,
}

/// Reads a whole text as RFC 8259 JSON. Duplicate keys: the last one counts.
fn whole(text: &str) -> Whole {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The parser's limit is one level below that of the rule, which is applied below.
    deserializer.disable_recursion_limit();
    if depth_exceeds(text, MAX_DEPTH) {
        return if is_lenient_json(text) { Whole::Refused } else { Whole::NotJson };
    }
    let value = serde::Deserialize::deserialize(&mut deserializer);
    match value.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(Value::Object(object)) => Whole::Object(object),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => Whole::Refused,
        Err(_) if is_lenient_json(text) => Whole::Refused,
        Err(_) => Whole::NotJson,
    }
}

/// Whether a reader that accepts `NaN`, `Infinity`, lone surrogates, numbers of any size and any nesting parses the text.
///
/// The deployed system has such a reader: it finds a value where this one finds an error, and stops there. `IgnoredAny` checks
/// the grammar without building a value and without recursion.
fn is_lenient_json(text: &str) -> bool {
    static CONSTANT: LazyLock<Regex> = LazyLock::new(|| regex(r#""(?:[^"\\]|\\.)*"?|(-?Infinity)|(-?NaN)"#));
    let holds = |constant: &str| memchr::memmem::find(text.as_bytes(), constant.as_bytes()).is_some();
    if !holds("NaN") && !holds("Infinity") {
        return serde_json::from_str::<IgnoredAny>(text).is_ok();
    }
    let plain = CONSTANT.replace_all(text, |found: &Captures| match (found.get(1), found.get(2)) {
        (Some(_), _) => "0".to_owned(),
        (None, Some(constant)) if constant.as_str() == "NaN" => "0".to_owned(),
        (None, Some(_) | None) => found.get_match().as_str().to_owned(),
    });
    serde_json::from_str::<IgnoredAny>(&plain).is_ok()
}

/// Whether brackets outside strings nest deeper than `limit`.
fn depth_exceeds(text: &str, limit: usize) -> bool {
    // A shorter text has fewer brackets than the limit.
    if text.len() <= limit {
        return false;
    }
    let mut depth = 0_usize;
    let mut scanner = StringScanner::default();
    text.bytes().any(|byte| {
        if !scanner.is_inside_string(byte) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        depth > limit
    })
}

/// Follows quotes and escapes through a text.
#[derive(Default)]
struct StringScanner {
    inside: bool,
    escaped: bool,
}

impl StringScanner {
    /// Advances by one byte and returns whether it belongs to a string (quotes included).
    fn is_inside_string(&mut self, byte: u8) -> bool {
        if self.inside {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.inside = false,
                _ => {}
            }
            return true;
        }
        self.inside = byte == b'"';
        self.inside
    }
}

/// The content of a Markdown fence that is the whole text.
fn fenced(trimmed: &str) -> Option<&str> {
    let first_end = trimmed.find(['\n', '\r'])?;
    let opening = strip(trimmed.get(..first_end)?);
    if opening != "```" && !opening.eq_ignore_ascii_case("```json") {
        return None;
    }
    let last_start = trimmed.rfind(['\n', '\r'])? + 1;
    if strip(trimmed.get(last_start..)?) != "```" {
        return None;
    }
    // At least three lines: the line end after the opening must not be that before the closing.
    let after_opening = trimmed.get(first_end..)?;
    let first_line_end = if after_opening.starts_with("\r\n") { 2 } else { 1 };
    (first_end + first_line_end < last_start).then(|| trimmed.get(first_end..last_start))?
}

/// The only balanced top-level `{...}` that no list encloses.
fn only_object_in_prose(trimmed: &str) -> Option<&str> {
    let mut found = None;
    let mut depth = 0_usize;
    let mut start = 0;
    let mut scanner = StringScanner::default();
    for (position, byte) in trimmed.bytes().enumerate() {
        if scanner.is_inside_string(byte) {
            continue;
        }
        match byte {
            b'{' => {
                if depth == 0 {
                    start = position;
                }
                depth += 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 && !is_list_element(trimmed, start, position + 1) {
                    if found.is_some() {
                        return None;
                    }
                    found = trimmed.get(start..=position);
                }
            }
            _ => {}
        }
    }
    if depth == 0 { found } else { None }
}

fn is_list_element(text: &str, start: usize, end: usize) -> bool {
    use super::text::is_space;
    let before = text.get(..start).map(|head| head.trim_end_matches(is_space));
    let after = text.get(end..).map(|tail| tail.trim_start_matches(is_space));
    before.is_some_and(|head| head.ends_with('[')) || after.is_some_and(|tail| tail.starts_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_in(answer: &str) -> Option<String> {
        object_in(answer)?.get("n")?.as_str().map(str::to_owned)
    }

    #[test]
    fn an_object_is_found_alone_trimmed_fenced_or_alone_in_prose() {
        for answer in [
            r#"{"n":"a"}"#,
            "\u{a0}\u{1c}{\"n\":\"a\"} ",
            "```json\n{\"n\":\"a\"}\n```",
            "```JSON \r\n{\"n\":\"a\"}\r\n ```",
            "```\r{\"n\":\"a\"}\r```",
            r#"Sure: {"n":"a"}."#,
            r#"} {"n":"a"}"#,
            "\u{feff}{\"n\":\"a\"}",
            r#"{"n":"b","n":"a"}"#,
            r#"x [{"n":"b"},{"n":"a"},{"n":"c"}] y"#,
            r#"[1, {"n":"a"}, -NaN]"#,
            "```python\n{\"n\":\"a\"}\n```",
        ] {
            assert_eq!(name_in(answer).as_deref(), Some("a"), "{answer}");
        }
    }

    #[test]
    fn everything_else_is_unparsable() {
        for answer in [
            "",
            " ",
            "milk",
            "[]",
            "5",
            "\"a\"",
            "null",
            " [1] ",
            r#"{"n":"a"} {"n":"b"}"#,
            r#"[{"n":"a"}]"#,
            r#"x [ {"n":"a"} ] y"#,
            r#"{"n":"a""#,
            r#"{"n":"a"} {"#,
            r#"say " {"n":"a"}"#,
            r#"{"n":NaN}"#,
            r#"{"n":"\ud800"}"#,
            r#"[1, {"n":"a"}, NaN]"#,
            r#"[{"x":-Infinity}, {"n":"a"}, 2]"#,
            r#"{"n":1e999}"#,
            "```json\n[]\n```",
            "```json```",
            "{'n':'a'}",
            r#"{"n":"a",}"#,
        ] {
            assert_eq!(object_in(answer), None, "{answer}");
        }
    }

    #[test]
    fn nesting_is_read_to_128_levels() {
        let nested = |levels: usize| format!("{{\"n\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(object_in(&nested(128)).is_some());
        assert!(object_in(&nested(129)).is_none());
        assert!(object_in(&format!("{{\"n\":\"{}\"}}", "[{".repeat(500))).is_some());
        assert!(object_in(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn a_fence_needs_three_lines() {
        assert!(fenced("```\n```").is_none());
        assert!(fenced("```\r\n```").is_none());
        assert!(fenced("```\n\n```").is_some());
        assert!(fenced("```\n\r```").is_some());
    }
}
