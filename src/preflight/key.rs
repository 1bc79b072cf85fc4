//! Whether a text holds a key by the form that its provider gives it.

use super::random::{has_random_run, is_jumbled};

/// How the keys of providers begin, by the fewest characters that follow: more of them where other words begin so, too.
///
/// From the rules of gitleaks (`config/gitleaks.toml`), the partner patterns of GitHub's secret scanning, and what the providers
/// document. A key consists of letters, digits, `-`, `_`, `.`, `~` and `+`.
const PREFIXES: [(usize, &str); 11] = [
    (
        1,
        "hf_ gsk_ AIza pplx- nvapi- tgp_v1_ lsv2_ AKIA ya29. GOCSPX- dop_v1_ doo_v1_ dor_v1_ AGE-SECRET-KEY- EAACEdEose0cBA \
         ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- dckr_pat_ \
         dckr_oat_ CFPAT- sntrys_ sntryu_ NRAK- xapp- xkeysib- whsec_ shpat_ shpss_ shpca_ shppa_ sq0atp- sq0csp- lin_api_ \
         PMAK- figd_",
    ),
    (7, "AQVN"),
    (8, "eyJ hvs. hvb. hvr. SG."),
    (11, "rubygems_"),
    (12, "ASIA ABIA ACCA"),
    (13, "pscale_"),
    (14, "ATATT3 ATCTT3"),
    (15, "pypi- glsa_"),
    (16, "xai- npm_ glc_ r8_"),
    (28, "dapi"),
    (40, "oy2"),
];

/// Prefixes of keys with which words begin as well: a digit has to follow in a token without a dot, which host names have, or
/// what follows has to look random. `sk-1234` is a key that people set.
const SHORT_PREFIXES: [&str; 6] = ["sk-", "sk_", "pk_", "rk_", "key-", "xox"];

/// A prefix of keys with a dot, with which host names begin as well: what follows has to look random.
const DOTTED_PREFIX: &str = "t1.";

/// Characters that look random, from which on they are a key whatever stands around them.
const RANDOM_CHARACTERS: usize = 16;

/// Whether a text holds a key: a known prefix and enough behind it, a private key in PEM, or a client secret of Azure.
pub(super) fn holds_key(text: &str) -> bool {
    let tokens = |joined: &'static str| text.split(move |c: char| !(c.is_ascii_alphanumeric() || joined.contains(c)));
    text.contains("PRIVATE KEY")
        || tokens("-_+").any(is_key)
        || tokens("-_.~+").any(|token| is_key(token) || is_short_key(token) || is_client_secret(token))
}

fn is_key(token: &str) -> bool {
    let rest_of = |prefix: &str| token.strip_prefix(prefix);
    let mut prefixes =
        PREFIXES.iter().flat_map(|(least, prefixes)| prefixes.split(' ').map(move |prefix| (prefix, *least)));
    let has_prefix = prefixes.any(|(prefix, least)| rest_of(prefix).is_some_and(|rest| rest.len() >= least));
    // Key ids of AWS hold no signs: `ASIA-PACIFIC-SOUTHEAST`.
    let is_place = token.starts_with("ASIA") && token.contains(['-', '_', '.']);
    let is_random = |rest: &str| {
        has_random_run(rest, RANDOM_CHARACTERS) || rest.split('.').any(|label| is_jumbled(label, RANDOM_CHARACTERS))
    };
    let mut short = SHORT_PREFIXES.iter().chain([&DOTTED_PREFIX]);
    has_prefix && !is_place || short.any(|prefix| rest_of(prefix).is_some_and(is_random))
}

/// Whether a token is a key with a short prefix that need not look random. A digit is in every key that is generated.
fn is_short_key(token: &str) -> bool {
    let has_digit = |rest: &str| rest.bytes().any(|byte| byte.is_ascii_digit());
    !token.contains('.') && SHORT_PREFIXES.iter().any(|prefix| token.strip_prefix(prefix).is_some_and(has_digit))
}

/// Client secrets of Azure have three characters, a digit and `Q~` before the rest.
fn is_client_secret(token: &str) -> bool {
    let follows_a_digit =
        |start: usize| token.get(..start).is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()));
    token.len() > 10 && token.match_indices("Q~").any(|(start, _)| follows_a_digit(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_with_enough_behind_it_is_a_key() {
        let written =
            |key: &str| [key.to_owned(), format!("Bearer {key}"), format!("\"{key}\""), format!("/srv/{key}/x")];
        for (least, prefixes) in PREFIXES {
            for prefix in prefixes.split(' ') {
                let key = format!("{prefix}{}", "c".repeat(least));
                assert!(written(&key).iter().all(|text| holds_key(text)), "{key}");
                assert!(!written(&key[..key.len() - 1]).iter().any(|text| holds_key(text)), "{key}");
            }
        }
        for prefix in SHORT_PREFIXES.iter().chain([&DOTTED_PREFIX]) {
            assert!(written(&format!("{prefix}c4n4ryC4n4ryC4n4ry")).iter().all(|text| holds_key(text)), "{prefix}");
        }
        for key in [
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
            "xapp-1-A0-canary",
            "Xy8Q~canary.canary-canary_",
            // OpenAI, Anthropic, OpenRouter, LiteLLM, DeepSeek, Stripe, Mailgun, Yandex, Slack.
            "sk-proj-c4n4ry_0YxT3BlbkFJc4n4ryQmZ7",
            "sk-ant-api03-c4n4ryC-4n4ryC4n_4ryAA",
            "sk-or-v1-0123456789abcdef0123456789abcdef",
            "sk-9X_c4n4ry-C4n4ryZ0aQw",
            "sk-0123456789abcdef0123456789abcdef",
            "sk_live_c4n4ryC4n4ryC4n4ryC4n4ry",
            "pk_test_cAnArYcAnArYcAnArYcAnArY",
            "key-0123456789abcdef0123456789abcdef",
            "t1.9euelZc4n4ryC4n4ryC4n4ry.c4n4ry-C4n4ry_C4n4ry",
            "xoxb-123456789012-1234567890123-c4n4ryC4n4ryC4n4ryC4n4ry",
            "xoxe.xoxp-1-Mi0yLTc4n4ryC4n4ryC4n4ry",
            // Groups of small letters and digits, and short keys that people set.
            "sk-helicone-c4n4ry6-5cn4ry2-qcn4r5y-n7x3cnr",
            "xoxs-3206092076-3204538285-3743137121-c4n4ry2420",
            "xoxr-canary12",
            "xoxa-2-canary12",
            "sk-1234",
            "sk-c4n4ry-p4ssw0rd",
        ] {
            assert!(holds_key(key), "{key}");
        }
    }

    #[test]
    fn host_names_and_words_that_begin_alike_are_no_keys() {
        for text in [
            "npm_config",
            "ASIA-PACIFIC-SOUTHEAST",
            "dapi",
            "task-list",
            "SG.",
            "pypi-mirror",
            "r8_x",
            "oy2",
            "partial_trust",
            "t1.example.com",
            "t1.eu-west-1.compute.internal",
            "key-vault.example",
            "key-value-store.production.example:8443",
            "key-management",
            "sk-learn",
            "sk-slovakia-production",
            "sk-node-01.production.example",
            "sk_household_assistant",
            "key-vault-2.example",
            "pk_users",
            "xoxo",
            "xoxo-hugs-and-kisses",
        ] {
            assert!(!holds_key(text), "{text}");
        }
    }
}
