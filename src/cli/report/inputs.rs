//! Differences of the inputs of two runs, which may have caused the differences of their outcomes.

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
    let digest = |digest: &Option<String>| {
        let shown = digest.as_ref().and_then(|digest| digest.get(..8));
        shown.unwrap_or("none").to_owned()
    };
    note("policy file", &digest(&before.policy), &digest(&after.policy));
    note("foreign decisions", &digest(&before.foreign), &digest(&after.foreign));
    for corpus in &before.corpora {
        if let Some(other) = after.corpora.iter().find(|other| other.name == corpus.name) {
            let digest = |text: &str| text.get(..8).unwrap_or(text).to_owned();
            note(&format!("recordings of {}", corpus.name), &digest(&corpus.digest), &digest(&other.digest));
        }
    }
    found
}
