//! `corridor replay`: the main job, end to end.
//!
//! Everything is read and decided before anything is published: runs and pending golden files appear at the end, so an
//! error leaves nothing behind, and a kill half-way nothing but a directory that the next replay removes.

use super::args::{Format, ReplayArgs};
use super::corpora::{Asked, Corpus};
use super::destination::Kept;
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use super::rejects::Rejects;
use super::snapshot::{Compared, Golden, GoldenPolicy};
use super::stale;
use super::standard;
use super::store::StoreFolder;
use super::stored::StoredRuns;
use crate::corpus::CorpusInput;
use crate::decide::{DecisionPath, RuleSet};
use crate::foreign::ForeignPath;
use crate::golden::{Scope, Store};
use crate::model::Day;
use crate::outcome::Divergence;
use crate::replay::{CorpusJob, CorpusResult, replay_corpus};
use crate::report;
use crate::report::shell::{REASON, command};
use crate::run::{CorpusInputs, RUN_FORMAT, RunInputs, SampleSize, Selection, Selector, Staging};
use crate::summary::{
    CorpusSummary, CoverageContext, Decisions, GoldenResult, Repeated, Role, SUMMARY_FORMAT, Sampling, Summary,
};
use std::path::Path;

/// Everything that was typed and looked up, before any corpus is read.
pub(super) struct Plan<'a> {
    pub(super) args: &'a ReplayArgs,
    pub(super) project: &'a Project,
    pub(super) effective: Effective,
    rules: Vec<RuleSet>,
    rates: Vec<f64>,
    selection: Selection,
    selector: Selector,
    pub(super) corpora: Vec<Corpus>,
    pub(super) foreign: Option<ForeignPath>,
    threads: usize,
    pub(super) runs: &'a StoreFolder,
}

/// Runs the subcommand; `now` is the present, in microseconds since 1970 UTC.
pub(super) fn run(
    args: &ReplayArgs,
    project: &Project,
    output: &Output,
    under_ci: bool,
    now: i64,
) -> Result<Exit, Failure> {
    let store = StoreFolder::open(project, args.check, output)?;
    let result = replay(args, project, &store, output, under_ci, now);
    let Err(failure) = result else { return result };
    store.unmake();
    // What was read from standard input cannot be read again.
    if args.check && store.is_lost() && args.corpora.iter().all(|corpus| corpus != "-") {
        StoreFolder::tell(&failure, output);
        return replay(args, project, &StoreFolder::temporary()?, output, under_ci, now);
    }
    Err(failure)
}

fn replay(
    args: &ReplayArgs,
    project: &Project,
    runs: &StoreFolder,
    output: &Output,
    under_ci: bool,
    now: i64,
) -> Result<Exit, Failure> {
    let plan = Plan::new(args, project, runs, output)?;
    let paths = plan.paths();
    let paths: Vec<&dyn DecisionPath> = paths.iter().map(AsRef::as_ref).collect();
    let paths = plan.foreign.as_ref().map_or(paths, |foreign| vec![foreign as &dyn DecisionPath]);
    let folder = project.golden(args.golden.as_deref());
    if args.golden.is_some() && !args.new && !folder.is_dir() {
        let message = format!("there is no golden folder {}", folder.display());
        return Err(Failure::input(message).with_help("to begin one, give --new"));
    }
    let store = Store::new(folder);
    let mut golden = Golden::open(&store, plan.golden_policy(under_ci), output)?;
    let stagings = plan.rules.iter().map(|_| Staging::new(runs.path()).map_err(|error| runs.note(error)));
    let mut stagings = stagings.collect::<Result<Vec<_>, _>>()?;
    let mut summaries: Vec<Summary> = plan.rules.iter().map(|rules| plan.empty_summary(*rules)).collect();
    let mut inputs: Vec<Vec<CorpusInputs>> = plan.rules.iter().map(|_| Vec::new()).collect();
    let mut representative: Vec<Vec<_>> = plan.rules.iter().map(|_| Vec::new()).collect();
    let mut rejects = Rejects::new(args.rejects.as_deref(), || plan.kept())?;
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
            selection: &plan.selector,
            rates: &plan.rates,
            keep_going: args.keep_going,
            rejects: rejects.list(),
            threads: plan.threads,
            golden: &wanted,
        };
        let begins: Vec<_> = stagings.iter().map(Staging::mark).collect();
        let result = replay_corpus(&job, &paths, &mut stagings, &|bytes| bar.inc(bytes));
        if let Some(foreign) = &plan.foreign {
            foreign.check(result.is_ok() && plan.selection.is_everything())?;
        }
        let CorpusResult { paths: results, read, set_aside, digest } = result.map_err(|error| runs.note(error))?;
        bar.suspend(|| rejects.tell(&corpus.label, read, &set_aside, output));
        let (role, role_declared) = project.role(&corpus.name);
        if role == Role::Representative {
            representative.iter_mut().zip(begins).zip(&stagings).for_each(|((parts, begin), staging)| {
                parts.push(begin..staging.mark());
            });
        }
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
    for ((summary, staging), parts) in summaries.iter_mut().zip(&stagings).zip(&representative) {
        summary.repeated = staging.repeated(parts).map_err(|error| runs.note(error))?;
    }
    plan.finish(&mut summaries);
    tell_unmet(&plan.selector, output);
    if args.corpora.is_empty() && plan.selection.is_everything() {
        plan.tell_unclaimed(&golden, &summaries, output)?;
    }
    let findings = golden.finish()?;
    rejects.publish()?;
    let stored = plan.store(&summaries, stagings, inputs, output)?;
    // A run becomes the latest one when what it found is pending as well: what is built on it is built on both.
    findings.publish().map_err(|error| stored.beside(error.into()))?;
    let stored = stored.make_latest(&plan, output)?;
    print(args.format, &summaries, &plan, output, &stored)
        .map_err(|failure| failure.with_help("the run is stored all the same: `corridor report` shows it"))?;
    let is_stale = stale::tell(&summaries, project.age_limit, Day::of(now), under_ci || args.check, output);
    let exit = exit_of(&summaries);
    Ok(if is_stale && exit == Exit::Clean { Exit::Found } else { exit })
}

