//! Selects the cases that a document lists: up to a limit, the most important ones.

use super::CaseView;
use crate::model::IdDigest;
use crate::outcome::Divergence;
use std::collections::BTreeMap;

/// The order of cases: by the place of their group (cases that did not change come last), then by class, sampling bucket and
/// snapshot.
type Rank = (usize, usize, IdDigest, String);

/// Keeps the first cases in the order of their rank. Memory grows with the limit, not with the number of offered cases.
#[derive(Clone, Debug)]
pub struct Cases {
    limit: usize,
    kept: BTreeMap<Rank, CaseView>,
    left_out: u64,
}

/// Classes of cases that are listed although they did not change, the worst first.
const NOTABLE: [Divergence; 8] = [
    Divergence::Broken,
    Divergence::Regressed,
    Divergence::BothWrong,
    Divergence::Unlabelled,
    Divergence::Unrecorded,
    Divergence::Errored,
    Divergence::Improved,
    Divergence::BothRight,
];

impl Cases {
    /// Keeps `limit` cases at most.
    pub const fn new(limit: usize) -> Self {
        Self { limit, kept: BTreeMap::new(), left_out: 0 }
    }

    /// Offers a case that changed, of the group at `place`. It is built only if it is kept.
    pub fn changed(
        &mut self,
        place: usize,
        snapshot: &str,
        command_id: &str,
        build: impl FnOnce() -> Option<CaseView>,
    ) {
        self.offer((place, 0, IdDigest::of(command_id), snapshot.to_owned()), build);
    }

    /// Offers a case that did not change; ignored unless its class is notable.
    pub fn unchanged(
        &mut self,
        class: Divergence,
        snapshot: &str,
        command_id: &str,
        build: impl FnOnce() -> Option<CaseView>,
    ) {
        if let Some(place) = NOTABLE.iter().position(|notable| *notable == class) {
            self.offer((usize::MAX, place, IdDigest::of(command_id), snapshot.to_owned()), build);
        }
    }

    fn offer(&mut self, rank: Rank, build: impl FnOnce() -> Option<CaseView>) {
        let is_full = self.kept.len() >= self.limit;
        if is_full && self.kept.last_key_value().is_none_or(|(last, _)| *last <= rank) {
            self.left_out += 1;
            return;
        }
        if let Some(case) = build() {
            self.kept.insert(rank, case);
            if is_full && self.kept.pop_last().is_some() {
                self.left_out += 1;
            }
        }
    }

    /// The cases that were kept, in their order, and how many were left out.
    #[must_use]
    pub fn finish(self) -> (Vec<CaseView>, u64) {
        (self.kept.into_values().collect(), self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::case;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_cases_are_kept_in_any_order_of_offers(
            offers in proptest::collection::vec((0usize..3, 0usize..40), 0..40),
            limit in 0usize..12,
        ) {
            let keep = |offers: &mut dyn Iterator<Item = &(usize, usize)>, limit| {
                let mut cases = Cases::new(limit);
                for (place, id) in offers {
                    cases.changed(*place, "s", &id.to_string(), || Some(case(*id, "x")));
                }
                cases.finish()
            };
            let distinct: std::collections::BTreeSet<_> = offers.into_iter().collect();
            let (all, none) = keep(&mut distinct.iter(), usize::MAX);
            prop_assert_eq!((all.len(), none), (distinct.len(), 0));
            let (kept, left_out) = keep(&mut distinct.iter().rev(), limit);
            prop_assert_eq!(kept.len() as u64 + left_out, distinct.len() as u64);
            prop_assert_eq!(&kept[..], &all[..limit.min(all.len())]);
        }
    }

    #[test]
    fn a_case_of_no_notable_class_is_not_listed() {
        let mut cases = Cases::new(9);
        for class in Divergence::ALL {
            cases.unchanged(*class, "s", class.as_str(), || Some(case(0, "x")));
        }
        cases.changed(7, "s", "a", || Some(case(1, "x")));
        let (kept, left_out) = cases.finish();
        assert_eq!((kept.len(), left_out), (NOTABLE.len() + 1, 0));
        assert_eq!(kept[0].command_id, case(1, "x").command_id, "what changed comes first");
    }
}
