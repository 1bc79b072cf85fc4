//! `corridor pending`, `accept` and `reject`: settling golden changes.

use super::args::{AcceptArgs, Format, PendingArgs, RejectArgs, SettleArgs, SnapshotArgs};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use crate::decide::RuleSet;
use crate::golden::{
    Cases, Comparison, Groups, Orphans, Pending, Scope, SettlementAction, Signature, SnapshotName, Store, compare,
};
use crate::replay::{latest_run, read_record, stored_entries};
use crate::report::{PendingFile, escape, write_pending, write_pending_json};
use crate::summary::GoldenResult;
use std::collections::BTreeSet;

/// Stands in the ledger where nobody is named.
pub(super) const UNKNOWN: &str = "unknown";

/// Who settles, and when: what golden does not ask the system itself.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) now: String,
    pub(super) under_ci: bool,
}

/// Lists what is pending.
pub(super) fn pending(args: &PendingArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let store = Store::new(project.golden(args.snapshots.golden.as_deref()));
    let mut listed = Vec::new();
    for pending in selected(&store, &args.snapshots)? {
        let (mut groups, snapshot) = (Groups::default(), pending.name().to_string());
        for change in pending.changes()? {
            groups.add(&snapshot, &change?);
        }
        let comparison = Comparison { changes: groups.counts(), ..Comparison::default() };
        let compared = GoldenResult::compared(&comparison, &groups, true);
        let paths = [store.golden_path(pending.name()), store.pending_path(pending.name())];
        let paths = paths.map(|path| path.display().to_string());
        listed.push(PendingFile::new(pending.name().to_string(), paths, compared));
    }
    match args.format {
        Format::Json => output.report(|out| write_pending_json(&listed, out))?,
        Format::Text => output.report(|out| write_pending(&listed, output.layout(), out))?,
    }
    Ok(if listed.iter().all(|file| file.changes() == 0) { Exit::Clean } else { Exit::Found })
}

/// Accepts what is pending, or makes golden where there is none.
pub(super) fn accept(args: &AcceptArgs, project: &Project, output: &Output, person: &Person) -> Result<Exit, Failure> {
    refuse_under_ci(person)?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    check_reason(&args.settle)?;
    let mut pending = selected(&store, &args.settle.snapshots)?;
    if args.new {
        let made = make_new(&store, &args.settle.snapshots, project, output)?;
        pending = selected(&store, &args.settle.snapshots)?;
        // Also those that an earlier `replay --new` made; what is pending for golden files that exist is left alone.
        pending.retain(|pending| made.contains(pending.name()) || !store.golden_path(pending.name()).exists());
        if pending.is_empty() {
            let help = "every corpus of the latest run has golden; a corpus that is not in it has to be replayed first, whole and in the project's environment";
            return Err(Failure::input("there is no new golden to make").with_help(help));
        }
    }
    settle(SettlementAction::Accept, &store, &pending, &args.settle, output, person)
}

/// Rejects what is pending.
pub(super) fn reject(args: &RejectArgs, project: &Project, output: &Output, person: &Person) -> Result<Exit, Failure> {
    refuse_under_ci(person)?;
    let store = Store::new(project.golden(args.settle.snapshots.golden.as_deref()));
    check_reason(&args.settle)?;
    let pending = selected(&store, &args.settle.snapshots)?;
    settle(SettlementAction::Reject, &store, &pending, &args.settle, output, person)
}

fn refuse_under_ci(person: &Person) -> Result<(), Failure> {
    if person.under_ci {
        let help = "accept or reject on your own machine, and commit the golden files with the reason";
        return Err(Failure::usage("golden files are not changed under CI").with_help(help));
    }
    Ok(())
}

fn check_reason(args: &SettleArgs) -> Result<(), Failure> {
    if args.reason.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(
            Failure::usage("the reason is blank").with_help("say why the outcome is right, or leave --reason out")
        );
    }
    Ok(())
}

fn settle(
    action: SettlementAction,
    store: &Store,
    pending: &[Pending],
    args: &SettleArgs,
    output: &Output,
    person: &Person,
) -> Result<Exit, Failure> {
    if pending.is_empty() {
        let help =
            "`corridor replay` makes pending files of what changed; `corridor accept --new` makes first golden files";
        return Err(Failure::input("nothing is pending").with_help(help));
    }
    let plan = plan_cases(pending, &args.cases)?;
    let signature = Signature { at: &person.now, who: &person.name, reason: args.reason.as_deref() };
    for (name, cases) in plan {
        let settled = match action {
            SettlementAction::Accept => store.accept(&name, &cases, Orphans::Pruned, signature)?,
            SettlementAction::Reject => store.reject(&name, &cases, signature)?,
        };
        let left = if settled.left > 0 { format!(", {} still pending", settled.left) } else { String::new() };
        let total = settled.changes.total();
        let verb = match action {
            SettlementAction::Accept => "accepted",
            SettlementAction::Reject => "rejected",
        };
        let line = format!("{verb} {total} change{} of {name}{left}", if total == 1 { "" } else { "s" });
        output.result(&(escape::visible(&line) + "\n"))?;
    }
    if person.name == UNKNOWN {
        output.note("note: the ledger names nobody: set CORRIDOR_USER");
    }
    Ok(Exit::Clean)
}

