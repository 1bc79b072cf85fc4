//! `corridor check`: inspects everything that is stored, and reports each problem with what to do.

use super::args::{CheckArgs, Format};
use super::exit::{Exit, Failure, carried_in};
use super::gate::Receipts;
use super::output::Output;
use super::project::Project;
use crate::decide::RuleSet;
use crate::golden::{GoldenFlaw, Repaired, Store};
use crate::report::{Examined, INSPECTION_FORMAT, Inspection, InspectionFinding, write_document, write_inspection};
use crate::run::inspect_store;
use std::path::Path;

/// Runs the subcommand; `carried` are the options that every printed command needs.
pub(super) fn run(args: &CheckArgs, project: &Project, output: &Output, carried: &[String]) -> Result<Exit, Failure> {
    let mut inspection = Inspection { format: INSPECTION_FORMAT, ..Inspection::default() };
    Project::need_folder("--golden", args.golden.as_deref())?;
    Project::need_folder("--receipts", args.receipts.as_deref())?;
    let store = Store::new(project.golden(args.golden.as_deref()));
    if args.repair {
        inspection.repaired.extend(store.complete_interrupted()?.as_ref().map(sentence));
        if inspection.repaired.is_empty() {
            inspection.repaired.push("nothing was interrupted".to_owned());
        }
    }
    inspect_golden(&store, &mut inspection)?;
    inspect_runs(&project.runs(), &mut inspection)?;
    inspect_receipts(&args.receipts.clone().unwrap_or_else(|| project.receipts()), &mut inspection)?;
    for finding in &mut inspection.findings {
        finding.help = carried_in(&finding.help, carried);
    }
    match args.format {
        Format::Text => output.report(|out| write_inspection(&inspection, output.layout(), out))?,
        Format::Json => output.report(|out| write_document(&inspection, out))?,
    }
    Ok(match &inspection {
        inspection if !inspection.findings.is_empty() => Exit::Found,
        inspection if inspection.is_empty() => Exit::Inconclusive,
        _ => Exit::Clean,
    })
}

/// What was repaired.
fn sentence(repaired: &Repaired) -> String {
    match repaired {
        Repaired::Completed(interrupted, settled) => {
            let changes: u64 = settled.iter().map(|settled| settled.changes.total()).sum();
            let ending = if changes == 1 { "" } else { "s" };
            format!("completed: {interrupted} ({changes} change{ending})")
        }
        Repaired::Undone(interrupted) => format!("undone: {interrupted}"),
        Repaired::Dropped(interrupted) => {
            format!(
                "forgotten, with every file as it is: {interrupted}; the files were changed since, so it could neither be \
                 completed nor undone"
            )
        }
        Repaired::Unpublished => {
            "undone: pending files of a replay that was killed while it installed them; replay again".to_owned()
        }
    }
}

/// Golden files, pending files and the ledger.
fn inspect_golden(store: &Store, inspection: &mut Inspection) -> Result<(), Failure> {
    let rule_sets: Vec<_> = RuleSet::ALL.iter().map(|rules| rules.as_str()).collect();
    let flaws = store.flaws(&rule_sets)?;
    let mut golden = 0;
    for rules in &rule_sets {
        golden += store.corpora(rules)?.len() as u64;
    }
    inspection.examined.push(examined("golden file", store.root(), golden));
    inspection.examined.push(examined("pending file", store.root(), store.pending()?.len() as u64));
    let lines = store.ledger()?.map_or(0, Iterator::count) as u64;
    inspection.examined.push(examined("ledger line", &store.ledger_path(), lines));
    let finding = |GoldenFlaw { place, problem, help }| InspectionFinding { place, problem, help };
    inspection.findings.extend(flaws.into_iter().map(finding));
    Ok(())
}

fn examined(what: &str, place: &Path, count: u64) -> Examined {
    Examined { what: what.to_owned(), place: place.display().to_string(), count }
}

fn inspect_runs(runs: &Path, inspection: &mut Inspection) -> Result<(), Failure> {
    let contents = inspect_store(runs)?;
    inspection.examined.push(examined("run", runs, contents.runs));
    inspection.findings.extend(contents.flaws.into_iter().map(|flaw| InspectionFinding {
        place: flaw.path.display().to_string(),
        problem: flaw.problem,
        help: "replay again to create the run anew, or remove what is not needed any more".to_owned(),
    }));
    if contents.unfinished > 0 {
        let text = format!(
            "unfinished replays in {}: {}; the next replay removes those that are not running",
            runs.display(),
            contents.unfinished
        );
        inspection.notes.push(text);
    }
    Ok(())
}

fn inspect_receipts(folder: &Path, inspection: &mut Inspection) -> Result<(), Failure> {
    let count = match Receipts::open(folder.to_owned(), false)?.chain()? {
        Ok(chain) => chain.into_receipts().len() as u64,
        Err(tampered) => {
            inspection.findings.extend(
                tampered.iter().map(|flaw| InspectionFinding {
                    place: folder.join(&flaw.file).display().to_string(),
                    problem: flaw.problem.clone(),
                    help: "restore the receipts from version control; the gate rejects the whole of a broken chain"
                        .to_owned(),
                }),
            );
            tampered.len() as u64
        }
    };
    inspection.examined.push(examined("receipt", folder, count));
    Ok(())
}
