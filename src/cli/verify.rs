//! `corridor verify`: tests the acceptance criteria, and writes the verification report.

use super::args::{EnvironmentArgs, Format, REPORT, VerifyArgs};
use super::corpora::refuse_namesakes;
use super::destination::{Content, Protected};
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::file;
use super::output::Output;
use super::process::threads;
use super::project::Project;
use crate::corpus::{CorpusError, CorpusInput};
use crate::gate::Receipt;
use crate::report;
use crate::run::{RUN_FORMAT, RunInputs, Selection, Spool};
use crate::summary::Summary;
use crate::verify::{Conditions, Part, Publication, Verdict, Verification, VerifyCorpus, VerifyJob, planted, verify};
use std::path::Path;
use std::slice::from_ref;

/// Runs the subcommand.
pub(super) fn run(args: &VerifyArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let effective = Effective::new(&project.environment, &EnvironmentArgs::default());
    effective.notes.iter().for_each(|note| output.note(&format!("note: {note}")));
    let conditions = Conditions { environment: effective.variables, policy: effective.source };
    let (corpora, _spools) = corpora(args, project, output)?;
    let rules = project.rule_sets(&args.rules);
    let parts = if args.only.is_empty() { Part::ALL } else { &args.only };
    let bar = output.bar(corpora.iter().filter_map(|corpus| corpus.input.size()).sum());
    let receipt = |summary: &Summary| receipt(summary, &conditions, &project.stages);
    let publications = [
        Publication { name: "receipt and verdict", write: &receipt },
        Publication {
            name: "summary.json",
            write: &|summary| written(summary, &|summary, out| report::write_json(from_ref(summary), out)),
        },
        Publication { name: "printed summary", write: &|summary| written(summary, &text) },
        Publication { name: "JUnit file", write: &|summary| written(summary, &report::write_junit) },
    ];
    let job = VerifyJob {
        corpora: &corpora,
        conditions: &conditions,
        rules: &rules,
        parts,
        publications: &publications,
        threads: threads(args.threads),
        progress: &|bytes| bar.inc(bytes),
    };
    if let Some(file) = &args.report {
        may_report(args, file)?;
        let mut protected = Protected::of(project, None, None);
        protected.inputs(corpora.iter().map(|corpus| &corpus.input), "the corpus");
        protected.refuse("--report", file, Content::Other)?;
    }
    let mut verification = verify(&job).map_err(|error| match &error {
        // `--keep-going`, which a replay would propose, is no option here.
        CorpusError::Duplicate { .. } => Failure::caused(&error).with_help("give one of them another command_id"),
        CorpusError::Open { .. }
        | CorpusError::Directory(_)
        | CorpusError::Read { .. }
        | CorpusError::Empty(_)
        | CorpusError::Line { .. } => Failure::from(&error),
    })?;
    bar.finish_and_clear();
    if args.planted {
        let quiet = VerifyJob { progress: &|_| (), ..job };
        let bar = output.steps("planting faults");
        let planted = planted(&quiet, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        verification.add_planted(planted?);
    }
    let is_stale = match &args.report {
        None => false,
        Some(file) => report_file(&verification, file, args.check, project, output)?,
    };
    match args.format {
        Format::Json => output.report(|out| report::write_document(&verification, out))?,
        Format::Text => {
            output.report(|out| report::write_verification(&verification, output.layout(), output.detail(), out))?;
        }
    }
    let exit = exit_of(&verification);
    Ok(if is_stale && exit == Exit::Clean { Exit::Found } else { exit })
}

/// The committed report must cover everything, and only a report may be overwritten.
fn may_report(args: &VerifyArgs, file: &Path) -> Result<(), Failure> {
    let is_whole = args.planted && args.corpora.is_empty() && args.rules.is_empty();
    if file == Path::new(REPORT) && !is_whole {
        let message = format!("{REPORT} is about all corpora, both rule sets and planted faults");
        return Err(
            Failure::usage(message).with_help("`corridor verify --planted --report`; another FILE takes any part")
        );
    }
    let is_other = std::fs::read(file).is_ok_and(|bytes| !bytes.is_empty() && !bytes.starts_with(report::REPORT_HEAD));
    if is_other {
        return Err(Failure::input(format!("{} is no verification report", file.display()))
            .with_help("name another file, or remove it: nothing else is overwritten"));
    }
    Ok(())
}

/// Writes the report; with `check` returns whether the existing one is out of date instead.
fn report_file(
    verification: &Verification,
    named: &Path,
    check: bool,
    project: &Project,
    output: &Output,
) -> Result<bool, Failure> {
    let path = if named == Path::new(REPORT) { project.file(REPORT) } else { named.to_owned() };
    let mut bytes = Vec::new();
    report::write_verification_report(verification, &mut bytes)
        .map_err(|error| Failure::system("cannot write the report", &error))?;
    if !check {
        file::replace(&path, |out| out.write_all(&bytes))?;
        output.note(&format!("written {}", path.display()));
        return Ok(false);
    }
    let found = std::fs::read(&path)
        .map_err(|error| Failure::system(format!("cannot read the report {}", path.display()), &error))?;
    let is_stale = found != bytes;
    if is_stale {
        output.diagnostic(&format!(
            "stale: {} is not what this build and these corpora give\nhelp: `corridor verify --planted --report{}`, read the difference, \
             and commit it",
            path.display(),
            project.carried(None),
        ));
    }
    Ok(is_stale)
}

fn exit_of(verification: &Verification) -> Exit {
    match verification.verdict {
        Verdict::Broken => Exit::Broken,
        Verdict::Failed => Exit::Found,
        Verdict::Vacuous => Exit::Inconclusive,
        Verdict::Held => Exit::Clean,
    }
}

type Write<'a> = &'a dyn Fn(&Summary, &mut dyn std::io::Write) -> std::io::Result<()>;

/// The bytes that `write` writes. On an error they are empty, which the verification reports as unable to fail.
fn written(summary: &Summary, write: Write) -> Vec<u8> {
    let mut bytes = Vec::new();
    if write(summary, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

/// All documents of a verdict on this summary: the receipt, and every printed format.
fn receipt(summary: &Summary, conditions: &Conditions, stages: &[f64]) -> Vec<u8> {
    let inputs = RunInputs {
        format: RUN_FORMAT,
        tool_version: summary.tool_version.clone(),
        rules: summary.rules,
        decisions: summary.decisions,
        sampling: summary.sampling,
        recorded_environment: false,
        environment: conditions.environment.clone(),
        policy: None,
        foreign: None,
        selection: Selection::default(),
        stages: stages.to_vec(),
        corpora: Vec::new(),
    };
    let Some(receipt) = Receipt::of_replay(summary, &inputs) else { return Vec::new() };
    let mut bytes = receipt.to_bytes().unwrap_or_default();
    let view = report::GateView { receipt: &receipt, policy_name: None, logs: None };
    let layout = report::Layout { width: None, colour: false };
    let printed = report::write_gate(&view, layout, report::Detail::Full, &mut bytes)
        .and_then(|()| report::write_gate_markdown(&view, &mut bytes))
        .and_then(|()| report::write_gate_json(&view, None, &mut bytes));
    if printed.is_err() {
        bytes.clear();
    }
    bytes
}

fn text(summary: &Summary, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let layout = report::Layout { width: None, colour: false };
    let options = report::SummaryOptions { layout, detail: report::Detail::Full, next: &[] };
    report::write_summaries(from_ref(summary), options, out)
}

/// The corpora, sorted by name. Standard input is copied if planted faults have to read it again.
fn corpora(args: &VerifyArgs, project: &Project, output: &Output) -> Result<(Vec<VerifyCorpus>, Vec<Spool>), Failure> {
    let inputs = project.corpora_of(&args.corpora, output)?;
    let mut spools = Vec::new();
    let mut corpora = Vec::new();
    for input in inputs {
        let (name, label) = (input.corpus_name().unwrap_or_else(|| "stdin".to_owned()), input.display_name());
        let input = if args.planted && !input.can_be_read_again() {
            let spool = Spool::new(&project.runs(), &mut *input.open_as_stored()?)?;
            let file = CorpusInput::File(spool.path());
            spools.push(spool);
            file
        } else {
            input
        };
        corpora.push(VerifyCorpus { name, label, input });
    }
    corpora.sort_by(|one, other| one.name.cmp(&other.name));
    refuse_namesakes(corpora.iter().map(|corpus| corpus.name.as_str()), "verification")?;
    Ok((corpora, spools))
}
