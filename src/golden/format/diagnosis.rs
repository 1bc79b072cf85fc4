//! Finds what is wrong with JSON that could not be read, and where. Used on the error path only.
//!
//! serde's messages quote the values that they refuse, which are texts of users. Here only names of fields are kept.

use super::super::flaw::Flaw;
use crate::model::placed_problem;
use serde::Deserialize;
use serde_json::error::Category;
use serde_path_to_error::Track;

/// Offset into `text` of the byte that is at fault, and what is wrong with it.
pub(in crate::golden) fn diagnose<'a, T: Deserialize<'a>>(text: &'a str) -> (usize, Flaw) {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => error,
        Ok(_) => match deserializer.end() {
            Err(error) => serde_path_to_error::Error::new(Track::new().path(), error),
            Ok(()) => return (0, Flaw::Syntax("unreadable".to_owned())),
        },
    };
    let message = error.inner().to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let flaw = match error.inner().classify() {
        Category::Data => {
            let (field, problem) = placed_problem(error.path(), message);
            Flaw::Field { field, problem: briefly(problem) }
        }
        Category::Syntax | Category::Io => Flaw::Syntax(message.to_owned()),
        Category::Eof => Flaw::Syntax("ends too early".to_owned()),
    };
    let error = error.inner();
    (offset_of(text, error.line(), error.column()), flaw)
}

/// `line` and `column` are `serde_json`'s: 1-based, the column in bytes.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    lines.map(str::len).sum::<usize>() + column.saturating_sub(1)
}

/// Cuts off the list of known fields, which is long.
fn briefly(problem: String) -> String {
    let is_long = problem.starts_with("unknown field");
    if is_long { problem.split(',').next().unwrap_or_default().to_owned() } else { problem }
}
