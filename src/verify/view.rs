//! The view model of a verification, from which text, report, JSON and exit code are derived.

use super::check::{Check, Criterion, Part};
use super::counts::{CheckCounts, Count, Row};
use super::coverage::{self, RuleCoverage, WayCoverage};
use super::fault::{Ends, PANIC, faults};
use super::job::VerifyJob;
use super::sink::FAILURES;
use super::state::Space;
use crate::decide::RuleSet;
use crate::model::wire::wire_enum;
use crate::model::{CorridorStatus, KnownReason};
use crate::outcome::Invariant;
use serde::{Deserialize, Serialize};

/// Version of the verification's JSON; raised when a field changes its meaning or goes.
pub const VERIFY_FORMAT: u32 = 1;

wire_enum! {
    /// The verdict of a verification, the worst first.
    Verdict, "verification verdict" {
        /// An invariant is broken.
        Broken = "broken",
        /// A criterion does not hold, or a planted fault was not caught.
        Failed = "failed",
        /// A check could not have failed, so that it proves nothing.
        Vacuous = "vacuous",
        /// Everything was checked, and held.
        Held = "held",
    }
}

/// What was verified, with the results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// [`VERIFY_FORMAT`].
    pub format: u32,
    /// Version of the program.
    pub tool_version: String,
    /// The verdict of the whole.
    pub verdict: Verdict,
    /// The rule sets.
    pub rules: Vec<RuleSet>,
    /// The parts that were run; coverage is judged only with all of them.
    pub parts: Vec<Part>,
    /// The corpora, by name.
    pub corpora: Vec<VerifiedCorpus>,
    /// The criteria, with their checks.
    pub criteria: Vec<CriterionResult>,
    /// Properties of every single decision.
    pub invariants: Vec<InvariantResult>,
    /// The fault matrix.
    pub faults: Vec<FaultRow>,
    /// Timeouts with the deployed system's one worker.
    pub one_worker: OneWorker,
    /// The exhaustive enumeration.
    pub state_space: StateSpace,
    /// How often each terminal state was reached.
    pub ways: Vec<WayCoverage>,
    /// How often each acceptance rule was applied.
    pub acceptance_rules: Vec<RuleCoverage>,
    /// Everything that could not have failed.
    pub vacuous: Vec<String>,
    /// The results of the planted faults; `None` where none were planted.
    pub planted: Option<Vec<PlantedResult>>,
}

/// A corpus of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedCorpus {
    /// Its name.
    pub name: String,
    /// Recordings in it.
    pub recordings: u64,
    /// SHA-256 of the file as stored, hex.
    pub digest: String,
}

/// A criterion with the results of its checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionResult {
    /// The criterion.
    pub criterion: Criterion,
    /// It as a sentence.
    pub statement: String,
    /// The worst of its checks.
    pub verdict: Verdict,
    /// Its checks.
    pub checks: Vec<CheckResult>,
}

/// A check with its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// Its claim.
    pub claim: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its counts.
    #[serde(flatten)]
    pub count: Count,
}

/// An invariant with its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvariantResult {
    /// The invariant.
    pub invariant: Invariant,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its counts.
    #[serde(flatten)]
    pub count: Count,
}

/// A fault under a rule set, over all corpora.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRow {
    /// Its name.
    pub fault: String,
    /// What happens.
    pub what: String,
    /// The rule set.
    pub rules: RuleSet,
    /// The expected status; `None` where the decision has to be the one without the fault.
    pub status: Option<CorridorStatus>,
    /// The expected reason; `None` where any is allowed.
    pub reason: Option<String>,
    /// By corpus, in the order of [`Verification::corpora`].
    pub cells: Vec<FaultCell>,
}

/// A fault on a corpus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCell {
    /// The corpus.
    pub corpus: String,
    /// Counts over its commands.
    #[serde(flatten)]
    pub count: Count,
}

/// Fast candidates behind a slow one (H7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneWorker {
    /// Fast candidates behind a slow one.
    pub fast: u64,
    /// Of those, how many time out on the deployed system's one worker.
    pub timed_out: u64,
}

