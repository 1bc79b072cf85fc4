//! Findings about the endpoint of the LLM calls.

use super::finding::{Finding, FindingId};
use super::subject::Subject;
use crate::decide::RouteLimits;
use crate::model::LlmTask;

const URL: &str = "LLM_BASE_URL";
const KEY: &str = "LLM_API_KEY";

/// Findings about the endpoint; none where no call is made.
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let routes = routes_called(subject);
    if routes.is_empty() {
        return Vec::new();
    }
    let uses_base_url = routes.iter().any(|route| !route.has_endpoint);
    let address = uses_base_url.then(|| base_url(subject)).flatten();
    address.into_iter().chain(api_key(subject)).collect()
}

/// The routes of the calls that either task makes.
fn routes_called(subject: &Subject) -> Vec<RouteLimits> {
    let settings = &subject.settings;
    let Some(policy) = settings.policy() else { return Vec::new() };
    let is_open = settings.enabled && settings.intent.is_some() && settings.sample_rate > 0.0;
    let corridor = is_open.then_some((LlmTask::PartialTrustShopping, &settings.corridor_profile));
    let tasks = [Some((LlmTask::ShoppingExtraction, &settings.default_profile)), corridor];
    let chains = tasks.into_iter().flatten().flat_map(|(task, profile)| policy.chain(task, profile));
    chains.map(|(_, route)| route).collect()
}

fn base_url(subject: &Subject) -> Option<Finding> {
    // Blanks and quotes around a value are findings of their own.
    let url = subject.trimmed(URL).unwrap_or_default().trim_matches(['"', '\'']);
    if url.is_empty() {
        let missing = Finding::error(
            FindingId::BaseUrlMissing,
            URL,
            "there is no endpoint: every LLM call fails, the baseline's name extraction as well, and candidates end in \
             `llm_unavailable` or `llm_error`, which the error rate does not count",
            "set the address that /chat/completions is appended to, such as https://llm.example/v1",
        );
        return Some(missing).filter(|_| !subject.is_to_fill_in(URL));
    }
    let lower = url.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let Some(host) = host.filter(|host| !host.is_empty() && !host.starts_with(['/', ':', '?', '#'])) else {
        return Some(Finding::error(
            FindingId::BaseUrlNotHttp,
            URL,
            "this is not an address of HTTP: every LLM call fails before it is sent",
            "begin it with https:// (or http://) and a host",
        ));
    };
    if lower.contains(['?', '#']) || lower.trim_end_matches('/').ends_with("/chat/completions") {
        return Some(Finding::error(
            FindingId::BaseUrlNotABase,
            URL,
            "/chat/completions is appended to this address, which has that path or a query already: calls go to a place \
             that is not there, and fail",
            "leave /chat/completions, `?` and everything behind them out",
        ));
    }
    if lower.starts_with("http://") && !is_loopback(host) {
        return Some(Finding::warning(
            FindingId::BaseUrlPlaintext,
            URL,
            "what users say and the key travel unencrypted, where the network does not encrypt by itself",
            "use https://, unless the way to this host is private",
        ));
    }
    None
}

/// Whether an address without its scheme leads to the same machine.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    name == "localhost" || name.starts_with("127.") || host.starts_with("[::1]")
}

fn api_key(subject: &Subject) -> Option<Finding> {
    let is_missing = subject.trimmed(KEY).is_none_or(str::is_empty) && !subject.is_to_fill_in(KEY);
    is_missing.then(|| {
        Finding::warning(
            FindingId::ApiKeyMissing,
            KEY,
            "there is no key: an endpoint that asks for one refuses every LLM call, the baseline's name extraction as well",
            "set the key, unless the endpoint takes calls without one",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_machine_is_a_loopback() {
        for host in ["localhost", "localhost:80/v1", "127.0.0.1:8080", "[::1]:80", "user@localhost/"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "llm:8080", "10.0.0.1", "example/localhost", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
