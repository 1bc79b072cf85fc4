//! The words of the domain as sentences for people; the wire names stay beside them, so that they can be searched for.

use super::number::counted;
use crate::golden::Side;
use crate::model::{CorridorStatus, KnownReason, ReasonCode};
use crate::outcome::{Divergence, Effects, Invariant};

/// Why the corridor ended where it did, as the rest of a sentence.
pub(super) const fn reason(reason: KnownReason) -> &'static str {
    match reason {
        KnownReason::BaselineNonExecute => "the baseline does not start a job",
        KnownReason::CorridorMismatch => "the intent or job type is not the corridor's",
        KnownReason::CapabilityMismatch => "the caller does not allow start_job",
        KnownReason::NotSampled => "the command is not in the sample",
        KnownReason::PolicyDisabled => "the LLM policy is off, does not load, or has no route for the profile",
        KnownReason::TimeoutInvalid => "the budget is not a positive number of milliseconds",
        KnownReason::EmptyText => "the command has no text",
        KnownReason::Timeout => "the budget was exceeded, or a call timed out",
        KnownReason::LlmUnavailable => "the endpoint could not be reached",
        KnownReason::LlmError => "the call failed",
        KnownReason::InvalidJson => "no answer was a JSON object",
        KnownReason::SchemaValidationFailed => "no answer matched the schema",
        KnownReason::InvalidSchema => "the candidate is not one well-formed shopping action",
        KnownReason::CorridorDisabled => "no corridor is open",
        KnownReason::CandidateMissing => "there is no candidate",
        KnownReason::InvalidItemName => "the name is not 1 to 120 characters long",
        KnownReason::ListIdUnknown => "the list is not one of the household's",
        KnownReason::LowConfidence => "the confidence is below 0.6",
        KnownReason::ItemsLost => "the baseline proposes more items",
        KnownReason::UngroundedItem => "the candidate names what the command does not",
        KnownReason::QuantityConflict => "baseline and candidate give different quantities",
        KnownReason::Accepted => "all rules passed",
    }
}

/// Whether a reason is about the candidate that came, and not about one that did not come.
const fn is_refusal(reason: KnownReason) -> bool {
    match reason {
        KnownReason::CorridorMismatch
        | KnownReason::InvalidSchema
        | KnownReason::InvalidItemName
        | KnownReason::ListIdUnknown
        | KnownReason::LowConfidence
        | KnownReason::ItemsLost
        | KnownReason::UngroundedItem
        | KnownReason::QuantityConflict => true,
        KnownReason::BaselineNonExecute
        | KnownReason::CapabilityMismatch
        | KnownReason::NotSampled
        | KnownReason::PolicyDisabled
        | KnownReason::TimeoutInvalid
        | KnownReason::EmptyText
        | KnownReason::Timeout
        | KnownReason::LlmUnavailable
        | KnownReason::LlmError
        | KnownReason::InvalidJson
        | KnownReason::SchemaValidationFailed
        | KnownReason::CorridorDisabled
        | KnownReason::CandidateMissing
        | KnownReason::Accepted => false,
    }
}

/// Where the corridor ended: `accepted`, ``refused by `items_lost` ``, ``no candidate (`timeout`)``.
pub(super) fn ending(status: Option<CorridorStatus>, reason: Option<&ReasonCode>) -> String {
    let code = reason.map_or("unknown", ReasonCode::as_str);
    match status {
        None => "corridor off".to_owned(),
        Some(CorridorStatus::AcceptedLlm) => "accepted".to_owned(),
        Some(CorridorStatus::NotSampled) => "not sampled".to_owned(),
        Some(CorridorStatus::Skipped) => format!("skipped (`{code}`)"),
        Some(CorridorStatus::Error) => format!("internal error caught (`{code}`)"),
        Some(CorridorStatus::FallbackDeterministic) => match reason {
            Some(ReasonCode::Known(known)) if is_refusal(*known) => format!("refused by `{code}`"),
            Some(ReasonCode::Known(_)) => format!("no candidate (`{code}`)"),
            Some(ReasonCode::Other(_)) | None => format!("fell back (`{code}`)"),
        },
    }
}

/// [`ending`] of one side of a change.
pub(super) fn side(side: &Side) -> String {
    ending(side.status, side.reason.as_ref())
}

/// What a class says about the decision, where the candidate was accepted or nothing can be said.
pub(super) const fn class(class: Divergence) -> &'static str {
    match class {
        Divergence::Outside => "no candidate was asked for, and the baseline stands",
        Divergence::FellBack => "a candidate was asked for, and the baseline stands",
        Divergence::Errored => "an internal error was caught, and the baseline stands",
        Divergence::Agreed => "accepted, and the decision is the baseline's",
        Divergence::Improved => "accepted, and the label says the baseline was wrong and the candidate is right",
        Divergence::Regressed => "accepted, and the label says the baseline was right",
        Divergence::BothRight => "accepted, differs, and the label allows both",
        Divergence::BothWrong => "accepted, differs, and the label says both are wrong",
        Divergence::Unlabelled => "accepted, differs, and no label says which is right",
        Divergence::Unrecorded => {
            "the recording lacks an attempt that was asked for: not comparable, never evidence of safety"
        }
        Divergence::Broken => "an invariant is broken",
    }
}

/// What is broken, as a sentence.
pub(super) const fn invariant(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::ReplacedWithoutAcceptance => "the decision differs from the baseline although nothing was accepted",
        Invariant::AcceptedOutsideCorridor => "a candidate was accepted where the baseline starts no shopping job",
        Invariant::RawTextInRiskLine => "the risk line holds raw text",
        Invariant::EscapedPanic => "a panic left the decision path, and there is no decision",
    }
}

/// `items_lost 2, list_dropped 1`.
pub(super) fn effects(effects: &Effects) -> String {
    let named: Vec<_> = effects.iter().map(|(effect, count)| format!("{effect} {count}")).collect();
    named.join(", ")
}

/// `3 corpora`, `1 corpus`.
pub(super) fn corpora(number: usize) -> String {
    if number == 1 { "1 corpus".to_owned() } else { counted(number as u64, "corpora").trim_end_matches('s').to_owned() }
}
