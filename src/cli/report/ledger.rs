//! Finds the ledger line that accepted a change, to show its author and reason.
//!
//! Every line has the digests of the golden file before and after. If these do not form a chain from the revision to the working
//! tree, golden was changed by hand in between. Then a line that accepted everything explains no change, because it is unknown
//! what everything was.

use super::super::exit::Failure;
use super::base::Base;
use crate::golden::{Chain, Change, GoldenError, LedgerEntry, SettlementAction, SnapshotName, Store};
use crate::model::Decisions;
use crate::report::{GroupView, REASON_LEFT_OUT, ReasonView, Shown, capped};
use std::collections::{BTreeMap, BTreeSet};

/// The acceptances in the ledger since a revision, in order.
pub(super) struct Acceptances {
    entries: Vec<(LedgerEntry, Option<BTreeSet<String>>)>,
    /// By group: the number of changes by acceptance (an index of `entries`); under `None` those without one.
    counts: BTreeMap<String, BTreeMap<Option<usize>, u64>>,
    /// Snapshots that were changed by hand.
    by_hand: BTreeSet<SnapshotName>,
    /// Problems of the ledger, or of golden compared with it.
    pub(super) notes: Vec<String>,
}

impl Acceptances {
    /// Reads the lines that were added to the ledger since the revision.
    pub(super) fn since(base: &Base, store: &Store, shown: &Shown) -> Result<Self, Failure> {
        let known = base.ledger()?;
        let (mut entries, mut notes, mut kept) = (Vec::new(), Vec::new(), 0);
        for entry in store.ledger()?.into_iter().flatten() {
            match entry {
                Ok(entry) if known.contains(&entry) => kept += 1,
                Ok(entry) if entry.action == SettlementAction::Accept => {
                    if entry.decisions == Some(Decisions::Foreign) {
                        let name = shown.name(&format!("{}/{}", entry.rules, entry.corpus));
                        notes.push(format!(
                            "{name}: what {} accepted at {} was found in decisions of another implementation",
                            entry.who, entry.at
                        ));
                    }
                    let cases = entry.cases.as_ref().map(|cases| cases.iter().cloned().collect());
                    entries.push((entry, cases));
                }
                Ok(_) => {}
                Err(error @ GoldenError::Ledger { .. }) => notes.push(error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        if kept < known.len() {
            let lost = known.len() - kept;
            let lines = if lost == 1 { "1 line".to_owned() } else { format!("{lost} lines") };
            notes.push(format!("{lines} of the revision's ledger were removed or changed"));
        }
        let mut acceptances = Self { entries, counts: BTreeMap::new(), by_hand: BTreeSet::new(), notes };
        acceptances.follow(base, store, shown)?;
        Ok(acceptances)
    }

    /// Follows the digests of each golden file from line to line.
    fn follow(&mut self, base: &Base, store: &Store, shown: &Shown) -> Result<(), Failure> {
        let mut chain = Chain::default();
        let mut names = BTreeSet::new();
        for (entry, _) in &self.entries {
            let name = SnapshotName::new(&entry.rules, &entry.corpus)?;
            if names.insert(name.clone()) {
                chain.begin(name.clone(), base.digest(&name)?);
            }
            chain.follow(entry)?;
        }
        for name in names {
            if !chain.leads_to(&name, store.digest(&name)?.as_deref()) {
                let snapshot = shown.name(&name.to_string());
                self.notes.push(format!("{snapshot}: golden does not match the ledger: it was changed by hand"));
                self.by_hand.insert(name);
            }
        }
        Ok(())
    }

    /// Counts a change for the last acceptance that covers it.
    pub(super) fn account(&mut self, name: &SnapshotName, change: &Change) {
        let is_known = !self.by_hand.contains(name);
        let means = |(entry, cases): &(LedgerEntry, Option<BTreeSet<String>>)| {
            entry.rules == name.rules()
                && entry.corpus == name.corpus()
                && cases.as_ref().map_or(is_known, |cases| cases.contains(&change.command_id))
        };
        let found = self.entries.iter().rposition(means);
        *self.counts.entry(change.shape.fingerprint()).or_default().entry(found).or_default() += 1;
    }

    /// Adds to a group why its members were accepted.
    pub(super) fn explain(&self, group: &mut GroupView, shown: &Shown) {
        let none = BTreeMap::new();
        let counts = self.counts.get(&group.fingerprint).unwrap_or(&none);
        group.unaccounted = Some(counts.get(&None).copied().unwrap_or_default());
        let reasons = counts.iter().filter_map(|(place, count)| {
            let (entry, _) = self.entries.get((*place)?)?;
            let left_out = || REASON_LEFT_OUT.to_owned();
            let reason = entry
                .reason
                .as_ref()
                .map(|reason| if shown.redacted { left_out() } else { capped(reason).into_owned() });
            Some(ReasonView { who: entry.who.clone(), at: entry.at.clone(), reason, count: *count })
        });
        group.reasons = reasons.collect();
    }
}
