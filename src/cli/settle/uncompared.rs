//! Whether the last replay was compared with golden: if it was not, "nothing is pending" would be misleading.

use super::super::file::{SHOWN_DIGITS, modified, shortened};
use super::super::project::Project;
use crate::decide::RuleSet;
use crate::golden::{SnapshotName, Store};
use crate::run::{RunRecord, is_shared, stored_records};

/// The newest stored run of these rule sets and corpora (all if empty), if it was not compared with golden although there was
/// some. `None` in a folder that other projects share: the run may be theirs.
pub(super) fn newest(store: &Store, rules: &[RuleSet], corpora: &[String], project: &Project) -> Option<String> {
    let runs = project.runs();
    if is_shared(&runs, &project.owner()) {
        return None;
    }
    let is_meant = |record: &RunRecord| {
        let of_run = &record.inputs.corpora;
        rules.contains(&record.inputs.rules)
            && (corpora.is_empty() || of_run.iter().any(|corpus| corpora.contains(&corpus.name)))
    };
    let (name, record) = stored_records(&runs).into_iter().find(|(_, record)| is_meant(record))?;
    let replayed = modified(&runs.join(&name).join("run.json"))?;
    // Golden files that are newer than the run may have been created from it.
    let was_there = |corpus: &str| {
        let snapshot = SnapshotName::new(record.inputs.rules.as_str(), corpus).ok();
        snapshot.and_then(|name| modified(&store.golden_path(&name))).is_some_and(|golden| golden < replayed)
    };
    let of_run = &record.inputs.corpora;
    let is_uncompared = of_run.iter().all(|corpus| corpus.golden.is_none());
    let is_left_out = is_uncompared && of_run.iter().any(|corpus| was_there(&corpus.name));
    is_left_out.then(|| shortened(&name, SHOWN_DIGITS).to_owned())
}
