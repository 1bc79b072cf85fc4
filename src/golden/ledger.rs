//! The ledger: who accepted or rejected what, when and why. One JSON object per line; lines are only appended.

use super::change::ChangeCounts;
use super::error::GoldenError;
use super::flaw::Flaw;
use super::format::{Position, diagnose};
use super::settlement::{SettlementAction, SettlementScope};
use crate::model::{Decisions, Location, is_date_time};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

/// One line of the ledger, in key order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub who: String,
    /// What was done.
    pub action: SettlementAction,
    /// Name of the rule set.
    pub rules: String,
    /// Name of the corpus.
    pub corpus: String,
    /// Whose decisions the changes were found in; absent for those of this program's own paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<Decisions>,
    /// How much was settled.
    pub scope: SettlementScope,
    /// Fingerprint of the group that was settled, hex; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The command ids, ascending; absent where all were settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Vec<String>>,
    /// How many changes were settled.
    pub changes: ChangeCounts,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// SHA-256 of the golden file before, in hexadecimal; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// SHA-256 of the golden file after; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl LedgerEntry {
    /// The line of the ledger, with its line end.
    pub(super) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// Longest line, in bytes; it lists the ids that were settled. A longer line means that a line end is missing.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Reads a ledger line by line. Each bad line is one error, and the lines after it are still read. A last line without a line
/// end is followed by an error.
#[derive(Debug)]
pub struct LedgerReader {
    source: BufReader<File>,
    path: PathBuf,
    line: u64,
    /// Whether the last line that was read has its line end.
    is_ended: bool,
    /// Whether nothing more can be read.
    is_over: bool,
}

impl LedgerReader {
    pub(super) fn new(source: File, path: PathBuf) -> Self {
        Self { source: BufReader::new(source), path, line: 0, is_ended: true, is_over: false }
    }

    fn damaged(&self, before: &[u8], flaw: Flaw) -> GoldenError {
        let column = Position::START.after(before).column;
        let location = Location { file: self.path.display().to_string(), line: self.line, column: Some(column) };
        GoldenError::Ledger { location, flaw }
    }

    fn parse(&self, line: &[u8]) -> Result<LedgerEntry, GoldenError> {
        let damaged = |offset: usize, flaw| self.damaged(line.get(..offset).unwrap_or(line), flaw);
        if MARKERS.iter().any(|marker| line.starts_with(marker)) {
            return Err(damaged(0, Flaw::ConflictMarker));
        }
        let text = std::str::from_utf8(line).map_err(|error| damaged(error.valid_up_to(), Flaw::NotUtf8))?;
        let entry: LedgerEntry = serde_json::from_str(text).map_err(|_| {
            let (offset, flaw) = diagnose::<LedgerEntry>(text);
            damaged(offset, flaw)
        })?;
        let wrong = |field: &str, problem: &str| {
            damaged(0, Flaw::Field { field: field.to_owned(), problem: problem.to_owned() })
        };
        if !is_date_time(&entry.at) {
            return Err(wrong("at", "must be an RFC 3339 date-time"));
        }
        if entry.cases.is_some() == (entry.scope == SettlementScope::Whole) {
            return Err(wrong("cases", "belongs to the scopes `cases` and `group`, and to no other"));
        }
        if entry.group.is_some() != (entry.scope == SettlementScope::Group) {
            return Err(wrong("group", "belongs to scope `group`, and to no other"));
        }
        Ok(entry)
    }
}

impl Iterator for LedgerReader {
    type Item = Result<LedgerEntry, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        loop {
            if !self.is_ended {
                self.is_ended = true;
                return Some(Err(self.damaged(b"", Flaw::NoLineEnd)));
            }
            if self.is_over {
                return None;
            }
            line.clear();
            self.line += 1;
            match self.source.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(length) if length as u64 == MAX_LINE_BYTES => {
                    self.is_over = true;
                    return Some(Err(self.damaged(b"", Flaw::TooLong(line.len()))));
                }
                Ok(_) => {
                    let content = line.strip_suffix(b"\n");
                    self.is_ended = content.is_some();
                    let content = content.unwrap_or(&line);
                    if !content.trim_ascii().is_empty() {
                        return Some(self.parse(content).inspect_err(|_| self.is_ended = true));
                    }
                    self.is_ended = true;
                }
                Err(source) => {
                    self.is_over = true;
                    return Some(Err(GoldenError::Io { path: self.path.clone(), action: "read", source }));
                }
            }
        }
    }
}

