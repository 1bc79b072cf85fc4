//! Contradictions and missing evidence, which prevent a GO besides the rules.

use super::super::number::{counted, grouped, is_or_are, listed, rate};
use super::super::page::Page;
use super::super::style::Tone;
use super::GateView;
use crate::gate::{Contradiction, Finding, Missing, Reads, State};
use std::io;

pub(super) fn write(page: &mut Page, view: &GateView) -> io::Result<()> {
    let judgement = &view.receipt.judgement;
    if !judgement.contradictions.is_empty() {
        page.heading("contradictions", "(evidence that contradicts itself is none)")?;
        for found in &judgement.contradictions {
            page.paragraph(2, &[Tone::Bad.of(contradiction(found))])?;
        }
    }
    if !judgement.missing.is_empty() {
        page.heading("missing", "(besides the rules that are not proven)")?;
        for found in &judgement.missing {
            page.paragraph(2, &[Tone::Warning.of(missing(found))])?;
        }
    }
    Ok(())
}

/// A contradiction as a sentence.
pub(super) fn contradiction(found: &Contradiction) -> String {
    match found {
        Contradiction::Tampered(tampered) => format!("{} {}", tampered.file, tampered.problem),
        Contradiction::SampledFlags { commands } => {
            format!("the sampled flag of {} in the log is not what id and rate give", counted(*commands, "line"))
        }
        Contradiction::SampleRatio { rate: at, sampled, of } => format!(
            "{} of {} commands were sampled, which is not the rate {} that the log names: the odds are 1000 to 1",
            grouped(*sampled),
            grouped(*of),
            rate(*at)
        ),
        Contradiction::Future { minutes } => {
            format!("the last line of the log lies {} in the future", counted(*minutes, "minute"))
        }
        Contradiction::MixedCaptures { circumstances } => {
            let shown = circumstances.iter().map(|circumstance| {
                format!(
                    "version {}, model {}, prompt {}",
                    circumstance.system_version, circumstance.model, circumstance.prompt_digest
                )
            });
            format!("captured recordings are of several systems: {}", shown.collect::<Vec<_>>().join("; "))
        }
        Contradiction::OtherVersion { declared, captured } => format!(
            "the log is declared to be of version {declared}, and the captured recordings are of version {captured}"
        ),
        Contradiction::OtherRules { declared, replayed } => {
            format!("the log is declared to be of rules {declared}, and the replay is of rules {replayed}")
        }
        Contradiction::OtherBudget { declared_ms, replayed_ms } => {
            let replayed = replayed_ms.map_or_else(|| "no limit".to_owned(), |ms| format!("{ms} ms"));
            format!("the log is declared to be of a budget of {declared_ms} ms, and the replay had {replayed}")
        }
    }
}

/// What is missing, as a sentence that says what to do.
pub(super) fn missing(found: &Missing) -> String {
    match found {
        Missing::WholeRun { because } => format!("the run is not complete: {}", listed(because)),
        Missing::Corpora { names } => {
            format!("the run leaves out {}, or has it as it no longer is: replay all corpora", listed(names))
        }
        Missing::DistinctCommands { commands } => format!(
            "{} {} in several representative corpora and counted in each: a command is evidence once; take one out",
            counted(*commands, "command id"),
            is_or_are(*commands)
        ),
        Missing::Logs { names } => format!("risk logs that were named and are not there: {}", listed(names)),
        Missing::Stages => "the risk logs hold too many sample rates and days to tell stages apart".to_owned(),
        Missing::RiskLog { rate: at } => format!("a risk log of production at {}: give --risk-log FILE", rate(*at)),
        Missing::Stage { rate: at } => format!(
            "no line of the risk logs counts at the sample rate {}: those before `since`, of other rates, repeated or unreadable \
             do not (`corridor analyze` says how many)",
            rate(*at)
        ),
        Missing::Declaration { fields } => format!(
            "the policy does not declare what the risk logs are of: declare {} under [evidence] in rollout.toml",
            listed(fields)
        ),
        Missing::Attempts { rate: at, have, need } => format!(
            "{} attempts at {}, {} there: {} more",
            grouped(*need),
            rate(*at),
            grouped(*have),
            grouped(need.saturating_sub(*have))
        ),
        Missing::Days { rate: at, have, need } => {
            format!("{} with attempts at {}, {} there", counted(*need, "day"), rate(*at), grouped(*have))
        }
        Missing::Receipt { rate: at } => {
            let at = rate(*at);
            format!("a receipt that allowed {at}: `corridor gate --to {at}` has not said GO under these rules")
        }
    }
}

/// `81 needed, 50 there: 31 more clean sampled records, about 3,100 commands`.
pub(super) fn more(finding: &Finding) -> Option<String> {
    let more = finding.more?;
    let there = finding.sample.records;
    let what = match (finding.reads, finding.state) {
        (Reads::Replay, _) => "clean captured record",
        (Reads::RiskLog | Reads::Both, _) => "clean sampled record",
    };
    let commands = more.commands.map(|commands| match finding.reads {
        Reads::Replay => format!(", of about {} captured commands", grouped(commands)),
        Reads::RiskLog | Reads::Both => format!(", about {} in production", counted(commands, "command")),
    });
    let text = format!(
        "{} needed, {} there: {} more{}",
        counted(there + more.records, what),
        grouped(there),
        grouped(more.records),
        commands.unwrap_or_default()
    );
    let remark = if finding.state == State::Written { ": capture them" } else { "" };
    Some(format!("{text}{remark}"))
}
