//! `corridor report` and `corridor diff`: compare what is stored, and show it. Neither replays.

mod against;
mod base;
mod compare;
mod contents;
mod git;
mod inputs;
mod ledger;
mod side;

use super::args::{DiffArgs, DocumentArgs, DocumentFormat, ReportArgs};
use super::destination::{Content, Protected};
use super::exit::{Exit, Failure};
use super::file;
use super::gate::Receipts;
use super::output::Output;
use super::project::Project;
use super::settle::note_interrupted;
use crate::gate::Receipt;
use crate::golden::Store;
use crate::report::{
    Document, Layout, Shown, write_annotations, write_document, write_document_junit, write_document_text, write_html,
    write_markdown,
};
use against::{Against, golden_folder};
use base::Base;
use compare::Comparing;
use contents::{Contents, ReportedRun};
use ledger::Acceptances;
use side::{NAME_A_RUN, Side, StoredRun};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Runs `corridor diff`.
pub(super) fn diff(args: &DiffArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    check_output(&args.document, None, &args.sides, project)?;
    let golden = project.golden(args.document.golden.as_deref());
    let (before, after, base) = match (args.sides.as_slice(), &args.base) {
        ([before, after], None) => (Side::find(before, project)?, Side::find(after, project)?, None),
        ([], Some(revision)) => {
            let (before, after) = since(&golden, revision)?;
            (before, after, Some(revision))
        }
        ([_], None) => {
            let help = "name both: `corridor diff BEFORE AFTER`; or the golden files of a revision: --base GITREV";
            return Err(Failure::usage("there is one side, and two are compared").with_help(help));
        }
        _ => {
            let help = "`corridor diff BEFORE AFTER`, or `corridor diff --base GITREV`";
            return Err(Failure::usage("diff takes two sides, or --base").with_help(help));
        }
    };
    let shown = Shown {
        before: before.shown(),
        after: after.shown(),
        options: project.carried(args.document.golden.as_deref()),
        redacted: args.document.redact,
    };
    let mut notes = match (&before, &after) {
        (Side::Run(before), Side::Run(after)) => inputs::differences(&before.record.inputs, &after.record.inputs),
        (Side::Run(_) | Side::Golden { .. } | Side::Revision(_), _) => Vec::new(),
    };
    let comparing = Comparing::new(&before, &after, &shown, &mut notes)?;
    let mut stores: Vec<_> = [&before, &after].into_iter().filter_map(Side::store).collect();
    stores.dedup_by_key(|store| store.root());
    for store in stores {
        interrupted(store, args.document.golden.as_deref(), project, (&mut notes, output))?;
    }
    let acceptances = acceptances(&before, &golden, &shown)?;
    let is_by_outcome = [&before, &after].into_iter().any(Side::is_by_outcome);
    if is_by_outcome {
        let text = "a run was filtered by class, status or reason: commands that have another one on the other side are not seen";
        notes.push(text.to_owned());
    }
    let golden_of = base.map(|_| golden.as_path());
    let contents = Contents {
        runs: Vec::new(),
        sides: Some(comparing),
        acceptances,
        shown,
        notes,
        limit: args.document.cases(),
        golden: golden_of,
    };
    let document = contents.document()?;
    let counts = document.changes.as_ref().map_or((0, false), |changes| (changes.changed, changes.is_compared()));
    write(&document, &args.document, &golden, output)?;
    Ok(match counts {
        (0, false) => Exit::Inconclusive,
        (0, _) if is_by_outcome => Exit::Inconclusive,
        (0, _) => Exit::Clean,
        _ => Exit::Found,
    })
}

/// Runs `corridor report`.
pub(super) fn report(args: &ReportArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    Project::need_folder("--receipts", args.receipts.as_deref())?;
    check_output(&args.document, args.receipts.as_deref(), &args.runs, project)?;
    let redacted = args.document.redact;
    let runs = find_runs(args, project)?;
    let golden = golden_folder(args.document.golden.as_deref(), &runs, project)?;
    let mut notes = Vec::new();
    interrupted(&Store::new(&golden), args.document.golden.as_deref(), project, (&mut notes, output))?;
    let receipts = receipts(args, project, &mut notes)?;
    let runs: Vec<_> = runs.into_iter().map(|run| (golden_of(&run, &golden), Side::Run(Box::new(run)))).collect();
    let options = project.carried(args.document.golden.as_deref());
    let of_runs = Shown { before: "golden".to_owned(), after: "now".to_owned(), options: options.clone(), redacted };
    let mut reported = Vec::new();
    for (store, side) in &runs {
        let Side::Run(run) = side else { continue };
        for corpus in project.rewritten_since(&run.path, &run.record.inputs) {
            let name = of_runs.name(&format!("{}/{corpus}", run.record.inputs.rules));
            notes.push(format!("{name} is of a run of other recordings than the corpus holds now"));
        }
        let is_named = args.document.golden.is_some();
        let against = Against::new(store, side, run, is_named, &of_runs, &mut notes)?;
        let verdict = receipts.iter().rfind(|receipt| receipt.inputs.run == run.name);
        reported.push(ReportedRun { run, verdict, against });
    }
    let since = args.base.as_deref().map(|revision| since(&golden, revision)).transpose()?;
    let (mut shown, mut sides, mut acceptances_since) = (of_runs, None, None);
    if let Some((before, after)) = &since {
        shown = Shown { before: before.shown(), after: after.shown(), options, redacted };
        sides = Some(Comparing::new(before, after, &shown, &mut notes)?);
        acceptances_since = acceptances(before, &golden, &shown)?;
    }
    let contents = Contents {
        runs: reported,
        sides,
        acceptances: acceptances_since,
        shown,
        notes,
        limit: args.document.cases(),
        golden: Some(&golden),
    };
    let document = contents.document()?;
    write(&document, &args.document, &golden, output)?;
    Ok(if document.changes.is_some_and(|changes| changes.is_compared()) { Exit::Clean } else { Exit::Inconclusive })
}

