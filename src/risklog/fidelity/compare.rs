//! What is fair to compare: the line that production wrote, and the line that it would have written if the replay is right.
//!
//! A forced replay evaluates everybody. At the sample rate of the line, production evaluates whom the hash takes, and for
//! everybody else it writes `not_sampled`. So that is what a forced replay is taken to say about a command that reached
//! sampling and is not taken at the rate of the line. Of all others it is taken at its word, and an as-deployed replay of
//! everybody.

use super::logged::Logged;
use super::said::Names;
use super::stored::Stored;
use crate::model::Each;
use crate::model::wire::wire_enum;
use crate::outcome::Divergence;

wire_enum! {
    /// What is compared of a command.
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
    /// How far the corridor went, as the replay has it: what the comparison of a command could show.
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
        /// It broke an invariant in the replay, which therefore says nothing.
        Broken = "broken",
        /// The corridor was off in the replay.
        SwitchedOff = "switched_off",
        /// The recording lacks an answer that was asked for: nobody knows.
        Unrecorded = "unrecorded",
    }
}

/// How a command compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) reach: Reach,
    /// Whether each differs.
    pub(super) differs: Each<Field, bool>,
    /// Status and reason that the replay gives, by number.
    pub(super) expected: (u32, u32),
}

impl Compared {
    pub(super) fn agrees(&self) -> bool {
        !self.differs.values().any(|differs| *differs)
    }
}

/// Compares a line with what a replay found for the same command.
pub(super) fn compare(logged: &Logged, stored: &Stored, is_forced: bool) -> Result<Compared, Obstacle> {
    let line = &logged.said;
    let is_due = match logged.is_due {
        // Of an as-deployed replay, the rate of the line is not asked for.
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
    let Some(replay) = &stored.said else { return Err(Obstacle::SwitchedOff) };
    // Where the replay errs, the log does not say at which step: it may have been behind the sampling.
    let may_have_reached = replay.reached_sampling() || (replay.is_error() && !line.is_error());
    let is_outside = is_forced && !is_due && may_have_reached;
    if stored.class == Divergence::Unrecorded && !is_outside {
        return Err(Obstacle::Unrecorded);
    }
    let said = if is_outside { replay.outside_the_sample() } else { *replay };
    let reach = if said.status == Names::NOT_SAMPLED {
        Reach::NotSampled
    } else if said.reached_sampling() || said.is_error() {
        Reach::Sampled
    } else {
        Reach::BeforeSampling
    };
    // Lines that the corridor writes before it asks for the sample, or instead, say `false`.
    let is_sampled = if is_forced { line.reached_sampling() && is_due } else { said.is_sampled() };
    let differs = Each::from_fn(|field| match field {
        Field::Sampled => line.is_sampled() != is_sampled,
        Field::Status => line.status != said.status,
        // The name of an internal error is that of an exception of the implementation that raised it.
        Field::Reason => line.reason != said.reason && !(line.is_error() && said.is_error()),
        Field::BaselineSummary => {
            line.baseline != said.baseline && !(reach == Reach::NotSampled && line.baseline.is_none())
        }
        Field::LlmSummary => line.llm != said.llm,
    });
    Ok(Compared { reach, differs, expected: (said.status, said.reason) })
}