/// Names filters that agreed with nothing beside others that did: one value that is a slip of the fingers is no smaller selection.
pub(super) fn tell_unmet(selector: &Selector, output: &Output) {
    for filter in selector.unmet() {
        output.note(&report::escape::visible(&format!("note: nothing here agrees with --filter {filter}")));
    }
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
    stored: &StoredRuns,
) -> Result<(), Failure> {
    match format {
        Format::Json => output.report(|out| report::write_json(summaries, out)),
        Format::Text => {
            let next = plan.next_commands(summaries);
            let options = report::SummaryOptions { layout: output.layout(), detail: output.detail(), next: &next };
            output.report(|out| report::write_summaries(summaries, options, out))?;
            stored.tell(plan, summaries, output);
            Ok(())
        }
    }
}

/// Where foreign decisions are; standard input holds one thing.
fn decisions(path: &Path, args: &ReplayArgs) -> Result<CorpusInput, Failure> {
    if path != Path::new("-") {
        return Ok(CorpusInput::File(path.to_owned()));
    }
    if args.corpora.iter().any(|corpus| corpus == "-") {
        let message = "recordings and decisions cannot both come from standard input";
        return Err(Failure::usage(message).with_help("name a file in place of one `-`"));
    }
    standard::input()
}

impl<'a> Plan<'a> {
    fn new(
        args: &'a ReplayArgs,
        project: &'a Project,
        runs: &'a StoreFolder,
        output: &Output,
    ) -> Result<Self, Failure> {
        let effective = Effective::new(&project.environment, &args.environment);
        let mut rules = if args.rules.is_empty() { project.rules.clone() } else { args.rules.clone() };
        rules.sort_unstable();
        rules.dedup();
        let sample = args.sample.map(|size| SampleSize { size, seed: args.seed });
        let selection = Selection { filters: args.filters.clone(), sample };
        let selector = Selector::new(selection.clone());
        let asked = Asked {
            corpora: &args.corpora,
            name: args.name.as_deref(),
            reads_twice: args.sample.is_some() || args.keep_going,
            spool: runs.path(),
        };
        let corpora = Corpus::all(&asked, project, output)?;
        let foreign = args.decisions.as_deref().map(|path| decisions(path, args)).transpose()?;
        let foreign = foreign
            .map(|input| ForeignPath::open(&input, runs.path(), effective.settings.clone()))
            .map(|opened| opened.map_err(|error| runs.note(error)))
            .transpose()?;
        if foreign.is_some() {
            if corpora.len() != 1 {
                return Err(Failure::usage("--decisions goes with exactly one corpus: name it"));
            }
            // The decisions are what they are; the rule set only says under which name they are filed.
            rules = vec![args.rules.first().copied().unwrap_or(RuleSet::Reference)];
        }
        let rates = project.stages.iter().copied().chain([1.0]).collect();
        let threads = super::threads(args.threads);
        Ok(Self { args, project, effective, rules, rates, selection, selector, corpora, foreign, threads, runs })
    }

    /// Names golden files without a corpus. Every declared corpus is there by now; golden of one elsewhere is nobody's loss here.
    fn tell_unclaimed(&self, golden: &Golden, summaries: &[Summary], output: &Output) -> Result<(), Failure> {
        let options = format!("{} --prune{REASON}", self.project.carried(self.args.golden.as_deref()));
        for summary in summaries {
            let names: Vec<&str> = summary.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
            for name in golden.unclaimed(summary.rules, &names)? {
                let removing = command("accept", &[&name], &options);
                let text = format!("note: golden {}/{name} belongs to no corpus of this project", summary.rules);
                output.note(&format!("{}; to remove it: {removing}", report::escape::visible(&text)));
            }
        }
        Ok(())
    }

    /// What a list of rejects must not replace.
    fn kept(&self) -> Kept {
        let mut kept = Kept::of(self.project, None, self.args.golden.as_deref());
        kept.inputs(self.corpora.iter().map(|corpus| &corpus.input), "the corpus");
        kept.policy(&self.effective.variables);
        if let Some(path) = &self.args.decisions {
            kept.file(path, "the decisions");
        }
        kept
    }

    fn paths(&self) -> Vec<Box<dyn DecisionPath>> {
        self.rules.iter().map(|rules| self.effective.path(*rules)).collect()
    }

    const fn decisions(&self) -> Decisions {
        if self.foreign.is_some() { Decisions::Foreign } else { Decisions::Ours }
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
            decisions: self.decisions(),
            carried: self.project.carried(self.args.golden.as_deref()),
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
            decisions: self.decisions(),
            sampling: self.effective.sampling,
            seed: self.selection.sample.map(|sample| sample.seed),
            incomplete_because: Vec::new(),
            notes: if self.foreign.is_some() { Vec::new() } else { self.effective.notes.clone() },
            unclaimed_golden: Vec::new(),
            repeated: Repeated::default(),
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

    pub(super) fn run_inputs(&self, rules: RuleSet, corpora: Vec<CorpusInputs>) -> RunInputs {
        RunInputs {
            format: RUN_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules,
            decisions: self.decisions(),
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
}
