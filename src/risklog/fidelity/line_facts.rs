//! The facts of a risk line in which production and replay are compared.
//!
//! Statuses and reasons are numbers in one table of names for both sides, so that equal numbers are equal names. Of a summary
//! only a digest of its value is kept, on which the order of keys and blanks have no influence.

use super::super::breakdown::Breakdown;
use super::super::line::{Line, Name};
use super::super::record::reached_sampling;
use crate::model::CorridorStatus;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::num::NonZero;

/// Names of statuses and reasons.
pub(super) struct Names(Breakdown);

impl Names {
    /// The number of `not_sampled`, which is a status and a reason.
    pub(super) const NOT_SAMPLED: u32 = 0;

    pub(super) fn new() -> Self {
        let mut names = Breakdown::default();
        names.add(CorridorStatus::NotSampled.as_str(), 0);
        Self(names)
    }

    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        self.0.add(name, 0)
    }

    /// Adds the names of a part; returns their numbers here, in the order of their numbers there.
    pub(super) fn append(&mut self, part: &Self) -> Vec<u32> {
        let Self(names) = part;
        names.iter().map(|(name, _)| self.0.add(name, 0)).collect()
    }

    pub(super) fn table(&self) -> &Breakdown {
        &self.0
    }
}

/// The facts of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineFacts {
    pub(super) status: u32,
    pub(super) reason: u32,
    pub(super) baseline: Summary,
    pub(super) llm: Summary,
    flags: u8,
}

/// 128-bit prefix of the SHA-256 of a summary's value; `None` where there is no summary.
pub(super) type Summary = Option<NonZero<u128>>;

const SAMPLED: u8 = 1;
const REACHED: u8 = 1 << 1;
const ERRED: u8 = 1 << 2;
const READABLE: u8 = 1 << 3;

impl LineFacts {
    /// Bytes in which they are stored.
    pub(super) const STORED: usize = 4 + 4 + 16 + 16 + 1;

    pub(super) fn new(line: &Line, names: &mut Names) -> Self {
        let status = line.status.as_status().parse().ok();
        let reason = line.reason.as_reason();
        let is_readable = line.status != Name::Absent && reason.is_some() && line.sampled.is_some();
        let flags = [
            (SAMPLED, line.sampled == Some(true)),
            (REACHED, reached_sampling(status, reason)),
            (ERRED, status == Some(CorridorStatus::Error)),
            (READABLE, is_readable),
        ];
        Self {
            status: names.number(line.status.as_status()),
            reason: names.number(reason.unwrap_or("unknown")),
            baseline: line.baseline_summary.and_then(digest),
            llm: line.llm_summary.and_then(digest),
            flags: flags.iter().map(|(flag, is_set)| if *is_set { *flag } else { 0 }).sum(),
        }
    }

    /// Whether the line says that the command was in the sample.
    pub(super) const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Whether the corridor drew the sample before it wrote the line.
    pub(super) const fn reached_sampling(&self) -> bool {
        self.flags & REACHED != 0
    }

    /// Whether the line is about an internal error.
    pub(super) const fn is_error(&self) -> bool {
        self.flags & ERRED != 0
    }

    /// Whether status, reason and sampled flag can be read.
    pub(super) const fn is_readable(&self) -> bool {
        self.flags & READABLE != 0
    }

    /// The facts of the line that the corridor writes if the command is not in the sample.
    pub(super) const fn outside_the_sample(self) -> Self {
        Self { status: Names::NOT_SAMPLED, reason: Names::NOT_SAMPLED, llm: None, flags: REACHED | READABLE, ..self }
    }

    /// The same with other numbers for its names.
    pub(super) fn renumbered(self, numbers: &[u32]) -> Self {
        let number = |of: u32| numbers[of as usize];
        Self { status: number(self.status), reason: number(self.reason), ..self }
    }

    /// Sorts by what is facts, not by the numbers of the names, which depend on the order of the lines.
    pub(super) fn cmp_by_name(&self, other: &Self, names: &Breakdown) -> std::cmp::Ordering {
        let key = |facts: &Self| (facts.flags, facts.baseline, facts.llm);
        key(self)
            .cmp(&key(other))
            .then_with(|| names.name(self.status).cmp(&names.name(other.status)))
            .then_with(|| names.name(self.reason).cmp(&names.name(other.reason)))
    }

