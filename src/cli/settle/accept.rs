//! `corridor accept` and `corridor reject`: pending changes become golden, or are dropped.

use super::super::args::{AcceptArgs, RejectArgs, SettleArgs};
use super::super::exit::{Exit, Failure};
use super::super::file::modified;
use super::super::output::Output;
use super::super::person::{Person, UNKNOWN};
use super::super::project::Project;
use super::plan::{Planned, plan};
use super::selection::{listing, selected};
use super::{interrupted, missing, new};
use crate::corpus::CorpusInput;
use crate::golden::{Orphans, Pending, Resumed, Settled, SettlementAction, Signature, SnapshotName, Store};
use crate::model::Decisions;
use crate::report::escape;

/// Accepts pending changes, or creates first golden files.
pub(in crate::cli) fn accept(
    args: &AcceptArgs,
    project: &Project,
    output: &Output,
    person: &Person,
) -> Result<Exit, Failure> {
    person.refuse_under_ci()?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    let is_interrupted = store.interrupted()?.is_some();
    let made = if args.new && !is_interrupted {
        new::make_new(&store, &args.settle.snapshots, project, output)?
    } else {
        Vec::new()
    };
    if args.prune && !is_interrupted {
        missing::make_pending(&store, &args.settle, project)?;
    }
    let mut pending = selected(&store, &args.settle.snapshots, project)?;
    if args.new {
        // Also those of an earlier `replay --new`, but no changes of existing golden files.
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
    // An interrupted settlement was checked when it began.
    if args.prune && !is_interrupted {
        pending.iter().try_for_each(|pending| refuse_stale(&store, pending.name(), project))?;
    }
    let settled = settle(SettlementAction::Accept, orphans, &store, &pending, &args.settle, project, output, person);
    if settled.is_err() && !made.is_empty() && store.interrupted()?.is_none() {
        // Pending files that were made for this settlement are removed with it.
        store.publish(Vec::new(), &made)?;
    }
    settled
}

/// Rejects pending changes.
pub(in crate::cli) fn reject(
    args: &RejectArgs,
    project: &Project,
    output: &Output,
    person: &Person,
) -> Result<Exit, Failure> {
    person.refuse_under_ci()?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    let pending = selected(&store, &args.settle.snapshots, project)?;
    settle(SettlementAction::Reject, Orphans::Kept, &store, &pending, &args.settle, project, output, person)
}

/// Refuses to prune by a pending file that is older than its corpus, or that is empty although the corpus exists: the missing
/// commands may be back.
pub(super) fn refuse_stale(store: &Store, name: &SnapshotName, project: &Project) -> Result<(), Failure> {
    let Ok(CorpusInput::File(corpus)) = project.corpus(name.corpus()) else { return Ok(()) };
    let pending = store.pending_path(name);
    let is_newer = modified(&corpus).zip(modified(&pending)).is_some_and(|(corpus, pending)| corpus > pending);
    let is_empty = pending.metadata().is_ok_and(|found| found.len() <= EMPTY);
    if corpus.is_file() && (is_newer || is_empty) {
        let message = format!("the corpus {} has changed since what is pending was found", name.corpus());
        return Err(Failure::input(message).with_help("replay again, then prune what is still missing"));
    }
    Ok(())
}

/// Bytes of a pending file without an entry.
const EMPTY: u64 = 3;

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
        Some(interrupted) => Err(interrupted::refused(&interrupted, store, &of_golden)),
        None => Err(failure),
    });
    let Planned { cases, unexplained, orphaned } = planned?;
    if action == SettlementAction::Accept && args.reason.is_none() && unexplained > 0 {
        let is_or_are = if unexplained == 1 {
            "is newly regressed, newly broken or missing, and needs"
        } else {
            "are newly regressed, newly broken or missing, and need"
        };
        let message = format!("{unexplained} of these changes {is_or_are} a reason");
        return Err(
            Failure::usage(message).with_help("look at them first, then say why they are right: --reason \"…\"")
        );
    }
    let now = (person.now)();
    let signature = Signature { at: &now, who: &person.name, reason: args.reason.as_deref() };
    let refused = |error| interrupted::failure(error, store, &of_golden);
    // A failure to print does not stop the settlement: it is reported at the end.
    let mut printed = Ok(());
    let settled = match store.resume(action, &cases, orphans).map_err(refused)? {
        Some(Resumed::Completed(interrupted, settled)) => {
            printed = say(&format!("completed what was interrupted: {interrupted}"), output);
            settled
        }
        Some(Resumed::Undone(interrupted)) => {
            printed = say(&format!("undid what was interrupted: {interrupted}"), output);
            store.settle(action, &cases, orphans, signature).map_err(refused)?
        }
        None => store.settle(action, &cases, orphans, signature).map_err(refused)?,
    };
    printed
        .and_then(|()| settled.iter().try_for_each(|settled| tell(action, settled, output)))
        .map_err(|failure| failure.with_help("it is settled all the same: the last lines of the ledger say what"))?;
    if action == SettlementAction::Accept && orphans == Orphans::Kept && orphaned > 0 {
        let entries = if orphaned == 1 { "1 entry".to_owned() } else { format!("{orphaned} entries") };
        output.note(&format!("note: {entries} without a command stayed in golden: accept --prune removes them"));
    }
    if action == SettlementAction::Reject {
        output.note("note: golden is unchanged; a replay finds the same again until its cause is removed");
    }
    if person.name == UNKNOWN {
        output.note("note: the ledger names nobody: set CORRIDOR_USER");
    }
    Ok(Exit::Clean)
}

/// Prints what was settled.
pub(super) fn tell(action: SettlementAction, settled: &Settled, output: &Output) -> Result<(), Failure> {
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
