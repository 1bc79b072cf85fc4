//! The divergence class: how the corridor's decision differs from the baseline's. Every command has exactly one.

use super::label::Score;
use crate::model::CorridorStatus;
use crate::model::wire::wire_enum;

wire_enum! {
    /// Baseline compared with corridor, within one run.
    Divergence, "divergence class" {
        /// No candidate was asked for; the baseline stands.
        Outside = "outside",
        /// A candidate was asked for, and was missing or refused.
        FellBack = "fell_back",
        /// An internal error was caught.
        Errored = "errored",
        /// Accepted, and the decision is the baseline's.
        Agreed = "agreed",
        /// Accepted: the baseline was wrong, the corridor is right.
        Improved = "improved",
        /// Accepted: the baseline was right, the corridor is wrong.
        Regressed = "regressed",
        /// Accepted, differs, and both are right.
        BothRight = "both_right",
        /// Accepted, differs, and both are wrong.
        BothWrong = "both_wrong",
        /// Accepted, differs, and has no label.
        Unlabelled = "unlabelled",
        /// The recording lacks an attempt that was asked for: not comparable.
        Unrecorded = "unrecorded",
        /// An invariant is broken; always fatal.
        Broken = "broken",
    }
}

wire_enum! {
    /// A property that every command must have, whatever the LLM answers.
    Invariant, "invariant" {
        /// The decision differs from the baseline only where the corridor accepted.
        ReplacedWithoutAcceptance = "replaced_without_acceptance",
        /// The corridor accepts only where the baseline executes a shopping job, and only a shopping job.
        AcceptedOutsideCorridor = "accepted_outside_corridor",
        /// No risk line holds raw text.
        RawTextInRiskLine = "raw_text_in_risk_line",
        /// No panic leaves a decision path.
        EscapedPanic = "escaped_panic",
    }
}

/// The inputs of the class.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassInputs {
    /// The first invariant that is broken.
    pub(super) broken: Option<Invariant>,
    /// The recording lacks an attempt that was asked for.
    pub(super) unrecorded: bool,
    /// `None` while the corridor is off.
    pub(super) status: Option<CorridorStatus>,
    /// The decision core is not the baseline's.
    pub(super) differs: bool,
    /// What the label says, if there is one.
    pub(super) score: Option<Score>,
}

impl Divergence {
    /// The one class of a command: `broken`, then `unrecorded`, then the rest.
    #[expect(clippy::match_same_arms, reason = "a broken invariant and a decision that breaks one are two findings")]
    pub(super) const fn of(inputs: ClassInputs) -> Self {
        let ClassInputs { broken, unrecorded, status, differs, score } = inputs;
        match (broken, unrecorded, status, differs, score) {
            (Some(_), _, _, _, _) => Self::Broken,
            (None, true, _, _, _) => Self::Unrecorded,
            (None, false, None | Some(CorridorStatus::Skipped | CorridorStatus::NotSampled), false, _) => Self::Outside,
            (None, false, Some(CorridorStatus::FallbackDeterministic), false, _) => Self::FellBack,
            (None, false, Some(CorridorStatus::Error), false, _) => Self::Errored,
            (None, false, Some(CorridorStatus::AcceptedLlm), false, _) => Self::Agreed,
            (None, false, Some(CorridorStatus::AcceptedLlm), true, None) => Self::Unlabelled,
            (None, false, Some(CorridorStatus::AcceptedLlm), true, Some(score)) => match score {
                Score { baseline: false, corridor: true } => Self::Improved,
                Score { baseline: true, corridor: false } => Self::Regressed,
                Score { baseline: true, corridor: true } => Self::BothRight,
                Score { baseline: false, corridor: false } => Self::BothWrong,
            },
            // A decision that differs without acceptance also violates an invariant; this arm does not depend on that.
            (
                None,
                false,
                None
                | Some(
                    CorridorStatus::Skipped
                    | CorridorStatus::NotSampled
                    | CorridorStatus::FallbackDeterministic
                    | CorridorStatus::Error,
                ),
                true,
                _,
            ) => Self::Broken,
        }
    }

    /// Whether the corridor asked for a candidate.
    #[must_use]
    pub const fn asked(self) -> bool {
        match self {
            Self::Outside | Self::Unrecorded | Self::Broken => false,
            Self::FellBack
            | Self::Errored
            | Self::Agreed
            | Self::Improved
            | Self::Regressed
            | Self::BothRight
            | Self::BothWrong
            | Self::Unlabelled => true,
        }
    }

    /// Whether the candidate replaced the baseline's decision.
    #[must_use]
    pub const fn accepted(self) -> bool {
        match self {
            Self::Agreed | Self::Improved | Self::Regressed | Self::BothRight | Self::BothWrong | Self::Unlabelled => {
                true
            }
            Self::Outside | Self::FellBack | Self::Errored | Self::Unrecorded | Self::Broken => false,
        }
    }
}
