//! Groups of changes with the same structure, so that a reviewer judges hundreds of similar changes at once.
//!
//! A group is identified by the fingerprint of its structure and a digest of its members with both of their sides. Who
//! settles a group names both, and is refused where the members have changed since.

use super::change::{Change, ChangeCounts};
use super::shape::{Severity, Shape};
use crate::model::{IdDigest, hex};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// How many cases represent a group.
const REPRESENTATIVES: usize = 3;

/// Changes by structure, over any number of snapshots. Memory grows with the structures, not with the changes.
#[derive(Clone, Debug, Default)]
pub struct Groups(BTreeMap<Shape, Members>);

#[derive(Clone, Debug, Default)]
struct Members {
    by_snapshot: BTreeMap<String, SnapshotMembers>,
    /// By the digest of the id, on which sampling depends. A command that changed in several snapshots is there once, with the
    /// first of them.
    representatives: BTreeMap<IdDigest, (String, Change)>,
}

/// The members of one snapshot, in the order of their ids.
#[derive(Clone, Debug, Default)]
struct SnapshotMembers {
    count: u64,
    digest: MemberDigest,
}

/// Digests changes by id and both sides, in the order in which they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct MemberDigest(Sha256);

impl MemberDigest {
    /// Adds a change; `None` for a side that does not have the command.
    pub(super) fn add(&mut self, command_id: &str, before: Option<&[u8]>, after: Option<&[u8]>) {
        for part in [Some(command_id.as_bytes()), before, after] {
            // Absent differs from empty; with the lengths, no two sequences of parts give the same bytes.
            self.0.update([u8::from(part.is_some())]);
            let part = part.unwrap_or_default();
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    /// SHA-256, hex.
    pub(super) fn hex(&self) -> String {
        hex(&self.0.clone().finalize())
    }
}

/// All changes of one structure.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Their structure.
    pub shape: &'a Shape,
    /// [`Shape::fingerprint`].
    pub fingerprint: String,
    /// SHA-256 over the parts, hex: equal only for equal members with equal sides.
    pub members: String,
    /// How many there are, at least 1.
    pub count: u64,
    /// Where they are, ascending by snapshot.
    pub parts: Vec<GroupPart>,
    /// At most three, those with the smallest sampling buckets, which a rollout would expose first; each with its snapshot.
    pub representatives: Vec<(&'a str, &'a Change)>,
}

/// The members of a group in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPart {
    /// The snapshot, as the caller named it.
    pub snapshot: String,
    /// How many, at least 1.
    pub count: u64,
    /// SHA-256 of these members, hex.
    pub members: String,
}

impl Group<'_> {
    /// How severe each of its changes is.
    pub fn severity(&self) -> Severity {
        self.shape.severity()
    }
}

impl Groups {
    /// Adds one change of `snapshot`. Changes of one snapshot have to come in the order of their ids; snapshots in any order.
    pub fn add(&mut self, snapshot: &str, change: &Change) {
        let members = match self.0.get_mut(&change.shape) {
            Some(members) => members,
            None => self.0.entry(change.shape.clone()).or_default(),
        };
        let part = match members.by_snapshot.get_mut(snapshot) {
            Some(part) => part,
            None => members.by_snapshot.entry(snapshot.to_owned()).or_default(),
        };
        part.count += 1;
        part.digest.add(&change.command_id, change.before.as_deref(), change.after.as_deref());
        members.keep(snapshot, change);
    }

    /// All groups: the most severe first, then the largest.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<_> = self.0.iter().map(|(shape, members)| members.group(shape)).collect();
        groups.sort_by_cached_key(|group| (group.severity(), Reverse(group.count), group.shape));
        groups
    }

    /// How many changes of each kind there are.
    pub fn counts(&self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for (shape, members) in &self.0 {
            counts.add(shape.kind, members.count());
        }
        counts
    }
}

impl Members {
    fn count(&self) -> u64 {
        self.by_snapshot.values().map(|part| part.count).sum()
    }

