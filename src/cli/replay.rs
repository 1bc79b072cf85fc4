//! `corridor replay`: the main job, end to end.
//!
//! Everything is read and decided before anything is published: runs and pending golden files appear at the end, so an
//! error or a kill half-way leaves nothing behind but a directory that the next replay removes.

use super::args::{EnvironmentArgs, Format, ReplayArgs};
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use super::snapshot::{Compared, Golden, GoldenPolicy};
use crate::corpus::CorpusInput;
use crate::decide::{DecisionPath, RuleSet};
use crate::golden::{Scope, SnapshotName, Store};
use crate::outcome::Divergence;
use crate::replay::{
    CorpusInputs, CorpusJob, CorpusResult, ForeignPath, RUN_FORMAT, RunInputs, SampleSize, Selection, Spool, Staging,
    replay_corpus, store_run,
};
use crate::report;
use crate::summary::{CorpusSummary, CoverageContext, Decisions, GoldenResult, SUMMARY_FORMAT, Sampling, Summary};
use std::path::PathBuf;

/// One corpus of the command line.
struct Corpus {
    name: String,
    label: String,
    input: CorpusInput,
    /// Standard input that has to be read more than once.
    _spooled: Option<Spool>,
    /// Whether it can have golden: standard input without a name cannot.
    named: bool,
    /// How the user would name it again; standard input cannot be named again.
    typed: Option<String>,
    /// Whether it is one of the project's own.
    of_project: bool,
}

/// Everything that was typed and looked up, before any corpus is read.
struct Plan<'a> {
    args: &'a ReplayArgs,
    project: &'a Project,
    effective: Effective,
    rules: Vec<RuleSet>,
    rates: Vec<f64>,
    selection: Selection,
    corpora: Vec<Corpus>,
    foreign: Option<ForeignPath>,
    threads: usize,
}

/// Runs the subcommand.
pub(super) fn run(args: &ReplayArgs, project: &Project, output: &Output, under_ci: bool) -> Result<Exit, Failure> {
    let result = replay(args, project, output, under_ci);
    if result.is_err() {
        // Folders that were made for a run that came to nothing; those that hold anything stay.
        let runs = project.runs();
        for folder in runs.ancestors().take(2) {
            let _ = std::fs::remove_dir(folder);
        }
    }
    result
}

fn replay(args: &ReplayArgs, project: &Project, output: &Output, under_ci: bool) -> Result<Exit, Failure> {
    let plan = Plan::new(args, project)?;
    let paths = plan.paths();
    let paths: Vec<&dyn DecisionPath> = paths.iter().map(AsRef::as_ref).collect();
    let paths = plan.foreign.as_ref().map_or(paths, |foreign| vec![foreign as &dyn DecisionPath]);
    let folder = project.golden(args.golden.as_deref());
    if args.golden.is_some() && !args.new && !folder.is_dir() {
        let message = format!("there is no golden folder {}", folder.display());
        return Err(Failure::input(message).with_help("to begin one, give --new"));
    }
    let store = Store::new(folder);
    let mut golden = Golden::new(&store, plan.golden_policy(under_ci));
    let runs = project.runs();
    let mut stagings = plan.rules.iter().map(|_| Staging::new(&runs)).collect::<Result<Vec<_>, _>>()?;
    let mut summaries: Vec<Summary> = plan.rules.iter().map(|rules| plan.empty_summary(*rules)).collect();
    let mut inputs: Vec<Vec<CorpusInputs>> = plan.rules.iter().map(|_| Vec::new()).collect();
    let bar = output.bar(plan.corpora.iter().filter_map(|corpus| corpus.input.size()).sum());
    for corpus in &plan.corpora {
        bar.set_message(corpus.name.clone());
        let wanted: Vec<bool> = plan
            .rules
            .iter()
            .map(|rules| Ok(corpus.named && golden.wants(*rules, &corpus.name, corpus.of_project)?))
            .collect::<Result<_, Failure>>()?;
        let job = CorpusJob {
            name: &corpus.name,
            input: &corpus.input,
            label: &corpus.label,
            selection: &plan.selection,
            rates: &plan.rates,
            keep_going: args.keep_going,
            threads: plan.threads,
            golden: &wanted,
        };
        let result = replay_corpus(&job, &paths, &mut stagings, &|bytes| bar.inc(bytes));
        if let Some(foreign) = &plan.foreign {
            foreign.check(result.is_ok() && plan.selection.is_everything())?;
        }
        let CorpusResult { paths: results, read, set_aside, digest } = result?;
        set_aside
            .described
            .iter()
            .for_each(|error| bar.suspend(|| output.note(&format!("set aside: {}", shown(error)))));
        let (role, role_declared) = project.role(&corpus.name);
        for (((result, rules), summary), inputs) in
            results.into_iter().zip(&plan.rules).zip(&mut summaries).zip(&mut inputs)
        {
            let compared = if corpus.named {
                golden.compare(*rules, &corpus.name, corpus.of_project, result.entries, set_aside.count)?
            } else {
                Compared { result: GoldenResult::Absent, digest: None }
            };
            inputs.push(CorpusInputs {
                name: corpus.name.clone(),
                role,
                digest: digest.clone(),
                golden: compared.digest,
            });
            summary.corpora.push(CorpusSummary {
                name: corpus.name.clone(),
                role,
                role_declared,
                read,
                set_aside: set_aside.count,
                counts: result.counts,
                golden: compared.result,
            });
        }
    }
    bar.finish_and_clear();
    plan.finish(&mut summaries);
    if args.corpora.is_empty() && plan.selection.is_everything() {
        for summary in &mut summaries {
            let names: Vec<&str> = summary.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
            summary.unclaimed_golden = golden.unclaimed(summary.rules, &names)?;
        }
    }
    let mut stored = Vec::new();
    for ((summary, staging), inputs) in summaries.iter().zip(stagings).zip(inputs) {
        let mut junit = Vec::new();
        report::write_junit(summary, &mut junit)
            .map_err(|error| Failure::input(format!("cannot write the JUnit report: {error}")))?;
        stored.push(store_run(staging, &runs, plan.run_inputs(summary.rules, inputs), summary, &junit)?);
    }
    golden.publish()?;
    print(args.format, &summaries, &plan, output, &stored)?;
    Ok(exit_of(&summaries))
}

