//! Redaction of the error messages of JSON, TOML and YAML parsers.
//!
//! Such messages repeat keys, values and numbers of the input, which may be text of users or secrets, and end up in the logs of CI
//! servers. What was expected comes from our types and is kept.

use super::schema::{is_documented, shown_path};
use serde::de::DeserializeOwned;
use serde_path_to_error::Path;
use std::ops::Range;

/// Something that is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextProblem {
    /// The path of the field, where there is one, and what is wrong.
    pub message: String,
    /// Where, in bytes; `None` for the whole text.
    pub place: Option<Range<usize>>,
}

/// Reads TOML.
///
/// # Errors
///
/// What is wrong, and where, without any key that is not documented and without any value.
pub fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T, TextProblem> {
    let wrong = |message, error: &toml::de::Error| TextProblem { message, place: error.span() };
    let deserializer =
        toml::Deserializer::parse(text).map_err(|error| wrong(shown_problem(error.message()), &error))?;
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let (field, problem) = placed_problem(error.path(), error.inner().message());
        let message = if field.is_empty() { problem } else { format!("{field}: {problem}") };
        wrong(message, error.inner())
    })
}

/// Path of the field at fault, empty for the whole, and what is wrong with it.
#[must_use]
pub fn placed_problem(path: &Path, message: &str) -> (String, String) {
    let (field, problem) = (shown_path(path), shown_problem(message));
    // The place of an unknown field is the object around it.
    let parent = || field.rsplit_once('.').map_or(String::new(), |(parent, _)| parent.to_owned());
    if problem.starts_with("unknown field") { (parent(), problem) } else { (field, problem) }
}

/// How messages of serde about a value begin.
const FOUND: [&str; 3] = ["invalid type: ", "invalid value: ", "invalid length "];

/// How messages about a name from outside begin, and whether they end in what was expected.
const NAMED: [(&str, bool); 5] = [
    ("unknown field", true),
    ("unknown variant", true),
    ("duplicate field", false),
    ("duplicate mapping key", false),
    ("duplicate key", false),
];

/// Kinds of values: the words of serde, and ours.
const KINDS: [(&str, &str); 18] = [
    ("boolean", "boolean"),
    ("integer", "integer"),
    ("floating point", "floating point"),
    ("character", "character"),
    ("string", "string"),
    ("byte array", "byte array"),
    ("null", "null"),
    ("unit value", "null"),
    ("Option value", "optional value"),
    ("newtype struct", "object"),
    ("sequence", "array"),
    ("array", "array"),
    ("map", "object"),
    ("table", "object"),
    ("enum", "name"),
    ("unit variant", "name"),
    ("datetime", "date and time"),
    ("number", "number"),
];

/// A message, without its position, reduced to kinds of values and documented names.
#[must_use]
pub fn shown_problem(message: &str) -> String {
    // The other lines of a message show the input.
    let message = message.lines().next().unwrap_or_default();
    for kind in FOUND {
        let Some(rest) = message.strip_prefix(kind) else { continue };
        let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, "something else"));
        return format!("{kind}{}, expected {}", found_kind(found), expected_kind(expected));
    }
    for (kind, has_tail) in NAMED {
        let Some(rest) = message.strip_prefix(kind) else { continue };
        // Search from the end: the name may hold the same words.
        let end = rest.rfind(", expected ").or_else(|| rest.rfind(", there are no fields"));
        let (name, expected) = rest.split_at(end.filter(|_| has_tail).unwrap_or(rest.len()));
        let name = name.trim_matches([' ', ':', '`', '"']);
        let shown = if is_documented(name) { format!(" `{name}`") } else { String::new() };
        return format!("{kind}{shown}{expected}");
    }
    let end = message.rfind("expected ").unwrap_or(message.len());
    let (said, expected) = message.split_at(end);
    format!("{}{expected}", unquoted(said))
}

fn found_kind(found: &str) -> String {
    let kind = found.split(['`', '"']).next().unwrap_or_default().trim();
    let known = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, shown)| (*shown).to_owned());
    // The number of a length is shown.
    known.or_else(|| kind.parse::<usize>().ok().map(|length| length.to_string())).unwrap_or_else(|| "value".to_owned())
}

fn expected_kind(expected: &str) -> &str {
    match expected {
        "u64" | "usize" | "u32" | "u16" => "a whole number of 0 or more",
        "i64" | "i128" => "a whole number",
        "f64" => "a number",
        "a map" => "an object",
        "a sequence" => "an array",
        "path string" => "a path",
        // Names of our types mean nothing to users.
        _ if expected.starts_with("struct ") => "an object",
        other => other,
    }
}

