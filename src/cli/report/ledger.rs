//! Which line of the ledger accounts for which change: what an author wrote when they accepted it.

use super::super::exit::Failure;
use crate::golden::{Change, GoldenError, LedgerEntry, SettlementAction, SnapshotName, Store};
use crate::report::{GroupView, REASON_LEFT_OUT, ReasonView, Shown};
use std::collections::{BTreeMap, BTreeSet};

/// The acceptances of a stretch of the ledger, in its order.
pub(super) struct Acceptances {
    entries: Vec<(LedgerEntry, Option<BTreeSet<String>>)>,
    /// By group: how many changes each acceptance accounts for; under `None` those that none does.
    counts: BTreeMap<String, BTreeMap<Option<usize>, u64>>,
    /// Lines that could not be read.
    pub(super) damaged: Vec<GoldenError>,
}

impl Acceptances {
    /// The lines of the ledger that are not in `known`.
    pub(super) fn read(store: &Store, known: &[LedgerEntry]) -> Result<Self, Failure> {
        let mut acceptances = Self { entries: Vec::new(), counts: BTreeMap::new(), damaged: Vec::new() };
        let Some(ledger) = store.ledger()? else { return Ok(acceptances) };
        for entry in ledger {
            match entry {
                Ok(entry) if entry.action == SettlementAction::Accept => {
                    if !known.contains(&entry) {
                        let cases = entry.cases.as_ref().map(|cases| cases.iter().cloned().collect());
                        acceptances.entries.push((entry, cases));
                    }
                }
                Ok(_) => {}
                Err(error @ GoldenError::Ledger { .. }) => acceptances.damaged.push(error),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(acceptances)
    }

    /// Notes which acceptance accounts for a change: the last one that means it.
    pub(super) fn account(&mut self, name: &SnapshotName, change: &Change) {
        let means = |(entry, cases): &(LedgerEntry, Option<BTreeSet<String>>)| {
            entry.rules == name.rules()
                && entry.corpus == name.corpus()
                && cases.as_ref().is_none_or(|cases| cases.contains(&change.command_id))
        };
        let found = self.entries.iter().rposition(means);
        *self.counts.entry(change.shape.fingerprint()).or_default().entry(found).or_default() += 1;
    }

    /// Whether golden is what the last acceptance left; `None` where there is none.
    pub(super) fn left(&self, name: &SnapshotName, digest: Option<&str>) -> Option<bool> {
        let of_name = |entry: &&LedgerEntry| entry.rules == name.rules() && entry.corpus == name.corpus();
        let last = self.entries.iter().map(|(entry, _)| entry).rfind(of_name)?;
        Some(last.after.as_deref() == digest)
    }

    /// Writes beside a group why its members were accepted.
    pub(super) fn explain(&self, group: &mut GroupView, shown: &Shown) {
        let none = BTreeMap::new();
        let counts = self.counts.get(&group.fingerprint).unwrap_or(&none);
        group.unaccounted = Some(counts.get(&None).copied().unwrap_or_default());
        let reasons = counts.iter().filter_map(|(place, count)| {
            let (entry, _) = self.entries.get((*place)?)?;
            let left_out = || REASON_LEFT_OUT.to_owned();
            let reason = entry.reason.as_ref().map(|reason| if shown.redacted { left_out() } else { reason.clone() });
            Some(ReasonView { who: entry.who.clone(), at: entry.at.clone(), reason, count: *count })
        });
        group.reasons = reasons.collect();
    }
}
