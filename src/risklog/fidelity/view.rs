//! The result as a value: how far the replay may be believed, with the counts behind it.
//!
//! `docs/operations/fidelity.md` describes every field.

use super::super::view::LogView;
use super::compare::{Field, Obstacle, Reach};
use super::error::FidelityError;
use super::ids::{CasesView, Ids};
use super::job::FidelityJob;
use super::logged::LogLines;
use super::run::Run;
use super::said::Names;
use super::tally::Tally;
use crate::decide::RuleSet;
use crate::model::utc_text;
use crate::stats::{Alpha, Count, Limit, Rate, mixture};
use crate::summary::{Decisions, Sampling};
use serde::Serialize;

/// The risk that a bound is wrong at any look.
const ALPHA: f64 = 0.05;
/// The rate of disagreement around which the bound learns fastest; it is valid at any.
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
    /// Who is on which side.
    pub commands: Commands,
    /// Commands in both that could be compared.
    pub compared: Agreement,
    /// The same, by how far the corridor went.
    pub reach: ByReach,
    /// Commands that differ in a field; one may differ in several.
    pub fields: ByField,
    /// Commands that differ in status or reason, by what each side says: the most frequent first, at most ten.
    pub pairs: Vec<PairView>,
    /// Commands that differ in status or reason, in pairs that are not listed.
    pub other_pairs: u64,
    /// Commands in both that could not be compared, by the first reason that holds.
    pub not_compared: ByObstacle,
}

/// The stored replay that was compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// The name of its folder: the digest of its inputs, unless somebody has renamed it.
    pub name: String,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// Who was in the sample.
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

/// How many agree.
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

/// By [`Reach`](super::Reach).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ByReach {
    /// In the sample: status, reason and candidate were compared.
    pub sampled: Agreement,
    /// Outside the sample: only that, and the baseline, could be compared.
    pub not_sampled: Agreement,
    /// The corridor ended before it asked for the sample.
    pub before_sampling: Agreement,
}

/// By [`Field`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByField {
    /// The sampled flag is not what command id and rate give.
    pub sampled: CasesView,
    /// The corridor ended elsewhere.
    pub status: CasesView,
    /// The reason is another.
    pub reason: CasesView,
    /// The baseline's decision is another in numbers.
    pub baseline_summary: CasesView,
    /// The candidate is another in numbers, or there is one on one side only.
    pub llm_summary: CasesView,
}

/// By [`Obstacle`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByObstacle {
    /// Status, reason, sampled flag or sample rate of the line cannot be read.
    pub unreadable: CasesView,
    /// Several corpora of the run hold the command, and differ.
    pub ambiguous: CasesView,
    /// The command broke an invariant in the replay.
    pub broken: CasesView,
    /// The corridor was off in the replay.
    pub switched_off: CasesView,
    /// The recording lacks an answer that was asked for: nobody knows.
    pub unrecorded: CasesView,
}

impl ByObstacle {
    /// All of them.
    #[must_use]
    pub const fn count(&self) -> u64 {
        let Self { unreadable, ambiguous, broken, switched_off, unrecorded } = self;
        unreadable.count + ambiguous.count + broken.count + switched_off.count + unrecorded.count
    }
}

/// Where the corridor ended, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// The status; `invalid_name` stands for what is no name.
    pub status: String,
    /// The reason; `invalid_name` stands for what is no name.
    pub reason: String,
}

/// Production said one thing, and the replay another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PairView {
    /// What production wrote.
    pub production: Ending,
    /// What it would have written, if the replay is right.
    pub replay: Ending,
    /// For how many commands, and for which.
    #[serde(flatten)]
    pub cases: CasesView,
}

impl Fidelity {
    pub(super) fn new(
        job: &FidelityJob,
        (mut logs, mut lines): (Vec<LogView>, LogLines),
        run: Run,
        tally: &Tally,
        names: &Names,
    ) -> Result<Self, FidelityError> {
        logs.sort_by(|one, other| one.name.cmp(&other.name));
        lines.repeated = lines.records - lines.without_id - tally.in_log;
        let ids = Ids::read(&job.run.join("outcomes.jsonl"), tally)?;
        let reached = |reach| Agreement::new(tally.reached[reach]);
        let whole = tally.reached.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let (pairs, other_pairs) = pairs(tally, names, &ids);
        let name = job.run.file_name().map(|name| name.to_string_lossy().into_owned());
        // They were read to their ends, and were what the record says.
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
            reach: ByReach {
                sampled: reached(Reach::Sampled),
                not_sampled: reached(Reach::NotSampled),
                before_sampling: reached(Reach::BeforeSampling),
            },
            fields: by_field(tally, &ids),
            pairs,
            other_pairs,
            not_compared: by_obstacle(tally, &ids),
        })
    }
}

fn by_field(tally: &Tally, ids: &Ids) -> ByField {
    let of = |field| ids.view(&tally.fields[field]);
    ByField {
        sampled: of(Field::Sampled),
        status: of(Field::Status),
        reason: of(Field::Reason),
        baseline_summary: of(Field::BaselineSummary),
        llm_summary: of(Field::LlmSummary),
    }
}

fn by_obstacle(tally: &Tally, ids: &Ids) -> ByObstacle {
    let of = |obstacle| ids.view(&tally.obstacles[obstacle]);
    ByObstacle {
        unreadable: of(Obstacle::Unreadable),
        ambiguous: of(Obstacle::Ambiguous),
        broken: of(Obstacle::Broken),
        switched_off: of(Obstacle::SwitchedOff),
        unrecorded: of(Obstacle::Unrecorded),
    }
}

/// The pairs that are listed, and the commands in all others.
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
