//! The input of every check: a deployment with its effective settings.

use super::deployment::Deployment;
use crate::decide::{Environment, PolicySource, PolicyState, Settings};

/// A deployment with its effective settings.
pub(super) struct Subject<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) settings: Settings,
}

impl Subject<'_> {
    /// The value of a variable without blanks around it, where it is set.
    pub(super) fn trimmed(&self, name: &str) -> Option<&str> {
        self.deployment.value(name).map(str::trim)
    }

    /// Whether the user of a preset has to fill the variable in.
    pub(super) fn is_to_fill_in(&self, name: &str) -> bool {
        self.deployment.to_fill_in.contains(&name)
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        is_on(&self.settings, name)
    }

    /// Whether `value` would switch a switch on.
    pub(super) fn would_be_on(name: &str, value: &str) -> bool {
        let environment = Environment::from([(name.to_owned(), value.to_owned())]);
        is_on(&Settings::from_environment(&environment, &PolicySource::BuiltIn), name)
    }
}

/// The state of a switch; `false` for any other variable.
fn is_on(settings: &Settings, name: &str) -> bool {
    match name {
        "PARTIAL_TRUST_ENABLED" => settings.enabled,
        "LLM_POLICY_ENABLED" => settings.policy != PolicyState::Disabled,
        "LLM_POLICY_ALLOW_PLACEHOLDERS" => settings.allow_placeholders,
        _ => false,
    }
}
