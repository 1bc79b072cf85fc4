//! The smallest of many values: examples that depend neither on the order of the values nor on threads.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::BTreeSet;

/// The `N` smallest of the values that were added; equal values are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "T: Serialize", deserialize = "T: Ord + Deserialize<'de>"))]
pub struct Smallest<T, const N: usize>(BTreeSet<T>);

impl<T, const N: usize> Default for Smallest<T, N> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Ord, const N: usize> Smallest<T, N> {
    fn wants<Q: Ord + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.len() < N || self.0.last().is_some_and(|largest| value < largest.borrow())
    }

    /// Adds a value that is copied only if it is kept.
    pub fn add_ref<Q: Ord + ToOwned<Owned = T> + ?Sized>(&mut self, value: &Q)
    where
        T: Borrow<Q>,
    {
        if self.wants(value) {
            self.add(value.to_owned());
        }
    }

    /// Adds a value.
    pub fn add(&mut self, value: T) {
        if self.wants(&value) && self.0.insert(value) && self.0.len() > N {
            self.0.pop_last();
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self)
    where
        T: Clone,
    {
        let Self(values) = other;
        for value in values {
            self.add_ref(value);
        }
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T: Ord, const N: usize> FromIterator<T> for Smallest<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut smallest = Self::default();
        values.into_iter().for_each(|value| smallest.add(value));
        smallest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_smallest_are_kept_in_any_order_and_after_any_merge(
            values in prop::collection::vec(0_u8..20, 0..40), split in any::<prop::sample::Index>()
        ) {
            let (one, other) = values.split_at(split.index(values.len() + 1));
            let mut merged: Smallest<u8, 3> = other.iter().copied().collect();
            merged.merge(&one.iter().copied().collect());
            let expected: BTreeSet<u8> = values.into_iter().collect();
            let expected: Vec<u8> = expected.into_iter().take(3).collect();
            prop_assert!(merged.iter().eq(&expected));
            prop_assert_eq!(serde_json::to_value(&merged).unwrap(), serde_json::json!(expected));
        }
    }
}