    pub(super) fn store(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.status.to_le_bytes());
        bytes.extend_from_slice(&self.reason.to_le_bytes());
        for summary in [self.baseline, self.llm] {
            bytes.extend_from_slice(&summary.map_or(0, NonZero::get).to_le_bytes());
        }
        bytes.push(self.flags);
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (status, rest) = bytes.split_first_chunk()?;
        let (reason, rest) = rest.split_first_chunk()?;
        let (baseline, rest) = rest.split_first_chunk()?;
        let (llm, rest) = rest.split_first_chunk()?;
        Some(Self {
            status: u32::from_le_bytes(*status),
            reason: u32::from_le_bytes(*reason),
            baseline: NonZero::new(u128::from_le_bytes(*baseline)),
            llm: NonZero::new(u128::from_le_bytes(*llm)),
            flags: *rest.first()?,
        })
    }
}

/// The digest of a JSON value. Where our parser refuses it (too deep nesting, too large numbers), that of its text.
fn digest(json: &str) -> Summary {
    let mut text = String::with_capacity(json.len());
    match serde_json::from_str(json) {
        Ok(value) => write_value(&value, &mut text),
        Err(_) => text.push_str(json),
    }
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let (first, _) = hash.split_first_chunk()?;
    NonZero::new(u128::from_be_bytes(*first))
}

/// A canonical text of a value: keys in order, and whole numbers without a fraction.
fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in fields {
                // Writing to a string does not fail.
                let _ = write!(text, "{key:?}:");
                write_value(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for value in values {
                write_value(value, text);
                text.push(',');
            }
            text.push(']');
        }
        // Integers and floats of the same value are equal.
        Value::Number(number) => {
            let _ = match number.as_f64().filter(|_| number.is_f64()) {
                Some(float) => write!(text, "{}", float + 0.0),
                None => write!(text, "{number}"),
            };
        }
        Value::Null | Value::Bool(_) => {
            let _ = write!(text, "{value}");
        }
        Value::String(string) => {
            let _ = write!(text, "{string:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_equal_where_their_values_are() {
        let one = digest(r#"{"a":1,"b":[true,null,"x"],"c":0.5}"#);
        assert!(one.is_some());
        for same in
            [r#"{"c":5e-1, "b":[true, null,"\u0078"],"a":1.0}"#, r#"{"a":2,"a":1,"b":[true,null,"x"],"c":0.50}"#]
        {
            assert_eq!(digest(same), one, "{same}");
        }
        for other in [
            r#"{"a":1,"b":[true,null,"x"],"c":0.25}"#,
            r#"{"a":"1","b":[true,null,"x"],"c":0.5}"#,
            r#"{"a":1,"b":[null,true,"x"],"c":0.5}"#,
            r#"{"a":1,"b":[true,null],"c":0.5}"#,
            "{}",
            "1e999",
        ] {
            assert_ne!(digest(other), one, "{other}");
        }
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_ne!(digest(&deep(5000)), digest(&deep(5001)));
        assert_eq!(digest("-0.0"), digest("0"));
    }

    #[test]
    fn what_was_stored_is_read_back() {
        let line = Line {
            status: Name::Valid("error".into()),
            reason: Name::Invalid,
            sampled: Some(true),
            llm_summary: Some("{}"),
            ..Line::default()
        };
        let facts = LineFacts::new(&line, &mut Names::new());
        let mut bytes = Vec::new();
        facts.store(&mut bytes);
        assert_eq!((bytes.len(), LineFacts::from_bytes(&bytes)), (LineFacts::STORED, Some(facts)));
        assert!(facts.is_error() && facts.is_readable() && facts.is_sampled() && !facts.reached_sampling());
        assert_eq!((facts.renumbered(&[7, 8, 9]).status, facts.renumbered(&[7, 8, 9]).reason), (8, 9));
    }
}
