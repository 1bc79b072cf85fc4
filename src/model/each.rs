//! A total map from the variants of an enum to values.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::{Index, IndexMut};

/// An enum whose variants can be the keys of [`Each`]; `wire_enum!` implements it.
pub trait Variant: Copy + 'static {
    /// Every variant, in the order of declaration.
    const VARIANTS: &'static [Self];

    /// As many values as there are variants.
    type Array<V>: AsRef<[V]> + AsMut<[V]>;

    /// The value of each variant, in the order of declaration.
    fn array<V>(value: impl FnMut(Self) -> V) -> Self::Array<V>;

    /// The place in the order of declaration, from 0.
    fn place(self) -> usize;
}

/// One value for each variant of `K`. Serialised as an object, in the order of declaration; a variant that is missing in the input
/// has the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Each<K: Variant, V>(K::Array<V>);

impl<K: Variant, V> Each<K, V> {
    /// The value that `value` gives for each variant.
    pub fn from_fn(value: impl FnMut(K) -> V) -> Self {
        Self(K::array(value))
    }

    /// Every variant with its value, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        K::VARIANTS.iter().copied().zip(self.0.as_ref())
    }

    /// Every value, in the order of declaration.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.as_ref().iter()
    }

    /// Merges the value of each variant with that in `other`.
    pub fn merge<W>(&mut self, other: &Each<K, W>, merge: impl Fn(&mut V, &W)) {
        self.0.as_mut().iter_mut().zip(other.0.as_ref()).for_each(|(ours, theirs)| merge(ours, theirs));
    }
}

impl<K: Variant, V: Default> Default for Each<K, V> {
    fn default() -> Self {
        Self::from_fn(|_| V::default())
    }
}

impl<K: Variant, V> Index<K> for Each<K, V> {
    type Output = V;

    fn index(&self, key: K) -> &V {
        &self.0.as_ref()[key.place()]
    }
}

impl<K: Variant, V> IndexMut<K> for Each<K, V> {
    fn index_mut(&mut self, key: K) -> &mut V {
        &mut self.0.as_mut()[key.place()]
    }
}

impl<K: Variant + Serialize, V: Serialize> Serialize for Each<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K: Variant + Ord + Deserialize<'de>, V: Default + Deserialize<'de>> Deserialize<'de> for Each<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = BTreeMap::<K, V>::deserialize(deserializer)?;
        Ok(Self::from_fn(|key| values.remove(&key).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CorridorStatus, Source};
    use super::*;

    #[test]
    fn every_variant_has_a_place_of_its_own() {
        let mut places: Each<CorridorStatus, usize> = Each::default();
        for (place, status) in CorridorStatus::ALL.iter().enumerate() {
            places[*status] = place;
        }
        assert!(places.values().copied().eq(0..CorridorStatus::ALL.len()));
        assert_eq!(places, Each::from_fn(|status: CorridorStatus| status.place()));
    }

    #[test]
    fn it_is_serialised_as_an_object_and_missing_variants_have_the_default() {
        let counts: Each<Source, u64> = serde_json::from_str(r#"{"generated":2}"#).unwrap();
        assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"authored":0,"captured":0,"generated":2}"#);
        assert!(serde_json::from_str::<Each<Source, u64>>(r#"{"other":2}"#).is_err());
    }
}
