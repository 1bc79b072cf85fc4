//! The rules: what each is about, what it is over, and why it is asked.

use crate::model::wire::wire_enum;
use serde::Serialize;

wire_enum! {
    /// A question that a rollout step depends on. The order is that of harm: what is named first when a step is refused.
    RuleId, "rule" {
        /// Invariants hold.
        Broken = "broken",
        /// No internal error.
        Errored = "errored",
        /// Items are not lost.
        ItemsLost = "items_lost",
        /// Right decisions are not made wrong.
        Regressed = "regressed",
        /// Items keep their names.
        ItemReplaced = "item_replaced",
        /// No known hazard does harm.
        HazardRegressed = "hazard_regressed",
        /// Lists are not dropped.
        ListDropped = "list_dropped",
        /// Changed decisions have labels.
        ChangedUnlabelled = "changed_unlabelled",
        /// Recordings hold what is asked for.
        Unrecorded = "unrecorded",
        /// Every way out of the corridor was taken.
        Coverage = "coverage",
        /// Production and replay agree.
        Fidelity = "fidelity",
        /// Production has few internal errors.
        Error = "error",
        /// Candidates come.
        CandidateFailure = "candidate_failure",
        /// Candidates come in time.
        Slow = "slow",
        /// Intents agree.
        IntentMismatch = "intent_mismatch",
        /// As many candidates are accepted as before.
        AcceptanceStability = "acceptance_stability",
        /// Summaries have the same number of keys.
        EntityKeyMismatch = "entity_key_mismatch",
        /// The slowest candidates are not far too slow.
        P95 = "p95",
    }
}

wire_enum! {
    /// What a rule may do.
    Kind, "kind of rule" {
        /// Refuses a step with exit code 5.
        Critical = "critical",
        /// Refuses a step, and has to be proven for it.
        Block = "block",
        /// Is shown, and decides nothing.
        Signal = "signal",
        /// Refuses a step when it goes off, and needs no proof.
        Alarm = "alarm",
    }
}

wire_enum! {
    /// Where a rule reads its records.
    Reads, "evidence" {
        /// A stored replay.
        Replay = "replay",
        /// Risk logs of production.
        RiskLog = "risk_log",
        /// Both.
        Both = "replay_and_risk_log",
    }
}

/// What a rule asks, for `--explain` and for whoever reads a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// The records in which an event can occur, in the plural: `accepted candidates`.
    pub records: &'static str,
    /// What they do where it occurs: `lost an item`.
    pub event: &'static str,
    /// Why it is asked.
    pub why: &'static str,
}

impl RuleId {
    /// Where it reads its records.
    #[must_use]
    pub const fn reads(self) -> Reads {
        match self {
            Self::Broken
            | Self::Errored
            | Self::ItemsLost
            | Self::Regressed
            | Self::ItemReplaced
            | Self::HazardRegressed
            | Self::ListDropped
            | Self::ChangedUnlabelled
            | Self::Unrecorded
            | Self::Coverage => Reads::Replay,
            Self::Fidelity => Reads::Both,
            Self::Error
            | Self::CandidateFailure
            | Self::Slow
            | Self::IntentMismatch
            | Self::AcceptanceStability
            | Self::EntityKeyMismatch
            | Self::P95 => Reads::RiskLog,
        }
    }

    /// Whether it speaks about a rate in production, which only a sample of production can prove.
    #[must_use]
    pub const fn needs_a_sample(self) -> bool {
        matches!(
            self,
            Self::ItemsLost
                | Self::Regressed
                | Self::ItemReplaced
                | Self::ListDropped
                | Self::ChangedUnlabelled
                | Self::Unrecorded
        )
    }