/// Warns, and adds a note, if a settlement of this golden folder is interrupted.
fn interrupted(
    store: &Store,
    named: Option<&Path>,
    project: &Project,
    (notes, output): (&mut Vec<String>, &Output),
) -> Result<(), Failure> {
    if note_interrupted(store, &project.carried(named), output)? {
        let text = "a settlement is interrupted: some golden files are those before it, and some those after it";
        if notes.iter().all(|note| note != text) {
            notes.push(text.to_owned());
        }
    }
    Ok(())
}

/// Refuses an output file that would replace a file of the project, or be in a run or a golden folder that is shown.
fn check_output(
    args: &DocumentArgs,
    receipts: Option<&Path>,
    sides: &[String],
    project: &Project,
) -> Result<(), Failure> {
    let Some(path) = args.file() else { return Ok(()) };
    let mut protected = Protected::of(project, receipts, args.golden.as_deref());
    sides
        .iter()
        .map(Path::new)
        .filter(|side| side.is_dir())
        .for_each(|side| protected.folder(side, "things compared", project));
    protected.refuse("--output", path, Content::Other)
}

/// The golden files of a run's rule set.
fn golden_of(run: &StoredRun, golden: &Path) -> Side {
    Side::Golden { store: Store::new(golden), rules: vec![run.record.inputs.rules.to_string()] }
}

/// The golden files of a revision, and those of the working tree.
fn since(golden: &Path, revision: &str) -> Result<(Side, Side), Failure> {
    if !golden.is_dir() {
        return Err(Failure::input(format!("there is no golden folder {}", golden.display())));
    }
    let base = Side::Revision(Base::open(golden, revision)?);
    let store = Store::new(golden);
    let rules = side::rule_sets(&store)?;
    Ok((base, Side::Golden { store, rules }))
}

/// The acceptances since the revision, if `before` is one.
fn acceptances(before: &Side, golden: &Path, shown: &Shown) -> Result<Option<Acceptances>, Failure> {
    match before {
        Side::Revision(base) => Acceptances::since(base, &Store::new(golden), shown).map(Some),
        Side::Run(_) | Side::Golden { .. } => Ok(None),
    }
}

/// The runs that were named, or the latest one of each rule set.
fn find_runs(args: &ReportArgs, project: &Project) -> Result<Vec<StoredRun>, Failure> {
    let mut runs = Vec::new();
    if args.runs.is_empty() {
        let rules = if args.rules.is_empty() { &project.rules } else { &args.rules };
        for rules in rules {
            if let Some(path) = project.latest_run(*rules)? {
                runs.push(StoredRun::open(path)?);
            }
        }
        if runs.is_empty() {
            return Err(project.no_run("there is no complete run to report", None));
        }
    }
    for text in &args.runs {
        let run = StoredRun::find(text, project)?;
        runs.push(run.ok_or_else(|| Failure::input(format!("there is no run `{text}`")).with_help(NAME_A_RUN))?);
    }
    runs.sort_by_key(|run| run.record.inputs.rules);
    if runs.windows(2).any(|pair| matches!(pair, [one, other] if one.record.inputs.rules == other.record.inputs.rules))
    {
        let help = "corridor diff compares two runs";
        return Err(Failure::usage("two of these runs are of the same rule set").with_help(help));
    }
    Ok(runs)
}

/// The receipts, in order. If the chain is broken, none is shown, and a note says so.
fn receipts(args: &ReportArgs, project: &Project, notes: &mut Vec<String>) -> Result<Vec<Receipt>, Failure> {
    let folder = args.receipts.clone().unwrap_or_else(|| project.receipts());
    match Receipts::open(folder, false)?.chain()? {
        Ok(chain) => Ok(chain.into_receipts()),
        Err(tampered) => {
            let problem = format!(
                "{} of the receipts cannot be believed, and no verdict is shown: `corridor gate` says why",
                tampered.len()
            );
            notes.push(problem);
            Ok(Vec::new())
        }
    }
}

/// Writes the document to the file, or to standard output.
fn write(document: &Document, args: &DocumentArgs, golden: &Path, output: &Output) -> Result<(), Failure> {
    if args.format() == DocumentFormat::Html && args.file().is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage("a page is not for a terminal").with_help("name a file: --output report.html"));
    }
    let layout = if args.file().is_some() { Layout::PIPE } else { output.layout() };
    let write = |out: &mut dyn Write| match args.format() {
        DocumentFormat::Text => write_document_text(document, layout, output.detail(), out),
        DocumentFormat::Json => write_document(document, out),
        DocumentFormat::Html => write_html(document, out),
        DocumentFormat::Markdown => write_markdown(document, args.limit, out),
        DocumentFormat::Junit => write_document_junit(document, out),
        DocumentFormat::Annotations => write_annotations(document, &in_repository(golden), out),
    };
    match args.file() {
        Some(path) => file::replace(path, write),
        None => output.report(write),
    }
}

/// The golden folder in annotations: relative to the current folder, which is the root of the repository under CI.
fn in_repository(golden: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    golden.strip_prefix(here).unwrap_or(golden).display().to_string()
}
