//! The runs: the verdict of each, its warnings, and its summary in a few sentences.

use super::super::super::gate::{name, tone_of};
use super::super::super::style::Tone;
use super::super::super::summary::{accepted, against, against_golden, remarks, title, warnings};
use super::super::{Document, RunView};
use super::inline::{Text, badge, line, short};
use maud::{Markup, html};

pub(super) fn section(document: &Document) -> Markup {
    let comparisons: Vec<_> = match document.runs.as_slice() {
        [first, others @ ..] => others.iter().flat_map(|other| against(&first.summary, &other.summary)).collect(),
        [] => Vec::new(),
    };
    html! {
        section id="runs" {
            h2 { "Runs" }
            @if document.runs.is_empty() { p { "No stored run is shown here." } }
            div.cards { @for run in &document.runs { (card(run, document.changes.is_none())) } }
            @if !comparisons.is_empty() {
                ul.plain { @for comparison in &comparisons { li { (line(comparison)) } } }
            }
        }
    }
}

/// `with_golden`: whether the comparison with golden at the time of the replay is shown, which is where no newer one is.
fn card(run: &RunView, with_golden: bool) -> Markup {
    let summary = &run.summary;
    let golden = if with_golden { against_golden(summary) } else { Vec::new() };
    html! {
        article.card {
            h3 { "rules " (summary.rules) " " code.faint { (Text(short(&run.name))) } }
            (verdict(run))
            ul.plain {
                @for warning in warnings(summary) { li { (line(&warning)) } }
                @for said in &golden { li { (line(said)) } }
                li { (line(&accepted(summary))) }
                @for remark in remarks(summary) { li { (line(&remark)) } }
            }
            p.faint { (line(&title(summary))) }
        }
    }
}

fn verdict(run: &RunView) -> Markup {
    html! {
        @match &run.verdict {
            Some(view) => {
                p.verdict {
                    (badge(&name(view.verdict), tone_of(view.verdict)))
                    " asked " strong { (Text(&view.asked)) } ": " (Text(&view.sentence))
                }
                p.faint { "gate, " (Text(&view.at)) ", receipt " code { (Text(&view.receipt)) } }
            }
            None => { p.verdict { (badge("no verdict", Tone::Plain)) " The gate was not asked about this run." } }
        }
    }
}
