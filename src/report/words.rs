//! Names of the domain in words, with the wire names beside them.

use super::number::counted;
use crate::decide::{RuleSet, acceptance_rules};
use crate::golden::Side;
use crate::model::{CorridorStatus, ReasonCode};
use crate::outcome::{Divergence, Effects, Invariant};

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
            Some(ReasonCode::Known(known)) if acceptance_rules(RuleSet::Strict).any(|rule| rule.reason == *known) => {
                format!("refused by `{code}`")
            }
            Some(ReasonCode::Known(_)) => format!("no candidate (`{code}`)"),
            Some(ReasonCode::Other(_)) | None => format!("fell back (`{code}`)"),
        },
    }
}

/// [`ending`] of one side of a change.
pub(super) fn side(side: &Side) -> String {
    ending(side.status, side.reason.as_ref())
}

/// What a class means.
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

/// What a broken invariant means.
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

/// `text` with an upper-case letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
