//! Outcomes in the order of their command ids' digests, in bounded memory.
//!
//! The order of a run's lines must not depend on the order of the input or on threads, and a run may not fit into
//! memory. So outcomes go into partitions by the first byte of the digest, and each partition is sorted by itself.
//! The order is that of the sampling bucket: the first lines of a run are those that are exposed first.

use crate::bulk::{Partitions, Spill};
use crate::model::IdDigest;
use std::io;

/// One outcome and its risk line, as bytes, and the number of its line in the corpus.
pub(super) struct Record<'a> {
    pub(super) digest: IdDigest,
    pub(super) line: u64,
    pub(super) outcome: &'a [u8],
    pub(super) risk: &'a [u8],
}

/// A sorted partition.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) outcomes: Vec<u8>,
    pub(super) risks: Vec<u8>,
    /// Lines whose command id an earlier line has: `(first, later)`.
    pub(super) duplicates: Vec<(u64, u64)>,
}

impl<'a> Record<'a> {
    /// Adds the record to the partition of its digest.
    pub(super) fn store(&self, spill: &mut Spill) -> io::Result<()> {
        let Self { digest: IdDigest(digest), line, outcome, risk } = self;
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidData, "a record of more than 4 GiB");
        let outcome_len = u32::try_from(outcome.len()).map_err(too_long)?.to_le_bytes();
        let risk_len = u32::try_from(risk.len()).map_err(too_long)?.to_le_bytes();
        spill.add(digest[0], &[digest, &line.to_le_bytes(), &outcome_len, &risk_len, outcome, risk])
    }

    /// The first of the stored records, and the bytes after it; `None` if it is incomplete.
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (digest, rest) = bytes.split_first_chunk::<32>()?;
        let (line, rest) = rest.split_first_chunk::<8>()?;
        let (outcome_len, rest) = rest.split_first_chunk::<4>()?;
        let (risk_len, rest) = rest.split_first_chunk::<4>()?;
        let (outcome, rest) = rest.split_at_checked(u32::from_le_bytes(*outcome_len) as usize)?;
        let (risk, rest) = rest.split_at_checked(u32::from_le_bytes(*risk_len) as usize)?;
        Some((Self { digest: IdDigest(*digest), line: u64::from_le_bytes(*line), outcome, risk }, rest))
    }
}

impl Sorted {
    /// Sorts partition `number` by digest, then by line; of a duplicate only the first line is kept.
    pub(super) fn load(partitions: &Partitions, number: u8) -> io::Result<Self> {
        let bytes = partitions.load(number)?;
        let mut records = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (record, after) = Record::read(rest).ok_or(io::ErrorKind::InvalidData)?;
            records.push(record);
            rest = after;
        }
        records.sort_unstable_by_key(|record| (record.digest, record.line));
        let mut sorted = Self::default();
        let mut first: Option<&Record> = None;
        for record in &records {
            match first {
                Some(first) if first.digest == record.digest => sorted.duplicates.push((first.line, record.line)),
                Some(_) | None => {
                    sorted.outcomes.extend_from_slice(record.outcome);
                    sorted.risks.extend_from_slice(record.risk);
                    first = Some(record);
                }
            }
        }
        Ok(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(ids: &[(u64, String)], limit: usize) -> (Vec<u8>, Vec<(u64, u64)>) {
        let directory = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(directory.path(), limit);
        for (line, id) in ids {
            let text = format!("{id}\n");
            let record = Record { digest: IdDigest::of(id), line: *line, outcome: text.as_bytes(), risk: b"" };
            record.store(&mut spill).unwrap();
        }
        let partitions = spill.finish();
        let sorted: Vec<Sorted> = (0..=u8::MAX).map(|number| Sorted::load(&partitions, number).unwrap()).collect();
        let duplicates = sorted.iter().flat_map(|sorted| sorted.duplicates.clone()).collect();
        (sorted.into_iter().flat_map(|sorted| sorted.outcomes).collect(), duplicates)
    }

    proptest! {
        #[test]
        fn neither_order_nor_memory_changes_the_result(ids in proptest::collection::btree_set("[a-c]{0,6}", 0..60), limit in 1usize..4000) {
            let ids: Vec<_> = (1..).zip(ids).collect();
            let mut by_digest = ids.clone();
            by_digest.sort_by_key(|(_, id)| IdDigest::of(id));
            let expected = by_digest.iter().fold(String::new(), |lines, (_, id)| lines + id + "\n");
            let (lines, duplicates) = sorted(&ids, limit);
            prop_assert_eq!(String::from_utf8(lines).unwrap(), expected);
            prop_assert!(duplicates.is_empty());
        }
    }

    #[test]
    fn duplicates_are_found_with_both_lines() {
        let ids: Vec<_> = [(1, "a"), (2, "b"), (3, "a"), (4, "a")].map(|(line, id)| (line, id.to_owned())).to_vec();
        let (lines, mut duplicates) = sorted(&ids, 1);
        duplicates.sort_unstable();
        assert_eq!(duplicates, [(1, 3), (1, 4)]);
        assert_eq!(lines.len(), 4);
    }
}
