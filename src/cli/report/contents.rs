//! The inputs of a report, and the document that is made of them.

use super::super::exit::Failure;
use super::against::Against;
use super::compare::Comparing;
use super::ledger::Acceptances;
use super::side::StoredRun;
use crate::gate::Receipt;
use crate::golden::{GoldenError, Group, Groups, SnapshotName, Store};
use crate::report::{Cases, ChangesView, DOCUMENT_FORMAT, Document, GroupView, RunView, Shown};
use crate::summary::{GoldenResult, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The inputs of a document.
pub(super) struct Contents<'a> {
    pub(super) runs: Vec<ReportedRun<'a>>,
    /// The two sides whose changes are shown; `None` to show the changes of the runs against golden.
    pub(super) sides: Option<Comparing<'a>>,
    pub(super) acceptances: Option<Acceptances>,
    pub(super) shown: Shown,
    pub(super) notes: Vec<String>,
    /// Most cases to list; `None` if the format lists none.
    pub(super) limit: Option<usize>,
    /// The golden folder whose entries changed; `None` if no golden entries are shown.
    pub(super) golden: Option<&'a Path>,
}

/// A stored run, compared with golden as it is now.
pub(super) struct ReportedRun<'a> {
    pub(super) run: &'a StoredRun,
    pub(super) verdict: Option<&'a Receipt>,
    pub(super) against: Against<'a>,
}

impl Contents<'_> {
    /// Reads and compares everything.
    pub(super) fn document(self) -> Result<Document, Failure> {
        let Self { runs: reported, sides, mut acceptances, shown, mut notes, limit, golden } = self;
        let (mut found, mut apart, mut unchanged) = (Groups::default(), Groups::default(), 0);
        let mut runs = Vec::new();
        let mut extent = Extent::default();
        for ReportedRun { run, verdict, against } in &reported {
            let Against { comparing, unclaimed } = against;
            let results = comparing.group(if sides.is_some() { &mut apart } else { &mut found }, None)?;
            unchanged += same(&results);
            extent.add(comparing, &results);
            let mut summary = run.summary.clone();
            renew(&mut summary, results);
            summary.unclaimed_golden.clone_from(unclaimed);
            runs.push(RunView::of(run.name.clone(), summary, *verdict, &shown));
        }
        if let Some(sides) = &sides {
            let results = sides.group(&mut found, acceptances.as_mut())?;
            unchanged = same(&results);
            extent = Extent::default();
            extent.add(sides, &results);
        }
        let groups = found.groups();
        let mut cases = Cases::new(limit.unwrap_or_default());
        match (&sides, limit) {
            (_, None) => {}
            (Some(sides), Some(_)) => sides.list(&groups, &shown, false, &mut cases)?,
            (None, Some(_)) => {
                reported.iter().try_for_each(|run| run.against.comparing.list(&groups, &shown, true, &mut cases))?;
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
        // While a settlement is interrupted, nothing else can be settled.
        let has_pending = |golden: &Path| {
            let store = Store::new(golden);
            Ok::<_, GoldenError>(store.interrupted()?.is_none() && !store.pending()?.is_empty())
        };
        let pending = !runs.is_empty()
            && acceptances.is_none()
            && golden.is_some_and(|golden| has_pending(golden).unwrap_or(false));
        let changed = views.iter().map(|view| view.count).sum();
        let (cases, left_out) = cases.finish();
        Ok(Document {
            format: DOCUMENT_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            redacted: shown.redacted,
            runs,
            changes: Some(ChangesView {
                pending,
                headline: extent.headline(changed, sides.is_none()),
                compared: Some(extent.compared),
                not_compared: extent.not_compared,
                partial: extent.is_of_parts,
                options: shown.options,
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

/// Number of unchanged entries.
fn same(results: &[(String, GoldenResult)]) -> u64 {
    let unchanged = results.iter().map(|(_, result)| match result {
        GoldenResult::Compared { unchanged, .. } => *unchanged,
        GoldenResult::Absent | GoldenResult::Skipped { .. } => 0,
    });
    unchanged.sum()
}

/// How much was compared.
#[derive(Default)]
struct Extent {
    compared: u64,
    not_compared: u64,
    rule_sets: BTreeSet<String>,
    /// Whether a side holds only a part of its corpora.
    is_of_parts: bool,
}

impl Extent {
    fn add(&mut self, comparing: &Comparing, results: &[(String, GoldenResult)]) {
        let compared = results.iter().filter(|(_, result)| result.is_compared()).count();
        self.compared += compared as u64;
        self.not_compared += (results.len() - compared) as u64 + comparing.single();
        self.rule_sets.extend(comparing.rule_sets().into_iter().map(str::to_owned));
        self.is_of_parts |= comparing.is_of_parts();
    }

    /// The sentence about `changed` outcomes.
    fn headline(&self, changed: u64, is_against_golden: bool) -> String {
        let (compared, all) = (self.compared, self.compared + self.not_compared);
        let noun = if self.rule_sets.len() > 1 { "snapshots" } else { "corpora" };
        match changed {
            0 if compared == 0 && is_against_golden => "not compared with golden".to_owned(),
            0 if compared == 0 => "nothing was compared".to_owned(),
            0 if self.not_compared > 0 => {
                format!("nothing changed in {compared} of {all} {noun}; {} not compared", self.not_compared)
            }
            0 if self.is_of_parts => "nothing changed in what was compared".to_owned(),
            0 => "nothing changed".to_owned(),
            1 => "1 outcome changed".to_owned(),
            changed => format!("{changed} outcomes changed"),
        }
    }
}

/// Replaces the comparison with golden when the run was stored by the comparison with golden as it is now.
fn renew(summary: &mut Summary, results: Vec<(String, GoldenResult)>) {
    let mut results: BTreeMap<_, _> = results.into_iter().collect();
    for corpus in &mut summary.corpora {
        match (&corpus.golden, results.remove(&corpus.name)) {
            (&GoldenResult::Compared { carried, .. }, Some(mut now)) => {
                if let GoldenResult::Compared { carried: left, .. } = &mut now {
                    *left = carried;
                }
                corpus.golden = now;
            }
            (_, Some(now)) => corpus.golden = now,
            // It was compared with a golden file that was deleted since.
            (GoldenResult::Compared { .. }, None) => corpus.golden = GoldenResult::gone(),
            (GoldenResult::Absent | GoldenResult::Skipped { .. }, None) => {}
        }
    }
}

/// Finds the line numbers of the representatives in the golden files.
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
