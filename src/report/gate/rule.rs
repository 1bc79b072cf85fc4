//! Explains one rule: what it counts, why, how it is decided, and its finding.

use super::super::page::Page;
use super::super::style::{Layout, Span, Tone};
use super::rules;
use crate::gate::{Finding, Kind, Reads, RuleId};
use std::io::{self, Write};

/// Writes the explanation of a rule, with its `finding` if any. `asked`: whether a step was judged.
pub fn write_rule(
    rule: RuleId,
    finding: Option<&Finding>,
    asked: bool,
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    let about = rule.about();
    let from = match rule.reads() {
        Reads::Replay => "the stored replay",
        Reads::RiskLog => "risk logs of the stage before",
        Reads::Both => "risk logs, joined with the stored replay",
    };
    page.paragraph(0, &[Tone::Strong.of(rule.as_str())])?;
    let label = |page: &mut Page, name: &str, text: String| page.labelled(name, 10, &[Span::from(text)]);
    label(&mut page, "counts", format!("{} that {}", about.records, about.event))?;
    label(&mut page, "reads", from.to_owned())?;
    label(&mut page, "why", about.why.to_owned())?;
    label(&mut page, "decides", rule.decides().to_owned())?;
    match finding {
        Some(finding) => {
            label(&mut page, "found", found(finding))?;
            if let Some(remark) = rules::remark(finding) {
                label(&mut page, "", remark)?;
            }
        }
        None if asked => label(&mut page, "found", "it is not asked of this step".to_owned())?,
        None => {}
    }
    Ok(())
}

fn found(finding: &Finding) -> String {
    let kind = match finding.kind {
        Kind::Critical => "critical",
        Kind::Block => "blocks",
        Kind::Signal => "a signal",
        Kind::Alarm => "an alarm",
    };
    let no_go = finding.no_go.map_or_else(String::new, |limit| format!(", refused above {limit}"));
    format!(
        "{} events in {} records ({kind}; limit {}{no_go}): {}",
        finding.seen.events,
        finding.seen.records,
        finding.go,
        rules::word(finding)
    )
}