/// How the conflict markers of a merge begin.
const MARKERS: [&[u8]; 4] = [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"];

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(who: &str) -> LedgerEntry {
        LedgerEntry {
            at: "2026-05-01T12:00:00Z".to_owned(),
            who: who.to_owned(),
            action: SettlementAction::Accept,
            rules: "strict".to_owned(),
            corpus: "household".to_owned(),
            decisions: None,
            scope: SettlementScope::Whole,
            group: None,
            cases: None,
            changes: ChangeCounts { changed: 1, added: 0, missing: 0 },
            reason: None,
            before: None,
            after: Some("00".to_owned()),
        }
    }

    fn read(text: &[u8]) -> Vec<Result<LedgerEntry, String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("LEDGER.jsonl");
        std::fs::write(&path, text).unwrap();
        let lines = LedgerReader::new(File::open(&path).unwrap(), "L".into());
        lines.map(|line| line.map_err(|error| error.to_string())).collect()
    }

    fn line(who: &str) -> Vec<u8> {
        entry(who).line().unwrap()
    }

    #[test]
    fn a_line_is_closed_and_in_key_order() {
        assert_eq!(
            String::from_utf8(line("mara")).unwrap(),
            concat!(
                r#"{"at":"2026-05-01T12:00:00Z","who":"mara","action":"accept","rules":"strict","corpus":"household","#,
                r#""scope":"whole","changes":{"changed":1,"added":0,"missing":0},"after":"00"}"#,
                "\n"
            )
        );
        assert_eq!(read(&[line("mara"), b"\r\n\n".to_vec()].concat()), [Ok(entry("mara"))]);
    }

    #[test]
    fn a_line_that_is_cut_off_is_an_error_wherever_it_is_cut() {
        let whole = [line("a"), line("b")].concat();
        for length in line("a").len() + 1..whole.len() - 1 {
            let lines = read(&whole[..length]);
            assert_eq!(lines[0], Ok(entry("a")));
            assert!(lines[1].as_ref().unwrap_err().starts_with("L:2:"), "{lines:?}");
            assert_eq!(lines.len(), 2);
        }
        let no_end = Err("L:2:1: the last line has no line end: it may have been cut off".to_owned());
        assert_eq!(read(&whole[..whole.len() - 1]), [Ok(entry("a")), Ok(entry("b")), no_end]);
    }

    #[test]
    fn conflict_markers_are_named_and_the_lines_around_them_are_read() {
        for marker in ["<<<<<<< HEAD", "=======", "||||||| base", ">>>>>>> main"] {
            let lines = read(&[line("a"), format!("{marker}\n").into_bytes(), line("b")].concat());
            let conflict = Err("L:2:1: a conflict marker of an unfinished merge".to_owned());
            assert_eq!(lines, [Ok(entry("a")), conflict, Ok(entry("b"))]);
        }
    }

    #[test]
    fn a_bad_line_is_named_and_not_quoted() {
        let bad = String::from_utf8(line("a")).unwrap();
        for (from, to, expected) in [
            (
                "accept",
                "secret",
                "L:1:56: `action`: not a known action of the ledger, expected one of `accept`, `reject`",
            ),
            ("2026-05-01", "secret", "L:1:1: `at`: must be an RFC 3339 date-time"),
            ("whole", "cases", "L:1:1: `cases`: belongs to the scopes `cases` and `group`, and to no other"),
        ] {
            let lines = read(&[bad.replace(from, to).into_bytes(), line("b")].concat());
            assert_eq!(lines, [Err(expected.to_owned()), Ok(entry("b"))]);
        }
    }
}
