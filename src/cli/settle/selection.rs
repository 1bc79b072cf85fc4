//! The selected pending files, and the message if there are none.

use super::super::args::SnapshotArgs;
use super::super::exit::{Exit, Failure};
use super::super::project::Project;
use super::interrupted::refused;
use super::uncompared;
use crate::decide::RuleSet;
use crate::golden::{Pending, SnapshotName, Store};
use crate::report::shell::command;
use std::collections::BTreeSet;

/// The pending files that the user selected.
pub(super) fn selected<'a>(
    store: &'a Store,
    args: &SnapshotArgs,
    project: &Project,
) -> Result<Vec<Pending<'a>>, Failure> {
    let all = store.pending()?;
    let busy = || {
        store
            .interrupted()
            .map(|found| found.map(|found| refused(&found, store, &project.carried(args.golden.as_deref()))))
    };
    let unknown = args.corpora.iter().find(|corpus| all.iter().all(|found| !is_named(found.name(), corpus)));
    if let Some(unknown) = unknown {
        if let Some(refused) = busy()? {
            return Err(refused);
        }
        if !all.is_empty() {
            let all = SnapshotArgs { corpora: Vec::new(), ..args.clone() };
            return Err(Failure::input(format!("nothing is pending for `{unknown}`")).with_help(listing(&all, project)));
        }
        let known = known(store, project)?;
        if let Some(unknown) = args.corpora.iter().find(|corpus| !known.contains(*corpus)) {
            let message = format!("there is no corpus `{unknown}`: neither the project nor golden has one");
            let names: Vec<_> = known.into_iter().filter(|name| !name.contains('/')).collect();
            return Err(Failure::input(message).with_help(format!("expected one of {}", names.join(", "))));
        }
    }
    let takes = |name: &SnapshotName| {
        (args.corpora.is_empty() || args.corpora.iter().any(|corpus| is_named(name, corpus)))
            && (args.rules.is_empty() || args.rules.iter().any(|rules| rules.as_str() == name.rules()))
    };
    Ok(all.into_iter().filter(|pending| takes(pending.name())).collect())
}

/// All names by which a corpus can be selected: its own, and those of its golden files.
fn known(store: &Store, project: &Project) -> Result<BTreeSet<String>, Failure> {
    let mut known = project.corpus_names();
    for rules in RuleSet::ALL {
        for corpus in store.corpora(rules.as_str())? {
            known.extend([format!("{rules}/{corpus}"), corpus]);
        }
    }
    Ok(known)
}

/// The message and the exit code if nothing is pending: inconclusive if nothing was compared with golden.
pub(super) fn nothing_pending(
    store: &Store,
    args: &SnapshotArgs,
    project: &Project,
) -> Result<(String, Exit), Failure> {
    let rules = args.rule_sets();
    for of_rules in rules {
        for corpus in store.corpora(of_rules.as_str())? {
            let name = SnapshotName::new(of_rules.as_str(), &corpus)?;
            if args.corpora.is_empty() || args.corpora.iter().any(|typed| is_named(&name, typed)) {
                return Ok(match uncompared::newest(store, rules, &args.corpora, project) {
                    Some(run) => (
                        format!("nothing is pending: the last replay (run {run}) was not compared with golden"),
                        Exit::Inconclusive,
                    ),
                    None => ("nothing is pending".to_owned(), Exit::Clean),
                });
            }
        }
    }
    Ok(("nothing is pending: not compared with golden, of which there is none".to_owned(), Exit::Inconclusive))
}

/// Whether the user typed the corpus, or the golden file as `pending` prints it.
fn is_named(name: &SnapshotName, typed: &str) -> bool {
    name.corpus() == typed || name.to_string() == typed
}

/// The help of an error: the command that lists what is pending.
pub(super) fn listing(args: &SnapshotArgs, project: &Project) -> String {
    format!("`{}` lists what is pending", narrowed("pending", args, project, ""))
}

/// `corridor VERB` for the files that the user selected, with `more` options.
pub(super) fn narrowed(verb: &str, args: &SnapshotArgs, project: &Project, more: &str) -> String {
    let rules: Vec<_> = args.rules.iter().map(|rules| rules.as_str()).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(" --rules {}", rules.join(",")) };
    let carried = project.carried(args.golden.as_deref());
    command(verb, &args.corpora, &format!("{rules}{carried}{more}"))
}
