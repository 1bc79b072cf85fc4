//! What a report is made of, and the document that comes of it.

use super::super::exit::Failure;
use super::compare::Comparing;
use super::ledger::Acceptances;
use super::place::StoredRun;
use crate::gate::Receipt;
use crate::golden::{Group, Groups, SnapshotName, Store};
use crate::report::{Cases, ChangesView, DOCUMENT_FORMAT, Document, GroupView, RunView, Shown};
use crate::summary::{GoldenResult, Summary};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that is shown.
pub(super) struct Contents<'a> {
    pub(super) runs: Vec<ReportedRun<'a>>,
    /// The two sides whose changes are shown; `None` for those of the runs against golden.
    pub(super) sides: Option<Comparing<'a>>,
    pub(super) acceptances: Option<Acceptances>,
    pub(super) shown: Shown,
    pub(super) notes: Vec<String>,
    /// Cases to list; `None` where the format lists none.
    pub(super) limit: Option<usize>,
    /// The golden folder whose entries changed; `None` where no entries of golden are shown.
    pub(super) golden: Option<&'a Path>,
}

/// A stored run, held against golden as it is now.
pub(super) struct ReportedRun<'a> {
    pub(super) run: &'a StoredRun,
    pub(super) verdict: Option<&'a Receipt>,
    pub(super) against: Comparing<'a>,
}

impl Contents<'_> {
    /// Reads and compares it all.
    pub(super) fn document(self) -> Result<Document, Failure> {
        let Self { runs: reported, sides, mut acceptances, shown, mut notes, limit, golden } = self;
        let (mut found, mut apart, mut unchanged) = (Groups::default(), Groups::default(), 0);
        let mut runs = Vec::new();
        for ReportedRun { run, verdict, against } in &reported {
            let results = against.group(if sides.is_some() { &mut apart } else { &mut found }, None)?;
            unchanged += same(&results);
            let mut summary = run.summary.clone();
            renew(&mut summary, results);
            runs.push(RunView::of(run.name.clone(), summary, *verdict, &shown));
        }
        if let Some(sides) = &sides {
            unchanged = same(&sides.group(&mut found, acceptances.as_mut())?);
        }
        let groups = found.groups();
        let mut cases = Cases::new(limit.unwrap_or_default());
        match (&sides, limit) {
            (_, None) => {}
            (Some(sides), Some(_)) => sides.list(&groups, &shown, false, &mut cases)?,
            (None, Some(_)) => {
                reported.iter().try_for_each(|run| run.against.list(&groups, &shown, true, &mut cases))?;
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

/// Entries that are the same on both sides.
fn same(results: &[(String, GoldenResult)]) -> u64 {
    let unchanged = results.iter().map(|(_, result)| match result {
        GoldenResult::Compared { unchanged, .. } => *unchanged,
        GoldenResult::Absent | GoldenResult::Skipped { .. } => 0,
    });
    unchanged.sum()
}

/// What a run says about golden is what golden said when it was stored; a report says what golden says now.
fn renew(summary: &mut Summary, results: Vec<(String, GoldenResult)>) {
    let mut results: BTreeMap<_, _> = results.into_iter().collect();
    for corpus in &mut summary.corpora {
        if let (&GoldenResult::Compared { carried, .. }, Some(mut now)) = (&corpus.golden, results.remove(&corpus.name))
        {
            if let GoldenResult::Compared { carried: left, .. } = &mut now {
                *left = carried;
            }
            corpus.golden = now;
        }
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
