//! The commands and users that the step exposes, with classes.

use super::super::number::{counted, grouped, rate};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::GateView;
use crate::gate::{Exposure, RoleExposure};
use crate::outcome::Divergence;
use std::io;

pub(super) fn write(page: &mut Page, view: &GateView) -> io::Result<()> {
    let judgement = &view.receipt.judgement;
    let Some(exposure) = &judgement.exposure else {
        page.heading("who becomes exposed", "")?;
        let text =
            "unknown: the run has no counts of these rates; name them under `stages` in corridor.toml and replay";
        return page.paragraph(2, &[Tone::Warning.of(text)]);
    };
    page.heading("who becomes exposed", &format!("({})", between(exposure)))?;
    for role in &exposure.roles {
        page.paragraph(2, &[Tone::Strong.of(format!("{}: ", role.role)), Span::from(line(role))])?;
        for case in &role.cases {
            let effect = case.case.effect.map(|effect| format!("  {effect}")).unwrap_or_default();
            let id = Tone::Code.of(format!("{}:{}", case.corpus, case.case.command_id));
            page.paragraph(4, &[id, Span::from(format!("  {}{effect}", case.case.severity))])?;
        }
    }
    Ok(())
}

/// `recorded commands that enter between 0.01 and 0.05`.
pub(super) fn between(exposure: &Exposure) -> String {
    if exposure.from > 0.0 {
        format!("recorded commands that enter between {} and {}", rate(exposure.from), rate(exposure.to))
    } else {
        format!("recorded commands that enter below {}", rate(exposure.to))
    }
}

/// Commands, users and classes, without the zeros.
pub(super) fn line(role: &RoleExposure) -> String {
    if role.commands == 0 {
        return "none of the recorded commands enters here: the step exposes commands that nobody has recorded"
            .to_owned();
    }
    let classes = role.classes.iter().filter(|(class, count)| *count > 0 && *class != Divergence::Outside);
    let classes: Vec<_> = classes.map(|(class, count)| format!("{} {class}", grouped(count))).collect();
    format!("{} of {}: {}", counted(role.commands, "command"), counted(role.users, "new user"), classes.join(", "))
}
