//! Whether a text looks like a key, a token or a password. In doubt it does.

use super::digest::{is_uuid, without_digests};
use super::key::holds_key;
use super::random::{has_random_run, is_jumbled};

/// Characters of a token that look random; shorter ones may be words.
const RANDOM_CHARACTERS: usize = 20;

/// Whether a value looks like a key or a token.
pub(super) fn looks_secret(value: &str) -> bool {
    // A key stays one where what follows its prefix looks like a digest.
    if holds_key(value) {
        return true;
    }
    let value = without_digests(value);
    let value = value.as_str();
    let tokens = |joined: &'static str| value.split(move |c: char| !(c.is_ascii_alphanumeric() || joined.contains(c)));
    let is_random =
        |token: &str| token.bytes().any(|byte| byte.is_ascii_digit()) && is_jumbled(token, RANDOM_CHARACTERS);
    has_user(value)
        || tokens("-_.~+").any(is_random)
        || tokens("-_.~+/=").any(is_random)
        || tokens("-").any(holds_uuid)
        || has_random_run(value, RANDOM_CHARACTERS)
}

/// Whether it holds a UUID: some providers use them as keys.
fn holds_uuid(token: &str) -> bool {
    let parts: Vec<_> = token.split('-').collect();
    parts.windows(5).any(|parts| is_uuid(&parts.join("-")))
}

/// Whether a value or a sentence holds an address with a user, and so perhaps with a password: `scheme://...@`, or
/// `user:password@` without a scheme.
fn has_user(text: &str) -> bool {
    let has_at = |text: &str| text.contains('@') || text.contains("%40");
    let has_user_in = |address: &str| {
        let (authority, path) = address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
        // An `@` in the path precedes a revision or a name, unless the slash is part of a password.
        let may_be_password = || authority.split_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err());
        has_at(authority) || has_at(path) && may_be_password()
    };
    let is_pair =
        |word: &str| !word.contains("://") && word.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    text.split("://").skip(1).any(has_user_in) || text.split_whitespace().any(is_pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_look_secret_and_ordinary_values_do_not() {
        for secret in [
            "sk-c4n4ryC4n4ryC4n4ry",
            "Bearer sk-proj-c4n4ryC4n4ryC4n4ry",
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
            "550e8400-e29b-41d4-a716-446655440000",
            "/run/key_550E8400-e29b-41d4-a716-446655440000/x",
            "AQVNcanarycanary",
            "Api-Key: AQVNcanarycanary",
            "t1.c4n4ryC4n4ryC4n4ry.x",
            "token=t1.c4n4ryC4n4ryC4n4ry",
            "Xy8Q~canary.canary-canary_",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "aB3-dE5_gH7.jK9~mN2+pQ4",
            "q83vEjRWeJ+rze8SNFZ4kA==",
            "cannot read https://u:canary@cfg/policy.yaml: entity not found",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "Bearer 2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "/run/secrets/2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "/srv/2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f1A/policy.yaml",
            "/nix/store/sk-c4n4ryC4n4ryC4n4ry/policy.yaml",
            "/nix/store/q83vEjRWeJCrze8SNFZ4kAq83vEjRWeJ-policy/x",
            "https://u:canary@registry.example/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "https://hooks.example/550e8400-e29b-41d4-a716-446655440000",
            "sha256:AQVNcanarycanary",
            "/srv/AKIAIOSFODNN7EXAMPLE/policy.yaml",
            "https://u:can/ary@cfg",
            "see https://host/x and https://u:canary@cfg",
            "dop_v1_e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "ghs_2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "sha256-q83vEjRWeJCrze8SNFZ4kAq83vEjRWeJ",
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
            "config/t1.yaml",
            "t1.example.com",
            "https://key-vault.example/v1",
            "sk-canary",
            "PROGRA~1",
            "Assistant-v2.3-Production-Rollout.yaml",
            "Meta-Llama-3.1-8B-Instruct-v0.3",
            "20260302-0800-0000-0000-risk",
            "compat.adr: a mail address, not @",
            "/nix/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1-llm-policy-1.2/policy.yaml",
            "cannot read /nix/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1-llm-policy/policy.yaml: entity not found",
            "/gnu/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1-policy.yaml",
            "2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "partial_trust-2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "/srv/releases/2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10/llm-policy.yaml",
            "v1.4.0-12-g2414721b6c0f",
            "/srv/releases/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/policy.yaml",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "registry.example:5000/app:1.2@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "/var/lib/kubelet/pods/550e8400-e29b-41d4-a716-446655440000/volumes/policy.yaml",
            "/srv/20260302T080000123456Z/policy.yaml",
            "/backup/2026-03-02T08:00:00.123456Z/policy.yaml",
            "/mnt/assistant-7d9f8b6c5d-x2x4z/policy.yaml",
            "ip-10-0-12-34.eu-west-1.compute.internal",
            "git+https://git.example/policy@2414721b6c0f1b7de5d43e8a1f9a0c3b5d7e9f10",
            "git+https://git.example:8443/policy.git@v1.4.0#egg=policy",
            "2414721B6C0F1B7DE5D43E8A1F9A0C3B5D7E9F10",
            "SHA256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb",
            "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
            "md5:8f14e45fceea167a5a36dedd4bea2543",
            "/var/cache/8f14e45fceea167a5a36dedd4bea2543/policy.yaml",
            "/var/cache/policy-8f14e45fceea167a5a36dedd4bea2543.yaml",
            "/nix/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1/policy.yaml",
            "/nix/store/0c0r7zy9q8h2jvwm5a4pfk3sdn6lbix1",
            "W/\"33a64df551425fcc55e4d42a148795d9f25f89d4\"",
            "etag=\"8f14e45fceea167a5a36dedd4bea2543\"",
            "registry.example/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(!looks_secret(plain), "{plain}");
        }
    }
}
