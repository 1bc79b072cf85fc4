//! The table of the gate's rules: what each asks and why, how its records are counted, and how it is decided.
//!
//! Questions, explanations, the keys of the policy and the tables of the documents are derived from it. The limits are in
//! `policy/rollout.toml`.

use super::fidelity;
use super::production::Production;
use super::recorded::Recorded;
use super::records::Records;
use crate::model::wire::wire_enum;
use crate::outcome::Divergence;
use crate::risklog::fidelity::Fidelity;
use crate::summary::EvidenceCounts;
use serde::Serialize;

wire_enum! {
    /// A question that a rollout step depends on. The order is that of harm, in which findings are shown.
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
        /// Recordings hold the answers that are asked for.
        Unrecorded = "unrecorded",
        /// Every open terminal state was reached.
        Coverage = "coverage",
        /// Production and replay agree.
        Fidelity = "fidelity",
        /// Production has few internal errors.
        Error = "error",
        /// Attempts give candidates.
        CandidateFailure = "candidate_failure",
        /// Candidates are fast enough.
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
        /// Refuses a step, and GO needs its proof.
        Block = "block",
        /// Is shown, and does not change the verdict.
        Signal = "signal",
        /// Refuses a step when it goes off, and needs no proof.
        Alarm = "alarm",
    }
}

wire_enum! {
    /// The source of a rule's records.
    Reads, "evidence" {
        /// A stored replay.
        Replay = "replay",
        /// Risk logs of production.
        RiskLog = "risk_log",
        /// Both.
        Both = "replay_and_risk_log",
    }
}

/// What a rule asks, for `--explain` and for readers of receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// The records in which an event can occur, in the plural: `accepted candidates`.
    pub records: &'static str,
    /// The event, as a verb phrase: `lost an item`.
    pub event: &'static str,
    /// Why it is asked.
    pub why: &'static str,
}

/// One rule.
pub(super) struct GateRule {
    /// Its name.
    pub(super) id: RuleId,
    /// How its records are counted.
    pub(super) counted: Counted,
    /// Why it can never fail, where it cannot.
    pub(super) constant: Option<&'static str>,
    about: About,
    decides: &'static str,
}

/// How the records of a rule are counted, which also says where they are read and how the rule is decided.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// Commands of a class among all replayed commands. One event refuses, so no sample is needed.
    Class(Divergence),
    /// Cases of the stored replay. One event refuses, so no sample is needed.
    Replay(fn(&Recorded) -> Records),
    /// A rate over representative recordings; only captured ones can prove it.
    Rate(fn(&EvidenceCounts) -> Records),
    /// A rate over the commands in both risk logs and stored replay.
    Joined(fn(&Fidelity) -> Records),
    /// A rate over the risk-log lines of one stage.
    Stage(fn(&Production) -> Records),
    /// The same, with the stage's time limit in ms.
    Timed(fn(&Production, u32) -> Records),
    /// In `alarm.rs`: an alarm, or acceptance compared with the previous stage.
    Own,
}

const CONSTANT: &str = "constant by construction: a candidate carries the corridor's intent, and is compared only where \
                        the baseline has it too";

