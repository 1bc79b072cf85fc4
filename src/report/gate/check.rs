//! The check of a receipt.

use super::super::page::Page;
use super::super::style::{Layout, Span, Tone};
use crate::gate::Receipt;
use crate::model::wire::wire_enum;
use serde::Serialize;
use std::io::{self, Write};

wire_enum! {
    /// The state of a piece of evidence that a receipt names, the worst last.
    CheckedState, "state of evidence" {
        /// It is unchanged.
        Same = "same",
        /// It is missing, so that it cannot be checked.
        Gone = "gone",
        /// It has changed.
        Differs = "differs",
    }
}

/// The result of a check.
#[derive(Debug, Serialize)]
pub struct CheckView {
    format: u32,
    /// File name of the receipt.
    file: String,
    checked: Vec<Checked>,
    notes: Vec<String>,
    /// The receipt, where it could be read.
    #[serde(skip)]
    pub receipt: Option<Receipt>,
}

#[derive(Debug, Serialize)]
struct Checked {
    what: &'static str,
    state: CheckedState,
    says: String,
}

impl CheckView {
    /// A result without any checks.
    pub fn new(file: &str) -> Self {
        Self {
            format: super::GATE_FORMAT,
            file: file.to_owned(),
            checked: Vec::new(),
            notes: Vec::new(),
            receipt: None,
        }
    }

    /// Adds one checked piece of evidence.
    pub fn add(&mut self, what: &'static str, state: CheckedState, says: String) {
        self.checked.push(Checked { what, state, says });
    }

    /// Adds a note, which does not affect the result.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// The worst state.
    pub fn verdict(&self) -> CheckedState {
        self.checked.iter().map(|checked| checked.state).max().unwrap_or(CheckedState::Gone)
    }
}

/// Writes a check as text.
pub fn write_check(view: &CheckView, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    page.paragraph(0, &[Tone::Strong.of(format!("gate · check · {}", view.file))])?;
    if let Some(receipt) = &view.receipt {
        let Receipt { judgement, at, by, .. } = receipt;
        let text = format!(
            "{} · rules {} · {} · {at} by {by}",
            super::asked(judgement.step),
            judgement.rules,
            super::name(judgement.verdict)
        );
        page.paragraph(2, &[Span::from(text)])?;
    }
    for Checked { what, state, says } in &view.checked {
        let tone = match state {
            CheckedState::Same => Tone::Good,
            CheckedState::Gone => Tone::Warning,
            CheckedState::Differs => Tone::Bad,
        };
        page.paragraph(2, &[tone.of(format!("{state:<7} ")), Span::from(format!("{what}: {says}"))])?;
    }
    for note in &view.notes {
        page.paragraph(2, &[Tone::Faint.of(format!("note: {note}"))])?;
    }
    page.blank()?;
    let is_assumed = view.receipt.as_ref().is_some_and(|receipt| receipt.judgement.assumed_representative);
    let verdict = view.receipt.as_ref().map(|receipt| receipt.judgement.verdict.as_str()).unwrap_or_default();
    page.paragraph(
        0,
        &[match view.verdict() {
            CheckedState::Same if is_assumed => Tone::Warning.of(format!(
                "the receipt holds: {verdict}, and allows nothing: written recordings were taken for a sample"
            )),
            CheckedState::Same => Tone::Good.of(format!("the receipt holds: {verdict}")),
            CheckedState::Gone => Tone::Warning.of("not everything is here: nobody can say whether the receipt holds"),
            CheckedState::Differs => Tone::Bad.of("INVALID: the receipt does not hold"),
        }],
    )
}
