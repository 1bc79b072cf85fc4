//! The name of a golden file: a rule set and a corpus.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A text that cannot name a file or folder of the store.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` cannot name a {what} of golden", .name.escape_debug())]
pub struct NotAName {
    /// `rule set` or `corpus`.
    pub what: &'static str,
    /// The text.
    pub name: String,
}

/// Rule set and corpus; each can be one component of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SnapshotName {
    rules: String,
    corpus: String,
}

impl SnapshotName {
    /// The snapshot of `corpus` (the stem of its file) under a rule set.
    ///
    /// # Errors
    ///
    /// [`NotAName`] for a name that is empty, `.` or `..`, or holds a path separator or control character.
    pub fn new(rules: &str, corpus: &str) -> Result<Self, NotAName> {
        for (what, name) in [("rule set", rules), ("corpus", corpus)] {
            if !is_file_name(name) {
                return Err(NotAName { what, name: name.to_owned() });
            }
        }
        Ok(Self { rules: rules.to_owned(), corpus: corpus.to_owned() })
    }

    /// Name of the rule set.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// Name of the corpus.
    pub fn corpus(&self) -> &str {
        &self.corpus
    }
}

/// As in the path of the file: `strict/household`.
impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.rules, self.corpus)
    }
}

impl From<SnapshotName> for String {
    fn from(name: SnapshotName) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for SnapshotName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        let (rules, corpus) = text.split_once('/').unwrap_or((&text, ""));
        Self::new(rules, corpus)
    }
}

/// Whether `name` is one component of a path, on any system.
pub(super) fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(|part: char| matches!(part, '/' | '\\') || part.is_control())
}

#[cfg(test)]
mod tests {
    use super::SnapshotName;

    #[test]
    fn a_name_is_one_part_of_a_path() {
        for bad in ["", ".", "..", "a/b", "/", "a\\b", "a\0", "a\n", "../x"] {
            assert!(SnapshotName::new("strict", bad).is_err() && SnapshotName::new(bad, "x").is_err(), "{bad:?}");
        }
        for good in ["household", "2026.05", "...", "хлеб", "a b", ".x"] {
            assert_eq!(SnapshotName::new("strict", good).unwrap().to_string(), format!("strict/{good}"));
        }
    }
}
