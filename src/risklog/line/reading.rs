//! Reads a line with the fast reader, and any other with the tolerant one.

use super::{Line, documented, foreign};
use crate::decide::strip;

/// The content of a line.
#[derive(Debug, PartialEq)]
pub(in crate::risklog) enum Reading<'a> {
    /// White space, or nothing.
    Blank,
    /// Not a JSON object.
    Broken,
    /// A JSON object.
    Record(Line<'a>),
}

/// Reads a line, without its line feed.
pub(in crate::risklog) fn read(line: &[u8]) -> Reading<'_> {
    if let Some(line) = documented::read(line) {
        return Reading::Record(line);
    }
    let Ok(text) = std::str::from_utf8(line) else { return Reading::Broken };
    match strip(text) {
        "" => Reading::Blank,
        text => foreign::read(text).map_or(Reading::Broken, Reading::Record),
    }
}
