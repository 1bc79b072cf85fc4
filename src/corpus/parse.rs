//! One line to one recording, or to an error that names line, column and field.

use super::error::LineError;
use crate::model::{Recording, message_alone, placed_problem, problem_of};

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads one line, without its line end.
///
/// # Errors
///
/// What is wrong, and where in the line. Nothing of the line's content is in the error.
pub fn parse_line(line: &[u8]) -> Result<Recording<'_>, LineError> {
    // Fast, because an archive may hold millions of line ends.
    if line.is_empty() {
        return Err(blank());
    }
    // A line is read again for a diagnosis only where it is bad.
    let read = std::str::from_utf8(line).ok().and_then(|text| serde_json::from_str::<Recording>(text).ok());
    match read {
        Some(recording) if line.last() != Some(&b'\r') => match recording.check() {
            Ok(()) => Ok(recording),
            Err(wrong) => Err(LineError {
                column: Some(column_of_field(line, wrong.field)),
                field: Some(wrong.field.to_owned()),
                problem: wrong.problem.to_owned(),
                help: None,
            }),
        },
        Some(_) | None => Err(diagnose(line)),
    }
}

/// The column of a field of the recording, or the first column where the field is missing.
fn column_of_field(line: &[u8], field: &str) -> u64 {
    let key = format!("\"{field}\"");
    column_at(line, memchr::memmem::rfind(line, key.as_bytes()).unwrap_or_default())
}

fn blank() -> LineError {
    LineError::whole("is blank", "remove it: every line of a corpus is one recording")
}

fn diagnose(line: &[u8]) -> LineError {
    if line.starts_with(BOM) {
        let help = "remove the first three bytes (EF BB BF) of the file";
        return LineError { column: Some(1), ..LineError::whole("starts with a byte order mark", help) };
    }
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => {
            let good = line.get(..error.valid_up_to()).unwrap_or_default();
            let column = Some(column_at(line, good.len()));
            return LineError { column, ..LineError::whole("invalid UTF-8", "write the corpus as UTF-8") };
        }
    };
    if text.ends_with('\r') {
        let help = "convert the line ends to LF, e.g. with `sed -i 's/\\r$//' FILE`";
        return LineError { column: Some(column_at(line, line.len() - 1)), ..LineError::whole("ends in CR LF", help) };
    }
    if text.trim().is_empty() {
        return blank();
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let (field, problem, error) = match serde_path_to_error::deserialize::<_, Recording>(&mut deserializer) {
        Ok(_) => match deserializer.end() {
            Ok(()) => return LineError::whole("cannot be read", "please report this"),
            Err(error) => (String::new(), problem_of(&error), error),
        },
        Err(error) => {
            let (field, problem) = placed_problem(error.path(), &message_alone(error.inner()));
            (field, problem, error.into_inner())
        }
    };
    LineError {
        column: Some(column_at(line, error.column().saturating_sub(1))),
        field: Some(field).filter(|field| !field.is_empty()),
        problem,
        help: error.is_eof().then_some("the line is cut off: capture it again, or remove it"),
    }
}

/// The 1-based column, in characters, of the byte at `offset`.
fn column_at(line: &[u8], offset: usize) -> u64 {
    let before = line.get(..offset).unwrap_or(line);
    before.iter().filter(|byte| !(0x80..0xc0).contains(*byte)).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"command":{"command_id":"c","user_id":"u","timestamp":"2026-02-10T10:00:00Z","text":"купи чай","capabilities":["start_job"],"context":{"household":{"members":[{"user_id":"u"}]}}}}"#;

    fn error_of(good: &str, bad: &str) -> LineError {
        assert!(GOOD.contains(good), "{good}");
        parse_line(GOOD.replacen(good, bad, 1).as_bytes()).unwrap_err()
    }

    fn shown(error: &LineError) -> String {
        format!("{}: {error}", error.column.unwrap_or_default())
    }

    #[test]
    fn a_good_line_is_read() {
        assert_eq!(parse_line(GOOD.as_bytes()).unwrap().command.text, "купи чай");
    }

    #[test]
    fn every_violation_names_its_field_and_column() {
        for (good, bad, expected) in [
            (r#""user_id":"u","#, "", "command: missing field `user_id`"),
            (r#""user_id":"u","#, r#""user_id":5,"#, "command.user_id: invalid type: integer, expected a string"),
            (r#""user_id":"u","#, r#""user_id":null,"#, "command.user_id: invalid type: null, expected a string"),
            (r#""user_id":"u","#, r#""user_id":"u","user_id":"u","#, "command: duplicate field `user_id`"),
            ("2026-02-10T", "2026-02-31T", "command.timestamp: must be an RFC 3339 date-time"),
            (r#"["start_job"]"#, "[]", "command.capabilities: must hold at least one capability"),
            (r#"["start_job"]"#, r#"["secret"]"#, "command.capabilities[0]: not a known capability, expected one of"),
            (r#"[{"user_id":"u"}]"#, "[]", "command.context.household.members: must hold at least one element"),
            (
                r#"{"household":{"members":[{"user_id":"u"}]}}"#,
                r#"[{"members":[{"user_id":"u"}]}]"#,
                "command.context: invalid type: array, expected an object",
            ),
            (r#"[{"user_id":"u"}]"#, r#"[["u"]]"#, "command.context.household.members[0]: invalid type: array"),
            (r#"{"command""#, r#"{"v":2,"command""#, "v: must be 1, the only format version"),
            (r#"{"command""#, r#"{"v":1,"comand":1,"command""#, ": unknown field, expected one of `v`, `command`"),
            (r#"{"command""#, r#"{"секрет":1,"command""#, "unknown field"),
            (r#"{"command""#, r#"{"source":"captured","command""#, "captured: is required where source is `captured`"),
            (r#"{"command""#, r#"{"command_id""#, "unknown field `command_id`"),
        ] {
            let error = error_of(good, bad);
            assert!(shown(&error).contains(expected), "{bad}: {}", shown(&error));
            assert!(!shown(&error).contains("secret") && !shown(&error).contains("секрет"), "{}", shown(&error));
        }
    }

    #[test]
    fn columns_count_characters() {
        // The broken escape follows Cyrillic characters.
        let error = error_of("чай\"", "ч\\qй\"");
        let expected = GOOD.replacen("чай\"", "ч\\qй\"", 1).chars().position(|c| c == '\\').unwrap() as u64 + 2;
        assert_eq!(error.column, Some(expected), "{error}");
    }

    #[test]
    fn damage_to_the_file_is_named() {
        for (line, expected) in [
            (&b"\xef\xbb\xbf{}"[..], "1: starts with a byte order mark"),
            (b"", "1: is blank"),
            (b"  \t", "1: is blank"),
            (b"{\"a\":\"\xff\"}", "7: invalid UTF-8"),
            (b"[]", "invalid type: array, expected an object"),
            (b"[1,{}]", "invalid type: array, expected an object"),
            (&GOOD.as_bytes()[..40], "EOF while parsing"),
            (b"{} {}", "missing field `command`"),
        ] {
            let error = parse_line(line).unwrap_err();
            assert!(shown(&error).contains(expected), "{}", shown(&error));
        }
        let crlf = format!("{GOOD}\r");
        assert!(shown(&parse_line(crlf.as_bytes()).unwrap_err()).contains("ends in CR LF"));
        let trailing = format!("{GOOD} x");
        assert!(shown(&parse_line(trailing.as_bytes()).unwrap_err()).contains("trailing characters"));
    }
}
