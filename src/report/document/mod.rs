//! The report of `corridor report` and `corridor diff`: one value, and one file for each of its formats.
//!
//! A [`Document`] holds stored runs, groups of changes, and cases with both of their sides. A redacted document contains no
//! text of a user, so that no format can leak it. Strings are not escaped in it; each format escapes them for its medium.

mod annotations;
mod build;
mod cases;
#[cfg(test)]
mod fixture;
mod html;
mod junit;
mod markdown;
mod text;

use super::shell::{REASON, command, word};
use crate::gate::Verdict;
use crate::golden::{ChangeKind, GroupName, Severity, Shape};
use crate::model::{CorridorStatus, ReasonCode};
use crate::outcome::Divergence;
use crate::summary::Summary;
pub use annotations::write_annotations;
pub use build::Shown;
pub use cases::Cases;
pub use html::write_html;
pub use junit::write_document_junit;
pub use markdown::{COMMENT_LIMIT, COMMENT_MINIMUM, write_markdown};
use serde::Serialize;
use std::collections::BTreeSet;
pub use text::write_document_text;

/// Version of the JSON document; raised when a field changes its meaning or goes.
pub const DOCUMENT_FORMAT: u32 = 1;

/// Replaces the reason of an acceptance in a redacted document, since a reason may quote a user.
pub const REASON_LEFT_OUT: &str = "reason left out";

/// Explains what is counted; shown with every number of changes.
const OUTCOME: &str = "An outcome is the result of one command under one rule set.";

/// The content of a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// [`DOCUMENT_FORMAT`].
    pub format: u32,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// Whether texts of users were left out.
    pub redacted: bool,
    /// The stored runs, in the order of their rule sets; none where two golden folders are compared.
    pub runs: Vec<RunView>,
    /// What changed; `None` where nothing was compared.
    pub changes: Option<ChangesView>,
    /// Cases: commands that changed, and those on which the corridor's decision differs from the baseline or cannot be compared;
    /// the most important first.
    pub cases: Vec<CaseView>,
    /// How many more cases there are that the document leaves out.
    pub cases_left_out: u64,
}

/// One stored run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// Its name: the digest of its inputs, hex.
    pub name: String,
    /// Its summary.
    pub summary: Summary,
    /// The newest verdict on it, if any.
    pub verdict: Option<VerdictView>,
}

/// A verdict of the gate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictView {
    /// File name of the receipt.
    pub receipt: String,
    /// The step: `to 0.05`, `hold 0.05`.
    pub asked: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The reasons in one sentence, without the verdict's name.
    pub sentence: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Changes between two sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChangesView {
    /// Name of the first side: `golden`, `golden at 4f0c1d2`, the name of a run.
    pub before: String,
    /// Name of the second side.
    pub after: String,
    /// Whether the changes are pending: found by a replay, and neither accepted nor rejected.
    pub pending: bool,
    /// Options of the commands that settle them, each with a space before it.
    #[serde(skip)]
    pub options: String,
    /// The result in one sentence, which claims no more than was compared.
    pub headline: String,
    /// How many snapshots were compared, which is those with a command on both sides; `None` where they were not counted.
    pub compared: Option<u64>,
    /// How many snapshots were not compared: only one side has them, or none of their commands was replayed.
    pub not_compared: u64,
    /// Whether a side holds only a part of its corpora: it was filtered or sampled, or lines were set aside.
    pub partial: bool,
    /// Outcomes (a command under a rule set) that are the same on both sides; `None` where they were not counted.
    pub unchanged: Option<u64>,
    /// Outcomes that differ; the sum over `groups`.
    pub changed: u64,
    /// The groups, the most severe first, then the largest.
    pub groups: Vec<GroupView>,
    /// What was not compared, and why. Sentences for people.
    pub notes: Vec<String>,
}

impl ChangesView {
    /// Whether there was anything to compare.
    pub fn is_compared(&self) -> bool {
        self.compared != Some(0)
    }

    /// Whether everything was compared.
    pub fn is_whole(&self) -> bool {
        self.is_compared() && self.not_compared == 0 && !self.partial
    }
}

