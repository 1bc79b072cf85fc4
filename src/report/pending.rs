//! Pending changes: the golden files that have some, and their groups over all files.

use super::document::{CaseView, ChangesView};
use super::groups::page_groups;
use super::number::counted;
use super::page::Page;
use super::shell::REASON;
use super::style::{Layout, Span, Tone};
use crate::golden::{ChangeKind, GroupName};
use crate::model::Decisions;
use serde::Serialize;
use std::io::{self, Write};

/// All pending changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PendingView {
    /// [`JSON_FORMAT`](super::JSON_FORMAT).
    pub format: u32,
    /// The golden files with pending changes, ascending by their names.
    pub files: Vec<PendingFile>,
    /// The changes of all of them.
    pub changes: ChangesView,
    /// Whether a settlement is interrupted, which has to be completed or undone first.
    pub interrupted: bool,
}

/// One golden file with pending changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingFile {
    /// `<rule set>/<corpus>`.
    pub snapshot: String,
    /// Path of the golden file.
    pub golden: String,
    /// Path of the pending file.
    pub pending: String,
    /// How many changes there are.
    pub changes: u64,
    /// Whose decisions they were found in.
    pub decisions: Decisions,
    /// The command that shows the whole difference.
    #[serde(skip)]
    pub comparing: String,
}

/// Writes pending changes as text; `settling` returns the command for a verb and options, for the files that the user
/// selected.
pub fn write_pending(
    view: &PendingView,
    settling: &dyn Fn(&str, &str) -> String,
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    let Some(first) = view.changes.groups.first().filter(|_| !view.files.is_empty()) else {
        return page.paragraph(0, &[Span::from(view.changes.headline.clone())]);
    };
    let (changes, groups) = (view.changes.changed, view.changes.groups.len() as u64);
    page.paragraph(0, &[format!("{} in {}", counted(changes, "pending change"), counted(groups, "group")).into()])?;
    page.blank()?;
    page_groups(&mut page, &view.changes)?;
    for file in &view.files {
        let count = counted(file.changes, "pending change");
        page.paragraph(
            0,
            &[Tone::Heading.of(file.snapshot.clone()), Span::from(format!("  {count}{}", file.decisions.found_in()))],
        )?;
        page.verbatim(2, Tone::Faint.of(file.comparing.clone()))?;
    }
    page.blank()?;
    if view.interrupted {
        return page.paragraph(0, &["a settlement is interrupted: nothing of this is settled before that is".into()]);
    }
    let group = format!(" --group {}", GroupName::of(&first.fingerprint, &first.members));
    let settled = format!("{group}{REASON}");
    let prune = if first.shape.kind == ChangeKind::Missing { " --prune" } else { "" };
    page.paragraph(0, &[Tone::Faint.of("settle them one by one, on a terminal, or group by group; here the first:")])?;
    let commands = [
        settling("review", ""),
        settling("accept", &format!("{prune}{settled}")),
        settling("reject", &settled),
        format!("{}  # lists its cases", settling("pending", &group)),
    ];
    commands.into_iter().try_for_each(|line| page.verbatim(2, Tone::Code.of(line)))
}

/// Writes one case of a group in a line: its id, and what the user said.
pub fn write_case_line(case: &CaseView, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let id = Tone::Code.of(format!("{}:{}", case.snapshot, case.command_id));
    let text = case.text.as_ref().map(|text| Span::from(format!("  «{text}»")));
    Page::new(out, layout).paragraph(0, &std::iter::once(id).chain(text).collect::<Vec<_>>())
}
