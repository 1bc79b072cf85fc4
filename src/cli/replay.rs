//! `corridor replay`: the main job, end to end.
//!
//! Everything is read and decided before anything is published: runs and pending golden files appear at the end, so an
//! error leaves nothing behind, and a kill half-way nothing but a directory that the next replay removes.

use super::args::{Format, ReplayArgs};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::plan::Plan;
use super::project::Project;
use super::rejects::Rejects;
use super::snapshot::{Compared, Golden};
use super::stale;
use super::store::StoreFolder;
use super::stored::StoredRuns;
use crate::decide::Decider;
use crate::golden::Store;
use crate::model::Day;
use crate::outcome::Divergence;
use crate::replay::{CorpusJob, CorpusResult, replay_corpus};
use crate::report;
use crate::run::{CorpusInputs, Selector, Staging};
use crate::summary::{CorpusSummary, GoldenResult, Role, Summary};

/// Runs the subcommand. `now` is in microseconds since 1970 UTC.
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
    let deciders: Vec<&dyn Decider> = plan.deciders.iter().map(AsRef::as_ref).collect();
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
    let mut rejects = Rejects::new(args.rejects.as_deref(), || plan.protected())?;
    let bar = output.bar(plan.corpora.iter().filter_map(|corpus| corpus.input.size()).sum());
    for (place, corpus) in plan.corpora.iter().enumerate() {
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
        let result = replay_corpus(&job, &deciders, &mut stagings, &|bytes| bar.inc(bytes));
        let CorpusResult { deciders: results, read, set_aside, digest } = result.map_err(|error| runs.note(error))?;
        // Before anything is compared or noted: if a decision belongs to no recording, none of it counts.
        if place + 1 == plan.corpora.len() {
            deciders.iter().try_for_each(|decider| decider.finish(plan.selection.is_everything()))?;
        }
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
    // A run becomes the latest one after its changes are pending: `accept` and `review` use both together.
    findings.publish().map_err(|error| stored.beside(error.into()))?;
    let stored = stored.make_latest(&plan, output)?;
    print(args.format, &summaries, &plan, output, &stored)
        .map_err(|failure| failure.with_help("the run is stored all the same: `corridor report` shows it"))?;
    let is_stale = stale::tell(&summaries, project.age_limit, Day::of(now), under_ci || args.check, output);
    let exit = exit_of(&summaries);
    Ok(if is_stale && exit == Exit::Clean { Exit::Found } else { exit })
}

/// Notes filters that matched nothing although others did: they are probably misspelt.
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