fn shown(error: &crate::corpus::CorpusError) -> String {
    report::escape::visible(&error.to_string()).into_owned()
}

/// The exit code and the printed verdict come from the same summaries.
fn exit_of(summaries: &[Summary]) -> Exit {
    let any = |test: &dyn Fn(&Summary) -> bool| summaries.iter().any(test);
    if any(&|summary| summary.of_class(Divergence::Broken) > 0) {
        Exit::Broken
    } else if any(&|summary| summary.changes() > 0) {
        Exit::Found
    } else if any(&|summary| summary.recordings() == 0) {
        Exit::Inconclusive
    } else {
        Exit::Clean
    }
}

fn print(
    format: Format,
    summaries: &[Summary],
    plan: &Plan,
    output: &Output,
    stored: &[PathBuf],
) -> Result<(), Failure> {
    match format {
        Format::Json => output.report(|out| report::write_json(summaries, out)),
        Format::Text => {
            let next = plan.next_commands(summaries);
            let detail = match (output.quiet, output.verbose) {
                (true, _) => report::Detail::Verdict,
                (false, false) => report::Detail::Usual,
                (false, true) => report::Detail::Full,
            };
            let options = report::SummaryOptions { layout: output.layout(), detail, next: &next };
            output.report(|out| report::write_summaries(summaries, options, out))?;
            for (path, summary) in stored.iter().zip(summaries) {
                let is_foreign = summary.decisions == Decisions::Foreign;
                if let Some(because) = summary.incomplete_because.first() {
                    output.note(&format!("stored {}, not as the latest run: {because}", path.display()));
                } else if output.verbose || is_foreign {
                    output.note(&format!("stored {}", path.display()));
                }
            }
            Ok(())
        }
    }
}

impl<'a> Plan<'a> {
    fn new(args: &'a ReplayArgs, project: &'a Project) -> Result<Self, Failure> {
        let effective = Effective::new(&project.environment, &args.environment);
        let mut rules = if args.rules.is_empty() { project.rules.clone() } else { args.rules.clone() };
        rules.sort_unstable();
        rules.dedup();
        let sample = args.sample.map(|size| SampleSize { size, seed: args.seed });
        let selection = Selection { filters: args.filters.clone(), sample };
        let corpora = Corpus::all(args, project)?;
        let foreign = args
            .decisions
            .as_deref()
            .map(|path| ForeignPath::open(path, &project.runs(), effective.settings.clone()))
            .transpose()?;
        if foreign.is_some() {
            if corpora.len() != 1 {
                return Err(Failure::usage("--decisions goes with exactly one corpus: name it"));
            }
            // The decisions are what they are; the rule set only says under which name they are filed.
            rules = vec![args.rules.first().copied().unwrap_or(RuleSet::Reference)];
        }
        let rates = project.stages.iter().copied().chain([1.0]).collect();
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = args.threads.map_or_else(cores, usize::from);
        Ok(Self { args, project, effective, rules, rates, selection, corpora, foreign, threads })
    }

