//! What a report is made of, and the document that comes of it.

use super::super::exit::Failure;
use super::compare::Comparing;
use super::ledger::Acceptances;
use crate::golden::{Group, Groups, SnapshotName, Store};
use crate::report::{Cases, ChangesView, DOCUMENT_FORMAT, Document, GroupView, RunView, Shown};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that is shown.
pub(super) struct Contents<'a> {
    pub(super) runs: Vec<RunView>,
    /// What is compared, and whether commands are listed also where they did not change.
    pub(super) comparing: Vec<(Comparing<'a>, bool)>,
    pub(super) acceptances: Option<Acceptances>,
    pub(super) shown: Shown,
    pub(super) notes: Vec<String>,
    /// Cases to list; `None` where the format lists none.
    pub(super) limit: Option<usize>,
    /// The golden folder whose entries changed; `None` where no entries of golden are shown.
    pub(super) golden: Option<&'a Path>,
}

impl Contents<'_> {
    /// Reads and compares it all.
    pub(super) fn document(self) -> Result<Document, Failure> {
        let Self { runs, comparing, mut acceptances, shown, mut notes, limit, golden } = self;
        let mut found = Groups::default();
        let mut unchanged = 0;
        for (comparing, _) in &comparing {
            unchanged += comparing.group(&mut found, acceptances.as_mut())?;
        }
        let groups = found.groups();
        let mut cases = Cases::new(limit.unwrap_or_default());
        if limit.is_some() {
            for (comparing, all) in &comparing {
                comparing.list(&groups, &shown, *all, &mut cases)?;
            }
        }
        let mut views: Vec<_> = groups.iter().map(|group| GroupView::of(group, &shown)).collect();
        if let Some(golden) = golden {
            number_lines(&groups, &mut views, golden)?;
        }
        if let Some(acceptances) = &acceptances {
            for view in &mut views {
                acceptances.explain(view, &shown);
            }
            notes.extend(acceptances.notes.iter().cloned());
        }
        let waits = |golden: &Path| Store::new(golden).pending().map(|pending| !pending.is_empty());
        let pending =
            !runs.is_empty() && acceptances.is_none() && golden.is_some_and(|golden| waits(golden).unwrap_or(false));
        let changed = views.iter().map(|view| view.count).sum();
        let (cases, left_out) = cases.finish();
        Ok(Document {
            format: DOCUMENT_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            redacted: shown.redacted,
            runs,
            changes: Some(ChangesView {
                pending,
                before: shown.before,
                after: shown.after,
                unchanged: Some(unchanged),
                changed,
                groups: views,
                notes,
            }),
            cases,
            cases_left_out: left_out,
        })
    }
}

/// Finds the lines of the golden files at which the entries stand that stand for their groups.
fn number_lines(groups: &[Group], views: &mut [GroupView], golden: &Path) -> Result<(), Failure> {
    let mut wanted: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
    for (snapshot, change) in groups.iter().flat_map(|group| &group.representatives) {
        wanted.entry(snapshot).or_default().insert(change.command_id.clone(), 0);
    }
    let store = Store::new(golden);
    for (snapshot, lines) in &mut wanted {
        let Some((rules, corpus)) = snapshot.split_once('/') else { continue };
        for entry in store.golden(&SnapshotName::new(rules, corpus)?)?.into_iter().flatten() {
            let entry = entry?;
            if let Some(line) = lines.get_mut(&entry.command_id) {
                *line = entry.line;
            }
        }
    }
    for (group, view) in groups.iter().zip(views) {
        for ((snapshot, change), case) in group.representatives.iter().zip(&mut view.representatives) {
            let line = wanted.get(snapshot).and_then(|lines| lines.get(&change.command_id));
            case.golden_line = line.copied().filter(|line| *line > 0);
        }
    }
    Ok(())
}
