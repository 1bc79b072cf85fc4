//! Commands by divergence class, by role and by corpus, and the effects of accepted candidates on the items.

use super::super::super::style::Tone;
use super::super::super::summary::{EFFECTS, class_table, class_tone, effect_table};
use super::super::{Document, RunView};
use super::chart::{Band, Bar, bars};
use super::table::numbers;
use crate::outcome::Divergence;
use crate::summary::RoleTotals;
use maud::{Markup, html};

pub(super) fn section(document: &Document) -> Markup {
    html! {
        section id="outcomes" {
            h2 { "Outcomes by class" }
            @if document.runs.is_empty() {
                p { "Golden files are not counted by class here: that needs a stored run." }
            } @else {
                p.faint { "Each command is in exactly one class. Bars are parts of the role's recordings." }
            }
            @for run in &document.runs { (of_run(run)) }
        }
    }
}

fn of_run(run: &RunView) -> Markup {
    let summary = &run.summary;
    html! {
        h3 { "rules " (summary.rules) }
        div.charts { @for totals in &summary.roles { figure {
            figcaption { (totals.role) }
            (bars(&format!("Commands by class, {} corpora, rules {}", totals.role, summary.rules), &rows(totals), totals.recordings))
        } } }
        (numbers("Commands by corpus and class", "corpus", &class_table(summary)))
        @if let Some(table) = effect_table(summary) {
            (numbers(&format!("Effects on the items {EFFECTS}"), "effect", &table))
        }
    }
}

fn rows(totals: &RoleTotals) -> Vec<Bar> {
    let met = totals.classes.iter().filter(|(_, count)| *count > 0);
    met.map(|(class, count)| Bar { label: class.to_string(), bands: vec![band(class, count)] }).collect()
}

fn band(class: Divergence, count: u64) -> Band {
    let style = match class_tone(class) {
        Tone::Bad => "bad",
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Plain | Tone::Heading | Tone::Strong | Tone::Faint | Tone::Code => "same",
    };
    Band { name: class.as_str(), class: style, count }
}
