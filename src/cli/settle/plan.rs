//! Resolves the named groups and cases to pending changes. If one of them is not pending, nothing is settled.

use super::super::args::SettleArgs;
use super::super::exit::Failure;
use crate::golden::{Cases, ChangeKind, Group, GroupName, Groups, Orphans, Pending, Severity, SnapshotName};
use std::collections::{BTreeMap, BTreeSet};

/// What would be settled.
pub(super) struct Planned {
    /// By golden file.
    pub(super) cases: Vec<(SnapshotName, Cases)>,
    /// How many of the changes require a reason to be accepted.
    pub(super) unexplained: u64,
    /// How many of them are entries without a command.
    pub(super) orphaned: u64,
}

/// The groups of all pending changes.
pub(super) fn groups(pending: &[Pending]) -> Result<Groups, Failure> {
    let mut groups = Groups::default();
    for pending in pending {
        let snapshot = pending.name().to_string();
        for change in pending.changes()? {
            groups.add(&snapshot, &change?);
        }
    }
    Ok(groups)
}

/// Resolves what was named. `listing` is the help if it is not pending.
pub(super) fn plan(
    pending: &[Pending],
    args: &SettleArgs,
    orphans: Orphans,
    listing: &str,
) -> Result<Planned, Failure> {
    if !args.groups.is_empty() {
        let groups = groups(pending)?;
        let groups = groups.groups();
        let mut found: Vec<&Group> = Vec::new();
        for name in &args.groups {
            let group = named(&groups, name, listing)?;
            if found.iter().all(|other| other.fingerprint != group.fingerprint) {
                found.push(group);
            }
        }
        let cases = found.iter().flat_map(|group| of_group(pending, group)).collect();
        return Ok(Planned::of_groups(cases, found.into_iter(), orphans));
    }
    if !args.cases.is_empty() {
        return of_cases(pending, &args.cases, orphans, listing);
    }
    let cases = pending.iter().map(|pending| (pending.name().clone(), Cases::Whole)).collect();
    Ok(Planned::of_groups(cases, groups(pending)?.groups().iter(), orphans))
}

impl Planned {
    fn of_groups<'a>(
        cases: Vec<(SnapshotName, Cases)>,
        groups: impl Iterator<Item = &'a Group<'a>>,
        orphans: Orphans,
    ) -> Self {
        let (mut unexplained, mut orphaned) = (0, 0);
        for group in groups {
            let is_kept = group.shape.kind == ChangeKind::Missing && orphans == Orphans::Kept;
            unexplained += if group.severity().needs_reason() && !is_kept { group.count } else { 0 };
            orphaned += if group.shape.kind == ChangeKind::Missing { group.count } else { 0 };
        }
        Self { cases, unexplained, orphaned }
    }
}

/// The group that was named, as it is now.
pub(super) fn named<'a, 'b>(
    groups: &'a [Group<'b>],
    name: &GroupName,
    listing: &str,
) -> Result<&'a Group<'b>, Failure> {
    if let Some(group) = groups.iter().find(|group| name.is_of(group)) {
        return Ok(group);
    }
    match groups.iter().find(|group| name.is_structure_of(group)) {
        Some(group) => {
            let now = GroupName::of(&group.fingerprint, &group.members);
            let message = format!("the members of group {name} have changed: it is {now} now, with {}", group.count);
            let help = format!("look again: {listing}; a group also depends on which corpora and rule sets were named");
            Err(Failure::input(message).with_help(help))
        }
        None => Err(Failure::input(format!("there is no pending group {name}")).with_help(listing)),
    }
}

/// The parts of a group, by golden file.
pub(super) fn of_group(pending: &[Pending], group: &Group) -> Vec<(SnapshotName, Cases)> {
    let files = pending.iter().filter_map(|pending| {
        let snapshot = pending.name().to_string();
        let part = group.parts.iter().find(|part| part.snapshot == snapshot)?;
        let cases = Cases::Group { fingerprint: group.fingerprint.clone(), members: part.members.clone() };
        Some((pending.name().clone(), cases))
    });
    files.collect()
}

/// Severity and kind of every pending change of a file, by command id.
type Known = BTreeMap<String, (Severity, ChangeKind)>;

fn of_cases(pending: &[Pending], cases: &[String], orphans: Orphans, listing: &str) -> Result<Planned, Failure> {
    let mut files: Vec<(&Pending, Known, BTreeSet<String>)> = Vec::new();
    for pending in pending {
        let known = |change: crate::golden::Change| (change.command_id, (change.shape.severity(), change.shape.kind));
        let known = pending.changes()?.map(|change| change.map(known)).collect::<Result<Known, _>>()?;
        files.push((pending, known, BTreeSet::new()));
    }
    let (mut unexplained, mut orphaned) = (0, 0);
    for case in cases {
        let mut corpora = BTreeSet::new();
        for (pending, known, wanted) in &mut files {
            let (corpus, snapshot) = (pending.name().corpus(), pending.name().to_string());
            // As ID, CORPUS:ID or RULES/CORPUS:ID; an id may hold colons itself.
            let addressed = |name: &str| case.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
            let named = [Some(case.as_str()), addressed(corpus), addressed(&snapshot)];
            let found = named.into_iter().flatten().find_map(|id| known.get_key_value(id));
            if let Some((id, (severity, kind))) = found {
                corpora.insert(corpus.to_owned());
                if wanted.insert(id.clone()) {
                    let is_kept = *kind == ChangeKind::Missing && orphans == Orphans::Kept;
                    unexplained += u64::from(severity.needs_reason() && !is_kept);
                    orphaned += u64::from(*kind == ChangeKind::Missing);
                }
            }
        }
        match corpora.len() {
            0 => {
                let message = format!("`{case}` is not pending");
                return Err(Failure::input(message).with_help(listing));
            }
            1 => {}
            _ => {
                let corpora: Vec<_> = corpora.into_iter().collect();
                let message = format!("`{case}` is pending in several corpora: {}", corpora.join(", "));
                return Err(Failure::usage(message).with_help("name it as CORPUS:ID"));
            }
        }
    }
    let named = files.into_iter().filter(|(.., wanted)| !wanted.is_empty());
    let cases = named.map(|(pending, _, wanted)| (pending.name().clone(), Cases::Only(wanted))).collect();
    Ok(Planned { cases, unexplained, orphaned })
}
