//! The result of a comparison as a value.
//!
//! `docs/operations/fidelity.md` describes every field.

use super::super::view::LogView;
use super::compare::{Field, Obstacle, Reach};
use super::error::FidelityError;
use super::ids::{CasesView, Ids};
use super::job::FidelityJob;
use super::line_facts::Names;
use super::logged::LogLines;
use super::run::ReadRun;
use super::tally::Tally;
use crate::decide::RuleSet;
use crate::model::{Each, utc_text};
use crate::stats::{Alpha, Count, Limit, Rate, mixture};
use crate::summary::{Decisions, Sampling};
use serde::Serialize;

/// The risk that a bound is wrong at any look.
const ALPHA: f64 = 0.05;
/// The rate of disagreement for which the prior of the bound is chosen; the bound is valid for any rate.
const LIMIT: f64 = 0.02;
/// Pairs that are listed.
const PAIRS: usize = 10;

/// How production's risk logs compare with a stored replay of the same commands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fidelity {
    /// Lines from here on count; RFC 3339 in UTC.
    pub since: Option<String>,
    /// Lines before this count.
    pub until: Option<String>,
    /// The logs, by name.
    pub logs: Vec<LogView>,
    /// Lines of each kind.
    pub lines: LogLines,
    /// The replay.
    pub run: RunView,
    /// Commands of each side.
    pub commands: Commands,
    /// Commands in both that could be compared.
    pub compared: Agreement,
    /// The same, by how far the corridor went.
    pub reach: Each<Reach, Agreement>,
    /// Commands that differ in a field; one may differ in several.
    pub fields: Each<Field, CasesView>,
    /// Commands that differ in status or reason, by what each side says: the most frequent first, at most ten.
    pub pairs: Vec<PairView>,
    /// Commands that differ in status or reason, in pairs that are not listed.
    pub other_pairs: u64,
    /// Commands in both that could not be compared, by the first reason that holds.
    pub not_compared: Each<Obstacle, CasesView>,
}

/// The stored replay that was compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// The name of its folder: the digest of its inputs, unless it was renamed.
    pub name: String,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// Which commands were in the sample.
    pub sampling: Sampling,
    /// Why it is not complete; empty for a complete one.
    pub incomplete_because: Vec<String>,
    /// SHA-256 of its `outcomes.jsonl` as read, hex.
    pub outcomes_sha256: String,
    /// SHA-256 of its `risk.jsonl` as read, hex.
    pub risk_sha256: String,
}

/// Distinct commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Commands {
    /// In the logs.
    pub in_log: u64,
    /// In the run.
    pub in_run: u64,
    /// In both.
    pub in_both: u64,
    /// In the logs and not in the run.
    pub only_in_log: u64,
    /// In the run and not in the logs.
    pub only_in_run: u64,
}

/// Commands that agree and disagree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Commands that were compared.
    pub commands: u64,
    /// Those that agree in every field.
    pub agreeing: u64,
    /// Those that differ in a field or more.
    pub disagreeing: u64,
    /// `agreeing / commands`, 0..=1; none where nothing was compared.
    pub rate: Option<f64>,
    /// With 95 % confidence at any number of looks, the rate of disagreement is at most this, 0..=1.
    pub disagreement_at_most: f64,
}

impl Agreement {
    fn new((commands, agreeing): (u64, u64)) -> Self {
        let disagreeing = commands - agreeing;
        let bound = Count::new(disagreeing, commands).zip(Limit::new(LIMIT)).zip(Alpha::new(ALPHA));
        let bound =
            bound.map(|((count, limit), alpha)| mixture::upper_bound(count, mixture::Prior::below(limit), alpha));
        let rate = super::super::share::rate(agreeing, commands);
        Self { commands, agreeing, disagreeing, rate, disagreement_at_most: bound.map_or(1.0, Rate::get) }
    }
}

/// Where the corridor ended, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// The status; `invalid_name` if it is no name.
    pub status: String,
    /// The reason; `invalid_name` if it is no name.
    pub reason: String,
}

/// A pair of different endings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PairView {
    /// What production wrote.
    pub production: Ending,
    /// What it should have written according to the replay.
    pub replay: Ending,
    /// The commands.
    #[serde(flatten)]
    pub cases: CasesView,
}

impl Fidelity {
    /// Commands in both that could not be compared.
    #[must_use]
    pub fn not_compared(&self) -> u64 {
        self.not_compared.values().map(|cases| cases.count).sum()
    }

    pub(super) fn new(
        job: &FidelityJob,
        (mut logs, mut lines): (Vec<LogView>, LogLines),
        run: ReadRun,
        tally: &Tally,
        names: &Names,
    ) -> Result<Self, FidelityError> {
        logs.sort_by(|one, other| one.name.cmp(&other.name));
        lines.repeated = lines.records - lines.without_id - tally.in_log;
        let ids = Ids::read(&job.run.join("outcomes.jsonl"), tally)?;
        let whole = tally.reached.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let (pairs, other_pairs) = pairs(tally, names, &ids);
        let name = job.run.file_name().map(|name| name.to_string_lossy().into_owned());
        // The files were checked against these digests when they were read.
        let sha256 = |file: &str| run.record.files[file].sha256.clone();
        let [outcomes_sha256, risk_sha256] = ["outcomes.jsonl", "risk.jsonl"].map(sha256);
        Ok(Self {
            since: job.window.since.map(utc_text),
            until: job.window.until.map(utc_text),
            logs,
            lines,
            run: RunView {
                name: name.unwrap_or_default(),
                rules: run.record.inputs.rules,
                decisions: run.record.inputs.decisions,
                sampling: run.record.inputs.sampling,
                incomplete_because: run.record.incomplete_because,
                outcomes_sha256,
                risk_sha256,
            },
            commands: Commands {
                in_log: tally.in_log,
                in_run: tally.in_run,
                in_both: tally.in_both,
                only_in_log: tally.in_log - tally.in_both,
                only_in_run: tally.in_run - tally.in_both,
            },
            compared: Agreement::new(whole),
            reach: Each::from_fn(|reach| Agreement::new(tally.reached[reach])),
            fields: Each::from_fn(|field| ids.view(&tally.fields[field])),
            pairs,
            other_pairs,
            not_compared: Each::from_fn(|obstacle| ids.view(&tally.obstacles[obstacle])),
        })
    }
}

/// The listed pairs, and the number of commands in all others.
fn pairs(tally: &Tally, names: &Names, ids: &Ids) -> (Vec<PairView>, u64) {
    #[expect(clippy::expect_used, reason = "both sides have the numbers that the table gave them")]
    let name = |number: u32| names.table().name(number).expect("a name of the table");
    let mut pairs: Vec<_> = tally.pairs.iter().map(|(pair, cases)| (pair.map(name), cases)).collect();
    pairs.sort_unstable_by(|(one, cases), (other, others)| others.count.cmp(&cases.count).then_with(|| one.cmp(other)));
    let listed = pairs.iter().take(PAIRS).map(|([status, reason, replayed_status, replayed_reason], cases)| PairView {
        production: Ending { status: (*status).to_owned(), reason: (*reason).to_owned() },
        replay: Ending { status: (*replayed_status).to_owned(), reason: (*replayed_reason).to_owned() },
        cases: ids.view(cases),
    });
    (listed.collect(), pairs.iter().skip(PAIRS).map(|(_, cases)| cases.count).sum())
}
