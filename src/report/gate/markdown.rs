//! A verdict as Markdown, for a pull request or a change record.

use super::super::escape::in_markdown;
use super::super::number::grouped;
use super::super::words::capitalised;
use super::{GateView, asked, beside, exposure, missing, name, rules, sentence};
use crate::gate::Finding;
use std::io::{self, Write};

/// Writes a verdict as Markdown.
pub fn write_gate_markdown(view: &GateView, out: &mut dyn Write) -> io::Result<()> {
    let judgement = &view.receipt.judgement;
    let verdict = name(judgement.verdict);
    writeln!(out, "## Gate {}, rules {}: {verdict}\n", asked(judgement.step), judgement.rules)?;
    if judgement.assumed_representative {
        writeln!(
            out,
            "> Recordings that were written are **taken for a sample of production**. This allows nothing.\n"
        )?;
    }
    let differences = view.receipt.policy.differences();
    if !differences.is_empty() {
        writeln!(out, "The policy is not the built-in one: {}.\n", in_markdown(&differences.join("; ")))?;
    }
    writeln!(out, "{}.\n", in_markdown(&capitalised(&sentence::sentence(judgement))))?;
    writeln!(out, "| rule | kind | events | records | rate | bound | limit | |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|---|")?;
    judgement.findings.iter().try_for_each(|finding| row(finding, out))?;
    writeln!(out)?;
    for finding in judgement.findings.iter().filter(|finding| finding.refuses() || finding.is_missing()) {
        if let Some(remark) = rules::remark(finding) {
            writeln!(out, "- `{}`: {}", finding.rule, in_markdown(&remark))?;
        }
    }
    for found in &judgement.contradictions {
        writeln!(out, "- **contradiction**: {}", in_markdown(&missing::contradiction(found)))?;
    }
    for found in &judgement.missing {
        writeln!(out, "- missing: {}", in_markdown(&missing::missing(found)))?;
    }
    for (name, text) in beside::lines(&judgement.beside, &judgement.step.rate().to_string()) {
        writeln!(out, "- {name}: {}", in_markdown(&text))?;
    }
    let Some(entering) = &judgement.exposure else { return Ok(()) };
    writeln!(out, "\n### Who becomes exposed\n\n{}:\n", in_markdown(&capitalised(&exposure::between(entering))))?;
    for role in &entering.roles {
        writeln!(out, "- {}: {}", role.role, in_markdown(&exposure::line(role)))?;
        for case in &role.cases {
            let id = in_markdown(&format!("{}:{}", case.corpus, case.case.command_id));
            writeln!(out, "  - {id}, {}", case.case.severity)?;
        }
    }
    Ok(())
}

fn row(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let value = finding.value.map_or_else(String::new, |value| rules::number(finding.rule, value));
    let bound = rules::bound(finding);
    let limit = if finding.go > 0.0 { rules::number(finding.rule, finding.go) } else { "none".to_owned() };
    let dry_run = if finding.dry_run { ", dry run" } else { "" };
    let unknown =
        if finding.seen.unknown > 0 { format!(" + {}?", grouped(finding.seen.unknown)) } else { String::new() };
    let word = rules::word(finding);
    let word = if finding.refuses() { format!("**{word}**") } else { word.to_owned() };
    writeln!(
        out,
        "| `{}` | {}{dry_run} | {}{unknown} | {} | {value} | {bound} | {limit} | {word} |",
        finding.rule,
        finding.kind,
        grouped(finding.seen.events),
        grouped(finding.seen.records),
    )
}
