//! A report as a comment on a pull request: verdicts, runs, changes; never longer than GitHub allows.
//!
//! The most severe groups come first; what does not fit is cut at the other end, and a note says so. Every part has its own
//! share of the limit, and the groups get the rest, so that no long text from outside displaces another part.

mod fit;
mod group;
mod inert;
mod tables;
#[cfg(test)]
mod tests;

use super::{ChangesView, Document, OUTCOME, RunView, VerdictView};
use crate::outcome::Divergence;
use crate::report::gate::name;
use crate::report::number::{counted, grouped, listed};
use crate::report::words::{capitalised, corpora};
use crate::summary::{Decisions, Sampling};
use fit::{Fitted, fit, lines, note, note_room, size};
use group::COMMAND;
use inert::{code, sentence};
use std::io::{self, Write};

/// The longest comment on GitHub, in UTF-16 units: GitHub's error message says 65,536 characters.
///
/// Sources differ in whether GitHub counts characters, UTF-16 units or bytes (it was seen to accept 262,144 bytes). A text
/// never has fewer UTF-16 units than characters.
pub const COMMENT_LIMIT: usize = 65_536;

/// The smallest limit: a shorter comment would have no room for the note about what was cut.
pub const COMMENT_MINIMUM: usize = 4_096;

/// Verdicts, runs, notes and tables may each take this fraction of the limit: one eighth.
const SHARE: usize = 8;
/// Characters of a sentence.
const SENTENCE: usize = 600;
/// Characters of a name.
const NAME: usize = 80;

/// Writes a report as Markdown of at most `limit` UTF-16 units; a limit below [`COMMENT_MINIMUM`] counts as that.
pub fn write_markdown(document: &Document, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let limit = limit.max(COMMENT_MINIMUM);
    let share = limit / SHARE;
    let mut head = format!("## corridor report: {}\n\n", title(document));
    for (items, noun) in [
        (document.runs.iter().filter_map(|run| Some(verdict(run, run.verdict.as_ref()?))).collect(), "more verdict"),
        (document.runs.iter().map(run).collect(), "more run"),
        (notes(document), "more note"),
    ] {
        let items: Vec<String> = items;
        if !items.is_empty() {
            head += &lines(items, share, noun);
            head.push('\n');
        }
    }
    let tables = tables::tables(&document.runs);
    let (tables, mut cut) = if size(&tables) > share {
        (String::new(), vec!["the tables of classes and exposure".to_owned()])
    } else {
        (tables, Vec::new())
    };
    let Some(changes) = &document.changes else {
        head += &note(&cut);
        return write!(out, "{}", (head + &tables).trim_end()).and_then(|()| writeln!(out));
    };
    head += &summary(changes);
    let settle = if changes.pending && changes.changed > 0 { settle(&changes.options) } else { String::new() };
    let taken = [&head, &settle, &tables].iter().map(|text| size(text)).sum::<usize>() + note_room();
    let pending = changes.pending.then_some(changes.options.as_str());
    let Fitted { text, cut: groups } = fit(&changes.groups, limit.saturating_sub(taken), pending);
    cut.splice(0..0, groups);
    // A paragraph needs a blank line before it.
    let text = if text.is_empty() { text } else { text.trim_end().to_owned() + "\n\n" };
    writeln!(out, "{}", (head + &text + &note(&cut) + &settle + &tables).trim_end())
}

/// How to settle what is pending; `options` name the project.
fn settle(options: &str) -> String {
    let command = |verb: &str, more: &str| code(&format!("corridor {verb}{options}{more}"), COMMAND);
    format!(
        "To settle them: {} on a terminal, or {} with the name of a group, and the reason.\n\n",
        command("review", ""),
        command("accept", " --group")
    )
}

