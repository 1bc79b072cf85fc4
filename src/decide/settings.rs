//! The effective configuration: what the variables of an environment mean.
//!
//! Converts a map of variables to typed settings; nothing here reads a process environment or a file. Invalid values have the
//! meaning that the deployed system gives them, because that is what would happen in production.

use super::corridor::{Corridor, SHOPPING};
use super::policy::{LlmPolicy, PolicyError};
use crate::model::Intent;
use std::collections::BTreeMap;

/// The variables of an environment; a variable that is not in the map is unset.
pub type Environment = BTreeMap<String, String>;

/// The LLM policy under an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyState {
    /// `LLM_POLICY_ENABLED` is off.
    Disabled,
    /// It is on, and the policy is refused as a whole.
    Refused(PolicyError),
    /// It is on and loads.
    Loaded(LlmPolicy),
}

/// The content of `LLM_POLICY_PATH`, which the caller reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// No path is set: the built-in policy.
    BuiltIn,
    /// The file's text.
    Text(String),
    /// The file could not be read.
    Unreadable(String),
}

/// `PARTIAL_TRUST_TIMEOUT_MS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Virtual time for the whole candidate, ms, 1 or more.
    Limit(u64),
    /// 0, negative or not an integer: no limit as deployed, `timeout_invalid` under `strict`.
    Invalid,
}

impl Budget {
    /// The limit in ms, where there is one.
    #[must_use]
    pub const fn limit_ms(self) -> Option<u64> {
        match self {
            Self::Limit(limit) => Some(limit),
            Self::Invalid => None,
        }
    }
}

/// The effective configuration of both paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The master switch.
    pub enabled: bool,
    /// The corridor's intent, where `PARTIAL_TRUST_INTENT` allows it.
    pub intent: Option<Intent>,
    /// 0..=1.
    pub sample_rate: f64,
    /// Limit of the candidate.
    pub budget: Budget,
    /// The profile on which the candidate is asked for first.
    pub corridor_profile: String,
    /// The profile on which the baseline's name extraction starts.
    pub default_profile: String,
    /// Whether a policy with placeholders may load.
    pub allow_placeholders: bool,
    /// The LLM policy.
    pub policy: PolicyState,
}

impl Settings {
    /// Reads the variables. `policy` is the content of `LLM_POLICY_PATH`; it is used only where the policy is on.
    #[must_use]
    pub fn from_environment(environment: &Environment, policy: &PolicySource) -> Self {
        let value = |name: &str| environment.get(name).map(String::as_str);
        let enabled =
            value("PARTIAL_TRUST_ENABLED").is_some_and(|text| is_on(text.trim_matches(super::text::is_space)));
        let default_profile = value("LLM_POLICY_PROFILE").unwrap_or("cheap").to_owned();
        let corridor_profile = super::text::strip(value("PARTIAL_TRUST_PROFILE_ID").unwrap_or_default());
        let corridor_profile = if corridor_profile.is_empty() { &default_profile } else { corridor_profile };
        let allowed = super::text::strip(value("PARTIAL_TRUST_INTENT").unwrap_or(SHOPPING.intent.as_str()));
        let allow_placeholders = value("LLM_POLICY_ALLOW_PLACEHOLDERS").is_some_and(is_on);
        Self {
            enabled,
            intent: (allowed == SHOPPING.intent.as_str()).then_some(SHOPPING.intent),
            sample_rate: if enabled { sample_rate(value("PARTIAL_TRUST_SAMPLE_RATE").unwrap_or("0.01")) } else { 0.0 },
            budget: budget(value("PARTIAL_TRUST_TIMEOUT_MS").unwrap_or("200")),
            corridor_profile: corridor_profile.to_owned(),
            allow_placeholders,
            policy: policy_state(value("LLM_POLICY_ENABLED"), allow_placeholders, policy),
            default_profile,
        }
    }

    /// The same settings with a sample rate of 1, for a forced replay.
    #[must_use]
    pub fn forced(mut self) -> Self {
        if self.enabled {
            self.sample_rate = 1.0;
        }
        self
    }

    /// The corridor, where `PARTIAL_TRUST_INTENT` allows its intent.
    pub(super) fn corridor(&self) -> Option<&'static Corridor> {
        (self.intent == Some(SHOPPING.intent)).then_some(&SHOPPING)
    }

    /// Whether there is a corridor, and the policy is on, loads, and routes its task on its profile.
    #[must_use]
    pub fn routes_candidates(&self) -> bool {
        self.corridor().is_some_and(|corridor| {
            self.policy().is_some_and(|policy| policy.has_route(corridor.task, &self.corridor_profile))
        })
    }

    /// Whether `profile` is one that the variables or the policy name.
    pub(super) fn is_configured(&self, profile: &str) -> bool {
        [self.corridor_profile.as_str(), self.default_profile.as_str()].contains(&profile)
            || self.policy().is_some_and(|policy| policy.declares(profile))
    }

    /// The policy, where it is on and loads.
    #[must_use]
    pub const fn policy(&self) -> Option<&LlmPolicy> {
        match &self.policy {
            PolicyState::Loaded(policy) => Some(policy),
            PolicyState::Disabled | PolicyState::Refused(_) => None,
        }
    }
}

