//! This crate's own implementation of both paths.

use super::baseline;
use super::corridor::{self, RuleSet};
use super::settings::{PolicyState, Settings};
use super::task::{NameExtraction, TaskPlan};
use super::trace::Trace;
use super::{Decided, DecisionPath};
use crate::model::{IdDigest, LlmTask, Recording};

/// The baseline and the corridor under one configuration and one rule set.
#[derive(Clone, Debug)]
pub struct OurPath {
    settings: Settings,
    rules: RuleSet,
}

impl OurPath {
    /// Both paths under `settings`, with the acceptance rules `rules`.
    #[must_use]
    pub const fn new(settings: Settings, rules: RuleSet) -> Self {
        Self { settings, rules }
    }

    /// The effective configuration.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    fn name_extraction<'a>(&'a self, recording: &'a Recording<'a>) -> NameExtraction<'a> {
        let task = LlmTask::ShoppingExtraction;
        let start_profile = self.settings.default_profile.as_str();
        match &self.settings.policy {
            PolicyState::Disabled => NameExtraction::FromText,
            PolicyState::Loaded(policy) if policy.has_route(task, start_profile) => {
                let can_escalate = policy.has_route(task, super::task::RELIABLE);
                let attempts = recording.exchanges.shopping_extraction.as_deref().unwrap_or_default();
                NameExtraction::Task(TaskPlan { task, start_profile, can_escalate }, attempts)
            }
            PolicyState::Loaded(_) | PolicyState::Refused(_) => NameExtraction::Unrouted,
        }
    }
}

impl DecisionPath for OurPath {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, _: &'a mut String) -> Decided<'a> {
        let mut trace = Trace::new();
        let extraction = self.name_extraction(recording);
        let decided = baseline::decide(&recording.command, &extraction, &mut trace);
        let passage = corridor::pass(
            &self.settings,
            self.rules,
            recording,
            digest.bucket(),
            decided.intent,
            &decided.core,
            &mut trace,
        );
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
}
