//! Compares two sides: pairs their snapshots, groups the changes, and lists cases.
//!
//! To list cases, both sides are read twice, because the order of cases depends on all groups. So only the groups and the
//! cases that will be shown are in memory.

use super::super::exit::Failure;
use super::ledger::Acceptances;
use super::side::Side;
use crate::bulk::Sorted;
use crate::decide::RuleSet;
use crate::golden::{Change, Comparison, Entry, Group, Groups, Scope, SnapshotName, Store, differences};
use crate::model::Text;
use crate::report::{CaseView, Cases, Shown};
use crate::run::parse_outcome;
use crate::summary::GoldenResult;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::iter::Peekable;

/// A snapshot of both sides. One side may not have it.
struct Pair {
    /// The name of the pair.
    label: String,
    before: SnapshotName,
    after: SnapshotName,
}

/// Two sides to compare.
pub(super) struct Comparing<'a> {
    before: &'a Side,
    after: &'a Side,
    pairs: Vec<Pair>,
    /// Number of snapshots that only one side has, and that are not compared.
    single: u64,
}

impl<'a> Comparing<'a> {
    /// Pairs the snapshots, and adds a note for each that is not compared.
    pub(super) fn new(
        before: &'a Side,
        after: &'a Side,
        shown: &Shown,
        notes: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        let (old, new) = (before.snapshots()?, after.snapshots()?);
        let rules = |names: &[SnapshotName]| names.iter().map(|name| name.rules().to_owned()).collect::<BTreeSet<_>>();
        let (of_old, of_new) = (rules(&old), rules(&new));
        let is_since = matches!(before, Side::Revision(_));
        let are_other_rules = !is_since && of_old.len() == 1 && of_new.len() == 1 && of_old != of_new;
        // A golden file that only one side has was added or removed, and is compared with nothing. A corpus that was not
        // replayed, or a rule set that was not named, is not compared.
        let are_golden = [before, after].iter().all(|side| !matches!(side, Side::Run(_)));
        let keeps_single =
            |name: &SnapshotName, other: &Side| is_since || (are_golden && !are_other_rules && other.covers(name));
        let other = |name: &SnapshotName, rules: &BTreeSet<String>| {
            let rules = rules.first().filter(|_| are_other_rules).map_or(name.rules(), String::as_str);
            SnapshotName::new(rules, name.corpus())
        };
        let mut pairs = Vec::new();
        let mut singles = 0;
        let mut single = |name: &SnapshotName, side: &Side| {
            singles += 1;
            notes.push(format!("{} is in {} only, and was not compared", shown.name(&name.to_string()), side.shown()));
        };
        for name in &old {
            let after_name = other(name, &of_new)?;
            if new.contains(&after_name) || keeps_single(name, after) {
                let label = if are_other_rules { format!("{}..{after_name}", name.rules()) } else { name.to_string() };
                pairs.push(Pair { label, before: name.clone(), after: after_name });
            } else {
                single(name, before);
            }
        }
        for name in &new {
            let before_name = other(name, &of_old)?;
            if old.contains(&before_name) {
                continue;
            }
            if keeps_single(name, before) {
                pairs.push(Pair { label: name.to_string(), before: before_name, after: name.clone() });
            } else {
                single(name, after);
            }
        }
        pairs.sort_by(|one, other| one.label.cmp(&other.label));
        for side in [before, after] {
            if side.scope() == Scope::Selection {
                let text = "holds a part of its corpora: commands that it does not hold are not compared";
                notes.push(format!("{} {text}", side.shown()));
            }
        }
        Ok(Self { before, after, pairs, single: singles })
    }

    /// Compares a run with golden of these corpora. Commands of its other corpora are only listed.
    pub(super) fn of_run(before: &'a Side, after: &'a Side, rules: RuleSet, corpora: &[&str]) -> Result<Self, Failure> {
        let mut comparing = Self { before, after, pairs: Vec::new(), single: 0 };
        comparing.add(rules, corpora)?;
        let all = after.snapshots()?;
        comparing.single = all.iter().filter(|name| !corpora.contains(&name.corpus())).count() as u64;
        Ok(comparing)
    }

    /// Number of snapshots that are not compared, because only one side has them.
    pub(super) const fn single(&self) -> u64 {
        self.single
    }

    /// Whether a side holds only a part of its corpora.
    pub(super) fn is_of_parts(&self) -> bool {
        [self.before, self.after].iter().any(|side| side.scope() == Scope::Selection)
    }

    /// The rule sets of the snapshots.
    pub(super) fn rule_sets(&self) -> BTreeSet<&str> {
        self.pairs.iter().map(|pair| pair.after.rules()).collect()
    }

    /// Adds golden of corpora, which the newer side need not have.
    pub(super) fn add(&mut self, rules: RuleSet, corpora: &[&str]) -> Result<(), Failure> {
        for corpus in corpora {
            let name = SnapshotName::new(rules.as_str(), corpus)?;
            self.pairs.push(Pair { label: name.to_string(), before: name.clone(), after: name });
        }
        self.pairs.sort_by(|one, other| one.label.cmp(&other.label));
        Ok(())
    }

