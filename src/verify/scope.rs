//! AC2: the corridor acts only on commands of its one intent, and is closed under any other setting of the intent.

use super::bench::{Bench, Case, Conditions, baseline_bytes, decision_bytes, starts_shopping};
use super::check::Check;
use super::counts::{CheckCounts, Origin};
use super::standin::StandIn;
use crate::decide::{RuleSet, Scratch, Settings};
use crate::model::KnownReason;

/// Settings of the intent that are not the allowed one: other intents, near misses, lists, wildcards.
const OTHER_INTENTS: [&str; 15] = [
    "",
    " ",
    "create_task",
    "clarify_needed",
    "ADD_SHOPPING_ITEM",
    "Add_shopping_item",
    "add_shopping_items",
    "add_shopping_ite",
    "add-shopping-item",
    "add_shopping_item,create_task",
    "add_shopping_item create_task",
    "\"add_shopping_item\"",
    "*",
    ".*",
    // Its first letter is Cyrillic.
    "\u{430}dd_shopping_item",
];

/// The settings under which the corridor has to be closed for every command.
pub(super) fn other_intents(conditions: &Conditions) -> Vec<(&'static str, Settings)> {
    let settings = |value| conditions.with(&[("PARTIAL_TRUST_INTENT", Some(value))]);
    OTHER_INTENTS.iter().map(|value| (*value, settings(value))).collect()
}

/// Offers a candidate for the command under the project's settings and under every other intent.
pub(super) fn check(bench: &Bench, others: &[(&str, Settings)], case: &Case, counts: &mut CheckCounts) {
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        scope_leak(bench, *rules, case, counts);
        for (value, settings) in others {
            let source = StandIn::answer(&case.perfect.answer(|_| ()));
            let path = bench.implementation.path(settings, *rules, &source);
            let mut scratch = Scratch::default();
            let outcome = counts.watch(Origin::Arranged, *rules, &*path, case.recording, case.digest, &mut scratch);
            let executes = outcome.decided.as_ref().is_some_and(|decided| decided.baseline.is_started_job());
            let expected = if executes { KnownReason::CorridorMismatch } else { KnownReason::BaselineNonExecute };
            let holds = source.asked() == 0
                && !outcome.divergence.accepted()
                && decision_bytes(&outcome) == baseline_bytes(&outcome)
                && outcome.verdict().is_none_or(|(_, reason)| *reason == expected.into());
            counts.check(Check::IntentSetting, *is_open, holds, || {
                case.place(*rules, &format!("PARTIAL_TRUST_INTENT={value:?}"))
            });
        }
    }
}

fn scope_leak(bench: &Bench, rules: RuleSet, case: &Case, counts: &mut CheckCounts) {
    let source = StandIn::answer(&case.perfect.answer(|_| ()));
    let path = bench.implementation.path(&bench.settings, rules, &source);
    let mut scratch = Scratch::default();
    let outcome = counts.watch(Origin::Arranged, rules, &*path, case.recording, case.digest, &mut scratch);
    if starts_shopping(&outcome) {
        return;
    }
    let holds = source.asked() == 0
        && !outcome.divergence.accepted()
        && !decision_bytes(&outcome).is_empty()
        && decision_bytes(&outcome) == baseline_bytes(&outcome);
    // A candidate was available: only the gates kept it out, unless the settings close the corridor for every command.
    counts.check(Check::ScopeLeak, bench.lets_through(rules), holds, || case.place(rules, "a candidate at hand"));
}
