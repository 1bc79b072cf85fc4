//! AC3: each shopping command under each fault, and with the switch thrown between two commands.

use super::bench::{Bench, Case, SWITCH, decision_bytes, is_untouched, starts_shopping};
use super::check::Check;
use super::counts::{CheckCounts, Origin, Row};
use super::fault::{Arranged, Ends, Fault};
use super::line;
use super::standin::StandIn;
use crate::decide::{RuleSet, Scratch, Settings};
use crate::model::Recording;
use crate::outcome::Divergence;

/// Applies every fault to a command. Faults need a command of the corridor.
pub(super) fn check(bench: &Bench, faults: &[Fault], case: &Case, counts: &mut CheckCounts) {
    let off = Off::of(bench, &bench.off, case, counts);
    if !off.is_shopping {
        return;
    }
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        for (number, fault) in faults.iter().enumerate().filter(|(_, fault)| fault.rules.contains(rules)) {
            let Some(arranged) = fault.arrange(bench, &case.perfect, *is_open) else { continue };
            // A policy of the fault may change the baseline, too: the decision is compared with that baseline.
            let own = arranged.settings.as_ref().map(|settings| Off::of(bench, settings, case, counts));
            let fault = UnderFault { row: Row::Fault(number), fault, arranged, off: own.as_ref().unwrap_or(&off) };
            // A fault of `strict` alone can show where `reference` accepts.
            let is_open = if fault.fault.is_of_strict() { case.is_open_by_reference } else { *is_open };
            fault.check(bench, *rules, is_open, case, counts);
        }
        kill_switch(bench, *rules, *is_open, case, counts);
    }
}

/// The decision with the corridor off, and everything else as it is under a fault.
struct Off {
    decision: Vec<u8>,
    /// The baseline starts a shopping job.
    is_shopping: bool,
}

impl Off {
    fn of(bench: &Bench, settings: &Settings, case: &Case, counts: &mut CheckCounts) -> Self {
        let nothing = StandIn::nothing();
        let settings = Settings { enabled: false, ..settings.clone() };
        let path = bench.implementation.path(&settings, RuleSet::Reference, &nothing);
        let mut scratch = Scratch::default();
        let off = counts.watch(Origin::Arranged, RuleSet::Reference, &*path, case.recording, case.digest, &mut scratch);
        Self { decision: decision_bytes(&off), is_shopping: starts_shopping(&off) }
    }
}

/// A fault that was arranged for a command.
struct UnderFault<'a> {
    row: Row,
    fault: &'a Fault,
    arranged: Arranged,
    off: &'a Off,
}

impl UnderFault<'_> {
    fn check(self, bench: &Bench, rules: RuleSet, is_open: bool, case: &Case, counts: &mut CheckCounts) {
        let Self { row, fault, arranged, off } = self;
        let source = StandIn::new(arranged.stock);
        let settings = arranged.settings.as_ref().unwrap_or(&bench.settings);
        let path = bench.implementation.path(settings, rules, &source);
        let mut scratch = Scratch::default();
        let outcome = counts.watch(Origin::Arranged, rules, &*path, case.recording, case.digest, &mut scratch);
        let stands = !off.decision.is_empty() && decision_bytes(&outcome) == off.decision;
        let says_so = outcome.verdict().is_some_and(|(status, reason)| fault.ends.agrees(status, reason));
        // Where an attempt is not recorded, the case has to be marked as not comparable.
        let is_comparable = outcome.divergence != Divergence::Unrecorded;
        // Where the corridor is closed for another reason, the line has that reason.
        let is_closed = !off.is_shopping || !bench.lets_through(rules);
        let says_so = is_closed || (says_so && is_comparable != fault.is_unrecorded());
        let place = || case.place(rules, &format!("under the fault {}", fault.id));
        line::examine(settings, &source, &outcome, place, counts);
        // A candidate that repeats the baseline never changes the decision.
        let would_show = is_open && fault.ends != Ends::Accepted;
        counts.check(Check::FaultDecision, would_show, stands, place);
        counts.check(Check::FaultReason, !is_closed, says_so, place);
        counts.cell((row, rules), case.corpus, is_open, stands && says_so, place);
    }
}

/// Variables with which only the switch decides whether the corridor is open.
const OPEN: [(&str, &str); 5] = [
    ("PARTIAL_TRUST_SAMPLE_RATE", "1"),
    ("PARTIAL_TRUST_TIMEOUT_MS", "200"),
    ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
    ("LLM_POLICY_ENABLED", "true"),
    ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
];

/// The same command twice in one stream: with the switch on, and right after it with the switch off.
fn kill_switch(bench: &Bench, rules: RuleSet, is_open: bool, case: &Case, counts: &mut CheckCounts) {
    let under = |switch: &str| {
        let variables = OPEN.into_iter().chain([(SWITCH, switch)]);
        let environment = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Recording { environment: Some(environment), ..case.recording.clone() }
    };
    let (before, after) = (under("true"), under("false"));
    let source = StandIn::answer(&case.perfect.answer(|_| ()));
    let path = bench.implementation.recorded_path(rules, &source);
    let (mut first, mut second) = (Scratch::default(), Scratch::default());
    let on = counts.watch(Origin::Arranged, rules, &*path, &before, case.digest, &mut first);
    let asked = source.asked();
    let off = counts.watch(Origin::Arranged, rules, &*path, &after, case.digest, &mut second);
    let holds = is_untouched(&off) && source.asked() == asked;
    let was_on = is_open && on.divergence.accepted();
    let place = || case.place(rules, "the switch thrown before it");
    counts.check(Check::KillSwitch, was_on, holds, place);
    counts.cell((Row::KillSwitch, rules), case.corpus, was_on, holds, place);
}
