//! A verdict as text, Markdown and JSON: rules, missing evidence, exposure, and one sentence at the end.
//!
//! All formats are made from one receipt, written or not, so that they agree.

mod beside;
mod check;
mod exposure;
mod markdown;
mod missing;
mod rule;
mod rules;
mod sentence;
#[cfg(test)]
mod tests;
mod view;

use super::document::VerdictView;
use super::json::{Envelope, write_document};
use super::page::Page;
use super::style::{Layout, Tone};
use super::summary::Detail;
use crate::gate::{Receipt, Step, Verdict};
use crate::risklog::Level;
pub use check::{CheckView, CheckedState, write_check};
pub use markdown::write_gate_markdown;
pub use rule::write_rule;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
pub use view::GateView;

/// Version of the JSON document; raised when a field changes its meaning or goes.
const GATE_FORMAT: u32 = 1;

/// Writes a verdict as text.
pub fn write_gate(view: &GateView, layout: Layout, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    if detail != Detail::Verdict {
        heading(&mut page, view)?;
        rules::write(&mut page, view, detail)?;
        missing::write(&mut page, view)?;
        beside::write(&mut page, view)?;
        exposure::write(&mut page, view)?;
        page.blank()?;
    }
    let judgement = &view.receipt.judgement;
    let tone = tone_of(judgement.verdict);
    page.paragraph(0, &[tone.of(format!("{}: ", name(judgement.verdict))), sentence::sentence(judgement).into()])
}

/// Writes `{"format": 1, "receipt_file": …, …}` with the fields of a receipt. `docs/gate.md` describes every field.
pub fn write_gate_json(view: &GateView, written: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        receipt_file: Option<String>,
        sentence: String,
        judgement: &'a crate::gate::Judgement,
        policy: &'a crate::gate::RolloutPolicy,
        inputs: &'a crate::gate::ReceiptInputs,
    }
    let Receipt { judgement, policy, inputs, .. } = view.receipt;
    let sentence = format!("{}: {}", name(judgement.verdict), sentence::sentence(judgement));
    let receipt_file = written.map(|path| path.display().to_string());
    let body = Body { receipt_file, sentence, judgement, policy, inputs };
    write_document(&Envelope { format: GATE_FORMAT, body }, out)
}

fn heading(page: &mut Page, view: &GateView) -> io::Result<()> {
    let Receipt { judgement, inputs, .. } = view.receipt;
    let policy = view.policy_name.map_or_else(|| "built-in policy".to_owned(), |name| format!("policy {name}"));
    let foreign = match judgement.decisions {
        crate::summary::Decisions::Ours => "",
        crate::summary::Decisions::Foreign => " · foreign decisions",
    };
    let run = inputs.run.get(..12).unwrap_or(&inputs.run);
    let title = format!("gate · {} · rules {}{foreign} · {policy} · run {run}", asked(judgement.step), judgement.rules);
    page.paragraph(0, &[Tone::Strong.of(title)])?;
    if judgement.assumed_representative {
        page.paragraph(2, &[Tone::Warning.of(
            "recordings that were written are TAKEN FOR A SAMPLE OF PRODUCTION (--assume-representative): what follows \
             shows how a verdict would look, and allows nothing",
        )])?;
    }
    let differences = view.receipt.policy.differences();
    if !differences.is_empty() {
        let text = format!("the policy is not the built-in one: {}", differences.join("; "));
        page.paragraph(2, &[Tone::Warning.of(text)])?;
    }
    let problems = view.logs.into_iter().flat_map(|logs| &logs.findings).filter(|found| found.level == Level::Problem);
    for found in problems {
        let text = format!("risk log: {} ({}); `corridor analyze` says where", found.id, found.count);
        page.paragraph(2, &[Tone::Warning.of(text)])?;
    }
    Ok(())
}

impl VerdictView {
    /// The verdict of a receipt.
    pub fn of(receipt: &Receipt) -> Self {
        let judgement = &receipt.judgement;
        Self {
            receipt: receipt.file_name(),
            asked: asked(judgement.step),
            verdict: judgement.verdict,
            sentence: sentence::sentence(judgement),
            at: receipt.at.clone(),
        }
    }
}

/// `to 0.05`.
fn asked(step: Step) -> String {
    match step {
        Step::To(rate) => format!("to {rate}"),
        Step::Hold(rate) => format!("hold {rate}"),
    }
}

/// The name of a verdict.
pub(in crate::report) fn name(verdict: Verdict) -> String {
    verdict.as_str().to_uppercase()
}

/// The tone of a verdict.
pub(in crate::report) const fn tone_of(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Invalid | Verdict::NoGo => Tone::Bad,
        Verdict::Go => Tone::Good,
        Verdict::Inconclusive => Tone::Warning,
    }
}
