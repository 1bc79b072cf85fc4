//! Compares the line that production wrote with the line that it should have written according to the replay.
//!
//! A forced replay evaluates every command. At the sample rate of the line, production evaluates the commands of the sample, and
//! writes `not_sampled` for the others. So the expected line of a command that reached sampling, and is not in the sample at the
//! rate of the line, is `not_sampled`. For all other commands, and for an as-deployed replay, the expected line is that of the
//! replay.

use super::line_facts::Names;
use super::logged::Logged;
use super::stored::Stored;
use crate::model::Each;
use crate::model::wire::wire_enum;
use crate::outcome::Divergence;

wire_enum! {
    /// A field that is compared.
    Field, "field" {
        /// Whether it was in the sample.
        Sampled = "sampled",
        /// Where the corridor ended.
        Status = "status",
        /// Why.
        Reason = "reason",
        /// The baseline's decision in numbers.
        BaselineSummary = "baseline_summary",
        /// The candidate in numbers.
        LlmSummary = "llm_summary",
    }
}

wire_enum! {
    /// How far the corridor went in the replay, which limits what the comparison can show.
    Reach, "reach" {
        /// In the sample: a candidate was asked for, or could have been.
        Sampled = "sampled",
        /// Outside the sample: nothing is known of a candidate on either side.
        NotSampled = "not_sampled",
        /// The corridor ended before it asked for the sample.
        BeforeSampling = "before_sampling",
    }
}

wire_enum! {
    /// Why a command is not compared.
    Obstacle, "obstacle" {
        /// Status, reason, sampled flag or sample rate of the line cannot be read.
        Unreadable = "unreadable",
        /// Several corpora of the run hold it, and differ.
        Ambiguous = "ambiguous",
        /// It broke an invariant in the replay, so that there is no expected line.
        Broken = "broken",
        /// The corridor was off in the replay.
        SwitchedOff = "switched_off",
        /// The recording lacks an answer that was asked for.
        Unrecorded = "unrecorded",
    }
}

/// The result for one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) reach: Reach,
    /// Whether each field differs.
    pub(super) differs: Each<Field, bool>,
    /// The expected status and reason, by number.
    pub(super) expected: (u32, u32),
}

impl Compared {
    pub(super) fn agrees(&self) -> bool {
        !self.differs.values().any(|differs| *differs)
    }
}

/// Compares a line with what a replay found for the same command.
pub(super) fn compare(logged: &Logged, stored: &Stored, is_forced: bool) -> Result<Compared, Obstacle> {
    let line = &logged.facts;
    let is_due = match logged.is_due {
        // With an as-deployed replay, the rate of the line does not matter.
        None if is_forced => return Err(Obstacle::Unreadable),
        is_due => is_due.unwrap_or_default(),
    };
    if !line.is_readable() {
        return Err(Obstacle::Unreadable);
    }
    if stored.is_ambiguous {
        return Err(Obstacle::Ambiguous);
    }
    if stored.class == Divergence::Broken {
        return Err(Obstacle::Broken);
    }
    let Some(replay) = &stored.facts else { return Err(Obstacle::SwitchedOff) };
    // An error of the replay may have occurred after sampling: its line does not say at which step.
    let may_have_reached = replay.reached_sampling() || (replay.is_error() && !line.is_error());
    let is_outside = is_forced && !is_due && may_have_reached;
    if stored.class == Divergence::Unrecorded && !is_outside {
        return Err(Obstacle::Unrecorded);
    }
    let expected = if is_outside { replay.outside_the_sample() } else { *replay };
    let reach = if expected.status == Names::NOT_SAMPLED {
        Reach::NotSampled
    } else if expected.reached_sampling() || expected.is_error() {
        Reach::Sampled
    } else {
        Reach::BeforeSampling
    };
    // Lines that the corridor writes without drawing the sample have `sampled: false`.
    let is_sampled = if is_forced { line.reached_sampling() && is_due } else { expected.is_sampled() };
    let differs = Each::from_fn(|field| match field {
        Field::Sampled => line.is_sampled() != is_sampled,
        Field::Status => line.status != expected.status,
        // Names of internal errors depend on the implementation.
        Field::Reason => line.reason != expected.reason && !(line.is_error() && expected.is_error()),
        Field::BaselineSummary => {
            line.baseline != expected.baseline && !(reach == Reach::NotSampled && line.baseline.is_none())
        }
        Field::LlmSummary => line.llm != expected.llm,
    });
    Ok(Compared { reach, differs, expected: (expected.status, expected.reason) })
}
