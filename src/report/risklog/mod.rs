//! An analysis of risk logs: the deployed analyzer's metrics as it prints them, then the honest ones.

mod compatible;
mod findings;
mod honest;
#[cfg(test)]
mod tests;

use super::json::{Envelope, write_document};
use super::page::Page;
use super::style::Layout;
use super::summary::Detail;
use crate::risklog::Analysis;
use std::io::{self, Write};

/// Version of the JSON document; raised when a field changes its meaning, its unit or its type, or goes.
const ANALYSIS_FORMAT: u32 = 1;

/// Writes an analysis as text. With [`Detail::Verdict`], only the compatible metrics and the findings; with
/// [`Detail::Full`], every day.
pub fn write_analysis(analysis: &Analysis, layout: Layout, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    compatible::write(&mut page, &analysis.compatible)?;
    honest::write(&mut page, &analysis.honest, detail)
}

/// Writes `{"format": 1, "compatible": {…}, "honest": {…}}`. `docs/operations/analyzer.md` describes every field.
pub fn write_analysis_json(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Envelope { format: ANALYSIS_FORMAT, body: analysis }, out)
}