/// Changes of the same structure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupView {
    /// SHA-256 of the structure, hex.
    pub fingerprint: String,
    /// SHA-256 of the members with both of their sides, hex.
    pub members: String,
    /// The structure.
    #[serde(flatten)]
    pub shape: Shape,
    /// How severe they are.
    pub severity: Severity,
    /// What changed, as a sentence without the number: `accepted → refused by items_lost`.
    pub what: String,
    /// The rest of the sentence: `41 outcomes, 41 were regressed, now none`.
    pub rest: String,
    /// How many outcomes, 1 or more: a command counts once under each rule set.
    pub count: u64,
    /// How many in which snapshot, ascending by its name; sums to `count`.
    pub parts: Vec<PartView>,
    /// At most three of them: those that a rollout would expose first.
    pub representatives: Vec<CaseView>,
    /// Their reasons in the ledger; empty where it was not read.
    pub reasons: Vec<ReasonView>,
    /// How many of them have no line in the ledger; `None` where it was not read.
    pub unaccounted: Option<u64>,
}

impl GroupView {
    /// The command that accepts it, with a placeholder for the reason: with the corpora and rule sets of its members, its
    /// name, and `options`. `None` where names are redacted.
    pub(super) fn accepting(&self, options: &str) -> Option<String> {
        let names: Vec<_> = self.parts.iter().filter_map(|part| part.snapshot.split_once('/')).collect();
        let rules: BTreeSet<_> = names.iter().map(|(rules, _)| *rules).collect();
        let corpora: BTreeSet<_> = names.iter().map(|(_, corpus)| *corpus).collect();
        if self.parts.len() != names.len()
            || rules.is_empty()
            || self.parts.iter().any(|part| is_redacted(&part.snapshot))
        {
            return None;
        }
        let (rules, corpora): (Vec<_>, Vec<_>) = (rules.into_iter().collect(), corpora.into_iter().collect());
        let group = GroupName::of(&self.fingerprint, &self.members);
        let prune = if self.shape.kind == ChangeKind::Missing { " --prune" } else { "" };
        let options = format!(" --rules {} --group {group}{prune}{options}{REASON}", word(rules.join(",")));
        Some(command("accept", &corpora, &options))
    }
}

fn is_redacted(name: &str) -> bool {
    name.starts_with("sha256:")
}

/// The members of a group in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// `<rule set>/<corpus>`.
    pub snapshot: String,
    /// How many.
    pub count: u64,
}

/// Why members of a group were accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonView {
    /// Who accepted them.
    pub who: String,
    /// When, RFC 3339.
    pub at: String,
    /// The reason, or [`REASON_LEFT_OUT`]; `None` where none was given.
    pub reason: Option<String>,
    /// How many of the group.
    pub count: u64,
}

/// One command with two sides: golden and now where it changed, otherwise baseline and corridor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseView {
    /// `<rule set>/<corpus>`.
    pub snapshot: String,
    /// The caller's identifier.
    pub command_id: String,
    /// What the user said; `None` where it was redacted.
    pub text: Option<String>,
    /// The class now; in golden, where the command is missing.
    pub class: Divergence,
    /// Where the corridor ended; `None` while it is off.
    pub status: Option<CorridorStatus>,
    /// Why.
    pub reason: Option<ReasonCode>,
    /// Tags, for filters.
    pub tags: Vec<String>,
    /// Fingerprint of its group, where it changed.
    pub group: Option<String>,
    /// Line of its entry in the golden file, from 1; only for representatives of groups.
    pub golden_line: Option<u64>,
    /// Both sides.
    pub diff: DiffView,
}

/// Two sides, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffView {
    /// Name of the left side: `golden`, `baseline`, the name of a run.
    pub before: String,
    /// Name of the right side: `now`, `corridor`.
    pub after: String,
    /// The rows, in the order of an entry's fields.
    pub rows: Vec<DiffRow>,
}

/// One field, or one item, on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffRow {
    /// Name of the field: `class`, `baseline · item`.
    pub field: String,
    /// Left; `None` where that side does not have it.
    pub before: Option<Vec<Segment>>,
    /// Right.
    pub after: Option<Vec<Segment>>,
}

impl DiffRow {
    /// Whether the sides differ.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The text.
    pub text: String,
    /// Whether it differs from the other side.
    pub emphasised: bool,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::field_names;
    use super::fixture::document;

    #[test]
    fn every_field_is_documented() {
        let mut document = serde_json::to_value(document()).unwrap();
        let (own, of_summary) =
            (include_str!("../../../docs/report.md"), include_str!("../../../docs/summary-json.md"));
        for run in document["runs"].as_array_mut().unwrap() {
            let summary = run["summary"].take();
            let missing: Vec<_> =
                field_names(&summary).into_iter().filter(|name| !of_summary.contains(&format!("`{name}`"))).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
        let names = field_names(&document);
        assert!(["fingerprint", "emphasised", "unaccounted", "golden_line"].iter().all(|name| names.contains(*name)));
        let missing: Vec<_> = names.into_iter().filter(|name| !own.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
