//! Misspelt names of variables.

use crate::model::VARIABLES;

/// How the names of all variables begin.
const PREFIXES: [&str; 2] = ["PARTIAL_TRUST", "LLM"];

/// Prefixes that only the deployed system uses.
const RESERVED: [&str; 2] = ["PARTIAL_TRUST_", "LLM_POLICY_"];

/// Whether preflight looks at a variable at all: it is one of the table, or looks like one.
#[must_use]
pub fn is_watched(name: &str) -> bool {
    let is_reserved = || RESERVED.iter().any(|prefix| name.to_ascii_uppercase().starts_with(prefix));
    VARIABLES.contains(&name) || is_reserved() || intended(name).is_some()
}

/// The variable that a misspelt name means, if one is near.
#[must_use]
pub fn intended(name: &str) -> Option<&'static str> {
    let upper = name.trim().to_ascii_uppercase().replace('-', "_");
    let has_prefix = PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
    // Other variables of a process may be near by chance.
    let tolerated = |known: &str| if has_prefix { known.len() / 7 } else { known.len() / 10 };
    let near = VARIABLES.into_iter().map(|known| (distance(&upper, known), known));
    let nearest = near.filter(|(distance, known)| *distance <= tolerated(known)).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, known)| known).or_else(|| if has_prefix { abbreviated(&upper) } else { None })
}

/// The only variable whose words are those of `upper`, and more: `PARTIAL_TRUST_RATE`.
fn abbreviated(upper: &str) -> Option<&'static str> {
    let words = |name: &'static str| name.split('_');
    let mut full = VARIABLES.into_iter().filter(|known| upper.split('_').all(|word| words(known).any(|w| w == word)));
    full.next().filter(|_| full.next().is_none())
}

/// Levenshtein distance, in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (place, byte) in left.bytes().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (above, other) in row.iter_mut().skip(1).zip(right.bytes()) {
            let cost = (diagonal + usize::from(byte != other)).min(before + 1).min(*above + 1);
            diagonal = std::mem::replace(above, cost);
            before = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn misspelt_names_are_recognised() {
        for (name, meant) in [
            ("PARTIAL_TRUST_ENABLE", "PARTIAL_TRUST_ENABLED"),
            ("PARTAIL_TRUST_ENABLED", "PARTIAL_TRUST_ENABLED"),
            ("partial_trust_enabled", "PARTIAL_TRUST_ENABLED"),
            ("PARTIAL-TRUST-INTENT", "PARTIAL_TRUST_INTENT"),
            ("PARTIAL_TRUST_TIMEOUT", "PARTIAL_TRUST_TIMEOUT_MS"),
            ("PARTIAL_TRUST_PROFILE", "PARTIAL_TRUST_PROFILE_ID"),
            ("PARTIAL_TRUST_RATE", "PARTIAL_TRUST_SAMPLE_RATE"),
            ("PARTIAL_TRUST_RISK_LOG", "PARTIAL_TRUST_RISK_LOG_PATH"),
            ("LLM_POLICY_ENABLE", "LLM_POLICY_ENABLED"),
            ("LLM_ENABLED", "LLM_POLICY_ENABLED"),
            ("LLM_KEY", "LLM_API_KEY"),
            ("LLM_APIKEY", "LLM_API_KEY"),
            ("LLM_URL", "LLM_BASE_URL"),
            ("LLM_ALLOW_PLACEHOLDERS", "LLM_POLICY_ALLOW_PLACEHOLDERS"),
        ] {
            assert_eq!(intended(name), Some(meant), "{name}");
        }
    }

    #[test]
    fn other_variables_are_left_alone() {
        for name in [
            "PATH",
            "HOME",
            "PROFILE",
            "BASE_URL",
            "LLM_PROVIDER",
            "LLM_MODEL",
            "LLM_POLICY",
            "LLM_LOG_LEVEL",
            "LLAMA_API_KEY",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "CORRIDOR_RULES",
            "LLM_TEMPERATURE",
            "",
            "LLM_",
        ] {
            assert_eq!(intended(name), None, "{name}");
            assert!(!is_watched(name), "{name}");
        }
        for name in ["PARTIAL_TRUST_COLOUR", "LLM_POLICY_FILE"] {
            assert!(is_watched(name) && intended(name).is_none(), "{name}");
        }
        for name in VARIABLES {
            assert!(is_watched(name));
        }
    }

    #[test]
    fn distances_count_single_edits() {
        for (left, right, expected) in [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("abc", "abc", 0)] {
            assert_eq!(distance(left, right), expected);
        }
    }

    proptest! {
        #[test]
        fn distances_are_symmetric_and_at_most_the_longer_length(left in "[A-C]{0,8}", right in "[A-C]{0,8}") {
            prop_assert_eq!(distance(&left, &right), distance(&right, &left));
            prop_assert!(distance(&left, &right) <= left.len().max(right.len()));
        }
    }
}
