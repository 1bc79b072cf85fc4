//! What waits to be accepted or rejected, by golden file and kind of change.

use super::json::write_document;
use super::number::counted;
use super::page::Page;
use super::style::{Layout, Span, Tone};
use super::summary::write_group;
use crate::summary::{ChangeGroupView, GoldenResult};
use serde::Serialize;
use std::io::{self, Write};

/// One golden file with its pending changes.
#[derive(Clone, Debug, Serialize)]
pub struct PendingFile {
    /// `<rule set>/<corpus>`.
    pub snapshot: String,
    /// Path of the golden file.
    pub golden: String,
    /// Path of the file that would take its place.
    pub pending: String,
    /// Its changes by kind, the most severe first.
    pub groups: Vec<ChangeGroupView>,
}

impl PendingFile {
    /// The pending changes of a comparison; a file that was not compared has none.
    #[must_use]
    pub fn new(snapshot: String, [golden, pending]: [String; 2], compared: GoldenResult) -> Self {
        let groups = match compared {
            GoldenResult::Compared { groups, .. } => groups,
            GoldenResult::Absent | GoldenResult::Skipped { .. } => Vec::new(),
        };
        Self { snapshot, golden, pending, groups }
    }

    /// How many changes there are.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.groups.iter().map(|group| group.count).sum()
    }
}

/// Writes what is pending, for people.
///
/// # Errors
///
/// Those of the writer.
pub fn write_pending(files: &[PendingFile], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    if files.is_empty() {
        return page.paragraph(0, &[Span::from("nothing is pending".to_owned())]);
    }
    for file in files {
        let count = counted(file.changes(), "pending change");
        page.paragraph(0, &[Tone::Heading.of(file.snapshot.clone()), Span::from(format!("  {count}"))])?;
        for group in &file.groups {
            write_group(&mut page, group)?;
        }
        let all = format!("all of it: git diff --no-index {} {}", file.golden, file.pending);
        page.paragraph(2, &[Tone::Faint.of(all)])?;
        page.blank()?;
    }
    let next = "settle them: corridor accept|reject [CORPUS] [--rules RULES] [--case ID] --reason \"…\"";
    page.paragraph(0, &[Tone::Faint.of(next)])
}

/// Writes what is pending as JSON: `{"format": 1, "pending": [{"snapshot", "groups"}]}`.
///
/// # Errors
///
/// Those of the writer.
pub fn write_pending_json(files: &[PendingFile], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: u32,
        pending: &'a [PendingFile],
    }
    write_document(&Document { format: super::JSON_FORMAT, pending: files }, out)
}
