//! Changes, grouped: a thousand entries that changed in the same way are one line to read.

use super::change::{Change, ChangeCounts, ChangeKind, Severity, Shape};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How many ids a group names; the smallest ones, whatever order they came in.
pub const EXAMPLES: usize = 5;

/// Changes by shape. Any order of adding and merging gives the same summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSummary {
    groups: BTreeMap<Shape, Members>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Members {
    count: u64,
    examples: BTreeSet<String>,
}

/// All changes of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeGroup<'a> {
    /// What they have in common.
    pub shape: &'a Shape,
    /// How many there are, at least 1.
    pub count: u64,
    /// The smallest of their command ids, at most [`EXAMPLES`].
    pub examples: &'a BTreeSet<String>,
}

impl ChangeGroup<'_> {
    /// What each of them amounts to.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.shape.severity()
    }
}

impl ChangeSummary {
    /// Counts one change.
    pub fn add(&mut self, change: &Change) {
        if !self.groups.contains_key(&change.shape) {
            self.groups.insert(change.shape.clone(), Members::default());
        }
        if let Some(members) = self.groups.get_mut(&change.shape) {
            members.count += 1;
            members.keep(&change.command_id);
        }
    }

    /// Adds the changes of another part of the same corpus.
    pub fn merge(&mut self, other: Self) {
        for (shape, theirs) in other.groups {
            let members = self.groups.entry(shape).or_default();
            members.count += theirs.count;
            theirs.examples.iter().for_each(|example| members.keep(example));
        }
    }

    /// All groups: the most severe first, then the largest.
    #[must_use]
    pub fn groups(&self) -> Vec<ChangeGroup<'_>> {
        let groups = self.groups.iter();
        let mut groups: Vec<_> =
            groups.map(|(shape, Members { count, examples })| ChangeGroup { shape, count: *count, examples }).collect();
        groups.sort_by_cached_key(|group| (group.severity(), Reverse(group.count), group.shape));
        groups
    }

    /// How many changes of each kind there are.
    #[must_use]
    pub fn counts(&self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for (shape, members) in &self.groups {
            match shape.kind {
                ChangeKind::Changed => counts.changed += members.count,
                ChangeKind::Added => counts.added += members.count,
                ChangeKind::Missing => counts.missing += members.count,
            }
        }
        counts
    }
}

impl Members {
    fn keep(&mut self, command_id: &str) {
        let is_full = self.examples.len() >= EXAMPLES;
        if is_full && self.examples.last().is_some_and(|last| last.as_str() <= command_id) {
            return;
        }
        self.examples.insert(command_id.to_owned());
        if self.examples.len() > EXAMPLES {
            self.examples.pop_last();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::Difference;
    use super::*;

    fn change(id: usize, before: Option<&str>, after: Option<&str>) -> Change {
        let parse = |fields: &str| format!(r#"{{"command_id":"{id}","text":"",{fields}}}"#);
        let (before, after) = (before.map(parse), after.map(parse));
        let shape = match (&before, &after) {
            (Some(before), Some(after)) => {
                Shape::changed(&serde_json::from_str(before).unwrap(), &serde_json::from_str(after).unwrap())
            }
            (None, Some(after)) => Shape::added(&serde_json::from_str(after).unwrap()),
            (Some(before), None) => Shape::missing(&serde_json::from_str(before).unwrap()),
            (None, None) => unreachable!(),
        };
        Change { command_id: format!("{id:02}"), shape, difference: Difference::Added { after: Vec::new() } }
    }

    const AGREED: Option<&str> = Some(r#""class":"agreed""#);
    const REGRESSED: Option<&str> = Some(r#""class":"regressed""#);

    #[test]
    fn the_most_severe_group_comes_first() {
        let mut summary = ChangeSummary::default();
        let broken = Some(r#""class":"broken""#);
        let reason = Some(r#""reason":"timeout","class":"agreed""#);
        let effects = Some(r#""class":"agreed","effects":{"items_lost":1}"#);
        let changes = [
            (None, AGREED),
            (AGREED, reason),
            (AGREED, effects),
            (REGRESSED, AGREED),
            (REGRESSED, None),
            (None, REGRESSED),
            (AGREED, REGRESSED),
            (AGREED, broken),
        ];
        for (id, (before, after)) in changes.into_iter().enumerate() {
            summary.add(&change(id, before, after));
        }
        summary.add(&change(9, AGREED, REGRESSED));
        let ids: Vec<_> = summary.groups().iter().map(|group| group.examples.first().unwrap().clone()).collect();
        assert_eq!(ids, ["07", "06", "05", "04", "03", "02", "01", "00"]);
        assert_eq!(summary.counts(), ChangeCounts { changed: 6, added: 2, missing: 1 });
    }

    #[test]
    fn neither_order_nor_division_matters() {
        let changes: Vec<_> = (0..12).map(|id| change(id, AGREED, REGRESSED)).collect();
        let fold = |changes: &mut dyn Iterator<Item = &Change>| {
            let mut summary = ChangeSummary::default();
            changes.for_each(|change| summary.add(change));
            summary
        };
        let mut merged = fold(&mut changes.iter().skip(7).rev());
        merged.merge(fold(&mut changes.iter().take(7)));
        assert_eq!(merged, fold(&mut changes.iter()));
        assert_eq!(merged.groups()[0].examples.iter().collect::<Vec<_>>(), ["00", "01", "02", "03", "04"]);
        assert_eq!(merged.groups()[0].count, 12);
    }
}