/// All rules, in the order in which the policy lists them.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the path of a method is a function for one lifetime, and a row needs one for every lifetime"
)]
pub(super) static GATE_RULES: [GateRule; RuleId::ALL.len()] = [
    rule(
        RuleId::Broken,
        Counted::Class(Divergence::Broken),
        About {
            records: "replayed commands",
            event: "broke an invariant",
            why: "An invariant of the corridor does not hold: a decision that differs without acceptance, a risk \
                  line with raw text, a panic that escaped. Nothing else counts while one occurs.",
        },
    ),
    rule(
        RuleId::Errored,
        Counted::Class(Divergence::Errored),
        About {
            records: "replayed commands",
            event: "met an internal error",
            why: "The corridor caught an error of its own and fell back. The user got the deterministic decision; \
                  the program is wrong all the same, and in production the error is hidden among all lines (H10).",
        },
    ),
    rule(
        RuleId::HazardRegressed,
        Counted::Replay(|recorded| recorded.hazards()),
        About {
            records: "adversarial commands",
            event: "became harm",
            why: "These cases are past failures and attacks. None of them may do harm, however rare it is.",
        },
    ),
    rule(
        RuleId::Regressed,
        Counted::Rate(|counts| Records::known(counts.regressed, counts.labelled)),
        About {
            records: "accepted and labelled candidates",
            event: "made a right decision wrong",
            why: "The baseline was right and the corridor is wrong: harm, whatever its form. Improvements are not \
                  set off against it.",
        },
    ),
    rule(
        RuleId::ItemsLost,
        Counted::Rate(|counts| Records::known(counts.items_lost, counts.accepted)),
        About {
            records: "accepted candidates",
            event: "lost an item",
            why: "\"Bread, milk and eggs\" becomes \"milk\" (H1). The user sees a success and finds out in the \
                  kitchen. Found without labels: the baseline had more items.",
        },
    ),
    rule(
        RuleId::ListDropped,
        Counted::Rate(|counts| Records::known(counts.list_dropped, counts.accepted)),
        About {
            records: "accepted candidates",
            event: "dropped the list",
            why: "The baseline had filled in the household's list, and the candidate names none (H3): the item \
                  is on no list, or on another one.",
        },
    ),
    rule(
        RuleId::ItemReplaced,
        Counted::Rate(|counts| Records::known(counts.name_changed, counts.accepted)),
        About {
            records: "accepted candidates",
            event: "renamed an item",
            why: "\"Milk\" becomes \"beer\" (H2), or \"fresh milk\" becomes \"milk\", which may be right: without a \
                  label that is unknown. So it is a signal, and `regressed` decides.",
        },
    ),
    rule(
        RuleId::ChangedUnlabelled,
        Counted::Rate(|counts| Records::known(counts.unlabelled, counts.accepted)),
        About {
            records: "accepted candidates",
            event: "changed the decision and have no label",
            why: "Without a label, it is unknown whether the change is right. Many of them mean that `regressed` covers \
                  only a part of the changes.",
        },
    ),
    rule(
        RuleId::Unrecorded,
        Counted::Rate(|counts| Records::known(counts.unrecorded, counts.asked)),
        About {
            records: "commands that asked for a candidate",
            event: "have no recorded answer",
            why: "The replay asked for what was not recorded, so it does not know. Never evidence of safety; many \
                  of them mean that the recordings are not of this configuration.",
        },
    ),
    rule(
        RuleId::Coverage,
        Counted::Replay(|recorded| recorded.coverage()),
        About {
            records: "open terminal states",
            event: "were not reached",
            why: "The replay says nothing about a terminal state that no command reaches.",
        },
    )
    .decides("a signal; with kind = \"block\" every open terminal state has to be reached"),
    rule(
        RuleId::Fidelity,
        Counted::Joined(fidelity::records),
        About {
            records: "commands in both the risk log and the replay",
            event: "came out differently",
            why: "The replay is evidence about production only as far as both agree.",
        },
    ),
    rule(
        RuleId::Error,
        Counted::Stage(|production| production.errors()),
        About {
            records: "attempts in production",
            event: "ended in an internal error",
            why: "Lines that cannot be read count as errors for GO. The deployed rate divides by all lines, so that at \
                  0.01 a corridor that always fails shows 0.01 (H10). Here every error is an attempt.",
        },
    ),
    rule(
        RuleId::CandidateFailure,
        Counted::Stage(|production| production.candidate_failures()),
        About {
            records: "attempts in production",
            event: "came to no candidate",
            why: "Timeouts, outages and broken answers end in a fallback and in no error rate (H11). The user \
                  waits in vain.",
        },
    ),
    rule(
        RuleId::IntentMismatch,
        Counted::Stage(|production| production.intent_mismatches()),
        About {
            records: "comparisons in production",
            event: "had another intent",
            why: "Constant by construction: candidates carry the corridor's intent and are compared only where the \
                  baseline has it too (H12). Shown because the deployed runbook asks for it; it can never fail, \
                  and never counts as a pass.",
        },
    )
    .constant(CONSTANT)
    .decides("nothing: it cannot fail"),
    rule(
        RuleId::Slow,
        Counted::Timed(|production, limit_ms| production.slow(limit_ms)),
        About {
            records: "attempts in production",
            event: "were slow or timed out",
            why: "\"p95 below L\" is: at most 5 % take L or longer. A timeout has no latency in the log, so the \
                  deployed p95 cannot exceed the budget (H13); here it counts as slower.",
        },
    ),
    rule(
        RuleId::AcceptanceStability,
        Counted::Own,
        About {
            records: "attempts in production",
            event: "were accepted",
            why: "With the same model and prompt, a higher rate takes more of the same commands. A fall below 80 % \
                  of the acceptance before means that something else has changed.",
        },
    )
    .decides("a signal: Wilson's intervals of both rates, combined (MOVER), leave the rate above the limit"),
    rule(
        RuleId::EntityKeyMismatch,
        Counted::Own,
        About {
            records: "comparisons in production",
            event: "had another number of keys",
            why: "The deployed comparison: coarse, and blind to H2. Its going off still means something.",
        },
    ),
    rule(
        RuleId::P95,
        Counted::Own,
        About {
            records: "attempts in production",
            event: "put the 95 % quantile beyond the alarm",
            why: "The deployed alarm. With a budget below it, it can never go off (H13); `slow` is the rule that \
                  can.",
        },
    ),
];

