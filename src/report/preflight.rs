//! Preflights of environments, as text and as JSON.
//!
//! Findings come last, since the end of the output stays on the screen.

use super::json::{Envelope, write_document};
use super::number::counted;
use super::page::Page;
use super::style::{Layout, Span, Tone};
use crate::preflight::{Finding, Level, Origin, Preflight, Variable, VariableView, Written};
use serde::Serialize;
use std::io::{self, Write};

/// Version of the JSON document; raised when a field changes its meaning or goes.
const PREFLIGHT_FORMAT: u32 = 1;

/// Writes environments as text, one after the other.
pub fn write_preflights(preflights: &[Preflight], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    for (place, preflight) in preflights.iter().enumerate() {
        if place > 0 {
            page.blank()?;
        }
        heading(&mut page, preflight)?;
        page.heading("variables", "(what each comes to, what is written, what it takes)")?;
        preflight.variables.iter().try_for_each(|view| variable(&mut page, view))?;
        page.heading("findings", "(what would happen in production, and how to fix it)")?;
        if preflight.findings.is_empty() {
            page.paragraph(2, &[Tone::Good.of("none")])?;
        }
        preflight.findings.iter().try_for_each(|found| finding(&mut page, found))?;
    }
    Ok(())
}

/// Writes environments as JSON: `{"format": 1, "environments": […]}`. `docs/preflight.md` describes every field.
pub fn write_preflights_json(preflights: &[Preflight], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        environments: &'a [Preflight],
    }
    write_document(&Envelope { format: PREFLIGHT_FORMAT, body: Body { environments: preflights } }, out)
}

fn heading(page: &mut Page, preflight: &Preflight) -> io::Result<()> {
    let title = format!("preflight · {} · rules {}", preflight.name, preflight.rules);
    page.paragraph(0, &[Tone::Strong.of(title)])?;
    let [errors, warnings] = [Level::Error, Level::Warning].map(|level| preflight.of_level(level).count() as u64);
    let warned = counted(warnings, "warning");
    let verdict = match (errors, warnings) {
        (0, 0) => Tone::Good.of("nothing was found"),
        (0, _) => Tone::Warning.of(format!("{warned}: it would do what it asks for, and what follows has to be known")),
        (_, _) => {
            let counts = if warnings == 0 { String::new() } else { format!(", {warned}") };
            Tone::Bad
                .of(format!("{}{counts}: it would not do what it asks for, or would harm", counted(errors, "error")))
        }
    };
    page.paragraph(2, &[verdict])
}

fn variable(page: &mut Page, view: &VariableView) -> io::Result<()> {
    let VariableView { variable, written, origin, effective } = view;
    let tone = if *origin == Origin::ToFillIn { Tone::Warning } else { Tone::Code };
    let name = format!("{:<29}", variable.name).replace(' ', "\u{a0}");
    let first =
        [Tone::Strong.of(name), "  ".into(), tone.of(effective.clone()), Tone::Faint.of(source(written, origin))];
    page.paragraph(2, &first)?;
    page.paragraph(4, &[Tone::Faint.of(takes(variable))])
}

/// The written value, and its origin.
fn source(written: &Written, origin: &Origin) -> String {
    let Some(place) = place(origin) else { return "  (unset)".to_owned() };
    match written {
        Written::Unset => "  (unset)".to_owned(),
        Written::Empty => format!("  (set to nothing, {place})"),
        Written::Hidden => format!("  (not shown, {place})"),
        Written::Shown(text) => format!("  (`{text}`, {place})"),
    }
}

/// Where a variable is set, if it is.
fn place(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Default | Origin::ToFillIn => None,
        Origin::Process => Some("in the process".to_owned()),
        Origin::File { path, line } => Some(format!("{path}:{line}")),
        Origin::Argument => Some("--policy".to_owned()),
        Origin::Preset => Some("preset".to_owned()),
    }
}

fn takes(variable: &Variable) -> String {
    let default = match variable.default {
        None => "none",
        Some("") => "empty",
        Some(default) => default,
    };
    format!("{} · default {default} · {}", variable.kind, variable.range)
}

fn finding(page: &mut Page, finding: &Finding) -> io::Result<()> {
    let tone = match finding.level {
        Level::Error => Tone::Bad,
        Level::Warning => Tone::Warning,
    };
    let hazard = finding.hazard.map(|hazard| format!(" · hazard\u{a0}{hazard}")).unwrap_or_default();
    let variable = finding.variable.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
    let head = [tone.of(finding.level.to_string()), "  ".into(), Tone::Strong.of(finding.id.to_string())];
    let place = finding.origin.as_ref().and_then(place).map(|place| format!(" ({place})")).unwrap_or_default();
    let rest: [Span; 3] = [Tone::Code.of(variable), Tone::Faint.of(place), Tone::Faint.of(hazard)];
    page.paragraph(2, &[&head[..], &rest[..]].concat())?;
    page.paragraph(4, &[finding.consequence.as_str().into()])?;
    page.paragraph(4, &[Tone::Faint.of("fix: "), finding.fix.as_str().into()])
}

#[cfg(test)]
mod tests;
