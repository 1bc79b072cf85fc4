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
use crate::risklog::{Analysis, Compatible};
use std::io::{self, Write};

/// Version of the JSON document; raised when a field changes its meaning, its unit or its type, or goes.
pub const ANALYSIS_FORMAT: u32 = 1;

/// Writes an analysis for people. With [`Detail::Verdict`], the compatible metrics and the findings alone; with
/// [`Detail::Full`], every day.
///
/// # Errors
///
/// Those of the writer.
pub fn write_analysis(analysis: &Analysis, layout: Layout, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    compatible::write(&mut page, &analysis.compatible)?;
    honest::write(&mut page, &analysis.honest, detail)
}

/// Writes `{"format": 1, "compatible": {…}, "honest": {…}}`. `docs/operations/analyzer.md` describes every field.
///
/// # Errors
///
/// Those of the writer.
pub fn write_analysis_json(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Envelope { format: ANALYSIS_FORMAT, body: analysis }, out)
}

/// Writes the compatible metrics alone, with the deployed analyzer's keys in its order and nothing else.
///
/// # Errors
///
/// Those of the writer.
pub fn write_compatible_json(compatible: &Compatible, out: &mut dyn Write) -> io::Result<()> {
    write_document(compatible, out)
}
