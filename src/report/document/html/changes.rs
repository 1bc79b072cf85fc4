//! The groups of changes, the most severe first: what changed, how often, representatives, reasons, and how to settle them.

use super::super::super::number::{counted, grouped};
use super::super::super::summary::tone;
use super::super::{ChangesView, Document, GroupView, OUTCOME, ReasonView};
use super::cases::{about, name};
use super::diff::{Rows, sides};
use super::facet::Facets;
use super::inline::write_markup;
use super::inline::{Text, badge, sentence};
use maud::{Markup, html};
use std::io::{self, Write};

pub(super) fn write(document: &Document, facets: &Facets, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<section id=\"changes\">")?;
    let groups = document.changes.as_ref().map(|changes| changes.groups.as_slice()).unwrap_or_default();
    write_markup(out, &head(document.changes.as_ref()))?;
    let pending = document.changes.as_ref().filter(|changes| changes.pending).map(|changes| changes.options.as_str());
    for group in groups {
        write_markup(out, &item(group, facets, pending))?;
    }
    out.write_all(b"</section>")
}

fn head(changes: Option<&ChangesView>) -> Markup {
    html! {
        h2 { "Changes" }
        @match changes {
            None => { p { "Nothing was compared." } }
            Some(changes) => {
                p {
                    @if changes.changed == 0 {
                        strong { (changes.headline) }
                    } @else {
                        strong { (counted(changes.changed, "outcome")) " changed" }
                    }
                    @if let Some(unchanged) = changes.unchanged.filter(|_| changes.is_compared()) { ", " (grouped(unchanged)) " did not" }
                    ": "
                    code { (Text(&changes.before)) } " → " code { (Text(&changes.after)) }
                    @if !changes.groups.is_empty() { ", in " (counted(changes.groups.len() as u64, "group")) }
                    ". " span.faint { (OUTCOME) }
                }
                @for note in &changes.notes { p.notice { (Text(note)) } }
            }
        }
    }
}

fn item(group: &GroupView, facets: &Facets, pending: Option<&str>) -> Markup {
    let (number, listed) = facets.group(&group.fingerprint).unwrap_or_default();
    html! {
        details.group id={ "group-" (number) } {
            summary {
                (badge(&group.severity.as_str().replace('_', " "), tone(group.severity)))
                " " strong { (sentence(&group.what)) ":" } " " span.rest { (Text(&group.rest)) }
            }
            div.body {
                p.faint {
                    @for (place, part) in group.parts.iter().enumerate() {
                        @if place > 0 { " · " } code { (Text(&part.snapshot)) } " " (grouped(part.count))
                    }
                }
                (why(group))
                (examples(group))
                @if listed > 0 {
                    button.pick type="button" data-pick=(number) hidden {
                        @if listed == group.count { "List " (counted(listed, "case")) }
                        @else { "List the " (grouped(listed)) " of " (counted(group.count, "case")) " that are in this page" }
                    }
                } @else { p.faint { "Its cases are not in the list of this page." } }
                @if let Some(options) = pending { (settle(group, options)) }
            }
        }
    }
}

/// The reasons in the ledger.
fn why(group: &GroupView) -> Markup {
    html! {
        @if !group.reasons.is_empty() {
            ul.reasons { @for reason in &group.reasons { li { (given(reason)) } } }
        }
        @match group.unaccounted {
            None | Some(0) => {}
            Some(count) => {
                p { span.warning { "No line of the ledger accounts for " (counted(count, "outcome")) " of this group." } }
            }
        }
    }
}

fn given(reason: &ReasonView) -> Markup {
    html! {
        @match &reason.reason {
            Some(why) => { q { (Text(why)) } }
            None => { span.warning { "no reason was given" } }
        }
        span.faint { " for " (counted(reason.count, "outcome")) ", " (Text(&reason.who)) ", " (Text(&reason.at)) }
    }
}

fn examples(group: &GroupView) -> Markup {
    let shown = group.representatives.len() as u64;
    html! {
        @if shown < group.count {
            p.faint { (grouped(shown)) " of " (grouped(group.count)) ", those that a rollout would expose first:" }
        }
        @for case in &group.representatives {
            article.example { p.head { (name(case)) } p.faint { (about(case)) } (sides(case, Rows::Differing)) }
        }
    }
}

fn settle(group: &GroupView, options: &str) -> Markup {
    html! {
        p.settle {
            @if let Some(command) = group.accepting(options) { "Settle it: " code { (Text(&command)) } }
            @if group.severity.needs_reason() { " " span.warning { "This kind is not accepted without a reason." } }
        }
    }
}