/// Which cases of which pending file: nothing is settled unless every case that was named is pending.
fn plan_cases(pending: &[Pending], cases: &[String]) -> Result<Vec<(SnapshotName, Cases)>, Failure> {
    if cases.is_empty() {
        return Ok(pending.iter().map(|pending| (pending.name().clone(), Cases::Whole)).collect());
    }
    let mut wanted: Vec<BTreeSet<String>> = pending.iter().map(|_| BTreeSet::new()).collect();
    let mut ids: Vec<BTreeSet<String>> = Vec::new();
    for pending in pending {
        ids.push(pending.changes()?.map(|change| change.map(|change| change.command_id)).collect::<Result<_, _>>()?);
    }
    for case in cases {
        let mut corpora = BTreeSet::new();
        for ((pending, ids), wanted) in pending.iter().zip(&ids).zip(&mut wanted) {
            let corpus = pending.name().corpus();
            let addressed = case.strip_prefix(corpus).and_then(|rest| rest.strip_prefix(':'));
            if let Some(id) = [Some(case.as_str()), addressed].into_iter().flatten().find(|id| ids.contains(*id)) {
                corpora.insert(corpus.to_owned());
                wanted.insert(id.to_owned());
            }
        }
        match corpora.len() {
            0 => {
                let message = format!("`{case}` is not pending");
                return Err(Failure::input(message).with_help("`corridor pending` lists what is"));
            }
            1 => {}
            _ => {
                let corpora: Vec<_> = corpora.into_iter().collect();
                let message = format!("`{case}` is pending in several corpora: {}", corpora.join(", "));
                return Err(Failure::usage(message).with_help("name it as CORPUS:ID"));
            }
        }
    }
    let plan = pending.iter().zip(wanted).filter(|(_, wanted)| !wanted.is_empty());
    Ok(plan.map(|(pending, wanted)| (pending.name().clone(), Cases::Only(wanted))).collect())
}

fn selected<'a>(store: &'a Store, args: &SnapshotArgs) -> Result<Vec<Pending<'a>>, Failure> {
    let all = store.pending()?;
    let unknown = args.corpora.iter().find(|corpus| all.iter().all(|found| !is_named(found.name(), corpus)));
    if let Some(unknown) = unknown.filter(|_| !all.is_empty()) {
        return Err(
            Failure::input(format!("nothing is pending for `{unknown}`")).with_help("`corridor pending` lists what is")
        );
    }
    let takes = |name: &SnapshotName| {
        (args.corpora.is_empty() || args.corpora.iter().any(|corpus| is_named(name, corpus)))
            && (args.rules.is_empty() || args.rules.iter().any(|rules| rules.as_str() == name.rules()))
    };
    Ok(all.into_iter().filter(|pending| takes(pending.name())).collect())
}

/// By the corpus, or as `pending` prints it.
fn is_named(name: &SnapshotName, typed: &str) -> bool {
    name.corpus() == typed || name.to_string() == typed
}

/// Makes pending files of the latest run's outcomes for corpora without golden.
fn make_new(
    store: &Store,
    args: &SnapshotArgs,
    project: &Project,
    output: &Output,
) -> Result<Vec<SnapshotName>, Failure> {
    let rule_sets = if args.rules.is_empty() { RuleSet::ALL.to_vec() } else { args.rules.clone() };
    let mut found = false;
    // Nothing appears before everything is written: a rule set that fails leaves the others as they were.
    let mut written = Vec::new();
    for rules in rule_sets {
        let Some(run) = latest_run(&project.runs(), rules)? else { continue };
        found = true;
        for corpus in read_record(&run)?.inputs.corpora {
            let name = SnapshotName::new(rules.as_str(), &corpus.name)?;
            let is_wanted = args.corpora.is_empty() || args.corpora.contains(&corpus.name);
            if !is_wanted || store.golden_path(&name).exists() {
                continue;
            }
            let mut pending = store.begin_pending(&name)?;
            let none = None::<crate::golden::FileReader>;
            let entries = stored_entries(&run, &corpus.name)?;
            compare(entries, none, Scope::Whole, Some(pending.writer()), |_| Ok(()))?;
            written.push((name, pending));
        }
    }
    let mut made = Vec::new();
    for (name, pending) in written {
        pending.commit()?;
        output.note(&escape::visible(&format!("new golden for {name} from the latest run")));
        made.push(name);
    }
    if found {
        return Ok(made);
    }
    Err(Failure::input("there is no complete run to make golden of").with_help("run `corridor replay` first"))
}
