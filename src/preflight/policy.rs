//! Findings about the LLM policy: its effect on the candidate, and on the baseline of every shopping command.

use super::finding::{Finding, FindingId, Hazard};
use super::secret::{quoted, sentence};
use super::subject::Subject;
use crate::decide::{LlmPolicy, PolicyError, PolicySource, PolicyState, RouteLimits, Settings};
use crate::model::LlmTask;

/// The most calls of a task on one profile: the prompt, then the repair prompt.
const ATTEMPTS: u64 = 2;

/// Findings about the policy.
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    match &subject.settings.policy {
        PolicyState::Disabled if subject.settings.enabled => vec![policy_off()],
        PolicyState::Disabled => Vec::new(),
        PolicyState::Refused(error) => {
            std::iter::once(refused(subject, error)).chain(unrouted_once_it_loads(subject)).collect()
        }
        PolicyState::Loaded(policy) => {
            let unrouted = subject.settings.enabled.then(|| profile_unrouted(&subject.settings, policy));
            [placeholders_left(subject, policy), unrouted.flatten(), Some(extraction(subject, policy))]
                .into_iter()
                .flatten()
                .collect()
        }
    }
}

fn policy_off() -> Finding {
    Finding::error(
        FindingId::PolicyOff,
        "LLM_POLICY_ENABLED",
        "the corridor is on and the LLM policy is off: every sampled command is `skipped` / `policy_disabled`, no candidate \
         is ever asked for, and an error rate and a mismatch rate of 0 make it look perfect",
        "set LLM_POLICY_ENABLED=true, and read what is found then; or switch the corridor off as well",
    )
    .of(Hazard::NeverRuns)
}

fn refused(subject: &Subject, error: &PolicyError) -> Finding {
    const FILL_IN: &str = "fill in every value that has a placeholder";
    let source = match (&subject.deployment.policy, subject.deployment.value("LLM_POLICY_PATH")) {
        (PolicySource::BuiltIn, _) => "the built-in policy".to_owned(),
        (PolicySource::Text(_) | PolicySource::Unreadable(_), path) => {
            format!("the policy file {}", quoted(path.unwrap_or_default()))
        }
    };
    let place = match error {
        PolicyError::Syntax { line: Some(line), column: Some(column), .. } => {
            format!("line {line}, column {column}: ")
        }
        PolicyError::Syntax { .. } | PolicyError::Inconsistent { .. } | PolicyError::Placeholder { .. } => {
            String::new()
        }
    };
    let consequence = format!(
        "{source} does not load ({place}{}): in the deployed system every shopping command raises, corridor or not, and \
         no risk line is written; in a replay no name is extracted, and the corridor ends in `policy_disabled`",
        sentence(&error.to_string())
    );
    let (variable, fix) = match (error, &subject.deployment.policy) {
        (PolicyError::Placeholder { .. }, PolicySource::BuiltIn) => (
            "LLM_POLICY_ALLOW_PLACEHOLDERS",
            "name a policy file without placeholders in LLM_POLICY_PATH (docs/operations/llm-policy.example.yaml is one to \
             start from); allowing placeholders would make every call fail instead"
                .to_owned(),
        ),
        (PolicyError::Placeholder { .. }, PolicySource::Text(_) | PolicySource::Unreadable(_)) => {
            ("LLM_POLICY_PATH", format!("{FILL_IN}; allowing placeholders would make every call fail instead"))
        }
        (PolicyError::Syntax { .. }, PolicySource::Unreadable(_)) => (
            "LLM_POLICY_PATH",
            "put the file where the path leads, readable for the service; a relative path is one from its folder, and an \
             empty one is no built-in policy: for that, unset the variable"
                .to_owned(),
        ),
        (PolicyError::Syntax { .. } | PolicyError::Inconsistent { .. }, _) => {
            ("LLM_POLICY_PATH", "correct the file there: docs/recording-format.md has all fields of a policy".to_owned())
        }
    };
    Finding::error(FindingId::PolicyRefused, variable, consequence, fix).of(Hazard::PolicyRefused)
}

/// A policy that is refused for its placeholders may also lack a route for the corridor.
fn unrouted_once_it_loads(subject: &Subject) -> Option<Finding> {
    if !subject.settings.enabled {
        return None;
    }
    let mut environment = subject.deployment.environment();
    environment.insert("LLM_POLICY_ALLOW_PLACEHOLDERS".to_owned(), "true".to_owned());
    let settings = Settings::from_environment(&environment, &subject.deployment.policy);
    let finding = profile_unrouted(&settings, settings.policy()?)?;
    Some(Finding { consequence: format!("once the policy loads: {}", finding.consequence), ..finding })
}

