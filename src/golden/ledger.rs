//! The ledger: who accepted or rejected what, when and why. One closed JSON object per line, only ever appended to.

use super::change::ChangeCounts;
use super::error::{Flaw, GoldenError};
use super::format::{Position, diagnose};
use crate::model::wire::wire_enum;
use crate::model::{Location, is_date_time};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

wire_enum! {
    /// What was done with a pending change.
    SettlementAction, "action of the ledger" {
        /// Golden now says what was found.
        Accept = "accept",
        /// Golden stands.
        Reject = "reject",
    }
}

wire_enum! {
    /// How much was settled at once.
    SettlementScope, "scope of the ledger" {
        /// Everything that was pending for one corpus.
        Whole = "whole",
        /// Some cases.
        Cases = "cases",
        /// Those of one group.
        Group = "group",
    }
}

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
    /// How much.
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

/// Whether the line may be there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    First,
    /// Whoever appended it was interrupted: it may be there, whole or in part.
    Again,
}

/// Appends a line, in one write, and flushes it to disk. Other lines stay as they are: where the last one lacks its line
/// end, it gets one (or, if it is the beginning of this very line, its rest).
///
/// The caller holds the lock of the store.
pub(super) fn append(path: &Path, entry: &LedgerEntry, attempt: Attempt) -> Result<(), GoldenError> {
    let mut line = serde_json::to_vec(entry).map_err(io::Error::from).map_err(GoldenError::io("write", path))?;
    line.push(b'\n');
    append_line(path, &line, attempt).map_err(GoldenError::io("append to", path))
}

fn append_line(path: &Path, line: &[u8], attempt: Attempt) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(line.len() as u64 + 1)))?;
    file.read_to_end(&mut tail)?;
    let is_there = tail.strip_suffix(line).is_some_and(|before| before.last().is_none_or(|byte| *byte == b'\n'));
    if is_there && attempt == Attempt::Again {
        return file.sync_all();
    }
    let unfinished = tail.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let rest = if unfinished.is_empty() {
        line.to_vec()
    } else if let (Some(rest), Attempt::Again) = (line.strip_prefix(unfinished), attempt) {
        rest.to_vec()
    } else {
        [b"\n", line].concat()
    };
    file.write_all(&rest)?;
    file.sync_all()
}

/// Reads a ledger line by line. A bad line is an error of its own; the lines after it are still read.
#[derive(Debug)]
pub struct LedgerReader {
    source: BufReader<File>,
    path: PathBuf,
    line: u64,
}

impl LedgerReader {
    pub(super) fn new(source: File, path: PathBuf) -> Self {
        Self { source: BufReader::new(source), path, line: 0 }
    }

    fn parse(&self, line: &[u8]) -> Result<LedgerEntry, GoldenError> {
        let damaged = |offset: usize, flaw| {
            let column = Position::START.after(line.get(..offset).unwrap_or(line)).column;
            let location = Location { file: self.path.display().to_string(), line: self.line, column: Some(column) };
            GoldenError::Ledger { location, flaw }
        };
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
            line.clear();
            self.line += 1;
            match self.source.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let line = line.strip_suffix(b"\n").unwrap_or(&line);
                    return Some(self.parse(line));
                }
                Err(source) => {
                    return Some(Err(GoldenError::Io { path: self.path.clone(), action: "read", source }));
                }
            }
        }
    }
}

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
            scope: SettlementScope::Whole,
            group: None,
            cases: None,
            changes: ChangeCounts { changed: 1, added: 0, missing: 0 },
            reason: None,
            before: None,
            after: Some("00".to_owned()),
        }
    }

    fn ledger(before: &[u8], who: &str, attempt: Attempt) -> (String, Vec<Result<LedgerEntry, String>>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("LEDGER.jsonl");
        std::fs::write(&path, before).unwrap();
        append(&path, &entry(who), attempt).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = LedgerReader::new(File::open(&path).unwrap(), "L".into());
        (text, lines.map(|line| line.map_err(|error| error.to_string())).collect())
    }

    fn line(who: &str) -> Vec<u8> {
        let mut line = serde_json::to_vec(&entry(who)).unwrap();
        line.push(b'\n');
        line
    }

    #[test]
    fn a_line_is_closed_and_in_key_order() {
        let (text, lines) = ledger(b"", "mara", Attempt::First);
        assert_eq!(
            text,
            concat!(
                r#"{"at":"2026-05-01T12:00:00Z","who":"mara","action":"accept","rules":"strict","corpus":"household","#,
                r#""scope":"whole","changes":{"changed":1,"added":0,"missing":0},"after":"00"}"#,
                "\n"
            )
        );
        assert_eq!(lines, [Ok(entry("mara"))]);
    }

    #[test]
    fn a_truncated_line_is_left_alone_and_the_next_one_starts_afresh() {
        let (_, lines) = ledger(&[line("a"), line("b")[..20].to_vec()].concat(), "c", Attempt::First);
        assert_eq!(lines[0], Ok(entry("a")));
        assert_eq!(lines[1], Err("L:2:20: not JSON: ends too early".to_owned()));
        assert_eq!(lines[2], Ok(entry("c")));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_repeated_line_is_completed_wherever_it_broke_off() {
        let whole = [line("a"), line("b")].concat();
        for length in line("a").len()..=whole.len() {
            let (text, _) = ledger(&whole[..length], "b", Attempt::Again);
            assert_eq!(text.as_bytes(), whole, "{length}");
        }
        for length in 0..=line("b").len() {
            assert_eq!(ledger(&line("b")[..length], "b", Attempt::Again).0.as_bytes(), line("b"));
        }
        assert_eq!(ledger(&line("b"), "b", Attempt::First).1.len(), 2);
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
            let (_, lines) = ledger(bad.replace(from, to).as_bytes(), "b", Attempt::First);
            assert_eq!(lines, [Err(expected.to_owned()), Ok(entry("b"))]);
        }
    }
}
