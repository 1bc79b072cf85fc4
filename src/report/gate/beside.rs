//! Results that are shown beside a verdict and do not affect it: the paired comparison, stability, and the projection to a day.

use super::super::number::{grouped, ratio_text};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::GateView;
use crate::gate::{Beside, Newcomers, Paired, Projection};
use std::io;

pub(super) fn write(page: &mut Page, view: &GateView) -> io::Result<()> {
    let judgement = &view.receipt.judgement;
    let lines = lines(&judgement.beside, judgement.step.rate().to_string().as_str());
    if lines.is_empty() {
        return Ok(());
    }
    page.heading("beside", "(shown, and decides nothing)")?;
    lines
        .into_iter()
        .try_for_each(|(name, text)| page.paragraph(2, &[Tone::Faint.of(format!("{name}: ")), Span::from(text)]))
}

/// Each with its name.
pub(super) fn lines(beside: &Beside, rate: &str) -> Vec<(&'static str, String)> {
    let Beside { paired, newcomers, projection } = beside;
    let lines = [
        paired.as_ref().map(|paired| ("baseline against corridor", compared(paired))),
        newcomers.as_ref().map(|newcomers| ("those who enter", entering(newcomers))),
        projection.as_ref().map(|projection| ("a day in production", day(projection, rate))),
    ];
    lines.into_iter().flatten().collect()
}

fn compared(paired: &Paired) -> String {
    let Paired { worse, better, all, difference, at_least, p_value } = *paired;
    format!(
        "of {} accepted and labelled commands the corridor made {} worse and {} better: {:+.1} points, at least {:+.1} \
         (Tango); p = {p_value:.3} (McNemar). Improvements are not set off against harm",
        grouped(all),
        grouped(worse),
        grouped(better),
        100.0 * difference,
        100.0 * at_least
    )
}

fn entering(newcomers: &Newcomers) -> String {
    let Newcomers { accepted_before, before, accepted, entering, margin } = *newcomers;
    let verdict = if margin > 0.0 { "alike" } else { "not shown to be alike" };
    format!(
        "{}/{} accepted, {}/{} of those exposed before: {verdict}",
        grouped(accepted),
        grouped(entering),
        grouped(accepted_before),
        grouped(before)
    )
}

fn day(projection: &Projection, rate: &str) -> String {
    let Projection { declared, commands, sampled, harm, harm_at_most, harmed, harmed_at_most, .. } = *projection;
    let source = if declared { "as the policy declares" } else { "for comparison; [traffic] declares yours" };
    format!(
        "of {} commands ({source}) {} would be sampled at {rate} and {} harmed, {} at worst ({} of commands, at most {}, \
         if production is like these recordings); of {} users {} would meet the corridor and {} be harmed, {} at worst",
        grouped(commands),
        whole(sampled),
        whole(harmed),
        whole(harmed_at_most),
        ratio_text(harm),
        ratio_text(harm_at_most),
        grouped(projection.users),
        whole(projection.users_sampled),
        whole(projection.users_harmed),
        whole(projection.users_harmed_at_most)
    )
}

/// An expected number: whole from ten on, with one decimal below.
fn whole(number: f64) -> String {
    if number < 10.0 {
        return format!("{number:.1}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "above 10, and below 2^53")]
    grouped(number.round() as u64)
}
