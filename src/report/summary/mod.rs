//! A run as text, from one summary per rule set.
//!
//! The verdicts come first, because most readers stop there; then, for each rule set, counts, exposure, effects, accuracy, what
//! could not be compared, coverage, and last the changes against golden, which stay on the screen. Nothing is computed here but
//! sums of counts.

mod accuracy;
mod changes;
mod classes;
mod coverage;
mod exposure;
mod heading;
mod scope;
#[cfg(test)]
mod tests;

pub(super) use changes::{Sentence, sentence, tone};
pub(super) use classes::{class_table, class_tone};
pub(super) use exposure::{EFFECTS, effect_table, name_of, stage_table};
pub(super) use heading::{accepted, against, against_golden, remarks, title, warnings};

use super::page::Page;
use super::style::{Layout, Tone};
use crate::summary::Summary;
pub use scope::Detail;
use scope::Scope;
use std::io::{self, Write};

/// How summaries are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummaryOptions<'a> {
    /// The layout of the output.
    pub layout: Layout,
    /// How much is shown.
    pub detail: Detail,
    /// Suggested next commands.
    pub next: &'a [String],
}

/// Writes the summaries of one replay, one per rule set.
pub fn write_summaries(summaries: &[Summary], options: SummaryOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options.layout);
    for (place, summary) in summaries.iter().enumerate() {
        if place > 0 {
            page.blank()?;
        }
        heading::write(&mut page, summary)?;
    }
    heading::side_by_side(&mut page, summaries)?;
    if options.detail > Detail::Verdict {
        for summary in summaries.iter().filter(|summary| summary.recordings() > 0) {
            let scope = Scope { summary, is_one_of_many: summaries.len() > 1, detail: options.detail };
            classes::write(&mut page, scope)?;
            exposure::write(&mut page, scope)?;
            exposure::effects(&mut page, scope)?;
            accuracy::write(&mut page, scope)?;
            accuracy::not_comparable(&mut page, scope)?;
            coverage::write(&mut page, scope)?;
            changes::write(&mut page, scope)?;
        }
    }
    if !options.next.is_empty() {
        page.heading("next", "")?;
        for command in options.next {
            page.verbatim(2, Tone::Code.of(command.clone()))?;
        }
    }
    Ok(())
}
