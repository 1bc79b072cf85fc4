//! What of a value may be shown.
//!
//! A key is never shown, and of an address only where it leads. A value of any other variable is hidden where it looks
//! like a key: pasted into the wrong line, it would end up in the log of whatever ran this. The guess errs on the side of
//! hiding.

use super::variable::{Variable, VariableType};
use serde::Serialize;

/// What of a variable's value is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "text", rename_all = "snake_case")]
pub enum Written {
    /// The variable is unset.
    Unset,
    /// It is set, to nothing.
    Empty,
    /// It is set, and nothing of the value is shown, not even its length.
    Hidden,
    /// As it is written; of an address without user, query and fragment.
    Shown(String),
}

impl Written {
    pub(super) fn of(variable: &Variable, value: Option<&str>) -> Self {
        match value {
            None => Self::Unset,
            Some("") => Self::Empty,
            Some(_) if variable.is_secret() => Self::Hidden,
            Some(value) if variable.kind == VariableType::Url => address(value).map_or(Self::Hidden, Self::Shown),
            Some(value) if looks_secret(value) => Self::Hidden,
            Some(value) => Self::Shown(value.to_owned()),
        }
    }
}

/// A value inside a sentence.
pub(super) fn quoted(value: &str) -> String {
    match value {
        "" => "(empty)".to_owned(),
        _ if looks_secret(value) => "(not shown: it looks like a secret)".to_owned(),
        _ => format!("`{value}`"),
    }
}

/// A sentence that quotes from outside, unless it quotes a secret.
pub(super) fn sentence(text: &str) -> &str {
    if looks_secret(text) { "the reason is not shown, for it quotes what looks like a secret" } else { text }
}

/// How keys of common providers, and tokens in general, begin.
const KEY_STARTS: [&str; 14] =
    ["sk-", "sk_", "pk_", "rk_", "key-", "hf_", "gsk_", "ghp_", "gho_", "github_pat_", "glpat-", "xox", "AKIA", "AIza"];

/// A run of letters and digits as long as this, with both in it, is hardly a word.
const RANDOM_RUN: usize = 20;

/// Whether a value looks like a key or a token.
pub(super) fn looks_secret(value: &str) -> bool {
    let is_mixed = |run: &str| {
        run.len() >= RANDOM_RUN
            && run.bytes().filter(u8::is_ascii_digit).count() >= 2
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let is_key = |token: &str| KEY_STARTS.iter().any(|start| token.len() > start.len() && token.starts_with(start));
    let tokens = || value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+')));
    let is_web_token = |token: &str| token.len() > 10 && token.starts_with("eyJ");
    // Words of a path are joined by these; random text seldom has one in every twenty characters.
    let runs = || value.split(|c: char| !c.is_ascii_alphanumeric());
    has_user(value) || tokens().any(|token| is_key(token) || is_web_token(token)) || runs().any(is_mixed)
}

/// Whether a value or a sentence holds an address with a user, and so perhaps with a password: `scheme://...@`, or
/// `user:password@` without a scheme.
fn has_user(text: &str) -> bool {
    let is_followed = |mark| text.split_once(mark).is_some_and(|(_, rest)| rest.contains('@') || rest.contains("%40"));
    let is_pair = |word: &str| word.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    is_followed("://") || text.split_whitespace().any(is_pair)
}

/// An address without user, query and fragment; `None` where it is not certain what is which.
fn address(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let ends = |text: &str| text.find(['/', '\\', '?', '#']).unwrap_or(text.len());
    let rest = match rest.rsplit_once('@') {
        None => rest,
        Some((user, rest)) if ends(user) == user.len() => rest,
        // A password with a slash in it, or an `@` of the path: nobody can tell.
        Some(_) => return None,
    };
    let shown = rest.split(['?', '#']).next().unwrap_or_default();
    (!looks_secret(shown)).then(|| format!("{scheme}://{shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_look_secret_and_values_of_every_day_do_not() {
        for secret in [
            "sk-canary",
            "Bearer sk-proj-abc",
            "\"hf_abcdef\"",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiJ9.e30.x",
            "8f14e45fceea167a5a36dedd4bea2543",
            "/run/q83vEjRWeJCrze8SNFZ4/policy.yaml",
            "postgres://u:canary@db/x",
            "https://canary@cfg",
            "https://u:can ary@cfg",
            "https://u%3Acanary%40cfg",
            "u:canary@db",
            "cannot read https://u:canary@cfg/policy.yaml: entity not found",
        ] {
            assert!(looks_secret(secret), "{secret}");
        }
        for plain in [
            "",
            "true",
            "0.05",
            "200",
            "add_shopping_item",
            "partial_trust",
            "partial_trust_experiment_2026_03",
            "logs/partial_trust_risk.jsonl",
            "/srv/assistant/2026-03-02T08-00-00/config/llm-policy.production.yaml",
            "${LLM_POLICY_PATH}",
            "https://llm.example/v1",
            "risk@2026.jsonl",
            "compat.adr: a mail address, not @",
        ] {
            assert!(!looks_secret(plain), "{plain}");
        }
    }

    #[test]
    fn an_address_is_shown_without_user_query_and_fragment() {
        for (value, shown) in [
            ("https://llm.example/v1", Some("https://llm.example/v1")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("https://user:canary@llm.example/v1?key=canary#canary", Some("https://llm.example/v1")),
            ("https://llm.example?key=canary", Some("https://llm.example")),
            ("https://us/er:canary@llm.example", None),
            ("https://llm.example/v1?mail=canary@x", None),
            ("https://a@b:canary@llm.example", Some("https://llm.example")),
            ("https://llm.example/sk-canary/v1", None),
            ("https:/user:canary@llm.example", None),
            ("https:\\\\user:canary@llm.example", None),
            ("user:canary@llm.example", None),
            ("ftp://canary", None),
        ] {
            assert_eq!(address(value).as_deref(), shown, "{value}");
        }
    }
}