    fn keep(&mut self, snapshot: &str, change: &Change) {
        let digest = IdDigest::of(&change.command_id);
        let is_full = self.representatives.len() >= REPRESENTATIVES;
        let is_wanted = match self.representatives.get(&digest) {
            Some((known, _)) => snapshot < known.as_str(),
            None => !is_full || self.representatives.last_key_value().is_some_and(|(last, _)| digest < *last),
        };
        if is_wanted {
            self.representatives.insert(digest, (snapshot.to_owned(), change.clone()));
        }
        if self.representatives.len() > REPRESENTATIVES {
            self.representatives.pop_last();
        }
    }

    fn group<'a>(&'a self, shape: &'a Shape) -> Group<'a> {
        let mut all = Sha256::new();
        for (snapshot, part) in &self.by_snapshot {
            all.update((snapshot.len() as u64).to_le_bytes());
            all.update(snapshot);
            all.update(part.count.to_le_bytes());
            all.update(part.digest.0.clone().finalize());
        }
        let part = |(snapshot, part): (&String, &SnapshotMembers)| GroupPart {
            snapshot: snapshot.clone(),
            count: part.count,
            members: part.digest.hex(),
        };
        Group {
            shape,
            fingerprint: shape.fingerprint(),
            members: hex(&all.finalize()),
            count: self.count(),
            parts: self.by_snapshot.iter().map(part).collect(),
            representatives: self.representatives.values().map(|(snapshot, change)| (&**snapshot, change)).collect(),
        }
    }
}

/// The name of a group, `FINGERPRINT@MEMBERS`: each half is a digest, or its first 12 digits or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    fingerprint: String,
    members: String,
}

impl GroupName {
    /// Digits of each half that are shown, and the fewest that are accepted.
    const SHOWN: usize = 12;

    /// The name as it is shown.
    pub fn of(fingerprint: &str, members: &str) -> Self {
        let beginning = |digest: &str| digest.get(..Self::SHOWN).unwrap_or(digest).to_owned();
        Self { fingerprint: beginning(fingerprint), members: beginning(members) }
    }

    /// Whether `group` has this structure.
    pub fn is_structure_of(&self, group: &Group) -> bool {
        group.fingerprint.starts_with(&self.fingerprint)
    }

    /// Whether `group` has this structure and these members.
    pub fn is_of(&self, group: &Group) -> bool {
        self.is_structure_of(group) && group.members.starts_with(&self.members)
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.fingerprint, self.members)
    }
}