    fn paths(&self) -> Vec<Box<dyn DecisionPath>> {
        self.rules.iter().map(|rules| self.effective.path(*rules)).collect()
    }

    fn golden_policy(&self, under_ci: bool) -> GoldenPolicy {
        let has_own_folder = self.args.golden.is_some();
        let skip = if self.foreign.is_some() && !has_own_folder {
            Some("foreign decisions have golden in a folder of their own: --golden DIR")
        } else if self.effective.sampling == Sampling::AsDeployed && !has_own_folder {
            Some("golden holds forced replays, and this one samples as deployed")
        } else {
            None
        };
        GoldenPolicy {
            skip,
            may_write: !(under_ci || self.args.check),
            new: self.args.new,
            check: self.args.check,
            scope: if self.selection.is_everything() { Scope::Whole } else { Scope::Selection },
        }
    }

    fn empty_summary(&self, rules: RuleSet) -> Summary {
        Summary {
            format: SUMMARY_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules,
            decisions: if self.foreign.is_some() { Decisions::Foreign } else { Decisions::Ours },
            sampling: self.effective.sampling,
            seed: self.selection.sample.map(|sample| sample.seed),
            incomplete_because: Vec::new(),
            notes: if self.foreign.is_some() { Vec::new() } else { self.effective.notes.clone() },
            unclaimed_golden: Vec::new(),
            corpora: Vec::new(),
            roles: Vec::new(),
            coverage: Vec::new(),
        }
    }

    fn finish(&self, summaries: &mut [Summary]) {
        for summary in summaries {
            let set_aside: u64 = summary.corpora.iter().map(|corpus| corpus.set_aside).sum();
            let mut because = Vec::new();
            if !self.selection.filters.is_empty() {
                because.push("it was filtered".to_owned());
            }
            if let Some(SampleSize { size, seed }) = self.selection.sample {
                because.push(format!("{size} recordings of each corpus were sampled with seed {seed}"));
            }
            if self.effective.what_if {
                because.push("its environment is not the project's".to_owned());
            }
            if self.effective.sampling == Sampling::AsDeployed {
                because.push("it sampled as deployed".to_owned());
            }
            if self.corpora.iter().any(|corpus| !corpus.named) {
                because.push("standard input has no name".to_owned());
            }
            if set_aside > 0 {
                because.push(format!("{set_aside} bad lines were set aside"));
            }
            summary.incomplete_because = because;
            let context = CoverageContext {
                rules: summary.rules,
                settings: &self.effective.settings,
                foreign: self.foreign.is_some() || self.effective.recorded,
            };
            summary.add_up(context);
        }
    }

    fn run_inputs(&self, rules: RuleSet, corpora: Vec<CorpusInputs>) -> RunInputs {
        RunInputs {
            format: RUN_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules,
            decisions: if self.foreign.is_some() { Decisions::Foreign } else { Decisions::Ours },
            sampling: self.effective.sampling,
            recorded_environment: self.effective.recorded,
            environment: self.effective.variables.clone(),
            policy: self.effective.policy.clone(),
            foreign: self.foreign.as_ref().map(|foreign| foreign.digest().to_owned()),
            selection: self.selection.clone(),
            stages: self.project.stages.clone(),
            corpora,
        }
    }

    /// The options that make `explain` decide as this replay did.
    fn what_if_options(&self) -> String {
        let EnvironmentArgs { variables, unset, recorded_environment, as_deployed } = &self.args.environment;
        let set = variables.iter().map(|(name, value)| format!(" --env {}", shell_word(&format!("{name}={value}"))));
        let unset = unset.iter().map(|name| format!(" --unset {}", shell_word(name)));
        let flag = |is_set: bool, flag: &str| if is_set { format!(" {flag}") } else { String::new() };
        let flags = [flag(*recorded_environment, "--recorded-environment"), flag(*as_deployed, "--as-deployed")];
        set.chain(unset).chain(flags).collect()
    }

