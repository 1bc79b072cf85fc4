//! A seeded, stratified sample of a corpus: which commands are picked depends only on the seed and the command ids.

use crate::model::IdDigest;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Bumped when the same seed picks other commands.
const VERSION: &[u8] = b"corridor-sample-1";

/// The place of a command in its stratum's random order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority {
    draw: u64,
    id: IdDigest,
}

impl Priority {
    /// The first draw of the command's own `ChaCha8` stream.
    #[must_use]
    pub fn new(seed: u64, command_id: &str, id: IdDigest) -> Self {
        let mut hash = Sha256::new();
        for part in [VERSION, &seed.to_le_bytes(), command_id.as_bytes()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self { draw: ChaCha8Rng::from_seed(hash.finalize().into()).next_u64(), id }
    }
}

/// Picks `wanted` commands, from every stratum in proportion (largest remainder).
#[derive(Clone, Debug)]
pub struct Sampler<S> {
    wanted: usize,
    strata: BTreeMap<S, Stratum>,
}

#[derive(Clone, Debug, Default)]
struct Stratum {
    size: u64,
    /// The first `wanted` of the stratum's random order.
    first: BTreeSet<Priority>,
}

impl<S: Ord> Sampler<S> {
    /// An empty sampler for `wanted` commands.
    #[must_use]
    pub const fn new(wanted: usize) -> Self {
        Self { wanted, strata: BTreeMap::new() }
    }

    /// Takes one command into account.
    pub fn add(&mut self, stratum: S, priority: Priority) {
        let stratum = self.strata.entry(stratum).or_default();
        stratum.size += 1;
        stratum.first.insert(priority);
        if stratum.first.len() > self.wanted {
            stratum.first.pop_last();
        }
    }

    /// The commands that are picked, by the digest of their id; all of them where there are at most `wanted`.
    #[must_use]
    pub fn pick(&self) -> BTreeSet<IdDigest> {
        let total: u64 = self.strata.values().map(|stratum| stratum.size).sum();
        if total == 0 {
            return BTreeSet::new();
        }
        let wanted = (self.wanted as u64).min(total);
        // Shares are wanted * size / total, rounded down; the strata with the largest remainders get one more each.
        let share = |size: u64| u128::from(wanted) * u128::from(size);
        let mut quotas: Vec<(u64, u128, &Stratum)> = self
            .strata
            .values()
            .map(|stratum| {
                let share = share(stratum.size);
                let whole = u64::try_from(share / u128::from(total)).unwrap_or(u64::MAX);
                (whole, share % u128::from(total), stratum)
            })
            .collect();
        let mut left = wanted - quotas.iter().map(|(whole, _, _)| whole).sum::<u64>();
        // A stable sort: equal remainders stay in the order of the strata.
        quotas.sort_by_key(|(_, remainder, _)| std::cmp::Reverse(*remainder));
        let mut picked = BTreeSet::new();
        for (whole, _, stratum) in quotas {
            let extra = left.min(1);
            left -= extra;
            let quota = usize::try_from(whole + extra).unwrap_or(usize::MAX);
            picked.extend(stratum.first.iter().take(quota).map(|priority| priority.id));
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(ids: &[String], seed: u64, wanted: usize) -> BTreeSet<IdDigest> {
        let mut sampler = Sampler::new(wanted);
        for id in ids {
            let digest = IdDigest::of(id);
            sampler.add(id.len(), Priority::new(seed, id, digest));
        }
        sampler.pick()
    }

    #[test]
    fn samples_are_proportional_seeded_and_independent_of_order() {
        let mut ids: Vec<String> = (0..110).map(|n| format!("{n}")).collect();
        let first = picked(&ids, 7, 11);
        assert_eq!(first.len(), 11);
        // 10 ids of one digit, 90 of two, 10 of three.
        let of_length = |length| {
            first
                .iter()
                .filter(|digest| ids.iter().any(|id| id.len() == length && IdDigest::of(id) == **digest))
                .count()
        };
        assert_eq!((of_length(1), of_length(2), of_length(3)), (1, 9, 1));
        ids.reverse();
        assert_eq!(picked(&ids, 7, 11), first);
        assert_ne!(picked(&ids, 8, 11), first);
        assert_eq!(picked(&ids, 7, 1000).len(), 110);
        assert!(picked(&ids, 7, 0).is_empty());
    }
}
