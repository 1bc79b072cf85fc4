//! The checks, each with its claim, its part and what a violation means.

use crate::model::wire::wire_enum;

wire_enum! {
    /// The four acceptance criteria.
    Criterion, "criterion" {
        /// The corridor is off by default.
        Ac1 = "ac1",
        /// It acts on the allow-listed intent only.
        Ac2 = "ac2",
        /// Any abnormal situation ends in the deterministic decision.
        Ac3 = "ac3",
        /// There is a risk log, there are metrics, and neither leaks raw text.
        Ac4 = "ac4",
    }
}

impl Criterion {
    /// The criterion as a sentence.
    #[must_use]
    pub const fn statement(self) -> &'static str {
        match self {
            Self::Ac1 => "the corridor is off by default",
            Self::Ac2 => "it acts on the allow-listed intent only",
            Self::Ac3 => "any abnormal situation ends in the deterministic decision",
            Self::Ac4 => "there is a risk log and there are metrics, and neither leaks raw text",
        }
    }
}

wire_enum! {
    /// A part of a verification that can be run alone.
    Part, "part of a verification" {
        /// The checks of the first criterion.
        Ac1 = "ac1",
        /// Those of the second.
        Ac2 = "ac2",
        /// Those of the third, over recordings.
        Ac3 = "ac3",
        /// Those of the fourth.
        Ac4 = "ac4",
        /// Those of the third, over the state space.
        States = "states",
    }
}

wire_enum! {
    /// A check, which is run many times.
    #[expect(missing_docs, reason = "`claim` describes each")]
    Check, "check" {
        OffByDefault = "off_by_default",
        OffWithoutSwitch = "off_without_switch",
        OffValues = "off_values",
        ScopeLeak = "scope_leak",
        IntentSetting = "intent_setting",
        FaultDecision = "fault_decision",
        FaultReason = "fault_reason",
        KillSwitch = "kill_switch",
        RiskLogFailure = "risk_log_failure",
        Queue = "queue",
        LinePerCommand = "line_per_command",
        LineShape = "line_shape",
        LineTruth = "line_truth",
        Canary = "canary",
        CanaryDiagnostic = "canary_diagnostic",
        StateVerdict = "state_verdict",
        StateDecision = "state_decision",
        StateAsked = "state_asked",
    }
}

impl Check {
    /// The part that makes it.
    #[must_use]
    pub const fn part(self) -> Part {
        self.row().0
    }

    /// The criterion that it is evidence for.
    #[must_use]
    pub const fn criterion(self) -> Criterion {
        match self.part() {
            Part::Ac1 => Criterion::Ac1,
            Part::Ac2 => Criterion::Ac2,
            Part::Ac3 | Part::States => Criterion::Ac3,
            Part::Ac4 => Criterion::Ac4,
        }
    }

    /// Whether a violation means that a user can get a decision without a valid reason, or that text leaks: always fatal.
    #[must_use]
    pub(super) const fn is_invariant(self) -> bool {
        self.row().1
    }

    /// What holds wherever the check was made and found nothing.
    #[must_use]
    pub const fn claim(self) -> &'static str {
        self.row().2
    }

    /// Part, whether it is an invariant, and claim.
    const fn row(self) -> (Part, bool, &'static str) {
        match self {
            Self::OffByDefault => (
                Part::Ac1,
                true,
                "in an empty environment no candidate is asked for, no risk line is written, the baseline stands",
            ),
            Self::OffWithoutSwitch => (
                Part::Ac1,
                true,
                "the same with every other variable set, alone and all together, but not PARTIAL_TRUST_ENABLED",
            ),
            Self::OffValues => {
                (Part::Ac1, true, "the same with all variables set and a PARTIAL_TRUST_ENABLED that does not mean on")
            }
            Self::ScopeLeak => (
                Part::Ac2,
                true,
                "outside the corridor's intent a candidate at hand is not asked for, and both decisions are the same bytes",
            ),
            Self::IntentSetting => {
                (Part::Ac2, true, "every other value of PARTIAL_TRUST_INTENT closes the corridor for every command")
            }
            Self::FaultDecision => {
                (Part::Ac3, true, "under every fault the decision is the one that is made with the corridor off")
            }
            Self::FaultReason => (
                Part::Ac3,
                false,
                "under every fault the risk line says what happened, and an unrecorded answer is no evidence",
            ),
            Self::KillSwitch => (
                Part::Ac3,
                true,
                "after the switch is thrown the very next command is decided as if it had never been on",
            ),
            Self::RiskLogFailure => (
                Part::Ac3,
                true,
                "where a command is decided and then logged, a log that fails changes no decision and is reported (the order \
                 of serving; writing the file is the service's)",
            ),
            Self::Queue => (Part::Ac3, false, "a slow candidate makes no other candidate time out"),
            Self::LinePerCommand => (
                Part::Ac4,
                false,
                "with the switch on every command leaves one risk line, with a documented status and reason",
            ),
            Self::LineShape => (
                Part::Ac4,
                true,
                "a risk line has the documented fields in their order, and no string that could be text",
            ),
            Self::LineTruth => (
                Part::Ac4,
                false,
                "a risk line agrees with the decision beside it, the rate, the sample, the summaries, and with what the LLM \
                 gave: latency, profile, confidence",
            ),
            Self::Canary => (
                Part::Ac4,
                true,
                "nothing written into a free-form field of command, answer or label appears in a risk line, a summary, a \
                 receipt or a JUnit file",
            ),
            Self::CanaryDiagnostic => (Part::Ac4, false, "nor in the message about a line that cannot be read"),
            Self::StateVerdict => (
                Part::States,
                false,
                "every combination of inputs ends with the status and reason that the rules give it",
            ),
            Self::StateDecision => (
                Part::States,
                true,
                "every combination of inputs ends with the baseline's decision, or with exactly the accepted candidate",
            ),
            Self::StateAsked => (Part::States, false, "a candidate is asked for only behind all gates, and there once"),
        }
    }
}
