//! Order statistics of any integers, exact and in bounded memory.
//!
//! The compatible percentiles are elements of the sorted list of all latencies, and in a log a latency can be any number.
//! Those in 0..65,536 have a counter each; the others are kept as text that sorts like the numbers, with their counts, and
//! go to a sorter on disk beyond a limit of memory.

use super::line::Latency;
use crate::bulk::Sorter;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Integers from 0 to below this have a counter each.
const DENSE: usize = 1 << 16;
/// Bytes that the others may use in memory.
const HELD_BYTES: usize = 4 << 20;
/// Bytes of an entry beside its digits.
const ENTRY_BYTES: usize = 64;

/// Counts integers, and gives the integer at any place of their ascending order.
#[derive(Debug)]
pub(super) struct Ranks {
    count: u64,
    dense: Vec<u64>,
    others: BTreeMap<Sortable, u64>,
    held_bytes: usize,
    limit: usize,
    runs: Sorter<Sortable>,
}

impl Ranks {
    /// Temporary files go to `directory`.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            count: 0,
            dense: vec![0; DENSE],
            others: BTreeMap::new(),
            held_bytes: 0,
            limit: HELD_BYTES,
            // It is given sorted runs and writes them at once; the memory is counted here.
            runs: Sorter::new(directory, usize::MAX),
        }
    }

    /// Adds a latency.
    pub(super) fn add(&mut self, latency: &Latency) -> io::Result<()> {
        self.count += 1;
        let digits = match latency {
            Latency::Flag(flag) => return self.add_whole(i64::from(*flag)),
            Latency::Whole(ms) => return self.add_whole(*ms),
            Latency::Beyond(digits) => digits,
        };
        self.add_other(digits)
    }

    fn add_whole(&mut self, ms: i64) -> io::Result<()> {
        match usize::try_from(ms).ok().and_then(|ms| self.dense.get_mut(ms)) {
            Some(count) => {
                *count += 1;
                Ok(())
            }
            None => self.add_other(&ms.to_string()),
        }
    }

    fn add_other(&mut self, digits: &str) -> io::Result<()> {
        let key = Sortable::new(digits);
        let bytes = key.0.len() + ENTRY_BYTES;
        let count = self.others.entry(key).or_insert_with(|| {
            self.held_bytes += bytes;
            0
        });
        *count += 1;
        if self.held_bytes > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held_bytes = 0;
        self.runs.add_run(std::mem::take(&mut self.others).into_iter().map(stored))
    }

    /// How many integers were added.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The integers at these places of the ascending order, counted from 0 and ascending themselves, as decimal digits.
    /// Locations beyond the last integer have none.
    pub(super) fn at(mut self, places: &[u64]) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut before = 0;
        let mut take = |digits: &dyn Fn() -> String, count: u64| {
            before += count;
            while places.get(found.len()).is_some_and(|place| *place < before) {
                found.push(digits());
            }
            found.len() < places.len()
        };
        // Others are below 0 or above the dense counters.
        let dense = std::mem::take(&mut self.dense);
        let mut dense = dense.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut is_below = true;
        self.others.into_iter().map(stored).try_for_each(|entry| self.runs.add(entry))?;
        let mut sorted = self.runs.finish();
        loop {
            let next = sorted.next().transpose()?;
            if is_below && next.as_ref().is_none_or(|(key, _)| !key.is_negative()) {
                is_below = false;
                if !dense.all(|(ms, count)| take(&|| ms.to_string(), *count)) {
                    return Ok(found);
                }
            }
            match next {
                Some((key, count)) if take(&|| key.digits(), count_of(&count)?) => {}
                Some(_) | None => return Ok(found),
            }
        }
    }
}

/// An integer and its count, as the sorter stores them. The same integer may be in several runs.
fn stored((key, count): (Sortable, u64)) -> (Sortable, Vec<u8>) {
    (key, count.to_le_bytes().to_vec())
}

fn count_of(stored: &[u8]) -> io::Result<u64> {
    let count = stored.try_into().map_err(io::Error::other)?;
    Ok(u64::from_le_bytes(count))
}

/// An integer as bytes that sort like integers: sign, number of digits, digits; for negative ones all but the sign
/// inverted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sortable(Vec<u8>);

impl AsRef<[u8]> for Sortable {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Sortable {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Sortable {
    fn new(text: &str) -> Self {
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let length = (digits.len() as u64).to_be_bytes();
        let flip = if is_negative { 0xff } else { 0 };
        let magnitude = length.iter().chain(digits.as_bytes()).map(|byte| byte ^ flip);
        Self(std::iter::once(u8::from(!is_negative)).chain(magnitude).collect())
    }

    fn is_negative(&self) -> bool {
        self.0.first() == Some(&0)
    }

    fn digits(&self) -> String {
        let flip = if self.is_negative() { 0xff } else { 0 };
        let sign = if self.is_negative() { "-" } else { "" };
        let digits = self.0.iter().skip(9).map(|byte| char::from(byte ^ flip));
        sign.chars().chain(digits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn ranked(numbers: &[i128], limit: usize) -> Vec<i128> {
        let directory = tempfile::tempdir().unwrap();
        let mut ranks = Ranks { limit, ..Ranks::new(directory.path()) };
        for number in numbers {
            let latency =
                i64::try_from(*number).map_or_else(|_| Latency::Beyond(Cow::Owned(number.to_string())), Latency::Whole);
            ranks.add(&latency).unwrap();
        }
        assert_eq!(ranks.count(), numbers.len() as u64);
        let places: Vec<u64> = (0..numbers.len() as u64 + 2).collect();
        ranks.at(&places).unwrap().iter().map(|digits| digits.parse().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn integers_are_given_in_sorted_order(
            mut numbers in prop::collection::vec(
                prop_oneof![0..300_i128, -70_000..70_000_i128, any::<i64>().prop_map(i128::from), any::<i128>()], 0..120),
            limit in prop_oneof![1..2000_usize, Just(HELD_BYTES)],
        ) {
            let found = ranked(&numbers, limit);
            numbers.sort_unstable();
            prop_assert_eq!(found, numbers);
        }
    }

    #[test]
    fn integers_of_any_length_sort_as_integers() {
        let mut ranks = Ranks { limit: 100, ..Ranks::new(&std::env::temp_dir()) };
        let long = |sign: &str, digits: usize| format!("{sign}{}", "9".repeat(digits));
        let ascending =
            [long("-", 20_000), long("-", 30), "-5".to_owned(), "0".to_owned(), long("", 30), long("", 20_000)];
        for digits in ascending.iter().rev() {
            let latency = digits.parse().map_or_else(|_| Latency::Beyond(Cow::Borrowed(digits)), Latency::Whole);
            ranks.add(&latency).unwrap();
        }
        ranks.add(&Latency::Flag(true)).unwrap();
        let found = ranks.at(&[0, 1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(found, [&ascending[..4], &["1".to_owned()], &ascending[4..]].concat());
    }
}
