//! The environment of a replay: the project's variables with the command line's over them, and the policy file.

use super::args::EnvironmentArgs;
use crate::bulk::digest;
use crate::decide::{Budget, Environment, PolicyError, PolicySource, PolicyState, Settings};
use crate::preflight::quoted;
use crate::summary::Sampling;
use std::path::Path;

/// Variables of the endpoint, which may hold secrets: never recorded, and read by no replay.
const SECRETS: [&str; 2] = ["LLM_API_KEY", "LLM_BASE_URL"];

/// The effective variables of a replay.
pub(super) struct Effective {
    /// The variables.
    pub(super) variables: Environment,
    /// The settings that they give; the sample rate is that of the sampling mode.
    pub(super) settings: Settings,
    /// Which commands are in the sample.
    pub(super) sampling: Sampling,
    /// Whether each recording's own environment is used instead.
    pub(super) recorded: bool,
    /// The policy that `LLM_POLICY_PATH` names, or the built-in one.
    pub(super) source: PolicySource,
    /// SHA-256 of the policy file, hex.
    pub(super) policy: Option<String>,
    /// Notes for the reader of the results.
    pub(super) notes: Vec<String>,
    /// Whether the command line changed the project's environment.
    pub(super) what_if: bool,
}

impl Effective {
    /// Overrides `base` with the variables of the command line, and reads the policy file, if one is named.
    pub(super) fn new(base: &Environment, args: &EnvironmentArgs) -> Self {
        let mut variables = base.clone();
        variables.extend(args.variables.iter().cloned());
        for name in &args.unset {
            variables.remove(name);
        }
        for name in SECRETS {
            variables.remove(name);
        }
        let mut notes = Vec::new();
        // As in production, a policy file that cannot be read is a policy that does not load; a note below says so.
        let (source, digest_of_policy) = policy_source(variables.get("LLM_POLICY_PATH").map(Path::new));
        let sampling =
            if args.as_deployed || args.recorded_environment { Sampling::AsDeployed } else { Sampling::Forced };
        let settings = Settings::from_environment(&variables, &source);
        let settings = if sampling == Sampling::Forced { settings.forced() } else { settings };
        if !args.recorded_environment {
            notes.extend(what_is_closed(&settings));
        }
        let recorded = args.recorded_environment;
        let what_if = variables != *base;
        if what_if {
            notes.push("a what-if: the environment is not the project's, so golden may rightly differ".to_owned());
        }
        Self { variables, settings, sampling, recorded, source, policy: digest_of_policy, notes, what_if }
    }
}

/// The policy at a path, with the file's SHA-256 in hex; the built-in policy without a path.
pub(super) fn policy_source(path: Option<&Path>) -> (PolicySource, Option<String>) {
    let Some(path) = path else { return (PolicySource::BuiltIn, None) };
    match std::fs::read(path) {
        Ok(bytes) => {
            let digest = digest(&bytes);
            let text = String::from_utf8(bytes);
            (text.map_or_else(|_| PolicySource::Unreadable("not UTF-8".to_owned()), PolicySource::Text), Some(digest))
        }
        Err(error) => (PolicySource::Unreadable(format!("cannot read {}: {}", path.display(), error.kind())), None),
    }
}

/// Why these settings never ask for a candidate, if they do not.
pub(super) fn what_is_closed(settings: &Settings) -> Option<String> {
    if !settings.enabled {
        return Some("the corridor is off (PARTIAL_TRUST_ENABLED): no candidate is asked for".to_owned());
    }
    if settings.intent.is_none() {
        return Some("PARTIAL_TRUST_INTENT is not on the allow-list: no candidate is asked for".to_owned());
    }
    let task = crate::model::LlmTask::PartialTrustShopping;
    match &settings.policy {
        PolicyState::Disabled => {
            Some("the LLM policy is off (LLM_POLICY_ENABLED): no candidate is asked for".to_owned())
        }
        PolicyState::Refused(error) => {
            let place = match error {
                PolicyError::Syntax { line: Some(line), column: Some(column), .. } => {
                    format!("line {line}, column {column}: ")
                }
                PolicyError::Syntax { .. } | PolicyError::Inconsistent { .. } | PolicyError::Placeholder { .. } => {
                    String::new()
                }
            };
            Some(format!("the LLM policy does not load ({place}{error}): no candidate is asked for"))
        }
        PolicyState::Loaded(policy) if !policy.has_route(task, &settings.corridor_profile) => Some(format!(
            "the policy has no route for {task} on profile {}: no candidate is asked for",
            quoted(&settings.corridor_profile)
        )),
        PolicyState::Loaded(_) if settings.budget == Budget::Invalid => Some(
            "PARTIAL_TRUST_TIMEOUT_MS is not a whole number above 0: reference sets no limit, strict asks for no candidate"
                .to_owned(),
        ),
        PolicyState::Loaded(_) => None,
    }
}
