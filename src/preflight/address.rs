//! Redaction of an address: scheme, host, port and path are shown; user, query and fragment are not.
//!
//! A password can be anywhere in an address, also by mistake, so whatever is not plainly a host, a port or a path is hidden.

use super::credential::looks_secret;

/// An address without user, query and fragment; `None` where its parts cannot be told apart.
pub(super) fn address(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let ends = |text: &str| text.find(['/', '\\', '?', '#']).unwrap_or(text.len());
    let rest = match rest.rsplit_once('@') {
        None => rest,
        Some((user, rest)) if ends(user) == user.len() => rest,
        // Either a password with a slash in it, or a path with an `@`.
        Some(_) => return None,
    };
    let shown = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = shown.split_at(shown.find('/').unwrap_or(shown.len()));
    (is_authority(authority) && is_path(path) && !looks_secret(shown)).then(|| format!("{scheme}://{shown}"))
}

/// A host, or a host and a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        // The last colon of an IPv6 address without a port is inside its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host && port.is_none_or(is_port)
}

fn is_path(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_user_query_and_fragment() {
        for (value, shown) in [
            ("https://llm.example/v1", Some("https://llm.example/v1")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://[::1]:8080/v1", Some("http://[::1]:8080/v1")),
            ("http://[::1]", Some("http://[::1]")),
            ("http://llm_server.internal:65535/a-b_c.d~e/", Some("http://llm_server.internal:65535/a-b_c.d~e/")),
            ("https://user:canary@llm.example/v1?key=canary#canary", Some("https://llm.example/v1")),
            ("https://llm.example?key=canary", Some("https://llm.example")),
            ("https://us/er:canary@llm.example", None),
            ("https://llm.example/v1?mail=canary@x", None),
            ("https://a@b:canary@llm.example", Some("https://llm.example")),
            ("https://llm.example/sk-c4n4ryC4n4ryC4n4ry/v1", None),
            ("https://t1.example.com/v1", Some("https://t1.example.com/v1")),
            ("https://key-vault.example", Some("https://key-vault.example")),
            ("https:/user:canary@llm.example", None),
            ("https:\\\\user:canary@llm.example", None),
            ("user:canary@llm.example", None),
            ("ftp://canary", None),
            ("https://h:canary/v1", None),
            ("https://h:/v1", None),
            ("https://h:+80/v1", None),
            ("https://h:65536/v1", None),
            ("https://u:canary:80/v1", None),
            ("https://[canary]/v1", None),
            ("https://[::1]canary/v1", None),
            ("https://h/v1;key=canary", None),
            ("https://h/v1&key=canary", None),
            ("https://h/v1:canary", None),
            ("https://h/v1/%63anary", None),
            ("https://u%3Acanary%40h", None),
            ("https://", None),
        ] {
            assert_eq!(address(value).as_deref(), shown, "{value}");
        }
    }
}
