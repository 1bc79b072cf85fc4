//! A report as one HTML page, which needs no other file and no network.
//!
//! Style and script are in the page, and its Content-Security-Policy allows only these two, by their digests. Every text goes
//! through maud, which escapes it, and through [`Text`](inline::Text), which shows hidden characters; no text of a document
//! becomes an address or part of a script. The page can be read without the script, which searches, filters and moves the
//! focus. Cases are written one by one, so that memory does not grow with them.

mod cases;
mod changes;
mod chart;
mod diff;
mod exposure;
mod facet;
mod inline;
mod outcomes;
mod runs;
mod table;
#[cfg(test)]
mod tests;

use super::super::gate::name;
use super::super::number::{counted, listed};
use super::Document;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use facet::Facets;
use inline::{Text, short, write_markup};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes a document as one HTML page.
pub fn write_html(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let facets = Facets::of(document);
    write_markup(out, &html! { (DOCTYPE) })?;
    out.write_all(b"<html lang=\"en\">")?;
    write_markup(out, &head(document))?;
    out.write_all(b"<body>")?;
    write_markup(out, &banner(document))?;
    out.write_all(b"<main>")?;
    write_markup(out, &runs::section(document))?;
    changes::write(document, &facets, out)?;
    write_markup(out, &exposure::section(document))?;
    write_markup(out, &outcomes::section(document))?;
    cases::write(document, &facets, out)?;
    out.write_all(b"</main>")?;
    write_markup(out, &html! { (keys()) script { (PreEscaped(SCRIPT)) } })?;
    out.write_all(b"</body></html>\n")
}

fn head(document: &Document) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="robots" content="noindex";
            title { (Text(&title(document))) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// The policy: nothing may be loaded, sent or run except the style and the script of the page.
fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT),
    )
}

/// The title of the page.
fn title(document: &Document) -> String {
    let mut parts = vec!["Corridor report".to_owned()];
    parts.extend(document.runs.iter().map(|run| {
        let verdict = run.verdict.as_ref().map_or_else(|| "no verdict".to_owned(), |view| name(view.verdict));
        format!("{} {verdict}", run.summary.rules)
    }));
    parts.extend(document.changes.as_ref().map(|changes| format!("{} changed", changes.changed)));
    parts.join(" · ")
}

/// The header: runs, what is left out, and links to the sections.
fn banner(document: &Document) -> Markup {
    let runs: Vec<_> = document.runs.iter().map(|run| format!("{} {}", run.summary.rules, short(&run.name))).collect();
    html! {
        header {
            h1 { "Corridor report" }
            p.faint {
                @if !runs.is_empty() { (if runs.len() == 1 { "run " } else { "runs " }) (Text(&listed(&runs))) " · " }
                "corridor " (Text(&document.tool_version))
            }
            @if document.redacted {
                p.notice { strong { "Redacted." } " What users said is not in this page." }
            }
            @if document.cases_left_out > 0 {
                p.notice {
                    strong { "Cut." } " The list of cases lacks " (counted(document.cases_left_out, "case"))
                    ". Counts, charts and groups cover all commands."
                }
            }
            nav aria-label="Sections" {
                a href="#runs" { "Runs" }
                a href="#changes" { "Changes" }
                a href="#exposure" { "Exposure" }
                a href="#outcomes" { "Outcomes" }
                a href="#cases" { "Cases" }
                button type="button" id="show-keys" hidden { "Keys " kbd { "?" } }
            }
        }
    }
}

/// The dialog with the keys, which the script opens.
fn keys() -> Markup {
    let keys = [
        ("/", "search the cases"),
        ("j or ↓", "next group or case"),
        ("k or ↑", "previous group or case"),
        ("Enter", "open or close it"),
        ("Esc", "leave the search, or close this"),
        ("?", "show this"),
    ];
    html! {
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys" }
            dl { @for (key, what) in keys { div { dt { kbd { (key) } } dd { (what) } } } }
            form method="dialog" { button { "Close" } }
        }
    }
}