/// The text with `?` for everything in quotes that is no documented name.
fn unquoted(text: &str) -> String {
    const QUOTES: [(char, char); 4] = [('`', '`'), ('"', '"'), ('\'', '\''), ('[', ']')];
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, close)) = rest.char_indices().find_map(|(at, c)| {
        let (_, close) = QUOTES.iter().find(|(open, _)| *open == c)?;
        Some((at, *close))
    }) {
        let (before, quoted) = rest.split_at(start + 1);
        let ends = [quoted.find(close), quoted.rfind(close)].map(|end| end.unwrap_or(quoted.len()));
        let is_known = |end: &usize| quoted.get(..*end).is_some_and(is_documented);
        // Everything up to the last quote is hidden: the text may hold quotes.
        let known = Some(ends[0]).filter(is_known);
        let (inside, after) = quoted.split_at(known.unwrap_or(ends[1]));
        shown.push_str(before);
        shown.push_str(if known.is_some() { inside } else { "?" });
        let (mark, after) = after.split_at(after.chars().next().map_or(0, char::len_utf8));
        shown.push_str(mark);
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The parser's message, as [`shown_problem`] shows it.
#[must_use]
pub fn problem_of(error: &serde_json::Error) -> String {
    shown_problem(&message_alone(error))
}

/// The parser's message without its position.
#[must_use]
pub fn message_alone(error: &serde_json::Error) -> String {
    let mut message = error.to_string();
    message.truncate(message.rfind(" at line ").unwrap_or(message.len()));
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UniqueMap;
    use serde::Deserialize;

    #[test]
    fn a_name_is_shown_only_where_it_is_documented() {
        for (message, shown) in [
            ("unknown field `text`, expected `v`", "unknown field `text`, expected `v`"),
            ("unknown field `x`, expected one of `v`, `w`", "unknown field, expected one of `v`, `w`"),
            ("unknown field `x`, expected one of `y`, expected `v`", "unknown field, expected `v`"),
            ("unknown field `x`, there are no fields", "unknown field, there are no fields"),
            ("unknown variant `x`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            ("duplicate field `label`", "duplicate field `label`"),
            ("duplicate mapping key: x", "duplicate mapping key"),
            ("duplicate mapping key: x, expected y", "duplicate mapping key"),
            ("missing field `v`", "missing field `v`"),
        ] {
            assert_eq!(shown_problem(message), shown);
        }
    }

    #[test]
    fn of_a_found_value_only_its_kind_is_shown() {
        for (message, shown) in [
            ("invalid type: string \"x\", expected a map", "invalid type: string, expected an object"),
            (
                "invalid type: string \"x, expected y\", expected u64",
                "invalid type: string, expected a whole number of 0 or more",
            ),
            (
                "invalid value: integer `-4711`, expected u32",
                "invalid value: integer, expected a whole number of 0 or more",
            ),
            ("invalid type: x, expected f64", "invalid type: value, expected a number"),
            ("invalid length 3, expected fewer", "invalid length 3, expected fewer"),
            ("invalid type: string \"x\ny\", expected a map", "invalid type: string, expected something else"),
            ("The string value [x] must be quoted", "The string value [?] must be quoted"),
            ("unsupported tag `x`y`", "unsupported tag `?`"),
            ("missing property `x`: \"y\" z", "missing property `?`: \"?\" z"),
            ("holds either `raw` or `error`", "holds either `raw` or `error`"),
            ("unexpected key, expected newline, `#`", "unexpected key, expected newline, `#`"),
        ] {
            assert_eq!(shown_problem(message), shown);
        }
    }

    #[test]
    fn errors_of_toml_have_a_place_and_a_documented_path() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "only read into")]
        struct File {
            rules: Option<u64>,
            environment: Option<UniqueMap<String>>,
        }
        for (text, place, message) in [
            ("rules = 'x'", 8, "rules: invalid type: string, expected a whole number of 0 or more"),
            ("\nx = 1", 1, "unknown field, expected `rules` or `environment`"),
            ("[environment]\nx = 4711", 18, "environment.?: invalid type: integer, expected a string"),
            (
                "[environment]\nLLM_API_KEY = ['x']",
                28,
                "environment.LLM_API_KEY: invalid type: array, expected a string",
            ),
            ("rules = 1\nrules = 2", 10, "duplicate key"),
        ] {
            let problem = read_toml::<File>(text).unwrap_err();
            assert_eq!((problem.message.as_str(), problem.place.unwrap().start), (message, place), "{text}");
        }
        for text in ["x", "x = y", "x = \"y", "[x", "x = 4711-x", "[x]\n[x]", "x = {y = 1, y = 2}", "x.y = 1\nx = 2"] {
            let message = read_toml::<File>(text).unwrap_err().message;
            assert!(!message.contains('x') || message.contains("expected") && !message.contains("`x`"), "{message}");
        }
    }
}