    /// What a user would type next.
    fn next_commands(&self, summaries: &[Summary]) -> Vec<String> {
        let mut next = Vec::new();
        let results = || summaries.iter().flat_map(|summary| &summary.corpora).map(|corpus| &corpus.golden);
        if results().any(|golden| matches!(golden, GoldenResult::Compared { pending: true, .. })) {
            let folder = self.args.golden.as_ref();
            let golden = folder
                .map_or_else(String::new, |folder| format!(" --golden {}", shell_word(&folder.display().to_string())));
            next.push(format!("corridor pending{golden}"));
            next.push(if self.effective.what_if {
                format!("corridor reject{golden}   (a what-if; accept only what the project's environment will hold)")
            } else {
                format!("corridor accept{golden} --reason \"…\"   (or: corridor reject)")
            });
        }
        if results().any(|golden| matches!(golden, GoldenResult::Absent)) && summaries.iter().all(Summary::is_complete)
        {
            next.push("corridor accept --new   (make golden of this run where there is none)".to_owned());
        }
        let worst = summaries.iter().flat_map(|summary| {
            summary
                .corpora
                .iter()
                .flat_map(move |corpus| {
                    corpus.counts.stages.iter().enumerate().map(move |(stage, counts)| (corpus, stage, counts))
                })
                .flat_map(move |(corpus, stage, counts)| {
                    counts.worst.iter().map(move |case| (summary, corpus, stage, case))
                })
        });
        // What our own paths do is not what foreign decisions came from.
        let worst = worst.filter(|_| self.foreign.is_none());
        if let Some((summary, corpus, _, case)) =
            worst.min_by_key(|(_, corpus, stage, case)| (corpus.role, *stage, *case))
        {
            let rules = if summary.rules == RuleSet::Strict { " --rules strict" } else { "" };
            let typed =
                self.corpora.iter().find(|known| known.name == corpus.name).and_then(|known| known.typed.as_ref());
            next.extend(typed.map(|typed| {
                let dashes = if case.command_id.starts_with('-') { " --" } else { "" };
                let options = self.what_if_options();
                format!(
                    "corridor explain{rules}{options}{dashes} {} {}",
                    shell_word(typed),
                    shell_word(&case.command_id)
                )
            }));
        }
        next
    }
}

/// A word as a shell takes it, quoted where it must be.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

impl Corpus {
    fn all(args: &ReplayArgs, project: &Project) -> Result<Vec<Self>, Failure> {
        let inputs = if args.corpora.is_empty() {
            project.all_corpora()?
        } else {
            args.corpora.iter().map(|named| project.corpus(named)).collect::<Result<Vec<_>, _>>()?
        };
        if args.name.is_some() && !inputs.contains(&CorpusInput::Stdin) {
            return Err(Failure::usage("--name names standard input: give `-` as a corpus"));
        }
        let reads_twice = args.sample.is_some() || args.keep_going;
        let corpora = inputs.into_iter().map(|input| {
            let label = input.display_name();
            let (named, name) = match (&input, &args.name) {
                (CorpusInput::Stdin, Some(name)) => (true, name.clone()),
                (CorpusInput::Stdin, None) => (false, "stdin".to_owned()),
                (CorpusInput::File(_), _) => (true, input.corpus_name().unwrap_or_default()),
            };
            SnapshotName::new("reference", &name)?;
            let spooled = (reads_twice && !input.can_be_read_again())
                .then(|| Spool::new(&project.runs(), &mut *input.open()?.reader))
                .transpose()?;
            let typed = typed_name(&input, &name, project);
            let input = spooled.as_ref().map_or(input, |file| CorpusInput::File(file.path()));
            let of_project = typed.as_deref() == Some(name.as_str());
            Ok(Self { name, label, input, _spooled: spooled, named, typed, of_project })
        });
        let mut corpora = corpora.collect::<Result<Vec<_>, Failure>>()?;
        corpora.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some([one, _]) = corpora.windows(2).find(|pair| matches!(pair, [a, b] if a.name == b.name)) {
            let message = format!("two corpora of this run are called `{}`", one.name);
            return Err(Failure::usage(message).with_help("a corpus is called by its file's stem: rename one of them"));
        }
        Ok(corpora)
    }
}

/// The name of a project's corpus, the path of another; nothing for standard input.
fn typed_name(input: &CorpusInput, name: &str, project: &Project) -> Option<String> {
    match input {
        CorpusInput::Stdin => None,
        CorpusInput::File(path) => {
            let is_project_corpus = project.corpus(name).is_ok_and(|known| known == *input);
            Some(if is_project_corpus { name.to_owned() } else { path.display().to_string() })
        }
    }
}
