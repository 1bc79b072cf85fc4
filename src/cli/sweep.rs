//! `corridor sweep`: several what-ifs in one reading of the recordings; nothing is written.

use super::args::{EnvironmentArgs, Format, SweepArgs};
use super::corpora::{Asked, Corpus};
use super::decider;
use super::destination::Protected;
use super::environment::{Effective, what_is_closed};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::process::threads;
use super::project::Project;
use super::rejects::Rejects;
use super::replay::tell_unmet;
use crate::decide::{Budget, Decider, Environment, RuleSet, Settings};
use crate::replay::{CorpusJob, SweepJob, sweep_corpus};
use crate::report::{write_sweep, write_sweep_json};
use crate::run::{Selection, Selector};
use crate::summary::{Role, Sweep, SweepCounts, SweptCorpus, SweptRole, SweptRow};
use std::collections::BTreeMap;

/// The variable that holds the budget.
const BUDGET: &str = "PARTIAL_TRUST_TIMEOUT_MS";

/// Largest number of configurations: each has its own counts by role, and a counter for every latency that occurs.
const MOST: usize = 100;

/// Runs the subcommand.
pub(super) fn run(args: &SweepArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let (configurations, environment, notes) = configurations(args, project)?;
    // Data beyond a limit of memory is spilled there, into files without a name.
    let folder = std::env::temp_dir();
    std::fs::read_dir(&folder).map_err(|error| {
        let named = format!("{error} at path \"{}\"", folder.display());
        Failure::temporary(&std::io::Error::new(error.kind(), named))
    })?;
    let asked = Asked { corpora: &args.corpora, name: None, reads_twice: args.keep_going, spool: &folder };
    let corpora = Corpus::all(&asked, project, output)?;
    let selection = Selector::new(Selection { filters: args.filters.clone(), sample: None });
    let deciders: Vec<_> =
        configurations.iter().map(|(rules, settings)| decider::ours_under(settings, *rules)).collect();
    let deciders: Vec<&dyn Decider> = deciders.iter().map(AsRef::as_ref).collect();
    let bar = output.bar(corpora.iter().filter_map(|corpus| corpus.input.size()).sum());
    let mut rejects = Rejects::new(args.rejects.as_deref(), || {
        let mut protected = Protected::of(project, None, None);
        protected.inputs(corpora.iter().map(|corpus| &corpus.input), "the corpus");
        protected.policy(&environment);
        protected
    })?;
    let mut counts: BTreeMap<Role, Vec<SweepCounts>> = BTreeMap::new();
    let mut swept = Vec::new();
    for corpus in &corpora {
        bar.set_message(corpus.name.clone());
        let job = CorpusJob {
            name: &corpus.name,
            input: &corpus.input,
            label: &corpus.label,
            selection: &selection,
            rates: &[],
            keep_going: args.keep_going,
            rejects: rejects.list(),
            threads: threads(args.threads),
            golden: &[],
        };
        let job = SweepJob { corpus: job, deciders: &deciders, directory: &folder };
        let result = sweep_corpus(&job, &|bytes| bar.inc(bytes))?;
        bar.suspend(|| rejects.tell(&corpus.label, result.read, &result.set_aside, output));
        let (role, role_declared) = project.role(&corpus.name);
        let of_role = counts.entry(role).or_insert_with(|| vec![SweepCounts::default(); deciders.len()]);
        of_role.iter_mut().zip(&result.counts).for_each(|(counts, more)| counts.merge(more));
        let (read, set_aside) = (result.read, result.set_aside.count);
        swept.push(SweptCorpus { name: corpus.name.clone(), role, role_declared, read, set_aside });
    }
    deciders.iter().try_for_each(|decider| decider.finish(args.filters.is_empty()))?;
    bar.finish_and_clear();
    tell_unmet(&selection, output);
    rejects.publish()?;
    let row = |((rules, settings), counts): (&(RuleSet, Settings), &SweepCounts)| {
        SweptRow::new(*rules, settings.budget.limit_ms(), counts)
    };
    let roles = counts
        .iter()
        .map(|(role, counts)| SweptRole { role: *role, rows: configurations.iter().zip(counts).map(row).collect() });
    let sweep = Sweep {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        environment,
        filters: args.filters.iter().map(ToString::to_string).collect(),
        notes,
        corpora: swept,
        roles: roles.collect(),
    };
    match args.format {
        Format::Text => output.report(|out| write_sweep(&sweep, output.layout(), out))?,
        Format::Json => output.report(|out| write_sweep_json(&sweep, out))?,
    }
    Ok(exit_of(&sweep))
}

fn exit_of(sweep: &Sweep) -> Exit {
    if sweep.broken() > 0 {
        Exit::Broken
    } else if sweep.decided() == 0 {
        Exit::Inconclusive
    } else {
        Exit::Clean
    }
}

/// Every combination, by rule set and then by budget; the variables that all of them share; and notes for the reader.
type Configurations = (Vec<(RuleSet, Settings)>, Environment, Vec<String>);

fn configurations(args: &SweepArgs, project: &Project) -> Result<Configurations, Failure> {
    if args.timeout.is_none() && args.rules.is_empty() {
        return Err(Failure::usage("a sweep has to be told over what: --timeout, --rules or both")
            .with_help("`corridor sweep --timeout 50..500:50`, `corridor sweep --rules reference,strict`"));
    }
    let budgets: Vec<u64> = args.timeout.as_ref().map(|budgets| budgets.iter().collect()).unwrap_or_default();
    let sets_budget = args.variables.iter().map(|(name, _)| name).chain(&args.unset).any(|name| name == BUDGET);
    if sets_budget && !budgets.is_empty() {
        return Err(Failure::usage(format!("--timeout and {BUDGET} both set the budget"))
            .with_help("leave the variable out, or add its value to --timeout"));
    }
    let mut rules = if args.rules.is_empty() { project.rules.clone() } else { args.rules.clone() };
    rules.sort_unstable();
    rules.dedup();
    let count = rules.len() * budgets.len();
    if count > MOST {
        return Err(Failure::usage(format!("{count} combinations are more than {MOST}"))
            .with_help("take a larger step, or fewer rule sets"));
    }
    let variables =
        EnvironmentArgs { variables: args.variables.clone(), unset: args.unset.clone(), ..Default::default() };
    let Effective { mut variables, settings, .. } = Effective::new(&project.environment, &variables);
    let settings = if budgets.is_empty() {
        vec![settings]
    } else {
        variables.remove(BUDGET);
        budgets.iter().map(|ms| Settings { budget: Budget::Limit(*ms), ..settings.clone() }).collect()
    };
    // They differ only in the budget, and no budget of a sweep keeps candidates from being asked for.
    let notes = settings.first().and_then(what_is_closed).into_iter().collect();
    let of_rules = |rules: RuleSet| settings.iter().map(move |settings| (rules, settings.clone()));
    Ok((rules.into_iter().flat_map(of_rules).collect(), variables, notes))
}
