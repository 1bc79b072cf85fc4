//! Counts by name, in the order in which the names first appeared.

use std::collections::BTreeMap;

/// Counts by name. Memory grows with the number of distinct names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    counts: Vec<(String, u64)>,
    places: BTreeMap<String, u32>,
}

impl Breakdown {
    /// Adds to the count of a name, and returns the name's number in the order of first appearance.
    pub(super) fn add(&mut self, name: &str, count: u64) -> u32 {
        if let Some(place) = self.places.get(name) {
            self.counts[*place as usize].1 += count;
            return *place;
        }
        #[expect(clippy::expect_used, reason = "2^32 names do not fit into memory")]
        let place = u32::try_from(self.counts.len()).expect("fewer than 2^32 names");
        self.counts.push((name.to_owned(), count));
        self.places.insert(name.to_owned(), place);
        place
    }

    /// The count of a name.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.places.get(name).map_or(0, |place| self.counts[*place as usize].1)
    }

    /// Names and counts in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// Names and counts, sorted by name.
    pub fn sorted(&self) -> impl Iterator<Item = (&str, u64)> {
        self.places.iter().map(|(name, place)| (name.as_str(), self.counts[*place as usize].1))
    }

    /// The name of a number that [`add`](Self::add) returned.
    pub(super) fn name(&self, number: u32) -> Option<&str> {
        self.counts.get(number as usize).map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_order_of_their_first_appearance() {
        let mut breakdown = Breakdown::default();
        let numbers = [("b", 1), ("a", 2), ("b", 3)].map(|(name, count)| breakdown.add(name, count));
        assert_eq!(numbers, [0, 1, 0]);
        assert!(breakdown.iter().eq([("b", 4), ("a", 2)]));
        assert!(breakdown.sorted().eq([("a", 2), ("b", 4)]));
        assert_eq!((breakdown.of("a"), breakdown.of("c"), breakdown.name(1)), (2, 0, Some("a")));
    }
}
