//! The divergence class: how the corridor's decision relates to the baseline's. Every command has exactly one.

use super::label::Score;
use crate::model::CorridorStatus;
use crate::model::wire::wire_enum;

wire_enum! {
    /// Baseline against corridor, within one run.
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
        /// Accepted, differs, and nobody said what is right.
        Unlabelled = "unlabelled",
        /// The recording lacks an attempt that was asked for: not comparable.
        Unrecorded = "unrecorded",
        /// An invariant is broken; always fatal.
        Broken = "broken",
    }
}

wire_enum! {
    /// What must hold for every command, whatever the LLM answers.
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

/// What the class depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
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
    pub(super) const fn of(evidence: Evidence) -> Self {
        let Evidence { broken, unrecorded, status, differs, score } = evidence;
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
            // A decision that differs without acceptance; the invariant says so too, and this arm does not rely on it.
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