/// The exhaustive enumeration of the corridor's inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSpace {
    /// The dimensions, with the number of their classes.
    pub dimensions: Vec<Dimension>,
    /// Number of combinations, all of which were driven.
    pub combinations: u64,
    /// Of those, the ones without the capability `start_job` and with the switch on.
    pub without_capability: u64,
    /// Of the latter, those in which the baseline asks back.
    pub asked_back: u64,
}

/// One input of the corridor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its classes.
    pub classes: u64,
}

impl Verification {
    pub(super) fn new(job: &VerifyJob, counts: &CheckCounts, corpora: Vec<VerifiedCorpus>) -> Self {
        let space = Space::new(job.rules, 1);
        let dimensions = Space::dimensions(job.rules).into_iter();
        let mut verification = Self {
            format: VERIFY_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            verdict: Verdict::Held,
            rules: job.rules.to_vec(),
            parts: job.parts.to_vec(),
            criteria: Criterion::ALL
                .iter()
                .map(|criterion| CriterionResult::of(*criterion, job.parts, counts))
                .filter(|criterion| !criterion.checks.is_empty())
                .collect(),
            invariants: Invariant::ALL.iter().map(|invariant| InvariantResult::of(*invariant, counts)).collect(),
            faults: if job.parts.contains(&Part::Ac3) { fault_rows(counts, job.rules, &corpora) } else { Vec::new() },
            corpora,
            one_worker: OneWorker { fast: counts.one_worker.0, timed_out: counts.one_worker.1 },
            state_space: StateSpace {
                dimensions: dimensions.map(|(name, classes)| Dimension { name: name.to_owned(), classes }).collect(),
                combinations: if job.parts.contains(&Part::States) { space.len() } else { 0 },
                without_capability: counts.without_capability.0,
                asked_back: counts.without_capability.1,
            },
            ways: job.rules.iter().flat_map(|rules| coverage::ways(*rules, &counts.ways)).collect(),
            acceptance_rules: job
                .rules
                .iter()
                .flat_map(|rules| coverage::acceptance_rules(*rules, &counts.ways))
                .collect(),
            vacuous: Vec::new(),
            planted: None,
        };
        if verification.is_whole() {
            verification.vacuous = verification.find_vacuous();
        }
        verification.judge();
        verification
    }

    /// Whether every part was run.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        Part::ALL.iter().all(|part| self.parts.contains(part))
    }

    /// Adds the results of planted faults; one that survived fails the verification.
    pub fn add_planted(&mut self, planted: Vec<PlantedResult>) {
        self.planted = Some(planted);
        self.judge();
    }

    /// Everything that could not have failed, by name.
    fn find_vacuous(&self) -> Vec<String> {
        let checks = self.criteria.iter().flat_map(|criterion| &criterion.checks);
        let checks = checks.filter(|check| check.count.opportunities == 0);
        let invariants = self.invariants.iter().filter(|invariant| invariant.count.opportunities == 0);
        let faults = self.faults.iter().filter(|row| row.cells.iter().all(|cell| cell.count.opportunities == 0));
        let ways = self.ways.iter().filter(|way| way.is_vacuous());
        let rules = self.acceptance_rules.iter().filter(|rule| rule.is_vacuous());
        checks
            .map(|check| format!("check {}: no opportunity", check.check))
            .chain(invariants.map(|invariant| format!("invariant {}: no opportunity", invariant.invariant)))
            .chain(faults.map(|row| format!("fault {} under {}: no opportunity", row.fault, row.rules)))
            .chain(ways.map(|way| format!("{} / {} under {}: never reached", way.status, way.reason, way.rules)))
            .chain(rules.map(|rule| {
                let RuleCoverage { rules, rule, opportunities, refused } = rule;
                format!("rule {rule} under {rules}: refused {refused} of {opportunities}")
            }))
            .collect()
    }

    fn judge(&mut self) {
        let parts = self.criteria.iter().map(|criterion| criterion.verdict);
        // Only a whole verification must have opportunities for every invariant.
        let is_whole = self.is_whole();
        let invariants = self.invariants.iter().map(|invariant| invariant.verdict);
        let parts = parts.chain(invariants.filter(|verdict| is_whole || *verdict != Verdict::Vacuous));
        let survived = self.planted.iter().flatten().any(PlantedResult::survived);
        let rest = [(survived, Verdict::Failed), (!self.vacuous.is_empty(), Verdict::Vacuous)];
        let rest = rest.into_iter().filter(|(holds, _)| *holds).map(|(_, verdict)| verdict);
        self.verdict = parts.chain(rest).min().unwrap_or(Verdict::Held);
    }
}

