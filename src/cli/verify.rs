//! `corridor verify`: the acceptance criteria by execution, and the report that can be handed over.

use super::args::{EnvironmentArgs, Format, VerifyArgs};
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use crate::decide::RuleSet;
use crate::report;
use crate::summary::Summary;
use crate::verify::{Conditions, Publication, Verdict, Verification, VerifyCorpus, VerifyJob, planted, verify};

/// Runs the subcommand.
pub(super) fn run(args: &VerifyArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let effective = Effective::new(&project.environment, &EnvironmentArgs::default());
    let conditions = Conditions { environment: effective.variables, policy: effective.source };
    let corpora = corpora(args, project)?;
    let mut rules: Vec<RuleSet> = if args.rules.is_empty() { project.rules.clone() } else { args.rules.clone() };
    rules.sort_unstable();
    rules.dedup();
    let bar = output.bar(corpora.iter().filter_map(|corpus| corpus.input.size()).sum());
    let publications = [
        Publication { name: "summary.json", write: &|summary| written(summary, &json) },
        Publication { name: "printed summary", write: &|summary| written(summary, &text) },
        Publication { name: "JUnit file", write: &|summary| written(summary, &report::write_junit) },
    ];
    let job = VerifyJob {
        corpora: &corpora,
        conditions: &conditions,
        rules: &rules,
        publications: &publications,
        threads: super::threads(args.threads),
        progress: &|bytes| bar.inc(bytes),
    };
    let mut verification = verify(&job)?;
    if args.planted || args.report.is_some() {
        let quiet = VerifyJob { progress: &|_| (), ..job };
        verification.add_planted(planted(&quiet, &|_, _| ())?);
    }
    bar.finish_and_clear();
    match args.format {
        Format::Json => output.report(|out| report::write_verification_json(&verification, out))?,
        Format::Text => {
            output.report(|out| {
                writeln!(out, "{:#?}", verification.vacuous)?;
                for c in &verification.criteria {
                    for k in &c.checks {
                        writeln!(out, "{} {:?} {:?}", k.check, k.verdict, k.count)?;
                    }
                }
                for i in &verification.invariants {
                    writeln!(out, "{} {:?} {:?}", i.invariant, i.verdict, i.count)?;
                }
                for p in verification.planted.iter().flatten() {
                    writeln!(
                        out,
                        "{} {:?}",
                        p.fault,
                        p.caught_by.iter().map(|c| format!("{} {}", c.by, c.times)).collect::<Vec<_>>()
                    )?;
                }
                writeln!(out, "{:?} {:?}", verification.one_worker, verification.state_space)
            })?;
        }
    }
    Ok(exit_of(&verification))
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

/// Writing to memory does not fail; an empty document would be no chance to find anything, and is named.
fn written(summary: &Summary, write: Write) -> Vec<u8> {
    let mut bytes = Vec::new();
    if write(summary, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

fn json(summary: &Summary, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    report::write_json(std::slice::from_ref(summary), out)
}

fn text(summary: &Summary, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let layout = report::Layout { width: None, colour: false };
    let options = report::SummaryOptions { layout, detail: report::Detail::Full, next: &[] };
    report::write_summaries(std::slice::from_ref(summary), options, out)
}

fn corpora(args: &VerifyArgs, project: &Project) -> Result<Vec<VerifyCorpus>, Failure> {
    let inputs = if args.corpora.is_empty() {
        project.all_corpora()?
    } else {
        args.corpora.iter().map(|named| project.corpus(named)).collect::<Result<Vec<_>, _>>()?
    };
    let corpus = |input: crate::corpus::CorpusInput| {
        let name = input.corpus_name().unwrap_or_else(|| "stdin".to_owned());
        VerifyCorpus { name, label: input.display_name(), input }
    };
    let mut corpora: Vec<VerifyCorpus> = inputs.into_iter().map(corpus).collect();
    corpora.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(corpora)
}
