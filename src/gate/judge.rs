//! Judges one rule by its records: proven, refuted, or how many records are missing.
//!
//! Every rule is about the rate of an event: `k` in `n` records, with a limit for GO and a limit for NO_GO. A record that lacks
//! what the rule needs counts as an event in a proof of safety, and as no event in a proof of harm.

use super::policy::RulePolicy;
use super::records::Records;
use super::rule::{Kind, Reads, RuleId};
use super::threshold::Threshold;
use crate::model::wire::wire_enum;
use crate::stats::{Alpha, Count, Limit, Rate, binomial, mixture, needed};
use crate::summary::EffectCounts;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// How often the growing evidence is judged.
    Looks, "looks" {
        /// Any number of times.
        Any = "any",
        /// Once, as planned beforehand.
        Single = "single",
    }
}

wire_enum! {
    /// The result of a rule.
    State, "state of a rule" {
        /// An event occurred whose limit is 0.
        Broken = "broken",
        /// The rate is proven to be above the limit: more records will not help.
        Refuted = "refuted",
        /// The observed rate is above the limit for NO_GO.
        Severe = "severe",
        /// An alarm went off.
        Alarm = "alarm",
        /// The rule could not have failed.
        Vacuous = "vacuous",
        /// The recordings were written and not sampled: they say nothing about a rate.
        Written = "written",
        /// Neither proven nor refuted yet.
        NotProven = "not_proven",
        /// The rate is proven to be below the limit.
        Proven = "proven",
        /// An alarm did not go off.
        Quiet = "quiet",
    }
}

impl State {
    /// Whether it refuses a step, where the rule may.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Broken | Self::Refuted | Self::Severe | Self::Alarm)
    }

    /// Whether GO is possible with it.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Proven | Self::Quiet)
    }
}

/// A rule and its records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Question {
    /// Which rule.
    pub(super) rule: RuleId,
    /// What it may do, and its limits.
    pub(super) policy: RulePolicy,
    /// All records, from which harm is proven.
    pub(super) seen: Records,
    /// Those that are a sample of production, from which safety is proven.
    pub(super) sample: Records,
    /// With fewer records, the observed rate decides nothing and GO is impossible.
    pub(super) min: u64,
    /// Expected records per command, where known.
    pub(super) per_command: Option<Rate>,
    /// Why it can never fail, where it cannot.
    pub(super) constant: Option<&'static str>,
}

/// The result of one rule, with its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// What it may do.
    pub kind: Kind,
    /// Whether it is shown only.
    pub dry_run: bool,
    /// Where its records are from.
    pub reads: Reads,
    /// The result.
    pub state: State,
    /// All records.
    pub seen: Records,
    /// Those that are a sample of production.
    pub sample: Records,
    /// Observed rate, `events / records` of all records.
    pub value: Option<f64>,
    /// Lower end of the confidence sequence of that rate, unknown records counted as no events.
    pub lower: f64,
    /// Its upper end, unknown records counted as events.
    pub upper: f64,
    /// The limit for GO; 0 where no event is tolerated.
    pub go: f64,
    /// The limit for NO_GO on the observed rate.
    pub no_go: Option<f64>,
    /// The minimum of clean records that are missing for a proof.
    pub more: Option<More>,
    /// Of [`RuleId::Regressed`], the events by their most severe effect on items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_effect: Option<EffectCounts>,
    /// Why the rule is vacuous or not proven.
    pub because: Option<String>,
}

/// The records that are missing for a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// Records without an event.
    pub records: u64,
    /// The expected number of commands for that, where known.
    pub commands: Option<u64>,
}

