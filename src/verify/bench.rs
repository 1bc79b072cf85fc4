//! The inputs of every check of a recording: the implementation, the project's conditions, and the case.

use super::counts::{CheckCounts, Origin};
use super::implementation::Implementation;
use super::standin::{Perfect, StandIn};
use crate::decide::{Budget, Environment, PolicySource, RuleSet, Scratch, Settings};
use crate::model::{DecisionCore, IdDigest, Intent, Recording};
use crate::outcome::Outcome;

/// The environment that a project replays under.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// Its variables.
    pub environment: Environment,
    /// What `LLM_POLICY_PATH` leads to.
    pub policy: PolicySource,
}

/// The one variable that AC1 is about.
pub(super) const SWITCH: &str = "PARTIAL_TRUST_ENABLED";

impl Conditions {
    /// The settings with some variables set (`None`: unset), and every command in the sample while the switch is on.
    pub(super) fn with(&self, changes: &[(&str, Option<&str>)]) -> Settings {
        let mut environment = self.environment.clone();
        for (name, value) in changes {
            match value {
                Some(value) => environment.insert((*name).to_owned(), (*value).to_owned()),
                None => environment.remove(*name),
            };
        }
        Settings::from_environment(&environment, &self.policy).forced()
    }

    /// The settings under another policy.
    pub(super) fn with_policy(&self, policy: &PolicySource, changes: &[(&str, &str)]) -> Settings {
        let mut environment = self.environment.clone();
        environment.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Settings::from_environment(&environment, policy).forced()
    }
}

/// One recorded command of a corpus.
pub(super) struct Case<'a> {
    pub(super) corpus: &'a str,
    pub(super) recording: &'a Recording<'a>,
    pub(super) digest: IdDigest,
    /// The candidate that faults are applied to.
    pub(super) perfect: Perfect,
    /// By rule set: whether the perfect candidate is accepted and changes the decision, so that a fault can show.
    pub(super) is_open: Vec<bool>,
    /// The same under `reference`, also where that is not verified.
    pub(super) is_open_by_reference: bool,
}

impl Case<'_> {
    /// The place of a violation, with what was arranged.
    pub(super) fn place(&self, rules: RuleSet, what: &str) -> String {
        format!("{}:{} under {rules}, {what}", self.corpus, &*self.recording.command.command_id)
    }
}

/// What the checks of one case share.
pub(super) struct Bench<'a> {
    pub(super) implementation: &'a dyn Implementation,
    pub(super) rules: &'a [RuleSet],
    pub(super) conditions: &'a Conditions,
    /// The project's settings, every command in the sample.
    pub(super) settings: Settings,
    /// The same with the switch off.
    pub(super) off: Settings,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        implementation: &'a dyn Implementation,
        rules: &'a [RuleSet],
        conditions: &'a Conditions,
    ) -> Self {
        let (settings, off) = (conditions.with(&[]), conditions.with(&[(SWITCH, None)]));
        Self { implementation, rules, conditions, settings, off }
    }

    /// Whether a candidate is asked for at all under the project's settings and `rules`.
    pub(super) fn lets_through(&self, rules: RuleSet) -> bool {
        let settings = &self.settings;
        let has_budget = rules == RuleSet::Reference || settings.budget != Budget::Invalid;
        settings.enabled && settings.intent.is_some() && settings.routes_candidates() && has_budget
    }

    /// Determines the perfect candidate of a command, and whether it is accepted.
    pub(super) fn case<'c>(&self, corpus: &'c str, recording: &'c Recording<'c>, counts: &mut CheckCounts) -> Case<'c> {
        let digest = IdDigest::of(&recording.command.command_id);
        let nothing = StandIn::nothing();
        let mut scratch = Scratch::default();
        let path = self.implementation.path(&self.off, RuleSet::Reference, &nothing);
        let off = counts.watch(Origin::Arranged, RuleSet::Reference, &*path, recording, digest, &mut scratch);
        let perfect = Perfect::of(off.decided.as_ref().map(|decided| &decided.baseline), &recording.command);
        let mut is_open = |rules: RuleSet| {
            let source = StandIn::answer(&perfect.answer(|_| ()));
            let mut scratch = Scratch::default();
            let path = self.implementation.path(&self.settings, rules, &source);
            let outcome = counts.watch(Origin::Arranged, rules, &*path, recording, digest, &mut scratch);
            outcome.divergence.accepted() && outcome.replacement().is_some()
        };
        let is_open_by_reference = is_open(RuleSet::Reference);
        let is_open = self.rules.iter().map(|rules| is_open(*rules)).collect();
        Case { corpus, recording, digest, perfect, is_open, is_open_by_reference }
    }
}

/// The decision as bytes; empty where there is none.
pub(super) fn decision_bytes(outcome: &Outcome) -> Vec<u8> {
    outcome.decided.as_ref().map(|decided| core_bytes(decided.decision())).unwrap_or_default()
}

/// The baseline as bytes.
pub(super) fn baseline_bytes(outcome: &Outcome) -> Vec<u8> {
    outcome.decided.as_ref().map(|decided| core_bytes(&decided.baseline)).unwrap_or_default()
}

#[expect(clippy::expect_used, reason = "a decision holds nothing that JSON cannot hold")]
fn core_bytes(core: &DecisionCore) -> Vec<u8> {
    serde_json::to_vec(core).expect("a decision is written to memory")
}

/// Whether the baseline starts a shopping job, so that the corridor may act.
pub(super) fn starts_shopping(outcome: &Outcome) -> bool {
    let decided = outcome.decided.as_ref();
    decided.is_some_and(|decided| decided.intent == Intent::AddShoppingItem && decided.baseline.is_started_job())
}

/// Whether the corridor had no effect: no line, no attempt, the baseline's decision.
pub(super) fn is_untouched(outcome: &Outcome) -> bool {
    outcome.decided.as_ref().is_some_and(|decided| decided.risk.is_none() && decided.attempts_used == 0)
        && outcome.replacement().is_none()
}
