//! JSON documents, made from the same values as the text.
//!
//! `docs/summary-json.md` describes every field of a summary.

use super::escape::in_json;
use crate::summary::{SUMMARY_FORMAT, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// Version of the document; that of the summaries in it.
pub const JSON_FORMAT: u32 = SUMMARY_FORMAT;

/// A JSON document: the version of its format first, then the fields of what it shows.
#[derive(Serialize)]
pub(super) struct Envelope<T> {
    /// Raised when a field changes its meaning or goes.
    pub(super) format: u32,
    /// An object.
    #[serde(flatten)]
    pub(super) body: T,
}

/// Writes `{"format":1,"summaries":[…]}`, pretty-printed, with a line feed at the end.
pub fn write_json(summaries: &[Summary], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        summaries: &'a [Summary],
    }
    write_document(&Envelope { format: JSON_FORMAT, body: Body { summaries } }, out)
}

/// Writes a value as a JSON document, pretty-printed, with a line feed at the end; hidden characters of strings are written as
/// JSON escapes.
pub fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    out.write_all(in_json(&text).as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::decide::RuleSet;
    use crate::model::Day;
    use crate::summary::{CaptureDay, GoldenResult};
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn documents() -> Vec<Value> {
        let day = CaptureDay { day: Day::new(0), recordings: 3 };
        let mut skipped = fixture::summary(RuleSet::Strict);
        fixture::change(&mut skipped);
        skipped.corpora[0].counts.evidence.capture_days = vec![day].into();
        skipped.corpora[0].golden = GoldenResult::Skipped { because: "of a reason".to_owned() };
        let summaries = [fixture::summary(RuleSet::Reference), skipped];
        let document = fixture::json(|out| write_json(&summaries, out));
        let read: Vec<Summary> = serde_json::from_value(document["summaries"].clone()).unwrap();
        assert_eq!(read[1].corpora[1].golden, summaries[1].corpora[1].golden);
        assert_eq!(read[0].roles, summaries[0].roles);
        assert_eq!(read[1].corpora[0].counts.evidence, summaries[1].corpora[0].counts.evidence);
        vec![document]
    }

    #[test]
    fn every_field_is_documented() {
        let documentation = include_str!("../../docs/summary-json.md");
        let keys: BTreeSet<_> = documents().iter().flat_map(fixture::field_names).collect();
        let missing: Vec<_> = keys.iter().filter(|key| !documentation.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