/// Judges a rule by its records.
pub(super) fn judge(question: &Question, alpha: Alpha, looks: Looks) -> Finding {
    let Question { rule, policy, seen, sample, .. } = *question;
    let state = state(question, alpha, looks);
    let (lower, upper) = bounds(policy.go, seen, alpha, looks);
    let because = match state {
        State::Vacuous => Some(question.constant.unwrap_or("there is no record on which it could have failed")),
        State::NotProven if policy.go == Threshold::None && sample.unknown > 0 => Some("some records cannot be judged"),
        State::Written => Some("these recordings were written, not sampled"),
        State::NotProven
        | State::Broken
        | State::Refuted
        | State::Severe
        | State::Alarm
        | State::Proven
        | State::Quiet => None,
    };
    Finding {
        rule,
        kind: policy.kind,
        dry_run: policy.dry_run,
        reads: rule.reads(),
        state,
        seen,
        sample,
        value: seen.at_best().rate().map(Rate::get),
        lower: lower.get(),
        upper: upper.get(),
        go: policy.go.into(),
        no_go: policy.no_go.map(f64::from),
        more: more(question, state, alpha, looks),
        by_effect: None,
        because: because.map(str::to_owned),
    }
}

fn state(question: &Question, alpha: Alpha, looks: Looks) -> State {
    let Question { policy, seen, sample, .. } = *question;
    let limit = match policy.go {
        Threshold::None if seen.events > 0 => return State::Broken,
        Threshold::None if question.constant.is_some() || seen.records == 0 => return State::Vacuous,
        Threshold::None if sample.records == 0 => return State::Written,
        Threshold::None if sample.unknown > 0 || sample.records < question.min => return State::NotProven,
        Threshold::None => return State::Proven,
        Threshold::Below(limit) => limit,
    };
    if question.constant.is_some() {
        return State::Vacuous;
    }
    // Each alone, so that written recordings do not dilute captured ones.
    let each = [seen, sample].map(Records::at_best);
    if each.iter().any(|count| is_refuted(*count, limit, alpha, looks)) {
        return State::Refuted;
    }
    let is_severe = |count: &Count| {
        let above = policy.no_go.zip(count.rate()).is_some_and(|(no_go, rate)| rate > no_go);
        above && count.records() >= question.min
    };
    if each.iter().any(is_severe) {
        return State::Severe;
    }
    match (sample.records, seen.records) {
        (0, 0) => State::Vacuous,
        (0, _) => State::Written,
        _ if sample.records >= question.min && is_proven(sample.at_worst(), limit, alpha, looks) => State::Proven,
        _ => State::NotProven,
    }
}

fn is_proven(count: Count, limit: Limit, alpha: Alpha, looks: Looks) -> bool {
    match looks {
        Looks::Any => mixture::limit_proven(count, limit, alpha),
        Looks::Single => binomial::limit_proven(count, limit, alpha),
    }
}

fn is_refuted(count: Count, limit: Limit, alpha: Alpha, looks: Looks) -> bool {
    match looks {
        Looks::Any => mixture::limit_refuted(count, limit, alpha),
        // The exact test in the other direction: the probability of at least this many events at the limit.
        Looks::Single => count.records() > 0 && binomial::at_least(count, limit.rate()) < alpha.get(),
    }
}

fn bounds(go: Threshold, seen: Records, alpha: Alpha, looks: Looks) -> (Rate, Rate) {
    let (best, worst) = (seen.at_best(), seen.at_worst());
    let (below, above) = match go {
        Threshold::None => (mixture::Prior::UNIFORM, mixture::Prior::UNIFORM),
        Threshold::Below(limit) => (mixture::Prior::below(limit), mixture::Prior::above(limit)),
    };
    match looks {
        Looks::Any => (mixture::lower_bound(best, above, alpha), mixture::upper_bound(worst, below, alpha)),
        Looks::Single => (binomial::lower_bound(best, alpha), binomial::upper_bound(worst, alpha)),
    }
}

fn more(question: &Question, state: State, alpha: Alpha, looks: Looks) -> Option<More> {
    let Threshold::Below(limit) = question.policy.go else { return None };
    let is_open = matches!(state, State::NotProven | State::Written | State::Vacuous);
    if !is_open || question.constant.is_some() {
        return None;
    }
    let count = question.sample.at_worst();
    let for_proof = match looks {
        Looks::Any => needed::any_look(count, limit, alpha),
        Looks::Single => needed::one_look(count, limit, alpha),
    };
    let records = for_proof?.max(question.min.saturating_sub(count.records()));
    let commands = question.per_command.and_then(|rate| needed::commands_for(records, rate));
    Some(More { records, commands })
}

#[cfg(test)]
mod tests;
