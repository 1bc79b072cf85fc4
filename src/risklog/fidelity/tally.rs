//! Counts of comparisons. Partitions can be counted in any order.

use super::super::distinct::CommandRecord;
use super::super::scan::EXAMPLES;
use super::compare::{Compared, Field, Obstacle, Reach, compare};
use super::logged::Logged;
use super::stored::Stored;
use crate::bulk::Smallest;
use crate::model::Each;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A command, and the offset of its line in `outcomes.jsonl`.
pub(super) type OutcomePlace = (u128, u64);

/// A number of commands, and the first of them by the digest of their ids, which are exposed first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cases {
    pub(super) count: u64,
    pub(super) first: Smallest<OutcomePlace, EXAMPLES>,
}

impl Cases {
    fn add(&mut self, place: OutcomePlace) {
        self.count += 1;
        self.first.add(place);
    }

    fn merge(&mut self, other: &Self) {
        let Self { count, first } = other;
        self.count += count;
        self.first.merge(first);
    }
}

/// Status and reason of production, then those expected from the replay, by the numbers of their names.
pub(super) type Pair = [u32; 4];

/// Counts of comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Distinct commands of the logs.
    pub(super) in_log: u64,
    /// Distinct commands of the run.
    pub(super) in_run: u64,
    pub(super) in_both: u64,
    /// Commands that were compared, and those that agree in every field.
    pub(super) reached: Each<Reach, (u64, u64)>,
    /// Those that differ.
    pub(super) fields: Each<Field, Cases>,
    /// Those that differ in status or reason.
    pub(super) pairs: BTreeMap<Pair, Cases>,
    /// Those that were not compared.
    pub(super) obstacles: Each<Obstacle, Cases>,
}

impl Tally {
    /// Joins two lists of distinct commands, both ascending by id.
    pub(super) fn of(logged: &[Logged], stored: &[Stored], is_forced: bool) -> Self {
        let mut tally = Self { in_log: logged.len() as u64, in_run: stored.len() as u64, ..Self::default() };
        let (mut logged, mut stored) = (logged.iter().peekable(), stored.iter().peekable());
        while let (Some(one), Some(other)) = (logged.peek(), stored.peek()) {
            match one.id().cmp(&other.id()) {
                Ordering::Less => drop(logged.next()),
                Ordering::Greater => drop(stored.next()),
                Ordering::Equal => {
                    tally.add(one, other, is_forced);
                    logged.next();
                    stored.next();
                }
            }
        }
        tally
    }

    fn add(&mut self, logged: &Logged, stored: &Stored, is_forced: bool) {
        self.in_both += 1;
        let place = (stored.id(), stored.offset);
        let compared = match compare(logged, stored, is_forced) {
            Ok(compared) => compared,
            Err(obstacle) => return self.obstacles[obstacle].add(place),
        };
        let (comparable, agreeing) = &mut self.reached[compared.reach];
        *comparable += 1;
        *agreeing += u64::from(compared.agrees());
        let Compared { differs, expected: (status, reason), .. } = compared;
        for (field, _) in differs.iter().filter(|(_, differs)| **differs) {
            self.fields[field].add(place);
            // A command that differs in both is counted once.
            if field == Field::Status || (field == Field::Reason && logged.facts.status == status) {
                let pair = [logged.facts.status, logged.facts.reason, status, reason];
                self.pairs.entry(pair).or_default().add(place);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let Self { in_log, in_run, in_both, reached, fields, pairs, obstacles } = other;
        self.in_log += in_log;
        self.in_run += in_run;
        self.in_both += in_both;
        self.reached.merge(reached, |(comparable, agreeing), (more_comparable, more_agreeing)| {
            *comparable += more_comparable;
            *agreeing += more_agreeing;
        });
        self.fields.merge(fields, Cases::merge);
        self.obstacles.merge(obstacles, Cases::merge);
        for (pair, cases) in pairs {
            self.pairs.entry(*pair).or_default().merge(cases);
        }
    }
}
