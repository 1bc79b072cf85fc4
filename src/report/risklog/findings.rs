//! Findings as sentences, with their consequences for the numbers.

use super::super::number::{counted, grouped, is_or_are, listed};
use super::super::page::Page;
use super::super::style::Tone;
use crate::risklog::{Finding, FindingId, Level};
use std::io;

pub(super) fn write(page: &mut Page, finding: &Finding) -> io::Result<()> {
    let tone = match finding.level {
        Level::Problem => Tone::Bad,
        Level::Note => Tone::Warning,
    };
    let mut spans = vec![tone.of(format!("{}: ", finding.level)), sentence(finding).into()];
    if !names_examples(finding.id) && !finding.examples.is_empty() {
        let more = if finding.count > finding.examples.len() as u64 { ", …" } else { "" };
        spans.push(Tone::Code.of(format!(" ({}{more})", finding.examples.join(", "))));
    }
    page.paragraph(2, &spans)
}

fn sentence(finding: &Finding) -> String {
    let count = finding.count;
    let lines = counted(count, "line");
    let (has, is) = (if count == 1 { "has" } else { "have" }, is_or_are(count));
    match finding.id {
        FindingId::SampledFlagDiffers => format!(
            "{} {is} not what command id and sample rate give: the log contradicts itself",
            counted(count, "sampled flag")
        ),
        FindingId::NotPrivate => {
            let verb = if count == 1 { "violates" } else { "violate" };
            format!("{lines} {verb} the privacy rule: a field or a text that is not allowed")
        }
        FindingId::NeverRan => format!(
            "{} {is} sampled, and there is no attempt: the corridor never ran, and no rate means anything",
            counted(count, "command")
        ),
        FindingId::SampleRatioMismatch => {
            let verb = if count == 1 { "samples" } else { "sample" };
            format!(
                "{} {verb} another part of the commands than ordered: lines are missing, or of something else",
                counted(count, "sample rate")
            )
        }
        FindingId::ParseErrors => format!("{lines} {is} no JSON object"),
        FindingId::TooLong => format!("{lines} {is} longer than 1 MiB, and counted as no JSON object"),
        FindingId::NotEnded => {
            format!("the last line of {} is not ended: it may still be written", listed(&finding.examples))
        }
        FindingId::ByteOrderMark => {
            format!("{} begins with a byte order mark: its first line is no JSON", listed(&finding.examples))
        }
        FindingId::Repeated => {
            let verb = if count == 1 { "repeats" } else { "repeat" };
            format!("{lines} {verb} a command id: of each command, the first line in time counts below")
        }
        FindingId::MixedStages => {
            format!("the lines are of {}: read the rates of each by itself", counted(count, "sample rate"))
        }
        FindingId::TooManyStages => {
            "there are too many pairs of sample rate and day to tell them apart: these are no logs of a rollout"
                .to_owned()
        }
        FindingId::Undated => format!("{lines} {has} no readable time"),
        FindingId::WithoutId => format!("{lines} {has} no readable command id, and {is} in no rate below"),
        FindingId::UnknownStatus => format!("{} {has} no documented status", counted(count, "command")),
        FindingId::AcceptedWithoutDiff => {
            format!("{} {has} no comparison with the baseline", counted(count, "accepted candidate"))
        }
        FindingId::ClockWentBack => {
            format!("{lines} {is} older than the one above: not in order, or the clock was set back")
        }
        FindingId::Future => "the last line lies in the future: one of the two clocks is wrong".to_owned(),
        FindingId::Gaps => format!("{} without any line", counted(count, "hour")),
        FindingId::OverBudget => {
            let verb = if count == 1 { "attempt took" } else { "attempts took" };
            format!("{} {verb} longer than the budget: another budget was in force (--budget-ms)", grouped(count))
        }
        FindingId::NegativeLatency => format!("{} {has} a latency below 0", counted(count, "attempt")),
        FindingId::Missing => format!("{} is not there, and counted as empty", listed(&finding.examples)),
    }
}

/// Whether the sentence names the examples itself.
const fn names_examples(id: FindingId) -> bool {
    matches!(id, FindingId::NotEnded | FindingId::ByteOrderMark | FindingId::Missing)
}
