//! The counts of all checks, which can be merged.

use super::check::Check;
use crate::decide::{DecisionPath, RuleSet, Scratch, is_clean_entry};
use crate::model::{CorridorStatus, Each, IdDigest, ReasonCode, Recording};
use crate::outcome::{Invariant, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most violations that are listed by name.
const EXAMPLES: usize = 5;

/// The origin of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An unchanged recording.
    Replayed,
    /// A recorded command under something that was arranged.
    Arranged,
    /// A combination of the state space.
    Enumerated,
}

/// How often a terminal state was reached, by origin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    pub(super) replayed: u64,
    pub(super) arranged: u64,
    pub(super) enumerated: u64,
}

impl Taken {
    fn add(&mut self, origin: Origin) {
        match origin {
            Origin::Replayed => self.replayed += 1,
            Origin::Arranged => self.arranged += 1,
            Origin::Enumerated => self.enumerated += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        let Self { replayed, arranged, enumerated } = other;
        self.replayed += replayed;
        self.arranged += arranged;
        self.enumerated += enumerated;
    }

    pub(super) const fn total(self) -> u64 {
        let Self { replayed, arranged, enumerated } = self;
        replayed + arranged + enumerated
    }
}

/// How often a check was run, could have failed, and failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How often it was run.
    pub runs: u64,
    /// Runs in which a corridor without the property would have shown it.
    pub opportunities: u64,
    /// Runs in which it did not hold.
    pub violations: u64,
    /// The first few violations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

impl Count {
    /// Counts one check; `example` says where, if it did not hold.
    pub(super) fn add(&mut self, opportunity: bool, holds: bool, example: impl FnOnce() -> String) {
        self.runs += 1;
        self.opportunities += u64::from(opportunity);
        if !holds {
            self.violations += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(example());
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let Self { runs, opportunities, violations, examples } = other;
        self.runs += runs;
        self.opportunities += opportunities;
        self.violations += violations;
        self.examples.extend_from_slice(examples);
        self.examples.truncate(EXAMPLES);
    }
}

/// A row of the fault matrix under a rule set.
pub(super) type MatrixRow = (Row, RuleSet);

/// A row of the fault matrix; numbers are places in the list of faults or of failures of the risk log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Row {
    /// A fault of the candidate or of the configuration.
    Fault(usize),
    /// The switch is thrown.
    KillSwitch,
    /// The risk log fails.
    RiskLog(usize),
    /// A slow candidate comes first.
    Queue,
}

/// How often each terminal state was reached.
pub(super) type Ways = BTreeMap<(RuleSet, CorridorStatus, ReasonCode), Taken>;

/// The counts of all checks.
#[derive(Clone, Debug, Default)]
pub(super) struct CheckCounts {
    checks: Each<Check, Count>,
    invariants: Each<Invariant, Count>,
    pub(super) ways: Ways,
    /// By row and corpus.
    pub(super) matrix: BTreeMap<MatrixRow, BTreeMap<String, Count>>,
    /// With one worker: fast candidates behind a slow one, and how many of them time out.
    pub(super) one_worker: (u64, u64),
    /// Combinations without the capability, and in how many of them the baseline asks back.
    pub(super) without_capability: (u64, u64),
}

impl CheckCounts {
    /// Counts one check.
    pub(super) fn check(&mut self, check: Check, opportunity: bool, holds: bool, example: impl FnOnce() -> String) {
        self.checks[check].add(opportunity, holds, example);
    }

    /// Counts one command under a fault.
    pub(super) fn cell(
        &mut self,
        (row, rules): MatrixRow,
        corpus: &str,
        opportunity: bool,
        holds: bool,
        example: impl FnOnce() -> String,
    ) {
        let cells = self.matrix.entry((row, rules)).or_default();
        cells.entry(corpus.to_owned()).or_default().add(opportunity, holds, example);
    }

    pub(super) fn of(&self, check: Check) -> Count {
        self.checks[check].clone()
    }

    pub(super) fn of_invariant(&self, invariant: Invariant) -> Count {
        self.invariants[invariant].clone()
    }

    /// Decides one command, and counts its terminal state and the invariants.
    pub(super) fn watch<'a>(
        &mut self,
        origin: Origin,
        rules: RuleSet,
        path: &'a dyn DecisionPath,
        recording: &'a Recording<'a>,
        digest: IdDigest,
        scratch: &'a mut Scratch,
    ) -> Outcome<'a> {
        let decide = AssertUnwindSafe(move || {
            // Moved, not reborrowed: the decision borrows from it for longer than this call.
            let scratch = scratch;
            path.decide(recording, &digest, scratch)
        });
        let outcome = match catch_unwind(decide) {
            Ok(decided) => Outcome::new(recording, digest, decided),
            Err(_panic) => Outcome::panicked(recording, digest),
        };
        self.note(origin, rules, &outcome);
        outcome
    }

    fn note(&mut self, origin: Origin, rules: RuleSet, outcome: &Outcome) {
        if let Some((status, reason)) = outcome.verdict() {
            let key = (rules, status, reason.clone());
            self.ways.entry(key).or_default().add(origin);
        }
        let status = outcome.verdict().map(|(status, _)| status);
        let risk = outcome.decided.as_ref().and_then(|decided| decided.risk.as_ref());
        let is_clean = risk.is_none_or(is_clean_entry);
        let accepted = status == Some(CorridorStatus::AcceptedLlm);
        for invariant in Invariant::ALL {
            let opportunity = match invariant {
                Invariant::ReplacedWithoutAcceptance => status.is_some() && !accepted,
                Invariant::AcceptedOutsideCorridor => accepted,
                Invariant::RawTextInRiskLine => status.is_some(),
                Invariant::EscapedPanic => true,
            };
            let holds = outcome.broken != Some(*invariant) && (*invariant != Invariant::RawTextInRiskLine || is_clean);
            self.invariants[*invariant].add(opportunity, holds, || outcome.command_id().to_owned());
        }
    }

    /// Adds all of `other`, which comes after.
    pub(super) fn merge(&mut self, other: Self) {
        let Self { checks, invariants, ways, matrix, one_worker, without_capability } = other;
        self.checks.merge(&checks, Count::merge);
        self.invariants.merge(&invariants, Count::merge);
        for (way, counts) in ways {
            self.ways.entry(way).or_default().merge(counts);
        }
        for (row, cells) in matrix {
            let ours = self.matrix.entry(row).or_default();
            for (corpus, count) in cells {
                ours.entry(corpus).or_default().merge(&count);
            }
        }
        for (ours, theirs) in [(&mut self.one_worker, one_worker), (&mut self.without_capability, without_capability)] {
            ours.0 += theirs.0;
            ours.1 += theirs.1;
        }
    }
}