// A rule without a row is an index out of bounds, which does not compile.
const _: () = {
    let mut id = 0;
    while id < RuleId::ALL.len() {
        let mut row = 0;
        while GATE_RULES[row].id as usize != id {
            row += 1;
        }
        id += 1;
    }
};

const fn rule(id: RuleId, counted: Counted, about: About) -> GateRule {
    GateRule { id, counted, constant: None, about, decides: counted.decides() }
}

impl GateRule {
    const fn decides(self, decides: &'static str) -> Self {
        Self { decides, ..self }
    }

    const fn constant(self, because: &'static str) -> Self {
        Self { constant: Some(because), ..self }
    }

    /// Whether its limit is in the table `[rule]` of the policy. The limits of the others are in the stages.
    pub(super) const fn is_of_no_stage(&self) -> bool {
        !matches!(self.counted.reads(), Reads::RiskLog)
    }
}

impl Counted {
    const fn reads(self) -> Reads {
        match self {
            Self::Class(_) | Self::Replay(_) | Self::Rate(_) => Reads::Replay,
            Self::Joined(_) => Reads::Both,
            Self::Stage(_) | Self::Timed(_) | Self::Own => Reads::RiskLog,
        }
    }

    const fn decides(self) -> &'static str {
        match self {
            Self::Class(_) | Self::Replay(_) => {
                "one event refuses the step; it is a count of cases and no estimate, so it needs no sample"
            }
            Self::Rate(_) => {
                "GO needs a rate proven to be below the limit, over captured recordings, by a beta-binomial mixture that holds \
                 at any number of looks; a rate proven to be above it, or observed above no_go, refuses the step"
            }
            Self::Joined(_) | Self::Stage(_) | Self::Timed(_) => {
                "GO needs a rate proven to be below the limit by a beta-binomial mixture that holds at any number of looks; a \
                 rate proven to be above it, or observed above no_go, refuses the step"
            }
            Self::Own => "an alarm: above its limit it refuses the step, from the stage's minimum of attempts on",
        }
    }
}

impl RuleId {
    #[expect(clippy::expect_used, reason = "a rule without a row does not compile")]
    fn row(self) -> &'static GateRule {
        GATE_RULES.iter().find(|row| row.id == self).expect("every rule has a row")
    }

    /// Where it reads its records.
    #[must_use]
    pub fn reads(self) -> Reads {
        self.row().counted.reads()
    }

    /// Whether only captured recordings can prove it, because it is about a rate in production.
    #[must_use]
    pub fn needs_a_sample(self) -> bool {
        matches!(self.row().counted, Counted::Rate(_))
    }

    /// What it asks.
    #[must_use]
    pub fn about(self) -> About {
        self.row().about
    }

    /// How it is decided, as the rest of a sentence.
    #[must_use]
    pub fn decides(self) -> &'static str {
        self.row().decides
    }
}
