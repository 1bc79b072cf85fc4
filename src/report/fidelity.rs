//! Production compared with a replay: one sentence first, then what could be compared, and the disagreements.

#[cfg(test)]
mod tests;

use super::json::{Envelope, write_document};
use super::number::{at_most, counted, grouped, is_or_are, listed, marked, percent, window};
use super::page::Page;
use super::style::{Layout, Span, Tone};
use super::summary::Detail;
use super::table::Table;
use crate::risklog::LogState;
use crate::risklog::fidelity::{Agreement, CasesView, Ending, Fidelity, Obstacle, Reach};
use crate::summary::{Decisions, Sampling};
use std::io::{self, Write};

/// Version of the JSON document; raised when a field changes its meaning, its unit or its type, or goes.
const FIDELITY_FORMAT: u32 = 1;

/// Writes a comparison as text. With [`Detail::Verdict`], only the first sentence and the notes.
pub fn write_fidelity(fidelity: &Fidelity, layout: Layout, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    page.paragraph(0, &heading(fidelity))?;
    page.paragraph(2, &verdict(fidelity))?;
    notes(fidelity).into_iter().try_for_each(|note| page.paragraph(2, &[Tone::Warning.of("note: "), note.into()]))?;
    if detail == Detail::Verdict {
        return Ok(());
    }
    commands(&mut page, fidelity)?;
    if fidelity.compared.commands > 0 {
        reach(&mut page, fidelity)?;
        fields(&mut page, fidelity)?;
        pairs(&mut page, fidelity)?;
    }
    not_compared(&mut page, fidelity)
}

/// Writes `{"format": 1, …}`. `docs/operations/fidelity.md` describes every field.
pub fn write_fidelity_json(fidelity: &Fidelity, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Envelope { format: FIDELITY_FORMAT, body: fidelity }, out)
}

fn heading(fidelity: &Fidelity) -> Vec<Span> {
    let run = &fidelity.run;
    let short: String = run.name.chars().take(12).collect();
    let sampling = match run.sampling {
        Sampling::Forced => "forced (every command evaluated as if sampled)",
        Sampling::AsDeployed => "as deployed (at the environment's own rate)",
    };
    vec![Tone::Heading.of("fidelity"), format!(" · run {short} · rules {} · {sampling}", run.rules).into()]
}

fn verdict(fidelity: &Fidelity) -> Vec<Span> {
    let (compared, commands) = (&fidelity.compared, &fidelity.commands);
    let Some(rate) = percent(compared.agreeing, compared.commands) else {
        let why = match (commands.in_log, commands.in_both) {
            (0, _) => "no log holds a command".to_owned(),
            (_, 0) => "no command of the logs is in the run".to_owned(),
            (_, both) => format!("of {} in both, none can be compared", counted(both, "command")),
        };
        return vec![Tone::Warning.of(format!("nothing to compare: {why}"))];
    };
    let tone = if compared.disagreeing == 0 { Tone::Good } else { Tone::Bad };
    let others = match fidelity.not_compared() {
        0 => String::new(),
        count => format!("; {} more in both cannot be compared", grouped(count)),
    };
    let sentence = format!(
        "production and replay agree on {} of {} in both ({rate}; at most {} disagree, with 95% confidence at any number \
         of looks){others}",
        grouped(compared.agreeing),
        counted(compared.commands, "command"),
        at_most(compared.disagreement_at_most),
    );
    vec![tone.of(sentence)]
}

/// What limits the first sentence.
fn notes(fidelity: &Fidelity) -> Vec<String> {
    let (run, lines) = (&fidelity.run, &fidelity.lines);
    let mut notes = Vec::new();
    if fidelity.compared.commands > 0 && fidelity.reach[Reach::Sampled].commands == 0 {
        notes.push("none of these commands was in the sample: nothing is known of candidates".to_owned());
    }
    if run.decisions == Decisions::Foreign {
        notes.push("the run holds decisions of another implementation".to_owned());
    }
    notes.extend(run.incomplete_because.iter().map(|because| format!("the run is not complete: {because}")));
    let mut count = |count: u64, what: &str| {
        if count > 0 {
            notes.push(format!("{} {} {what}", counted(count, "line"), is_or_are(count)));
        }
    };
    count(lines.parse_errors, "no JSON object");
    count(lines.without_id, "without a readable command id");
    count(lines.repeated, "repeated: of each command, the first line in time counts");
    let not_ended: Vec<_> = fidelity.logs.iter().filter(|log| !log.is_ended).map(|log| log.name.as_str()).collect();
    if !not_ended.is_empty() {
        notes.push(format!("the last line of {} is not ended: it may still be written", listed(&not_ended)));
    }
    notes
}

