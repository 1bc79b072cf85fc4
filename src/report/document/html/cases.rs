//! The list of cases, with its search and filters.

use super::super::super::number::{counted, grouped};
use super::super::super::style::Tone;
use super::super::super::summary::class_tone;
use super::super::super::words;
use super::super::{CaseView, Document};
use super::diff::{Rows, sides};
use super::facet::Facets;
use super::inline::write_markup;
use super::inline::{Text, badge, sentence};
use maud::{Markup, html};
use std::io::{self, Write};

pub(super) fn write(document: &Document, facets: &Facets, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<section id=\"cases\">")?;
    write_markup(out, &head(document, facets))?;
    out.write_all(b"<div id=\"list\">")?;
    for case in &document.cases {
        write_markup(out, &item(case, facets))?;
    }
    out.write_all(b"</div></section>")
}

fn head(document: &Document, facets: &Facets) -> Markup {
    let listed = document.cases.len() as u64;
    html! {
        h2 { "Cases" }
        p.faint {
            "Commands that changed, and those on which the corridor decides otherwise than the baseline or says nothing: "
            (counted(listed, "case"))
            @if document.cases_left_out > 0 { "; " (grouped(document.cases_left_out)) " more are not in this page" }
            "."
        }
        form id="filter" role="search" aria-label="Cases" hidden {
            label { "Search " input id="query" type="search" placeholder="text or id" autocomplete="off" spellcheck="false"; }
            (facets.choices())
            label.check { input id="changed" type="checkbox"; " changed only" }
            button type="reset" { "Clear" }
            p id="shown" role="status" { "Showing all " (counted(listed, "case")) }
        }
    }
}

fn item(case: &CaseView, facets: &Facets) -> Markup {
    let [class, reason, tags, snapshot, group] = facets.numbers(case);
    html! {
        details.case data-class=[class] data-reason=[reason] data-tag=[tags] data-snapshot=[snapshot] data-group=[&group] {
            summary { (name(case)) (labels(case)) }
            div.body {
                p.faint {
                    (about(case))
                    @if let Some(group) = &group { " · " a href={ "#group-" (group) } { "its group" } }
                }
                (sides(case, Rows::All))
            }
        }
    }
}

/// The head of a case: class, id and text.
pub(super) fn name(case: &CaseView) -> Markup {
    html! {
        (badge(case.class.as_str(), class_tone(case.class)))
        " " code.id { (Text(&case.command_id)) } " "
        @match &case.text {
            Some(text) => { span.text { (Text(text)) } }
            None => { span.faint { "text left out" } }
        }
    }
}

fn labels(case: &CaseView) -> Markup {
    html! {
        " " span.labels {
            @if case.group.is_some() { (badge("changed", Tone::Code)) " " }
            @if let Some(reason) = &case.reason { (Text(reason.as_str())) }
            @for tag in &case.tags { " · " (Text(tag)) }
            " · " (Text(&case.snapshot))
        }
    }
}

/// What its class means, where the corridor ended, and its snapshot.
pub(super) fn about(case: &CaseView) -> Markup {
    html! {
        (words::class(case.class)) " · corridor: " (sentence(&words::ending(case.status, case.reason.as_ref())))
        " · " code { (Text(&case.snapshot)) }
        @if let Some(line) = case.golden_line { ", golden line " (line) }
    }
}
