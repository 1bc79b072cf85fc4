//! Reports an interrupted settlement, with the commands that complete or undo it.

use super::super::exit::Failure;
use super::super::output::Output;
use super::plan::groups;
use crate::golden::{Cases, GoldenError, GroupName, Interrupted, Orphans, Repair, SettlementAction, Store};
use crate::report::escape;
use crate::report::shell::{REASON, word};

/// Most cases that are named in one command.
const NAMED: usize = 20;

/// The error that nothing else is settled meanwhile. `carried` are the options of every printed command.
pub(in crate::cli) fn refused(interrupted: &Interrupted, store: &Store, carried: &str) -> Failure {
    let message = format!("a settlement is interrupted: {interrupted}");
    Failure::input(message).with_help(exits(interrupted, store, carried).join("\n"))
}

/// For `map_err`: adds the commands if a settlement is interrupted.
pub(in crate::cli) fn failure(error: GoldenError, store: &Store, carried: &str) -> Failure {
    if let GoldenError::Interrupted(interrupted) = &error {
        return refused(interrupted, store, carried);
    }
    error.into()
}

/// Warns beside a listing if a settlement is interrupted, and returns whether one is. Completes nothing.
pub(in crate::cli) fn note(store: &Store, carried: &str, output: &Output) -> Result<bool, Failure> {
    let interrupted = store.interrupted()?;
    if let Some(interrupted) = &interrupted {
        let exits = exits(interrupted, store, carried).join("; ");
        let text = format!("warning: a settlement is interrupted: {interrupted}; {exits}");
        output.diagnostic(&escape::visible(&text));
    }
    Ok(interrupted.is_some())
}

/// What can be done about it, one sentence each.
fn exits(interrupted: &Interrupted, store: &Store, carried: &str) -> Vec<String> {
    let opposite = match interrupted.action {
        SettlementAction::Accept => SettlementAction::Reject,
        SettlementAction::Reject => SettlementAction::Accept,
    };
    let [same, other] = [interrupted.action, opposite].map(|action| command(action, interrupted, store, carried));
    let repair = format!("corridor check --repair{carried}");
    match interrupted.repair {
        Repair::Completes => {
            vec![
                format!("to complete it: {same}"),
                format!("or, which completes it as well: {repair}"),
                format!("to undo it: {other}"),
            ]
        }
        Repair::Undoes if interrupted.undoing => {
            vec![format!("it is being undone; to finish that: {repair}"), format!("or settle it again: {same}")]
        }
        Repair::Undoes => vec![format!("it cannot be completed any more; to undo it: {repair}")],
        forgets @ Repair::Forgets => vec![format!("it can be neither completed nor undone; what {forgets}: {repair}")],
    }
}

/// The command that settles the same changes.
fn command(action: SettlementAction, interrupted: &Interrupted, store: &Store, carried: &str) -> String {
    let mut names: Vec<_> = interrupted.requests.iter().map(|(name, _)| name.to_string()).collect();
    names.sort();
    names.dedup();
    let mut words = vec![format!("corridor {action}")];
    words.extend(names.iter().map(word));
    let mut cases = Vec::new();
    let mut fingerprints: Vec<&str> = Vec::new();
    for (name, meant) in &interrupted.requests {
        match meant {
            Cases::Whole => {}
            Cases::Only(ids) => {
                cases.extend(ids.iter().map(|id| format!("--case {}", word(format!("{name}:{id}")))));
            }
            Cases::Group { fingerprint, .. } if fingerprints.contains(&fingerprint.as_str()) => {}
            Cases::Group { fingerprint, .. } => fingerprints.push(fingerprint),
        }
    }
    if cases.len() > NAMED {
        cases.truncate(NAMED);
        cases.push("--case …".to_owned());
    }
    words.extend(cases);
    words.extend(group_names(&fingerprints, &names, store).into_iter().map(|name| format!("--group {name}")));
    let both_accept = action == SettlementAction::Accept && interrupted.action == action;
    if both_accept && interrupted.orphans == Orphans::Pruned {
        words.push("--prune".to_owned());
    }
    if action == SettlementAction::Accept {
        words.push(REASON.trim_start().to_owned());
    }
    words.join(" ") + carried
}

/// The names of the groups among the pending changes of these golden files.
fn group_names(fingerprints: &[&str], names: &[String], store: &Store) -> Vec<String> {
    if fingerprints.is_empty() {
        return Vec::new();
    }
    let pending = store.pending().unwrap_or_default();
    let pending: Vec<_> = pending.into_iter().filter(|pending| names.contains(&pending.name().to_string())).collect();
    let found = groups(&pending).unwrap_or_default();
    let found = found.groups();
    let shown = fingerprints.iter().map(|fingerprint| {
        let group = found.iter().find(|group| group.fingerprint == *fingerprint);
        group.map_or_else(|| "GROUP".to_owned(), |group| GroupName::of(&group.fingerprint, &group.members).to_string())
    });
    shown.collect()
}
