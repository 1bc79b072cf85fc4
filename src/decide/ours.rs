//! This crate's own implementation of both paths.

use super::baseline;
use super::corridor::{self, RuleSet, Terms};
use super::settings::{Environment, PolicySource, PolicyState, Settings};
use super::source::{CandidateSource, Recorded};
use super::task::{NameExtraction, RELIABLE, TaskPlan};
use super::trace::Trace;
use super::{Decided, DecisionPath, Scratch};
use crate::model::{IdDigest, LlmTask, Recording};

/// The baseline and the corridor under one configuration and one rule set.
#[derive(Clone, Debug)]
pub struct OurPath<S = Recorded> {
    settings: Settings,
    rules: RuleSet,
    source: S,
}

impl OurPath {
    /// Both paths under `settings`, with the acceptance rules `rules`, over what was recorded.
    #[must_use]
    pub const fn new(settings: Settings, rules: RuleSet) -> Self {
        Self { settings, rules, source: Recorded }
    }
}

impl<S: CandidateSource> OurPath<S> {
    /// The same paths with another source of candidates.
    #[must_use]
    pub const fn with_source(settings: Settings, rules: RuleSet, source: S) -> Self {
        Self { settings, rules, source }
    }
}

impl<S: CandidateSource> DecisionPath for OurPath<S> {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, _: &'a mut Scratch) -> Decided<'a> {
        let terms = Terms { settings: &self.settings, rules: self.rules, source: &self.source };
        decide(terms, recording, digest)
    }
}

/// The baseline and the corridor, for each recording under the environment that was recorded with it.
///
/// Variables that the recording does not name are unset. A policy file that a recording names is not read, because a replay
/// depends on its inputs alone, so that such a policy is refused.
#[derive(Clone, Debug)]
pub struct RecordedPath<S = Recorded> {
    rules: RuleSet,
    source: S,
}

impl RecordedPath {
    /// Both paths with the acceptance rules `rules`, over what was recorded.
    #[must_use]
    pub const fn new(rules: RuleSet) -> Self {
        Self { rules, source: Recorded }
    }
}

impl<S: CandidateSource> RecordedPath<S> {
    /// The same paths with another source of candidates.
    #[must_use]
    pub const fn with_source(rules: RuleSet, source: S) -> Self {
        Self { rules, source }
    }
}

impl<S: CandidateSource> DecisionPath for RecordedPath<S> {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
        let settings = scratch.settings.insert(Settings::of_recording(recording));
        decide(Terms { settings, rules: self.rules, source: &self.source }, recording, digest)
    }
}

impl Settings {
    /// The settings of the environment that a recording carries.
    #[must_use]
    pub fn of_recording(recording: &Recording) -> Self {
        static UNSET: Environment = Environment::new();
        let environment = recording.environment.as_ref().unwrap_or(&UNSET);
        let policy = match environment.get("LLM_POLICY_PATH") {
            None => PolicySource::BuiltIn,
            Some(_) => PolicySource::Unreadable("a replay reads no file that a recording names".to_owned()),
        };
        Self::from_environment(environment, &policy)
    }
}

fn decide<'a>(terms: Terms<'a>, recording: &'a Recording<'a>, digest: &IdDigest) -> Decided<'a> {
    let mut trace = Trace::new();
    let extraction = name_extraction(terms.settings, recording);
    let decided = baseline::decide(&recording.command, &extraction, &mut trace);
    let bucket = digest.bucket();
    let passage = corridor::pass(terms, recording, bucket, decided.intent, &decided.core, &mut trace);
    Decided {
        intent: decided.intent,
        baseline: decided.core,
        replacement: passage.decision,
        risk: passage.risk,
        attempts_used: passage.attempts_used,
        unrecorded: passage.unrecorded || decided.extraction_unrecorded,
        leaked: false,
        trace,
    }
}

/// Whether the name extraction of a recording asks for an attempt that was not recorded.
#[must_use]
pub fn extraction_is_unrecorded(settings: &Settings, recording: &Recording) -> bool {
    name_extraction(settings, recording).run(None, &mut Trace::new()).unrecorded
}

/// How the name for an empty item list is found under these settings.
fn name_extraction<'a>(settings: &'a Settings, recording: &'a Recording<'a>) -> NameExtraction<'a> {
    let task = LlmTask::ShoppingExtraction;
    let start_profile = settings.default_profile.as_str();
    match &settings.policy {
        PolicyState::Disabled => NameExtraction::FromText,
        PolicyState::Loaded(policy) if policy.has_route(task, start_profile) => {
            let can_escalate = policy.has_route(task, RELIABLE);
            let attempts = recording.exchanges.of(task);
            NameExtraction::Task(TaskPlan { task, start_profile, can_escalate }, attempts)
        }
        PolicyState::Loaded(_) | PolicyState::Refused(_) => NameExtraction::Unrouted,
    }
}
