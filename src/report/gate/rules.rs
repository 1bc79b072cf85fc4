//! The rules: one line each with events, records, rate, bound, limit and state; below, remarks.

use super::super::number::{counted, grouped, ratio_text};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::summary::Detail;
use super::super::table::Table;
use super::GateView;
use crate::gate::{Finding, Kind, Looks, RuleId, State};
use std::io;

pub(super) fn write(page: &mut Page, view: &GateView, detail: Detail) -> io::Result<()> {
    let judgement = &view.receipt.judgement;
    let confidence = 100.0 * (1.0 - f64::from(view.receipt.policy.alpha));
    let looks = match judgement.looks {
        Looks::Any => "at any number of looks",
        Looks::Single => "at one look",
    };
    page.heading(
        "rules",
        &format!("(events in records, unknown ones with a question mark; bounds at {confidence}% confidence {looks})"),
    )?;
    let mut wide = Table::new(["", "events", "records", "rate", "bound", "limit", "verdict"]);
    let mut narrow = Table::new(["", "events", "bound", "limit", "verdict"]);
    for finding in &judgement.findings {
        let [name, events, records, rate, bound, limit, verdict] = row(finding);
        let both = Span::from(format!("{}/{}", events.text, records.text));
        narrow.row(vec![name.clone(), both, bound.clone(), limit.clone(), verdict.clone()]);
        wide.row(vec![name, events, records, rate, bound, limit, verdict]);
    }
    page.table(&[wide, narrow])?;
    let explained = judgement.findings.iter().filter(|finding| detail == Detail::Full || has_remark(finding));
    for finding in explained {
        if let Some(text) = remark(finding) {
            let name = Tone::Code.of(finding.rule.as_str());
            page.paragraph(2, &[name, Tone::Faint.of(format!(": {text}"))])?;
        }
    }
    Ok(())
}

/// Whether a finding has a remark on a usual screen: signals that are not proven have none, since signals never block.
fn has_remark(finding: &Finding) -> bool {
    let is_blind = finding.state == State::Vacuous && finding.seen.records > 0;
    finding.refuses() || finding.is_missing() || finding.state.is_bad() || is_blind
}

fn row(finding: &Finding) -> [Span; 7] {
    let value = finding.value.map_or_else(|| "–".to_owned(), |value| number(finding.rule, value));
    let bound = bound(finding);
    let limit = match finding.go {
        _ if finding.rule == RuleId::AcceptanceStability => format!("≥ {}", ratio_text(finding.go)),
        0.0 => "none".to_owned(),
        limit => number(finding.rule, limit),
    };
    let unknown = if finding.seen.unknown > 0 { format!("+{}?", grouped(finding.seen.unknown)) } else { String::new() };
    [
        name(finding).into(),
        format!("{}{unknown}", grouped(finding.seen.events)).into(),
        grouped(finding.seen.records).into(),
        value.into(),
        bound.into(),
        limit.into(),
        tone(finding).of(word(finding)),
    ]
}

/// A value of a rule: a proportion, or milliseconds.
pub(super) fn number(rule: RuleId, value: f64) -> String {
    if rule == RuleId::P95 { format!("{value} ms") } else { ratio_text(value) }
}

/// The lower bound where the rate is too high or has to be high, the upper bound otherwise.
pub(super) fn bound(finding: &Finding) -> String {
    let has_bound = finding.seen.records > 0 && finding.kind != Kind::Alarm && finding.go > 0.0;
    let is_lower = finding.rule == RuleId::AcceptanceStability || finding.state == State::Refuted;
    match (has_bound, is_lower) {
        (false, _) => "–".to_owned(),
        (true, true) => format!("≥ {}", ratio_text(finding.lower)),
        (true, false) => format!("≤ {}", ratio_text(finding.upper)),
    }
}

fn name(finding: &Finding) -> String {
    let mark = match finding.kind {
        _ if finding.dry_run => " (dry run)",
        Kind::Signal => " (signal)",
        Kind::Alarm => " (alarm)",
        Kind::Critical | Kind::Block => "",
    };
    format!("{}{mark}", finding.rule)
}

/// The state of a rule in words.
pub(super) const fn word(finding: &Finding) -> &'static str {
    match finding.state {
        State::Broken if matches!(finding.rule, RuleId::Coverage) => "not all taken",
        State::Broken => "broken",
        State::Refuted => "too high, proven",
        State::Severe => "too high",
        State::Alarm => "ALARM",
        State::Vacuous if finding.seen.records == 0 => "no record",
        State::Vacuous => "cannot fail",
        State::Written => "not sampled",
        State::NotProven => "not proven",
        State::Proven => "proven",
        State::Quiet => "quiet",
    }
}

fn tone(finding: &Finding) -> Tone {
    if finding.refuses() {
        Tone::Bad
    } else if finding.state.is_good() {
        Tone::Good
    } else if finding.is_missing() || finding.state.is_bad() {
        Tone::Warning
    } else {
        Tone::Faint
    }
}

/// What the numbers do not show: effects, unknown records, reasons, and missing records.
pub(super) fn remark(finding: &Finding) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if let Some(by) = &finding.by_effect {
        let by: Vec<_> = by
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(effect, count)| format!("{} {effect}", grouped(count)))
            .collect();
        if !by.is_empty() {
            parts.push(format!("by worst effect {}", by.join(", ")));
        }
    }
    if finding.seen.unknown > 0 {
        let unknown = counted(finding.seen.unknown, "record");
        parts.push(format!("{unknown} without what it needs: events for GO, none for NO_GO"));
    }
    parts.extend(finding.because.clone());
    parts.extend(super::missing::more(finding));
    (!parts.is_empty()).then(|| parts.join("; "))
}
