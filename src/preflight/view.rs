//! The view model of a preflight: one value from which text, JSON and exit code are derived. It holds no secret.

use super::finding::{Finding, Level};
use super::origin::Origin;
use super::secret::Written;
use super::subject::Subject;
use super::variable::Variable;
use crate::decide::{Budget, PolicySource, PolicyState, RuleSet};
use crate::model::Intent;
use serde::Serialize;

/// What one deployment would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// The name of the deployment.
    pub name: String,
    /// The acceptance rules that were assumed.
    pub rules: RuleSet,
    /// Every variable, in the order of [`VARIABLE_TABLE`](super::VARIABLE_TABLE).
    pub variables: Vec<VariableView>,
    /// What was found: errors first, then in the order of [`FindingId`](super::FindingId).
    pub findings: Vec<Finding>,
}

impl Preflight {
    /// The findings of a level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.level == level)
    }
}

/// The effective value of one variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VariableView {
    /// Its row in the table.
    #[serde(flatten)]
    pub variable: &'static Variable,
    /// Its value, redacted.
    pub written: Written,
    /// Where the value was found.
    pub origin: Origin,
    /// Its effective value, in words.
    pub effective: String,
}

impl VariableView {
    pub(super) fn of(variable: &'static Variable, subject: &Subject) -> Self {
        let given = subject.deployment.given.get(variable.name);
        let origin = match given {
            Some(given) => given.origin.clone(),
            None if subject.is_to_fill_in(variable.name) => Origin::ToFillIn,
            None => Origin::Default,
        };
        let written = Written::of(variable, given.map(|given| given.value.as_str()));
        let effective = match origin {
            Origin::ToFillIn => "to be filled in".to_owned(),
            Origin::Default | Origin::Process | Origin::File { .. } | Origin::Argument | Origin::Preset => {
                effective(variable, &written, subject)
            }
        };
        Self { variable, written, origin, effective }
    }
}

/// The words for a value that takes effect as it is written.
fn as_written(written: &Written, unset: &str) -> String {
    match written {
        Written::Unset => unset.to_owned(),
        Written::Empty => "(empty)".to_owned(),
        Written::Hidden => "(not shown)".to_owned(),
        Written::Shown(text) => text.clone(),
    }
}

fn effective(variable: &Variable, written: &Written, subject: &Subject) -> String {
    let settings = &subject.settings;
    let profile = |name: &str| if *written == Written::Hidden { "(not shown)".to_owned() } else { name.to_owned() };
    match variable.name {
        "PARTIAL_TRUST_INTENT" => settings.intent.map_or("none: no corridor", Intent::as_str).to_owned(),
        "PARTIAL_TRUST_SAMPLE_RATE" => sample_rate(settings.enabled, settings.sample_rate),
        "PARTIAL_TRUST_TIMEOUT_MS" => match (settings.budget, subject.deployment.rules) {
            // A number that is too large is read as the greatest one: it is not what was written.
            (Budget::Limit(u64::MAX), _) => "no practical limit".to_owned(),
            (Budget::Limit(limit), _) => format!("{limit} ms"),
            (Budget::Invalid, RuleSet::Reference) => "no limit".to_owned(),
            (Budget::Invalid, RuleSet::Strict) => "none: no corridor".to_owned(),
        },
        "PARTIAL_TRUST_PROFILE_ID" if settings.corridor_profile == settings.default_profile => {
            "as LLM_POLICY_PROFILE".to_owned()
        }
        "PARTIAL_TRUST_PROFILE_ID" => profile(&settings.corridor_profile),
        "LLM_POLICY_PROFILE" if settings.default_profile.is_empty() => "(empty)".to_owned(),
        "LLM_POLICY_PROFILE" => profile(&settings.default_profile),
        "LLM_POLICY_PATH" => {
            let source = match subject.deployment.policy {
                PolicySource::BuiltIn => "built-in policy",
                PolicySource::Text(_) | PolicySource::Unreadable(_) => "policy file",
            };
            let state = match settings.policy {
                PolicyState::Disabled => "not read, for LLM_POLICY_ENABLED is off",
                PolicyState::Refused(_) => "does not load",
                PolicyState::Loaded(_) => "loads",
            };
            format!("{source}: {state}")
        }
        "PARTIAL_TRUST_RISK_LOG_PATH" => as_written(written, subject.deployment.risk_log_path()),
        "LLM_API_KEY" if *written == Written::Hidden => "set".to_owned(),
        "LLM_API_KEY" | "LLM_BASE_URL" => as_written(written, "none"),
        switch => if subject.is_on(switch) { "on" } else { "off" }.to_owned(),
    }
}

fn sample_rate(enabled: bool, rate: f64) -> String {
    if !enabled {
        "0, for the corridor is off".to_owned()
    } else if rate <= 0.0 {
        "0: nobody".to_owned()
    } else if rate >= 1.0 {
        "1: everybody".to_owned()
    } else {
        rate.to_string()
    }
}