impl FromStr for GroupName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digest = |part: &str| {
            (Self::SHOWN..=64).contains(&part.len())
                && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        match text.split_once('@') {
            Some((fingerprint, members)) if is_digest(fingerprint) && is_digest(members) => {
                Ok(Self { fingerprint: fingerprint.to_owned(), members: members.to_owned() })
            }
            _ => Err("expected FINGERPRINT@MEMBERS as `corridor pending` prints it, each 12 to 64 hexadecimal digits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::Pair;
    use super::*;

    fn change(id: usize, before: Option<&str>, after: Option<&str>) -> Change {
        let command_id = format!("{id:02}");
        let entry = |fields: &str| {
            let text = format!(r#"{{"command_id":"{command_id}","text":"",{fields}}}"#);
            serde_json::from_str::<super::super::Entry>(&text).unwrap().canonical()
        };
        let (before, after) = (before.map(entry), after.map(entry));
        Pair { command_id, before, after }.change().unwrap().unwrap()
    }

    const AGREED: Option<&str> = Some(r#""class":"agreed""#);
    const REGRESSED: Option<&str> = Some(r#""class":"regressed""#);

    fn groups<'a>(changes: impl IntoIterator<Item = (&'a str, Change)>) -> Groups {
        let mut groups = Groups::default();
        changes.into_iter().for_each(|(snapshot, change)| groups.add(snapshot, &change));
        groups
    }

    #[test]
    fn the_most_severe_group_comes_first() {
        let broken = Some(r#""class":"broken""#);
        let reason = Some(r#""reason":"timeout","class":"agreed""#);
        let effects = Some(r#""class":"agreed","effects":{"items_lost":1}"#);
        let changes = [
            (None, AGREED),
            (AGREED, reason),
            (REGRESSED, AGREED),
            (AGREED, effects),
            (REGRESSED, None),
            (None, REGRESSED),
            (AGREED, REGRESSED),
            (AGREED, broken),
            (AGREED, REGRESSED),
        ];
        let changes = changes.into_iter().enumerate().map(|(id, (before, after))| ("s", change(id, before, after)));
        let groups = groups(changes);
        let severities: Vec<_> = groups.groups().iter().map(|group| (group.severity(), group.count)).collect();
        let expected = [
            (Severity::NewlyBroken, 1),
            (Severity::NewlyRegressed, 2),
            (Severity::NewlyRegressed, 1),
            (Severity::Missing, 1),
            (Severity::Items, 1),
            (Severity::Class, 1),
            (Severity::Refusal, 1),
            (Severity::Added, 1),
        ];
        assert_eq!(severities, expected);
        assert_eq!(groups.counts(), ChangeCounts { changed: 6, added: 2, missing: 1 });
    }

    #[test]
    fn members_are_identified_by_snapshot_id_and_both_sides() {
        let one = |snapshot: &'static str, change: Change| groups([(snapshot, change)]).groups()[0].members.clone();
        let first = one("s", change(1, AGREED, REGRESSED));
        assert_eq!(first, one("s", change(1, AGREED, REGRESSED)));
        let other_text = Some(r#""class":"regressed","effects":{}"#);
        assert_eq!(first, one("s", change(1, AGREED, other_text)), "the same canonical bytes");
        assert_ne!(first, one("t", change(1, AGREED, REGRESSED)));
        assert_ne!(first, one("s", change(2, AGREED, REGRESSED)));
        let mut other = change(1, AGREED, REGRESSED);
        (other.before, other.after) = (Some(b"a".to_vec()), Some(b"b".to_vec()));
        let shifted = Change { before: Some(b"ab".to_vec()), after: Some(Vec::new()), ..other.clone() };
        assert_ne!(one("s", other.clone()), first);
        assert_ne!(one("s", shifted), one("s", other));
    }

    #[test]
    fn the_order_of_snapshots_does_not_matter_and_three_represent_all() {
        let change = |id| change(id, AGREED, REGRESSED);
        let (one, other) = ((0..7).map(|id| ("s", change(id))), (3..9).map(|id| ("t", change(id))));
        let forth = groups(one.clone().chain(other.clone()));
        let back = groups(other.chain(one));
        let (forth, back) = (forth.groups(), back.groups());
        assert_eq!(forth[0].members, back[0].members);
        assert_eq!((forth[0].count, forth[0].parts.len()), (13, 2));
        assert_eq!(forth[0].representatives, back[0].representatives);
        let digests: Vec<_> =
            forth[0].representatives.iter().map(|(_, change)| IdDigest::of(&change.command_id)).collect();
        assert_eq!(digests.len(), REPRESENTATIVES);
        assert!(digests.is_sorted_by(|one, next| one < next), "each command once");
        let smallest = (0..9).map(|id| IdDigest::of(&format!("{id:02}"))).min().unwrap();
        assert_eq!(digests[0], smallest);
    }

    #[test]
    fn a_group_is_named_by_the_beginnings_of_its_digests() {
        let groups = groups([("s", change(1, AGREED, REGRESSED))]);
        let groups = groups.groups();
        let group = &groups[0];
        let name = GroupName::of(&group.fingerprint, &group.members);
        assert!(name.is_of(group));
        assert_eq!(name.to_string().parse(), Ok(name.clone()));
        assert!(format!("{}@{}", group.fingerprint, group.members).parse::<GroupName>().unwrap().is_of(group));
        assert!(
            format!("{}@{}", group.fingerprint, group.fingerprint)
                .parse::<GroupName>()
                .is_ok_and(|name| { name.is_structure_of(group) && !name.is_of(group) })
        );
        for wrong in ["", "a@b", "0123456789ab", "0123456789AB@0123456789ab", "0123456789ab@0123456789a", "é@é"] {
            assert!(wrong.parse::<GroupName>().is_err(), "{wrong}");
        }
    }
}
