//! Differences of the inputs of two runs, which may have caused the differences of their outcomes.

use super::super::file::{SHOWN_DIGITS, shortened};
use crate::run::RunInputs;
use std::collections::BTreeSet;

/// One sentence for each input that differs.
pub(super) fn differences(before: &RunInputs, after: &RunInputs) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |what: &str, before: &str, after: &str| {
        if before != after {
            found.push(format!("{what}: {before} → {after}"));
        }
    };
    note("version", &before.tool_version, &after.tool_version);
    note("rules", before.rules.as_str(), after.rules.as_str());
    note("decisions", before.decisions.as_str(), after.decisions.as_str());
    note("sampling", before.sampling.as_str(), after.sampling.as_str());
    let variables: BTreeSet<_> = before.environment.keys().chain(after.environment.keys()).collect();
    for name in variables {
        let value = |inputs: &RunInputs| inputs.environment.get(name).cloned().unwrap_or_else(|| "not set".to_owned());
        note(name, &value(before), &value(after));
    }
    let digest = |digest: &str| shortened(digest, SHOWN_DIGITS).to_owned();
    let optional = |of: &Option<String>| of.as_deref().map_or_else(|| "none".to_owned(), digest);
    note("policy file", &optional(&before.policy), &optional(&after.policy));
    note("foreign decisions", &optional(&before.foreign), &optional(&after.foreign));
    for corpus in &before.corpora {
        if let Some(other) = after.corpora.iter().find(|other| other.name == corpus.name) {
            note(&format!("recordings of {}", corpus.name), &digest(&corpus.digest), &digest(&other.digest));
        }
    }
    found
}
