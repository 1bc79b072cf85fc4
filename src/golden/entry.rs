//! One entry of a golden snapshot, and its canonical bytes.

use super::error::GoldenError;
use super::flaw::Flaw;
use super::format::diagnose;
use crate::model::{CorridorStatus, DecisionCore, ReasonCode, Text};
use crate::outcome::{Divergence, Effects, Outcome, OutcomeLine};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The part of an outcome that is in golden, in key order: no latency, no clock, no path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<'a> {
    /// The caller's identifier; entries are sorted by its bytes.
    #[serde(borrow)]
    pub command_id: Text<'a>,
    /// What the user said.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// The deterministic decision; absent after an escaped panic.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<DecisionCore<'a>>,
    /// Where the corridor ended; absent while it is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CorridorStatus>,
    /// Why; absent while the corridor is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// The decision that counts, where it is not the baseline.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionCore<'a>>,
    /// The divergence class.
    pub class: Divergence,
    /// What the candidate did to the items.
    #[serde(default, skip_serializing_if = "Effects::is_empty")]
    pub effects: Effects,
}

/// What surrounds the only element of a pretty-printed array.
const OPENING: &[u8] = b"[\n  ";
const CLOSING: &[u8] = b"\n]";

impl<'a> Entry<'a> {
    /// The entry of an outcome.
    pub fn of(outcome: &Outcome<'a>) -> Self {
        let command = &outcome.recording.command;
        let verdict = outcome.verdict();
        Self {
            command_id: (&*command.command_id).into(),
            text: (&*command.text).into(),
            baseline: outcome.decided.as_ref().map(|decided| decided.baseline.clone()),
            status: verdict.map(|(status, _)| status),
            reason: verdict.map(|(_, reason)| reason.clone()),
            decision: outcome.replacement().cloned(),
            class: outcome.divergence,
            effects: outcome.effects,
        }
    }

    /// The decision that counts; `None` after an escaped panic.
    pub fn decision_that_counts(&self) -> Option<&DecisionCore<'a>> {
        self.decision.as_ref().or(self.baseline.as_ref())
    }

    /// Canonical bytes: JSON indented by two spaces, as in the file (the first line without its indentation, the last line
    /// without a comma or line end). Equal entries have equal bytes.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "strings, numbers and lists of them: JSON can hold all of it"
    )]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(&[self]).expect("an entry is written to memory");
        bytes.truncate(bytes.len() - CLOSING.len());
        bytes.drain(..OPENING.len());
        bytes
    }
}

/// The canonical bytes of an entry in any layout.
pub(super) fn canonical_bytes(bytes: &[u8]) -> Result<Cow<'_, [u8]>, GoldenError> {
    let canonical = parse(bytes)?.canonical();
    Ok(if canonical == bytes { Cow::Borrowed(bytes) } else { Cow::Owned(canonical) })
}

/// Parses an entry.
pub(super) fn parse(bytes: &[u8]) -> Result<Entry<'_>, GoldenError> {
    let text = std::str::from_utf8(bytes).map_err(|_| GoldenError::NotAnEntry(Flaw::NotUtf8))?;
    serde_json::from_str(text).map_err(|_| GoldenError::NotAnEntry(diagnose::<Entry>(text).1))
}

impl<'a> From<OutcomeLine<'a>> for Entry<'a> {
    /// The entry of an outcome that a run has stored.
    fn from(line: OutcomeLine<'a>) -> Self {
        let OutcomeLine { command_id, text, baseline, status, reason, decision, class, effects, .. } = line;
        Self { command_id, text, baseline, status, reason, decision, class, effects }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANICKED: &str = r#"{
    "command_id": "a-1",
    "text": "хлеб \u0001 \"x\"",
    "class": "broken"
  }"#;

    #[test]
    fn bytes_are_those_of_an_array_element() {
        let entry: Entry = serde_json::from_str(PANICKED).unwrap();
        assert_eq!(String::from_utf8(entry.canonical()).unwrap(), PANICKED);
        assert_eq!(
            serde_json::to_string_pretty(&[&entry, &entry]).unwrap(),
            format!("[\n  {PANICKED},\n  {PANICKED}\n]")
        );
    }

    #[test]
    fn an_outcome_and_its_stored_line_give_the_same_entry() {
        let text = include_str!("../../corpora/household.jsonl");
        let recording: crate::model::Recording = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let digest = crate::model::IdDigest::of(&recording.command.command_id);
        let outcome = Outcome::panicked(&recording, digest);
        let entry = Entry::of(&outcome);
        assert_eq!(entry, Entry::from(outcome.into_line("household")));
    }
}
