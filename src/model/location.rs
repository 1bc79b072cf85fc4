//! Where in a file something is.

use std::fmt;

/// A place in an input, printed as `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Path as the user named it, or `<stdin>`.
    pub file: String,
    /// 1-based.
    pub line: u64,
    /// 1-based, in characters (Unicode scalar values); `None` where the whole line is meant.
    pub column: Option<u64>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}
