//! The verdict in one sentence: the rule set, the step, and the reasons.

use super::super::number::{counted, grouped, is_or_are, listed, ratio_text};
use super::{missing, rules};
use crate::gate::{Finding, Judgement, Kind, RuleId, State, Step, Verdict};
use crate::outcome::Effect;

/// Reasons that are named; the others are counted.
const NAMED: usize = 3;

/// The sentence after the name of the verdict.
pub(super) fn sentence(judgement: &Judgement) -> String {
    let step = match judgement.step {
        Step::To(rate) => format!("be raised to {rate}"),
        Step::Hold(rate) => format!("stay at {rate}"),
    };
    let step = match judgement.verdict {
        Verdict::Go => format!("the rate may {step}"),
        Verdict::NoGo => format!("the rate must not {step}"),
        Verdict::Inconclusive | Verdict::Invalid => format!("nobody can say whether the rate may {step}"),
    };
    let why = match judgement.verdict {
        Verdict::Invalid => named(judgement.contradictions.iter().map(missing::contradiction).collect()),
        Verdict::NoGo => {
            let refused = judgement.findings.iter().filter(|finding| finding.refuses());
            named(refused.map(refusal).collect())
        }
        Verdict::Go => {
            let proven = judgement.findings.iter().filter(|finding| finding.state == State::Proven).count() as u64;
            let is_exceeded = |finding: &&Finding| finding.state.is_bad() && finding.rule != RuleId::Coverage;
            let exceeded = judgement.findings.iter().filter(is_exceeded);
            let exceeded: Vec<_> = exceeded.map(|finding| finding.rule.as_str()).collect();
            let ignored = if exceeded.is_empty() {
                String::new()
            } else {
                let is = is_or_are(exceeded.len() as u64);
                format!("; {} {is} exceeded, and decides nothing under this policy", listed(&exceeded))
            };
            format!("{} proven, none that blocks is refuted{ignored}", counted(proven, "rule"))
        }
        Verdict::Inconclusive => open(judgement),
    };
    let assumed = if judgement.assumed_representative && judgement.verdict == Verdict::Go {
        " - if recordings that were written were a sample of production, which they are not"
    } else {
        ""
    };
    format!("under rules {} {step}: {why}{assumed}", judgement.rules)
}

/// The first three reasons, and how many more there are.
fn named(reasons: Vec<String>) -> String {
    let more = reasons.len().saturating_sub(NAMED) as u64;
    let mut shown: Vec<_> = reasons.into_iter().take(NAMED).collect();
    if more > 0 {
        shown.push(format!("and {}", counted(more, "more reason")));
    }
    shown.join("; ")
}

fn open(judgement: &Judgement) -> String {
    let open: Vec<_> = judgement.findings.iter().filter(|finding| finding.is_missing()).collect();
    let mut reasons = Vec::new();
    let written: Vec<_> = open.iter().filter(|finding| finding.state == State::Written).collect();
    if !written.is_empty() {
        let capture = written.iter().filter_map(|finding| finding.more?.commands).max();
        let capture = capture.map_or_else(|| "some".to_owned(), |commands| format!("about {}", grouped(commands)));
        reasons.push(format!("these recordings were written, not sampled: capture {capture} commands"));
    }
    let others: Vec<_> = open.iter().filter(|finding| finding.state != State::Written).collect();
    if !others.is_empty() {
        let names: Vec<_> = others.iter().map(|finding| finding.rule.as_str()).collect();
        let more = others.iter().filter_map(|finding| finding.more?.commands).max();
        let more = more.map_or_else(String::new, |commands| format!(" (about {} more commands)", grouped(commands)));
        reasons.push(format!("{} {} not proven yet{more}", listed(&names), is_or_are(names.len() as u64)));
    }
    reasons.extend(judgement.missing.iter().map(|found| format!("missing: {}", missing::missing(found))));
    format!("nothing refuses it, but {}", named(reasons))
}

/// Why a rule refuses, as a clause.
fn refusal(finding: &Finding) -> String {
    let about = finding.rule.about();
    let (events, records) = (finding.seen.events, finding.seen.records);
    if finding.kind == Kind::Alarm {
        let shown = rules::number(finding.rule, finding.value.unwrap_or_default());
        return format!("alarm {}: {shown}", finding.rule);
    }
    let rate = finding.value.map_or_else(String::new, |value| format!(" ({}", ratio_text(value)));
    let limit =
        if finding.go > 0.0 { format!(", limit {})", ratio_text(finding.go)) } else { ", not one may be)".to_owned() };
    let by = match (&finding.by_effect, finding.rule) {
        (Some(by), RuleId::Regressed) => {
            let wrong = by.of(Effect::ItemsAdded) + by.of(Effect::NameChanged);
            let parts = [
                (by.of(Effect::ItemsLost), "with lost items"),
                (wrong, "with wrong items"),
                (by.of(Effect::ListDropped) + by.of(Effect::ListChanged), "on no or another list"),
                (by.of(Effect::QuantityChanged) + by.of(Effect::UnitChanged), "with another quantity or unit"),
            ];
            let parts: Vec<_> = parts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{} {what}", grouped(*count)))
                .collect();
            if parts.is_empty() { String::new() } else { format!(", of which {}", parts.join(", ")) }
        }
        _ => String::new(),
    };
    format!("{} of {} {} {}{rate}{limit}{by}", grouped(events), grouped(records), about.records, about.event)
}