fn profile_unrouted(settings: &Settings, policy: &LlmPolicy) -> Option<Finding> {
    let task = LlmTask::PartialTrustShopping;
    let profile = &settings.corridor_profile;
    if policy.has_route(task, profile) {
        return None;
    }
    let origin = if *profile == settings.default_profile { ", which is that of LLM_POLICY_PROFILE," } else { "" };
    let unknown = if policy.declares(profile) { "" } else { " (the policy does not even declare it)" };
    let routed: Vec<_> = policy.profiles_for(task).map(quoted).collect();
    let fix = if routed.is_empty() {
        format!("give `{task}` a route in the policy file, and name its profile in PARTIAL_TRUST_PROFILE_ID")
    } else {
        format!("set PARTIAL_TRUST_PROFILE_ID to a profile with a route: {}", routed.join(", "))
    };
    let consequence = format!(
        "the profile {}{origin} has no route for `{task}`{unknown}: every sampled command is `skipped` / \
         `policy_disabled`, no candidate is ever asked for, and an error rate and a mismatch rate of 0 make it look perfect",
        quoted(profile)
    );
    Some(Finding::error(FindingId::ProfileUnrouted, "PARTIAL_TRUST_PROFILE_ID", consequence, fix).of(Hazard::NeverRuns))
}

fn placeholders_left(subject: &Subject, policy: &LlmPolicy) -> Option<Finding> {
    let [first, others @ ..] = policy.placeholders() else { return None };
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    let consequence = format!(
        "the policy loads with placeholders ({}{more}): calls go to a model, project or endpoint that is \
         literally called so, and fail",
        quoted(first)
    );
    let fix = match subject.deployment.policy {
        PolicySource::BuiltIn => "name a policy file without placeholders in LLM_POLICY_PATH",
        PolicySource::Text(_) | PolicySource::Unreadable(_) => "fill the values in",
    };
    let fix = format!("{fix}, and switch LLM_POLICY_ALLOW_PLACEHOLDERS off, so that the next one is refused");
    let variable = "LLM_POLICY_ALLOW_PLACEHOLDERS";
    Some(Finding::warning(FindingId::PlaceholdersLeft, variable, consequence, fix).of(Hazard::PolicyRefused))
}

/// The effect on the baseline: its name extraction, which does not depend on the corridor's switch and rate.
fn extraction(subject: &Subject, policy: &LlmPolicy) -> Finding {
    let task = LlmTask::ShoppingExtraction;
    let settings = &subject.settings;
    let chain = policy.chain(task, &settings.default_profile);
    if chain.is_empty() {
        let routed: Vec<_> = policy.profiles_for(task).map(quoted).collect();
        let consequence = format!(
            "the profile {} has no route for `{task}`, which the baseline needs while the policy is on: no name is \
             extracted, and a shopping command whose items cannot be told apart is asked back for the item, where with the \
             policy off the words after the verb would be the item",
            quoted(&settings.default_profile)
        );
        let fix = format!("set LLM_POLICY_PROFILE to a profile with a route: {}", routed.join(", "));
        return Finding::warning(FindingId::ExtractionUnrouted, "LLM_POLICY_PROFILE", consequence, fix);
    }
    let calls = ATTEMPTS * chain.len() as u64;
    let profiles: Vec<_> = chain.iter().map(|(profile, _)| quoted(profile)).collect();
    let share = if settings.enabled {
        format!("100 % of shopping commands, while the corridor samples at {}", settings.sample_rate)
    } else {
        "100 % of shopping commands, although the corridor is off: its switch does not reach them".to_owned()
    };
    let limit = longest_wait(&chain).map_or_else(
        || "without any limit of time".to_owned(),
        |limit| format!("for {limit} ms at most, by the timeout_ms of the routes"),
    );
    let consequence = format!(
        "the baseline of every shopping command asks the LLM for `{task}`, with up to {calls} calls ({}, twice each), outside the \
         corridor's budget and {limit}: {share}; none of it is timed, and none of it is in the risk log",
        profiles.join(", then ")
    );
    let fix = if settings.enabled {
        "the corridor cannot run without it: give the routes of `shopping_extraction` a short timeout_ms in the policy file, \
         watch the latency of all shopping commands, and have the call made only where the item list is empty, for it \
         decides nothing elsewhere"
    } else {
        "switch LLM_POLICY_ENABLED off as well, unless the baseline is meant to ask"
    };
    Finding::warning(FindingId::BaselineAsksLlm, "LLM_POLICY_ENABLED", consequence, fix).of(Hazard::FullReach)
}

/// The most time that all calls of a task take, ms; `None` where a route has no limit.
fn longest_wait(chain: &[(&str, RouteLimits)]) -> Option<u64> {
    chain.iter().try_fold(0_u64, |sum, (_, route)| sum.checked_add(route.timeout_ms?.checked_mul(ATTEMPTS)?))
}
