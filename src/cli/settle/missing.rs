//! Golden of missing corpora: `accept --prune` removes all their entries.

use super::super::args::SettleArgs;
use super::super::exit::Failure;
use super::super::project::Project;
use crate::golden::{SnapshotName, Store};

/// Makes the removal of golden files pending: of those corpora that were named, but are neither declared nor there. Corpora must
/// be named, since the folder may also have golden of a corpus that is elsewhere.
pub(super) fn make_pending(store: &Store, args: &SettleArgs, project: &Project) -> Result<(), Failure> {
    let known = project.corpus_names();
    let mut missing = Vec::new();
    for corpus in args.snapshots.corpora.iter().filter(|corpus| !known.contains(*corpus) && !corpus.contains('/')) {
        for rules in args.snapshots.rule_sets() {
            let name = SnapshotName::new(rules.as_str(), corpus)?;
            if store.has_golden(&name)? && !store.pending_path(&name).exists() {
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    if args.reason.is_none() {
        let message = format!("golden of {} would go, and needs a reason", args.snapshots.corpora.join(", "));
        return Err(Failure::usage(message).with_help("say why: --reason \"…\""));
    }
    let empty = missing.iter().map(|name| store.begin_pending(name)?.finish());
    Ok(store.publish(empty.collect::<Result<_, _>>()?, &[])?)
}