/// The verdicts and the number of changes.
fn title(document: &Document) -> String {
    let found = document.runs.iter().filter_map(|run| run.verdict.as_ref());
    let mut verdicts: Vec<_> = found.map(|view| view.verdict).collect();
    verdicts.sort_unstable();
    verdicts.dedup();
    let mut parts: Vec<_> = verdicts.into_iter().map(name).collect();
    parts.push(match &document.changes {
        None => "nothing was compared".to_owned(),
        Some(changes) if changes.changed == 0 => changes.headline.clone(),
        Some(changes) => format!("{} changed", counted(changes.changed, "outcome")),
    });
    parts.join(" · ")
}

fn verdict(run: &RunView, view: &VerdictView) -> String {
    format!(
        "**{}** {}, rules {}: {} (receipt {}, {})",
        name(view.verdict),
        sentence(&view.asked, NAME),
        run.summary.rules,
        sentence(&view.sentence, SENTENCE),
        code(&view.receipt, NAME),
        code(&view.at, NAME)
    )
}

fn run(view: &RunView) -> String {
    let summary = &view.summary;
    let run = code(view.name.get(..12).unwrap_or(&view.name), NAME);
    let decisions = match summary.decisions {
        Decisions::Ours => "",
        Decisions::Foreign => ", **decisions of another implementation**",
    };
    let sampling = match summary.sampling {
        Sampling::Forced => "",
        Sampling::AsDeployed => ", at the environment's own sample rate",
    };
    let broken = match summary.of_class(Divergence::Broken) {
        0 => String::new(),
        count => format!(", **{} broken**", grouped(count)),
    };
    let incomplete = if summary.is_complete() {
        String::new()
    } else {
        format!("; **not complete:** {}", sentence(&summary.incomplete_because.join("; "), SENTENCE))
    };
    let golden = match (summary.compared(), summary.corpora.len()) {
        (0, _) if summary.changes() == 0 => "**not compared with golden**".to_owned(),
        (some, all) if some == all => format!("{} not as golden has them", grouped(summary.changes())),
        (some, all) => format!("{} not as golden has them (of {some} of {all} corpora)", grouped(summary.changes())),
    };
    format!(
        "run {run}, rules **{}**{decisions}{sampling}: {} in {}, {golden}, {} regressed{broken}{incomplete}",
        summary.rules,
        counted(summary.recordings(), "recording"),
        corpora(summary.corpora.len()),
        grouped(summary.of_class(Divergence::Regressed))
    )
}

fn notes(document: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    if document.redacted {
        notes.push("texts of users are left out".to_owned());
    }
    for run in &document.runs {
        let of_run = &run.summary.notes;
        notes.extend(of_run.iter().map(|note| format!("rules {}: {}", run.summary.rules, sentence(note, SENTENCE))));
        if !run.summary.unclaimed_golden.is_empty() {
            let names: Vec<_> = run.summary.unclaimed_golden.iter().take(3).map(|name| code(name, NAME)).collect();
            notes.push(format!(
                "rules {}: golden has {} without a corpus, such as {}: all of its commands are missing",
                run.summary.rules,
                counted(run.summary.unclaimed_golden.len() as u64, "file"),
                listed(&names)
            ));
        }
    }
    let of_changes = document.changes.iter().flat_map(|changes| &changes.notes);
    notes.extend(of_changes.map(|note| format!("of the comparison: {}", sentence(note, SENTENCE))));
    if document.cases_left_out > 0 {
        notes.push(format!("the report leaves out {}", counted(document.cases_left_out, "more case")));
    }
    notes
}

fn summary(changes: &ChangesView) -> String {
    let sides = format!("{} → {}", code(&changes.before, NAME), code(&changes.after, NAME));
    let unchanged = changes
        .unchanged
        .filter(|_| changes.is_compared())
        .map_or_else(String::new, |count| format!("; {} as before", counted(count, "outcome")));
    if changes.changed == 0 {
        return format!("**{}**, {sides}{unchanged}.\n\n", capitalised(&changes.headline));
    }
    let (outcomes, groups) = (counted(changes.changed, "outcome"), counted(changes.groups.len() as u64, "group"));
    format!("**{outcomes} changed**, {sides}, in {groups}{unchanged}. {OUTCOME}\n\n")
}
