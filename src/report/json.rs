//! Summaries as JSON, from the same values as the text: there is no second model to fall behind.
//!
//! Every field is described in `docs/summary-json.md`.

use crate::summary::{SUMMARY_FORMAT, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// Version of the document; that of the summaries in it.
pub const JSON_FORMAT: u32 = SUMMARY_FORMAT;

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    summaries: &'a [Summary],
}

/// Writes `{"format":1,"summaries":[…]}`, pretty-printed, with a line feed at the end.
///
/// # Errors
///
/// Those of the writer.
pub fn write_json(summaries: &[Summary], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document { format: JSON_FORMAT, summaries })?;
    out.write_all(b"\n")
}
