//! Builds the parts of a document: runs, groups, and cases. Redaction of texts happens here and nowhere else.

use super::super::cap::capped;
use super::super::redaction::Redaction;
use super::super::rows::{divergence_rows, entry_rows};
use super::super::summary::{Sentence, sentence};
use super::{CaseView, DiffView, GroupView, PartView, RunView, VerdictView};
use crate::gate::Receipt;
use crate::golden::{Change, Entry, Group, GroupPart};
use crate::model::shown_name;
use crate::summary::Summary;

/// How cases are shown: the names of their sides, and whether texts are left out.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Name of the first side: `golden`, the name of a run.
    pub before: String,
    /// Name of the second side.
    pub after: String,
    /// Options of the commands that settle the changes, each with a space before it.
    pub options: String,
    /// Whether texts of users are left out, and ids and tags that do not look like names.
    pub redacted: bool,
}

impl Shown {
    fn redaction(&self) -> Redaction {
        if self.redacted { Redaction::of_text() } else { Redaction::none() }
    }

    /// A name as it is shown.
    pub fn name(&self, name: &str) -> String {
        if self.redacted { shown_name(name).into_owned() } else { name.to_owned() }
    }

    fn case(&self, snapshot: &str, entry: &Entry, tags: &[&str], group: Option<&str>, diff: DiffView) -> CaseView {
        CaseView {
            snapshot: self.name(snapshot),
            command_id: capped(&self.name(&entry.command_id)).into_owned(),
            text: (!self.redacted).then(|| capped(&entry.text).into_owned()),
            class: entry.class,
            status: entry.status,
            reason: entry.reason.clone(),
            tags: tags.iter().map(|tag| capped(&self.name(tag)).into_owned()).collect(),
            group: group.map(str::to_owned),
            golden_line: None,
            diff,
        }
    }
}

impl RunView {
    /// A stored run with its newest verdict.
    pub fn of(name: String, summary: Summary, verdict: Option<&Receipt>, shown: &Shown) -> Self {
        let summary = if shown.redacted { summary.with_shown_names() } else { summary };
        Self { name, summary, verdict: verdict.map(VerdictView::of) }
    }
}

impl GroupView {
    /// A group, without what the ledger says.
    pub fn of(group: &Group, shown: &Shown) -> Self {
        let Sentence { what, rest } = sentence(group.shape, group.count, "outcome");
        let part = |part: &GroupPart| PartView { snapshot: shown.name(&part.snapshot), count: part.count };
        let representatives = group.representatives.iter();
        Self {
            fingerprint: group.fingerprint.clone(),
            members: group.members.clone(),
            shape: group.shape.clone(),
            severity: group.severity(),
            what,
            rest,
            count: group.count,
            parts: group.parts.iter().map(part).collect(),
            representatives: representatives
                .filter_map(|(snapshot, change)| CaseView::changed(snapshot, change, &[], &group.fingerprint, shown))
                .collect(),
            reasons: Vec::new(),
            unaccounted: None,
        }
    }
}

impl CaseView {
    /// A case that changed; `None` where its bytes are no entry, which a comparison never returns.
    pub fn changed(snapshot: &str, change: &Change, tags: &[&str], fingerprint: &str, shown: &Shown) -> Option<Self> {
        let (before, after) = change.entries();
        let rows = entry_rows(before.as_ref(), after.as_ref(), &mut shown.redaction());
        let diff = DiffView { before: shown.before.clone(), after: shown.after.clone(), rows };
        Some(shown.case(snapshot, &after.or(before)?, tags, Some(fingerprint), diff))
    }

    /// A case that did not change: the baseline, and the decision that counts.
    pub fn unchanged(snapshot: &str, entry: &Entry, tags: &[&str], shown: &Shown) -> Self {
        let rows = divergence_rows(entry, &mut shown.redaction());
        let diff = DiffView { before: "baseline".to_owned(), after: "corridor".to_owned(), rows };
        shown.case(snapshot, entry, tags, None, diff)
    }
}