    /// Adds the changes to `groups`, and returns the result of each pair, with the corpus of the newer side.
    pub(super) fn group(
        &self,
        groups: &mut Groups,
        mut acceptances: Option<&mut Acceptances>,
    ) -> Result<Vec<(String, GoldenResult)>, Failure> {
        let mut of_pair: BTreeMap<String, Groups> = BTreeMap::new();
        let unchanged = self.each(&mut |pair, change| {
            groups.add(&pair.label, &change);
            of_pair.entry(pair.label.clone()).or_default().add(&pair.label, &change);
            if let Some(acceptances) = acceptances.as_mut() {
                acceptances.account(&pair.after, &change);
            }
            Ok(())
        })?;
        let results = self.pairs.iter().zip(unchanged).map(|(pair, unchanged)| {
            let groups = of_pair.remove(&pair.label).unwrap_or_default();
            let comparison = Comparison { unchanged, carried: 0, changes: groups.counts() };
            let has_pending = |store: &Store| store.pending_path(&pair.before).exists();
            let is_pending = !comparison.is_clean() && self.before.store().is_some_and(has_pending);
            (pair.after.corpus().to_owned(), GoldenResult::compared(&comparison, &groups, is_pending))
        });
        Ok(results.collect())
    }

    /// Passes every change to `sink`, and returns the number of unchanged entries of each pair.
    fn each(&self, sink: &mut dyn FnMut(&Pair, Change) -> io::Result<()>) -> Result<Vec<u64>, Failure> {
        let (mut before, mut after) = (self.before.open()?, self.after.open()?);
        let mut unchanged = Vec::new();
        for pair in &self.pairs {
            let old = (before.entries(&pair.before)?, self.before.scope());
            let new = (after.entries(&pair.after)?, self.after.scope());
            unchanged.push(differences(old, new, |change| sink(pair, change))?);
        }
        Ok(unchanged)
    }

    /// Offers every change to `cases`, with the tags of its command if the newer side is a run; with `all`, also the unchanged
    /// commands of that run.
    pub(super) fn list(&self, groups: &[Group], shown: &Shown, all: bool, cases: &mut Cases) -> Result<(), Failure> {
        let indexes: BTreeMap<_, _> =
            groups.iter().enumerate().map(|(index, group)| (group.shape, (index, &*group.fingerprint))).collect();
        let mut outcomes = match self.after {
            Side::Run(run) => run.outcomes()?,
            Side::Golden { .. } | Side::Revision(_) => BTreeMap::new(),
        };
        let mut current: Option<(String, Passing)> = None;
        self.each(&mut |pair, change| {
            if current.as_ref().is_none_or(|(label, _)| *label != pair.label) {
                if let Some((label, passing)) = current.take() {
                    passing.finish(&label, shown, all, cases)?;
                }
                let passing = Passing::new(outcomes.remove(pair.after.corpus()));
                current = Some((pair.label.clone(), passing));
            }
            let Some((label, passing)) = &mut current else { return Ok(()) };
            let line = passing.until(&change.command_id, label, shown, all, cases)?;
            let Some((index, fingerprint)) = indexes.get(&change.shape) else { return Ok(()) };
            let outcome = line.as_deref().map(parse_outcome).transpose()?;
            let tags: Vec<Text> = outcome.map(|outcome| outcome.tags).unwrap_or_default();
            let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
            cases.changed(*index, label, &change.command_id, || {
                CaseView::changed(label, &change, &tags, fingerprint, shown)
            });
            Ok(())
        })?;
        let unread = |error| Failure::input(format!("cannot read the outcomes of the run: {error}"));
        if let Some((label, passing)) = current.take() {
            passing.finish(&label, shown, all, cases).map_err(unread)?;
        }
        // Corpora without any change, and those without golden.
        if let (Side::Run(run), true) = (self.after, all) {
            for (corpus, lines) in outcomes {
                let label = format!("{}/{corpus}", run.record.inputs.rules);
                Passing::new(Some(lines)).finish(&label, shown, all, cases).map_err(unread)?;
            }
        }
        Ok(())
    }
}

/// The outcomes of a corpus, ascending by command id, read in step with its changes.
struct Passing(Peekable<std::iter::Flatten<std::option::IntoIter<Sorted<String>>>>);

impl Passing {
    fn new(outcomes: Option<Sorted<String>>) -> Self {
        Self(outcomes.into_iter().flatten().peekable())
    }

    /// Offers the outcomes before `command_id` as unchanged, and returns the line of `command_id`.
    fn until(
        &mut self,
        command_id: &str,
        label: &str,
        shown: &Shown,
        all: bool,
        cases: &mut Cases,
    ) -> io::Result<Option<Vec<u8>>> {
        let is_due =
            |next: &io::Result<(String, Vec<u8>)>| next.as_ref().is_ok_and(|(id, _)| id.as_str() <= command_id);
        while let Some(next) = self.0.next_if(is_due) {
            let (id, line) = next?;
            if id == command_id {
                return Ok(Some(line));
            }
            offer(&line, label, shown, all, cases)?;
        }
        Ok(None)
    }

    fn finish(self, label: &str, shown: &Shown, all: bool, cases: &mut Cases) -> io::Result<()> {
        if !all {
            return Ok(());
        }
        for next in self.0 {
            offer(&next?.1, label, shown, all, cases)?;
        }
        Ok(())
    }
}

fn offer(line: &[u8], label: &str, shown: &Shown, all: bool, cases: &mut Cases) -> io::Result<()> {
    if !all {
        return Ok(());
    }
    let outcome = parse_outcome(line)?;
    let (class, id, tags) = (outcome.class, outcome.command_id.to_string(), outcome.tags.clone());
    let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
    cases.unchanged(class, label, &id, || Some(CaseView::unchanged(label, &Entry::from(outcome), &tags, shown)));
    Ok(())
}