/// The verdict for a count; a violation of an invariant is worse than any other.
fn verdict(count: &Count, is_invariant: bool) -> Verdict {
    match (count.violations, count.opportunities) {
        (0, 0) => Verdict::Vacuous,
        (0, _) => Verdict::Held,
        (_, _) if is_invariant => Verdict::Broken,
        (_, _) => Verdict::Failed,
    }
}

impl CriterionResult {
    fn of(criterion: Criterion, parts: &[Part], counts: &CheckCounts) -> Self {
        let is_of = |check: &&Check| check.criterion() == criterion && parts.contains(&check.part());
        let checks = Check::ALL.iter().filter(is_of).map(|check| {
            let count = counts.of(*check);
            let verdict = verdict(&count, check.is_invariant());
            CheckResult { check: *check, claim: check.claim().to_owned(), verdict, count }
        });
        let checks: Vec<_> = checks.collect();
        let worst = checks.iter().map(|check| check.verdict).min().unwrap_or(Verdict::Vacuous);
        Self { criterion, statement: criterion.statement().to_owned(), verdict: worst, checks }
    }
}

impl InvariantResult {
    fn of(invariant: Invariant, counts: &CheckCounts) -> Self {
        let count = counts.of_invariant(invariant);
        Self { invariant, verdict: verdict(&count, true), count }
    }
}

impl FaultRow {
    /// Whether there is no violation.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.cells.iter().all(|cell| cell.count.violations == 0)
    }
}

/// The rows of the matrix: the faults, the switch, the risk log, and the queue.
fn fault_rows(counts: &CheckCounts, rules: &[RuleSet], corpora: &[VerifiedCorpus]) -> Vec<FaultRow> {
    let mut rows = Vec::new();
    let mut add = |row: Row, fault: &str, what: &str, of: &[RuleSet], end: Option<(CorridorStatus, Option<&str>)>| {
        for rules in rules.iter().filter(|rules| of.contains(rules)) {
            let cells = counts.matrix.get(&(row, *rules));
            let cell = |corpus: &VerifiedCorpus| FaultCell {
                corpus: corpus.name.clone(),
                count: cells.and_then(|cells| cells.get(&corpus.name)).cloned().unwrap_or_default(),
            };
            rows.push(FaultRow {
                fault: fault.to_owned(),
                what: what.to_owned(),
                rules: *rules,
                status: end.map(|(status, _)| status),
                reason: end.and_then(|(_, reason)| reason).map(str::to_owned),
                cells: corpora.iter().map(cell).collect(),
            });
        }
    };
    for (number, fault) in faults().iter().enumerate() {
        let reason = match fault.ends {
            Ends::FellBack(reason) | Ends::Skipped(reason) => Some(reason.as_str()),
            Ends::Accepted => Some(KnownReason::Accepted.as_str()),
            Ends::Caught => Some(PANIC),
        };
        add(Row::Fault(number), fault.id, fault.what, fault.rules, Some((fault.ends.status(), reason)));
    }
    add(Row::KillSwitch, "kill_switch", "the switch is thrown before the command", RuleSet::ALL, None);
    for (number, (id, what, _)) in FAILURES.iter().enumerate() {
        add(Row::RiskLog(number), id, &format!("the risk log is {what}"), RuleSet::ALL, None);
    }
    add(Row::Queue, "queue", "a slow candidate was asked for just before", RuleSet::ALL, None);
    rows
}

/// The result of a planted fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedResult {
    /// Its name.
    pub fault: String,
    /// What the corridor does wrong.
    pub what: String,
    /// The hazard of the deployed system that it reproduces, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazard: Option<String>,
    /// Everything that caught it.
    pub caught_by: Vec<Catch>,
}

impl PlantedResult {
    /// Whether nothing caught it.
    #[must_use]
    pub const fn survived(&self) -> bool {
        self.caught_by.is_empty()
    }
}

/// What caught a planted fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catch {
    /// The check, the invariant, or `replay_changed` / `replay_broken`.
    pub by: String,
    /// Its counts.
    pub times: u64,
}
