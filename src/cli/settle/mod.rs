//! `corridor pending`, `accept`, `reject` and `review`: settling golden changes.

mod gone;
mod interrupted;
mod new;
mod pending;
mod plan;
mod review;
mod uncompared;

use super::args::{AcceptArgs, RejectArgs, SettleArgs, SnapshotArgs};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use crate::corpus::CorpusInput;
use crate::decide::RuleSet;
use crate::golden::{Orphans, Pending, Resumed, Settled, SettlementAction, Signature, SnapshotName, Store};
use crate::model::Decisions;
use crate::report::escape;
use crate::report::shell::command;
pub(super) use interrupted::{note as note_interrupted, refused as refuse_interrupted};
pub(super) use pending::pending;
use plan::{Planned, plan};
pub(super) use review::review;
use std::collections::BTreeSet;
use std::path::Path;

/// Stands in the ledger where nobody is named.
pub(super) const UNKNOWN: &str = "unknown";

/// Who settles, and when: what golden does not ask the system itself.
pub(super) struct Person {
    pub(super) name: String,
    /// The time of each settlement.
    pub(super) now: fn() -> String,
    pub(super) under_ci: bool,
}

/// Accepts what is pending, or makes golden where there is none.
pub(super) fn accept(args: &AcceptArgs, project: &Project, output: &Output, person: &Person) -> Result<Exit, Failure> {
    refuse_under_ci(person)?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    let is_interrupted = store.interrupted()?.is_some();
    let made = if args.new && !is_interrupted {
        new::make_new(&store, &args.settle.snapshots, project, output)?
    } else {
        Vec::new()
    };
    if args.prune && !is_interrupted {
        gone::make_gone(&store, &args.settle, project)?;
    }
    let mut pending = selected(&store, &args.settle.snapshots, project)?;
    if args.new {
        // Also those that an earlier `replay --new` made; what is pending for golden files that exist is left alone.
        let mut new = Vec::new();
        for pending in pending {
            if made.contains(pending.name()) || !store.has_golden(pending.name())? {
                new.push(pending);
            }
        }
        pending = new;
        if pending.is_empty() && !is_interrupted {
            let help = "every corpus of the latest run has golden; a corpus that is not in it has to be replayed first, whole and in the project's environment";
            return Err(Failure::input("there is no new golden to make").with_help(help));
        }
    }
    let orphans = if args.prune { Orphans::Pruned } else { Orphans::Kept };
    // What was interrupted was asked for when it was not stale.
    if args.prune && !is_interrupted {
        pending.iter().try_for_each(|pending| refuse_stale(&store, pending.name(), project))?;
    }
    let settled = settle(SettlementAction::Accept, orphans, &store, &pending, &args.settle, project, output, person);
    if settled.is_err() && !made.is_empty() && store.interrupted()?.is_none() {
        // What was only made to be accepted waits for nobody.
        store.publish(Vec::new(), &made)?;
    }
    settled
}

/// Rejects what is pending.
pub(super) fn reject(args: &RejectArgs, project: &Project, output: &Output, person: &Person) -> Result<Exit, Failure> {
    refuse_under_ci(person)?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    let pending = selected(&store, &args.settle.snapshots, project)?;
    settle(SettlementAction::Reject, Orphans::Kept, &store, &pending, &args.settle, project, output, person)
}

/// Refuses to prune by a pending file that is older than its corpus, or that knows nothing of a corpus which is there:
/// what is gone in it may be back.
fn refuse_stale(store: &Store, name: &SnapshotName, project: &Project) -> Result<(), Failure> {
    let Ok(CorpusInput::File(corpus)) = project.corpus(name.corpus()) else { return Ok(()) };
    let time = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let pending = store.pending_path(name);
    let is_newer = time(&corpus).zip(time(&pending)).is_some_and(|(corpus, pending)| corpus > pending);
    let is_empty = pending.metadata().is_ok_and(|found| found.len() <= EMPTY);
    if corpus.is_file() && (is_newer || is_empty) {
        let message = format!("the corpus {} has changed since what is pending was found", name.corpus());
        return Err(Failure::input(message).with_help("replay again, then prune what is still gone"));
    }
    Ok(())
}

/// Bytes of a pending file without an entry.
const EMPTY: u64 = 3;