fn is_on(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "1" | "true" | "yes")
}

fn policy_state(enabled: Option<&str>, allow_placeholders: bool, source: &PolicySource) -> PolicyState {
    if !enabled.is_some_and(is_on) {
        return PolicyState::Disabled;
    }
    let policy = match source {
        PolicySource::BuiltIn => LlmPolicy::built_in(allow_placeholders),
        PolicySource::Text(text) => LlmPolicy::parse(text, allow_placeholders),
        PolicySource::Unreadable(message) => {
            Err(PolicyError::Syntax { message: message.clone(), line: None, column: None })
        }
    };
    policy.map_or_else(PolicyState::Refused, PolicyState::Loaded)
}

/// A sample rate as written, trimmed and not clamped; `None` where it cannot be parsed, and for `NaN`.
#[must_use]
pub fn written_rate(text: &str) -> Option<f64> {
    super::text::strip(text).parse().ok().filter(|rate: &f64| !rate.is_nan())
}

/// Clamped to 0..=1; 0 where it cannot be parsed.
fn sample_rate(text: &str) -> f64 {
    written_rate(text).map_or(0.0, |rate| rate.clamp(0.0, 1.0))
}

/// Trimmed; an integer of any size.
fn budget(text: &str) -> Budget {
    let text = super::text::strip(text);
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Budget::Invalid;
    }
    match digits.parse() {
        Ok(0) => Budget::Invalid,
        Ok(limit) => Budget::Limit(limit),
        // More digits than 64 bits hold: a limit that no latency exceeds.
        Err(_) => Budget::Limit(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::from_environment(&environment, &PolicySource::BuiltIn)
    }

    #[test]
    fn an_empty_environment_is_off() {
        let settings = settings(&[]);
        assert!(!settings.enabled);
        assert_eq!(settings.policy, PolicyState::Disabled);
    }

    #[test]
    fn rates_are_clamped_and_unreadable_ones_are_zero() {
        for (text, rate) in [
            (" 0.5 ", 0.5),
            ("7", 1.0),
            ("-1", 0.0),
            ("inf", 1.0),
            ("nan", 0.0),
            ("0,5", 0.0),
            ("1e-1", 0.1),
            (".5", 0.5),
            ("5.", 1.0),
            ("+1", 1.0),
            ("0x1", 0.0),
            ("", 0.0),
        ] {
            let settings = settings(&[("PARTIAL_TRUST_ENABLED", "true"), ("PARTIAL_TRUST_SAMPLE_RATE", text)]);
            assert!((settings.sample_rate - rate).abs() < f64::EPSILON, "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_the_allowed_intent_opens_the_corridor(value in ".*", around in "[ \t\u{a0}]*") {
            let is_open = |value: &str| settings(&[("PARTIAL_TRUST_INTENT", value)]).intent.is_some();
            prop_assert_eq!(is_open(&value), super::super::text::strip(&value) == "add_shopping_item");
            let allowed = format!("{around}add_shopping_item{around}");
            prop_assert!(is_open(&allowed));
        }
    }

    #[test]
    fn only_positive_integers_limit_the_candidate() {
        for (text, budget) in [
            ("200", Budget::Limit(200)),
            (" +200 ", Budget::Limit(200)),
            ("0", Budget::Invalid),
            ("-5", Budget::Invalid),
            ("200.0", Budget::Invalid),
            ("1e3", Budget::Invalid),
            ("", Budget::Invalid),
            ("+-5", Budget::Invalid),
            ("99999999999999999999999", Budget::Limit(u64::MAX)),
        ] {
            assert_eq!(settings(&[("PARTIAL_TRUST_TIMEOUT_MS", text)]).budget, budget, "{text}");
        }
    }

    #[test]
    fn the_policy_switch_is_not_trimmed_and_the_master_switch_is() {
        assert!(settings(&[("PARTIAL_TRUST_ENABLED", " YES ")]).enabled);
        assert_eq!(settings(&[("LLM_POLICY_ENABLED", " true ")]).policy, PolicyState::Disabled);
        assert_ne!(settings(&[("LLM_POLICY_ENABLED", "True")]).policy, PolicyState::Disabled);
    }
}
