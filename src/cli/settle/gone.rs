//! Golden of a corpus that the project does not have any more: to prune it is to accept that all of it is gone.

use super::super::args::SettleArgs;
use super::super::exit::Failure;
use super::super::project::Project;
use crate::decide::RuleSet;
use crate::golden::{SnapshotName, Store};

/// Makes it pending that golden of the corpora goes which were named, are not declared and not there. Without names nothing is
/// taken for gone: golden of a corpus elsewhere stands in the same folder.
pub(super) fn make_gone(store: &Store, args: &SettleArgs, project: &Project) -> Result<(), Failure> {
    let known = project.corpus_names();
    let rule_sets = if args.snapshots.rules.is_empty() { RuleSet::ALL } else { args.snapshots.rules.as_slice() };
    let mut gone = Vec::new();
    for corpus in args.snapshots.corpora.iter().filter(|corpus| !known.contains(*corpus) && !corpus.contains('/')) {
        for rules in rule_sets {
            let name = SnapshotName::new(rules.as_str(), corpus)?;
            if store.has_golden(&name)? && !store.pending_path(&name).exists() {
                gone.push(name);
            }
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    if args.reason.is_none() {
        let message = format!("golden of {} would go, and needs a reason", args.snapshots.corpora.join(", "));
        return Err(Failure::usage(message).with_help("say why: --reason \"…\""));
    }
    let nothing = gone.iter().map(|name| store.begin_pending(name)?.finish());
    Ok(store.publish(nothing.collect::<Result<_, _>>()?, &[])?)
}
