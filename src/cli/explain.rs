//! `corridor explain`: finds one recorded command, decides it again, and shows every step.

use super::args::ExplainArgs;
use super::decider;
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::others::Others;
use super::output::Output;
use super::project::Project;
use crate::corpus::{BatchReader, CorpusInput, Fill, parse_line};
use crate::decide::{Abilities, Asked, RuleSet, Settings};
use crate::golden::{Entry, SnapshotName, Store, fields_changed};
use crate::model::Recording;
use crate::model::problem_of;
use crate::outcome::Outcome;
use crate::replay::decide_one;
use crate::report::{ExplainOptions, Explanation, GoldenState, write_explanation};
use crate::summary::Sampling;

/// One command that was found.
struct Found {
    corpus: String,
    line: Vec<u8>,
    number: u64,
}

/// Runs the subcommand.
pub(super) fn run(args: &ExplainArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    explain(args, project, output, None).map(|_| Exit::Clean)
}

/// Explains a command, and returns its golden entry in canonical bytes. `others` describes foreign decisions about the same
/// command; if it is `None`, they are looked for in the stored runs.
pub(super) fn explain(
    args: &ExplainArgs,
    project: &Project,
    output: &Output,
    others: Option<Others>,
) -> Result<Vec<u8>, Failure> {
    let Found { corpus, line, number } = find(&args.target, project, output)?;
    let recording = parse_line(&line).map_err(|error| Failure::input(error.to_string()))?;
    let effective = Effective::new(&project.environment, &args.environment);
    for note in &effective.notes {
        output.note(&format!("note: {note}"));
    }
    let decider = decider::ours(&effective, args.rules);
    let recorded = effective.recorded.then(|| Settings::of_recording(&recording));
    let forced = effective.sampling == Sampling::Forced;
    let store = Store::new(project.golden(args.golden.as_deref()));
    let others = others.or_else(|| {
        let name = SnapshotName::new(args.rules.as_str(), &corpus).ok()?;
        Others::of_pending(&name, &store)
    });
    let rates: Vec<f64> = project.stages.iter().copied().chain([1.0]).collect();
    let others = others.unwrap_or_else(|| Others::of_corpus(&corpus, project)).said();
    let options = ExplainOptions { layout: output.layout(), full: args.full };
    let Abilities { explains } = decider.abilities();
    let write = |outcome: &Outcome| {
        let golden =
            if forced { golden_state(&store, args.rules, &corpus, outcome)? } else { GoldenState::NotCompared };
        let explanation = Explanation {
            corpus: &corpus,
            rules: args.rules,
            foreign: !explains,
            others: others.clone(),
            outcome,
            settings: recorded.as_ref().unwrap_or(&effective.settings),
            forced,
            rates: &rates,
            golden,
        };
        output.report(|out| write_explanation(&explanation, options, out))?;
        Ok(Entry::of(outcome).canonical())
    };
    let written = decide_one(decider.as_ref(), Asked::new(number, recording), write)?;
    decider.finish(false)?;
    written
}

/// Finds the command that `[CORPUS] ID` or `CORPUS:ID` means; more than one is a usage error.
fn find(target: &[String], project: &Project, output: &Output) -> Result<Found, Failure> {
    let (inputs, id) = match target {
        [corpus, id] => (vec![project.corpus(corpus)?], id),
        [id] => (project.all_corpora(output)?, id),
        _ => return Err(Failure::usage("explain takes [CORPUS] COMMAND_ID")),
    };
    let mut found = search(&inputs, id)?;
    if found.is_empty() && target.len() == 1 {
        // An id may contain colons, so the whole text was tried first.
        if let Some((corpus, id)) = id.split_once(':') {
            let named: Vec<_> =
                inputs.into_iter().filter(|input| input.corpus_name().as_deref() == Some(corpus)).collect();
            found = search(&named, id)?;
        }
    }
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|found| format!("{}:{id}", found.corpus)).collect();
        let message = format!("`{id}` is in {} corpora", found.len());
        return Err(Failure::usage(message).with_help(format!("name one of {}", names.join(", "))));
    }
    found.pop().ok_or_else(|| match target {
        [corpus, id] => Failure::input(format!("corpus {corpus} does not hold the command `{id}`")),
        _ => Failure::input(format!("no corpus of the project holds the command `{id}`"))
            .with_help("a corpus elsewhere is named first: `corridor explain FILE COMMAND_ID`"),
    })
}

fn search(inputs: &[CorpusInput], id: &str) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    for input in inputs {
        let mut reader = BatchReader::new(input.open()?, input.display_name(), Fill::Whole);
        let corpus = input.corpus_name().unwrap_or_else(|| "stdin".to_owned());
        // The id may be escaped in JSON, so every line is parsed; bad lines are skipped.
        while let Some(batch) = reader.next_batch()? {
            let mut lines = batch.lines().filter_map(|(number, line)| Some((number, line.ok()?)));
            if let Some((number, line)) = lines.find(|(_, line)| has_id(line, id)) {
                found.push(Found { corpus, line: line.to_vec(), number });
                break;
            }
        }
    }
    Ok(found)
}

fn has_id(line: &[u8], id: &str) -> bool {
    parse_line(line).is_ok_and(|recording: Recording| recording.command.command_id == id)
}

fn golden_state(store: &Store, rules: RuleSet, corpus: &str, outcome: &Outcome) -> Result<GoldenState, Failure> {
    let Some(golden) = store.golden(&SnapshotName::new(rules.as_str(), corpus)?)? else {
        return Ok(GoldenState::NotCompared);
    };
    for entry in golden {
        let entry = entry?;
        if entry.command_id == outcome.command_id() {
            let before: Entry = serde_json::from_slice(&entry.bytes)
                .map_err(|error| Failure::input(format!("golden entry cannot be read: {}", problem_of(&error))))?;
            let fields = fields_changed(&before, &Entry::of(outcome));
            return Ok(if fields.is_empty() { GoldenState::Same } else { GoldenState::Changed(fields) });
        }
    }
    Ok(GoldenState::Added)
}