fn commands(page: &mut Page, fidelity: &Fidelity) -> io::Result<()> {
    let (commands, lines) = (&fidelity.commands, &fidelity.lines);
    let window = window(fidelity.since.as_deref(), fidelity.until.as_deref());
    let window = window.map_or_else(String::new, |window| format!(" {window}"));
    let read = fidelity.logs.iter().filter(|log| log.state == LogState::Read).count() as u64;
    let sentence = format!(
        "{}{window} in {}: {}; {} in the run, {} in both, {} only in the logs",
        counted(lines.records, "record"),
        counted(read, "log"),
        counted(commands.in_log, "command"),
        grouped(commands.in_run),
        grouped(commands.in_both),
        grouped(commands.only_in_log),
    );
    page.paragraph(2, &[sentence.into()])
}

fn reach(page: &mut Page, fidelity: &Fidelity) -> io::Result<()> {
    page.heading("what could be compared", "(a command that was not sampled shows nothing of a candidate)")?;
    let mut table = Table::new(["", "commands", "agree", "disagree", "disagree\nat most"]);
    for (reach, agreement) in fidelity.reach.iter() {
        let name = match reach {
            Reach::Sampled => "in the sample",
            Reach::NotSampled => "not sampled",
            Reach::BeforeSampling => "ended before sampling",
        };
        table.row(row(name, *agreement));
    }
    page.table(&[table])
}

fn row(name: &str, agreement: Agreement) -> Vec<Span> {
    let Agreement { commands, agreeing, disagreeing, disagreement_at_most, .. } = agreement;
    let bound = if commands == 0 { "–".to_owned() } else { at_most(disagreement_at_most) };
    vec![name.into(), grouped(commands).into(), grouped(agreeing).into(), marked(disagreeing, Tone::Bad), bound.into()]
}

fn fields(page: &mut Page, fidelity: &Fidelity) -> io::Result<()> {
    if fidelity.compared.disagreeing == 0 {
        return Ok(());
    }
    page.heading("disagreements by field", "(a command can disagree in several)")?;
    fidelity.fields.iter().try_for_each(|(field, found)| page.paragraph(2, &cases(field.as_str(), found)))
}

/// `name: 8 (a, b, …)`.
fn cases(name: &str, found: &CasesView) -> Vec<Span> {
    let mut spans = vec![format!("{name}: ").into(), grouped(found.count).into()];
    if !found.examples.is_empty() {
        let more = if found.count > found.examples.len() as u64 { ", …" } else { "" };
        spans.push(Tone::Code.of(format!(" ({}{more})", found.examples.join(", "))));
    }
    spans
}

fn pairs(page: &mut Page, fidelity: &Fidelity) -> io::Result<()> {
    if fidelity.pairs.is_empty() {
        return Ok(());
    }
    page.heading("production said → the replay says", "")?;
    let ending = |ending: &Ending| format!("{} / {}", ending.status, ending.reason);
    for pair in &fidelity.pairs {
        page.paragraph(2, &cases(&format!("{} → {}", ending(&pair.production), ending(&pair.replay)), &pair.cases))?;
    }
    if fidelity.other_pairs > 0 {
        page.paragraph(2, &[Tone::Faint.of(format!("other pairs: {}", counted(fidelity.other_pairs, "command")))])?;
    }
    Ok(())
}

fn not_compared(page: &mut Page, fidelity: &Fidelity) -> io::Result<()> {
    if fidelity.not_compared() == 0 {
        return Ok(());
    }
    page.heading("not compared", "")?;
    for (obstacle, found) in fidelity.not_compared.iter() {
        let name = match obstacle {
            Obstacle::Unreadable => "the line cannot be read in status, reason, sampled or sample rate",
            Obstacle::Ambiguous => "corpora of the run differ",
            Obstacle::Broken => "broken in the replay",
            Obstacle::SwitchedOff => "the corridor was off in the replay",
            Obstacle::Unrecorded => "the recording lacks the answer (unrecorded)",
        };
        if found.count > 0 {
            page.paragraph(2, &cases(name, found))?;
        }
    }
    Ok(())
}
