//! Exposure at each stage of the rollout, by role, as a chart and as a table.

use super::super::super::number::listed;
use super::super::super::summary::{name_of, stage_table};
use super::super::{Document, RunView};
use super::chart::{Band, Bar, bars};
use super::table::numbers;
use crate::outcome::Divergence;
use crate::summary::{ClassCounts, Role, RoleTotals, Stage};
use maud::{Markup, html};

/// The bands of a bar: name, class of the style sheet.
const BANDS: [(&str, &str); 5] = [
    ("regressed or broken", "bad"),
    ("changed otherwise", "other"),
    ("improved", "good"),
    ("agreed", "same"),
    ("no candidate accepted", "none"),
];

pub(super) fn section(document: &Document) -> Markup {
    html! {
        section id="exposure" {
            h2 { "Exposure by stage" }
            @if document.runs.is_empty() {
                p { "A comparison does not say who is exposed: that is in the report of a run." }
            } @else {
                p.faint {
                    "Commands that would meet the corridor at each sample rate, and what would become of them. Users are \
                     counted per corpus. Roles are not added up, and corpora of edges are left out: their rates say nothing."
                }
                (legend())
            }
            @for run in &document.runs { (of_run(run)) }
        }
    }
}

fn legend() -> Markup {
    html! { ul.legend { @for (name, class) in BANDS { li { span class={ "swatch " (class) } {} (name) } } } }
}

fn of_run(run: &RunView) -> Markup {
    // Rates over edge cases mean nothing.
    let exposed =
        |totals: &&RoleTotals| totals.role != Role::Edge && totals.stages.iter().any(|stage| stage.exposed() > 0);
    let roles: Vec<_> = run.summary.roles.iter().filter(exposed).collect();
    html! {
        h3 { "rules " (run.summary.rules) }
        @if roles.is_empty() { p { "Nobody is exposed at any rate." } }
        @for totals in roles { (of_role(run, totals)) }
    }
}

fn of_role(run: &RunView, totals: &RoleTotals) -> Markup {
    let corpora = run.summary.corpora.iter().filter(|corpus| corpus.role == totals.role).map(|corpus| &corpus.name);
    let whole = totals.stages.iter().map(Stage::exposed).max().unwrap_or_default();
    let rows: Vec<_> =
        totals.stages.iter().map(|stage| Bar { label: name_of(stage), bands: bands(&stage.classes) }).collect();
    let caption = format!("{} corpora: {}", totals.role, listed(corpora));
    let title = format!("Exposed commands by sample rate, {} corpora, rules {}", totals.role, run.summary.rules);
    html! {
        div.figure {
            (bars(&title, &rows, whole))
            (numbers(&caption, "rate", &stage_table(totals)))
        }
    }
}

fn bands(classes: &ClassCounts) -> Vec<Band> {
    let mut counts = [0; BANDS.len()];
    for (class, count) in classes.iter() {
        counts[band(class)] += count;
    }
    BANDS.iter().zip(counts).map(|((name, class), count)| Band { name, class, count }).collect()
}

/// Place in [`BANDS`].
const fn band(class: Divergence) -> usize {
    match class {
        Divergence::Regressed | Divergence::Broken => 0,
        Divergence::BothRight | Divergence::BothWrong | Divergence::Unlabelled => 1,
        Divergence::Improved => 2,
        Divergence::Agreed => 3,
        Divergence::Outside | Divergence::FellBack | Divergence::Errored | Divergence::Unrecorded => 4,
    }
}