    /// What it asks.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one text for each rule")]
    pub const fn about(self) -> About {
        match self {
            Self::Broken => About {
                records: "replayed commands",
                event: "broke an invariant",
                why: "An invariant of the corridor does not hold: a decision that differs without acceptance, a risk \
                      line with raw text, a panic that escaped. Nothing else counts while one occurs.",
            },
            Self::Errored => About {
                records: "replayed commands",
                event: "met an internal error",
                why: "The corridor caught an error of its own and fell back. The user got the deterministic decision; \
                      the program is wrong all the same, and in production the error is hidden among all lines (H10).",
            },
            Self::ItemsLost => About {
                records: "accepted candidates",
                event: "lost an item",
                why: "\"Bread, milk and eggs\" becomes \"milk\" (H1). The user sees a success and finds out in the \
                      kitchen. Found without labels: the baseline had more items.",
            },
            Self::Regressed => About {
                records: "accepted and labelled candidates",
                event: "made a right decision wrong",
                why: "The baseline was right and the corridor is wrong: harm, whatever its form. Improvements are not \
                      set off against it.",
            },
            Self::ItemReplaced => About {
                records: "accepted candidates",
                event: "renamed an item",
                why: "\"Milk\" becomes \"beer\" (H2), or \"fresh milk\" becomes \"milk\", which may be right: without a \
                      label nobody knows. That is why it is a signal, and `regressed` decides.",
            },
            Self::HazardRegressed => About {
                records: "adversarial commands",
                event: "became harm",
                why: "These cases were written because they went wrong, or because somebody wants them to. Each has to \
                      be held, and how often it occurs does not matter.",
            },
            Self::ListDropped => About {
                records: "accepted candidates",
                event: "dropped the list",
                why: "The baseline had filled in the household's list, and the candidate names none (H3): the item \
                      ends up nowhere, or where nobody looks.",
            },
            Self::ChangedUnlabelled => About {
                records: "accepted candidates",
                event: "changed the decision and have no label",
                why: "A change of which nobody has said whether it is right. Many of them mean that `regressed` rests \
                      on the part that somebody got round to.",
            },
            Self::Unrecorded => About {
                records: "commands that asked for a candidate",
                event: "have no recorded answer",
                why: "The replay asked for what was not recorded, so it does not know. Never evidence of safety; many \
                      of them mean that the recordings are not of this configuration.",
            },
            Self::Coverage => About {
                records: "open ways out of the corridor",
                event: "were not taken",
                why: "A way that no command takes is a way about which the replay says nothing.",
            },
            Self::Fidelity => About {
                records: "commands in both the risk log and the replay",
                event: "came out differently",
                why: "The replay stands in for production as far as it finds what production found, and no further.",
            },
            Self::Error => About {
                records: "attempts in production",
                event: "ended in an internal error",
                why: "Lines that cannot be read count as errors for GO. The deployed rate divides by all lines, so that at 0.01 a corridor that always fails shows 0.01 \
                      (H10). Here every error is an attempt.",
            },
            Self::CandidateFailure => About {
                records: "attempts in production",
                event: "came to no candidate",
                why: "Timeouts, outages and broken answers end in a fallback and in no error rate (H11). The user \
                      waits for nothing.",
            },
            Self::Slow => About {
                records: "attempts in production",
                event: "were slow or timed out",
                why: "\"p95 below L\" is: at most 5 % take L or longer. A timeout has no latency in the log, so the \
                      deployed p95 cannot exceed the budget (H13); here it counts as slower.",
            },
            Self::IntentMismatch => About {
                records: "comparisons in production",
                event: "had another intent",
                why: "Constant by construction: candidates carry the corridor's intent and are compared only where the \
                      baseline has it too (H12). Shown because the deployed runbook asks for it; it can never fail, \
                      and never counts as a pass.",
            },
            Self::AcceptanceStability => About {
                records: "attempts in production",
                event: "were accepted",
                why: "With the same model and prompt, a higher rate takes more of the same commands. A fall below 80 % \
                      of the acceptance before means that something else has changed.",
            },
            Self::EntityKeyMismatch => About {
                records: "comparisons in production",
                event: "had another number of keys",
                why: "The deployed comparison: coarse, and blind to H2. Its going off still means something.",
            },
            Self::P95 => About {
                records: "attempts in production",
                event: "put the 95 % quantile beyond the alarm",
                why: "The deployed alarm. With a budget below it, it can never go off (H13); `slow` is the rule that \
                      can.",
            },
        }
    }
}