fn refuse_under_ci(person: &Person) -> Result<(), Failure> {
    if person.under_ci {
        let help = "accept or reject on your own machine, and commit the golden files with the reason";
        return Err(Failure::usage("golden files are not changed under CI").with_help(help));
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "what is settled, where, how, and who says so: each is one thing")]
fn settle(
    action: SettlementAction,
    orphans: Orphans,
    store: &Store,
    pending: &[Pending],
    args: &SettleArgs,
    project: &Project,
    output: &Output,
    person: &Person,
) -> Result<Exit, Failure> {
    let of_golden = project.carried(args.snapshots.golden.as_deref());
    let planned = if pending.is_empty() {
        let help = format!(
            "`corridor replay{of_golden}` makes pending files of what changed; `corridor accept --new{of_golden}` makes first golden files"
        );
        Err(Failure::input("nothing is pending").with_help(help))
    } else {
        plan(pending, args, orphans, &listing(&args.snapshots, project))
    };
    let planned = planned.or_else(|failure| match store.interrupted()? {
        Some(interrupted) => Err(refuse_interrupted(&interrupted, store, &of_golden)),
        None => Err(failure),
    });
    let Planned { cases, unexplained, orphaned } = planned?;
    if action == SettlementAction::Accept && args.reason.is_none() && unexplained > 0 {
        let is_or_are = if unexplained == 1 {
            "is newly regressed, newly broken or gone, and needs"
        } else {
            "are newly regressed, newly broken or gone, and need"
        };
        let message = format!("{unexplained} of these changes {is_or_are} a reason");
        return Err(
            Failure::usage(message).with_help("look at them first, then say why they are right: --reason \"…\"")
        );
    }
    let now = (person.now)();
    let signature = Signature { at: &now, who: &person.name, reason: args.reason.as_deref() };
    let refused = |error| interrupted::failure(error, store, &of_golden);
    // That something cannot be told is no reason not to settle.
    let mut told = Ok(());
    let settled = match store.resume(action, &cases, orphans).map_err(refused)? {
        Some(Resumed::Completed(interrupted, settled)) => {
            told = say(&format!("completed what was interrupted: {interrupted}"), output);
            settled
        }
        Some(Resumed::Undone(interrupted)) => {
            told = say(&format!("undid what was interrupted: {interrupted}"), output);
            store.settle(action, &cases, orphans, signature).map_err(refused)?
        }
        None => store.settle(action, &cases, orphans, signature).map_err(refused)?,
    };
    told.and_then(|()| settled.iter().try_for_each(|settled| tell(action, settled, output)))
        .map_err(|failure| failure.with_help("it is settled all the same: the last lines of the ledger say what"))?;
    if action == SettlementAction::Accept && orphans == Orphans::Kept && orphaned > 0 {
        let entries = if orphaned == 1 { "1 entry".to_owned() } else { format!("{orphaned} entries") };
        output.note(&format!("note: {entries} without a command stayed in golden: accept --prune removes them"));
    }
    if action == SettlementAction::Reject {
        output.note("note: golden stands; a replay finds the same again until its cause is gone");
    }
    if person.name == UNKNOWN {
        output.note("note: the ledger names nobody: set CORRIDOR_USER");
    }
    Ok(Exit::Clean)
}

/// Says what was settled.
fn tell(action: SettlementAction, settled: &Settled, output: &Output) -> Result<(), Failure> {
    let left = if settled.left > 0 { format!(", {} still pending", settled.left) } else { String::new() };
    let total = settled.changes.total();
    let verb = match action {
        SettlementAction::Accept => "accepted",
        SettlementAction::Reject => "rejected",
    };
    let name = &settled.name;
    let found_in = settled.entry.as_ref().and_then(|entry| entry.decisions).map_or("", Decisions::found_in);
    say(&format!("{verb} {total} change{} of {name}{found_in}{left}", if total == 1 { "" } else { "s" }), output)
}

fn say(line: &str, output: &Output) -> Result<(), Failure> {
    output.result(&(escape::visible(line) + "\n"))
}

/// The pending files that the user selected.
fn selected<'a>(store: &'a Store, args: &SnapshotArgs, project: &Project) -> Result<Vec<Pending<'a>>, Failure> {
    let all = store.pending()?;
    let busy = || {
        store
            .interrupted()
            .map(|found| found.map(|found| refuse_interrupted(&found, store, &project.carried(args.golden.as_deref()))))
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

/// Everything that a corpus can be called here: its name, or that of a golden file.
fn known(store: &Store, project: &Project) -> Result<BTreeSet<String>, Failure> {
    let mut known = project.corpus_names();
    for rules in RuleSet::ALL {
        for corpus in store.corpora(rules.as_str())? {
            known.extend([format!("{rules}/{corpus}"), corpus]);
        }
    }
    Ok(known)
}

/// What is said where nothing is pending, and the exit code: where there is no golden, nothing was ever compared.
fn nothing_pending(store: &Store, args: &SnapshotArgs, project: &Project) -> Result<(String, Exit), Failure> {
    let rules = if args.rules.is_empty() { RuleSet::ALL.to_vec() } else { args.rules.clone() };
    for of_rules in &rules {
        for corpus in store.corpora(of_rules.as_str())? {
            let name = SnapshotName::new(of_rules.as_str(), &corpus)?;
            if args.corpora.is_empty() || args.corpora.iter().any(|typed| is_named(&name, typed)) {
                return Ok(match uncompared::newest(store, &rules, &args.corpora, project) {
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

/// By the corpus, or as `pending` prints it.
fn is_named(name: &SnapshotName, typed: &str) -> bool {
    name.corpus() == typed || name.to_string() == typed
}

/// Where what is pending is listed, as the help of an error.
fn listing(args: &SnapshotArgs, project: &Project) -> String {
    format!("`{}` lists what is pending", narrowed("pending", args, project, ""))
}

/// `corridor VERB` for the files that the user selected, with `more` options.
fn narrowed(verb: &str, args: &SnapshotArgs, project: &Project, more: &str) -> String {
    let rules: Vec<_> = args.rules.iter().map(|rules| rules.as_str()).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(" --rules {}", rules.join(",")) };
    let carried = project.carried(args.golden.as_deref());
    command(verb, &args.corpora, &format!("{rules}{carried}{more}"))
}
