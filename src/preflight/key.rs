//! How keys say that they are keys.

/// How the keys of providers begin, and the fewest signs of one, which is more where other words begin so, too.
///
/// From the rules of gitleaks (`config/gitleaks.toml`), the partner patterns of GitHub's secret scanning, and what the providers
/// document. The signs that belong to a key are letters, digits, `-`, `_`, `.`, `~` and `+`.
const BEGINNINGS: [(&str, usize); 76] = [
    // In general.
    ("sk-", 4),
    ("sk_", 4),
    ("pk_", 4),
    ("rk_", 4),
    ("key-", 5),
    ("eyJ", 11),
    // Models.
    ("hf_", 4),
    ("gsk_", 5),
    ("AIza", 5),
    ("AQVN", 11),
    ("r8_", 20),
    ("pplx-", 6),
    ("nvapi-", 7),
    ("tgp_v1_", 8),
    ("xai-", 20),
    ("lsv2_", 6),
    // Clouds and their services.
    ("AKIA", 5),
    ("ASIA", 16),
    ("ABIA", 16),
    ("ACCA", 16),
    ("t1.", 11),
    ("ya29.", 6),
    ("GOCSPX-", 8),
    ("dop_v1_", 8),
    ("doo_v1_", 8),
    ("dor_v1_", 8),
    ("dapi", 32),
    ("hvs.", 12),
    ("hvb.", 12),
    ("hvr.", 12),
    ("pscale_", 20),
    ("AGE-SECRET-KEY-", 16),
    ("EAACEdEose0cBA", 15),
    // Code, packages and what builds them.
    ("ghp_", 5),
    ("gho_", 5),
    ("ghu_", 5),
    ("ghs_", 5),
    ("ghr_", 5),
    ("github_pat_", 12),
    ("glpat-", 7),
    ("gldt-", 6),
    ("glrt-", 6),
    ("glcbt-", 7),
    ("glptt-", 7),
    ("glft-", 6),
    ("glimt-", 7),
    ("glagent-", 9),
    ("glsoat-", 8),
    ("ATATT3", 20),
    ("ATCTT3", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("rubygems_", 20),
    ("dckr_pat_", 10),
    ("dckr_oat_", 10),
    ("oy2", 43),
    ("CFPAT-", 7),
    ("sntrys_", 8),
    ("sntryu_", 8),
    ("NRAK-", 6),
    ("glc_", 20),
    ("glsa_", 20),
    // Messages, payments, work.
    ("xox", 4),
    ("xapp-", 6),
    ("SG.", 11),
    ("xkeysib-", 9),
    ("whsec_", 7),
    ("shpat_", 7),
    ("shpss_", 7),
    ("shpca_", 7),
    ("shppa_", 7),
    ("sq0atp-", 8),
    ("sq0csp-", 8),
    ("lin_api_", 9),
    ("PMAK-", 6),
    ("figd_", 6),
];

/// Whether a text holds something that says of itself that it is a key.
pub(super) fn holds_key(text: &str) -> bool {
    let tokens = |joined: &'static str| text.split(move |c: char| !(c.is_ascii_alphanumeric() || joined.contains(c)));
    let is_key = |token: &str| {
        let known = BEGINNINGS.iter().any(|(start, least)| token.len() >= *least && token.starts_with(start));
        known && !is_place(token)
    };
    text.contains("PRIVATE KEY")
        || tokens("-_+").any(is_key)
        || tokens("-_.~+").any(|token| is_key(token) || is_client_secret(token))
}

/// `ASIA-PACIFIC-SOUTHEAST`: an id of a key has no such signs.
fn is_place(token: &str) -> bool {
    token.starts_with("ASIA") && token.contains(['-', '_', '.'])
}

/// Client secrets of Azure have three signs, a digit and `Q~` before the rest.
fn is_client_secret(token: &str) -> bool {
    let follows_a_digit =
        |start: usize| token.get(..start).is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()));
    token.len() > 10 && token.match_indices("Q~").any(|(start, _)| follows_a_digit(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_beginning_is_that_of_a_key() {
        for (start, least) in BEGINNINGS {
            let key = format!("{start}{}", "canary".repeat(least));
            for text in [key.clone(), format!("Bearer {key}"), format!("\"{key}\""), format!("/srv/{key}/x")] {
                assert!(holds_key(&text), "{text}");
            }
        }
        for key in [
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
            "sk-ant-api03-canary",
            "xapp-1-A0-canary",
            "Xy8Q~canary.canary-canary_",
        ] {
            assert!(holds_key(key), "{key}");
        }
    }

    #[test]
    fn words_that_begin_alike_are_none() {
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
        ] {
            assert!(!holds_key(text), "{text}");
        }
    }
}
