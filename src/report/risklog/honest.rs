//! The honest metrics on a terminal: findings first, then each rate with its counts.

use super::super::number::{at_least, at_most, counted, grouped, marked, rate, share, window};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::summary::Detail;
use super::super::table::Table;
use super::findings;
use crate::risklog::{Honest, MAX_EVIDENCE, Outcomes, Quantile, Quantiles, Sampling, Share};
use std::collections::BTreeSet;
use std::io;

/// Days that are shown unless all are requested: the last two weeks.
const DAYS: usize = 14;

/// A row of a table: its name and its outcomes.
type Row<'a> = (String, &'a Outcomes);

pub(super) fn write(page: &mut Page, honest: &Honest, detail: Detail) -> io::Result<()> {
    page.heading("honest metrics", "(over distinct commands)")?;
    let above = "of the metrics above, intent_mismatch_rate is 0 by construction, latency_p95 leaves timeouts out, and \
                 error_rate is over all lines";
    page.paragraph(2, &[Tone::Faint.of(above)])?;
    page.paragraph(2, &[lines(honest).into()])?;
    page.paragraph(2, &[times(honest).into()])?;
    honest.findings.iter().try_for_each(|finding| findings::write(page, finding))?;
    if detail == Detail::Verdict || honest.all.commands == 0 {
        return Ok(());
    }
    let stages = honest.stages.iter().flatten();
    let mut rows: Vec<Row> = stages.map(|stage| (stage_name(stage.sample_rate), &stage.outcomes)).collect();
    if rows.len() != 1 {
        rows.push(("all".to_owned(), &honest.all));
    }
    rates(page, &rows)?;
    failures(page, &rows)?;
    latency(page, &rows, honest.budget_ms)?;
    sampling(page, &rows)?;
    days(page, honest, detail)?;
    gaps(page, honest)
}

fn lines(honest: &Honest) -> String {
    let lines = &honest.lines;
    let has_window = honest.since.is_some() || honest.until.is_some();
    let logs = honest.logs.len() as u64;
    let counted_as = |count: u64, what: &str| (count > 0).then(|| format!("{} {what}", grouped(count)));
    let parts = [
        Some(counted(lines.records, "record")),
        counted_as(lines.parse_errors, "no JSON object"),
        counted_as(lines.blank, "blank"),
        counted_as(lines.outside_window, "outside the window"),
        // Without a window, they are among the records.
        counted_as(if has_window { lines.undated } else { 0 }, "without a time"),
        counted_as(lines.repeated, "repeated"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{} in {}: {}", counted(lines.read, "line"), counted(logs, "log"), parts.join(", "))
}

fn times(honest: &Honest) -> String {
    let window = window(honest.since.as_deref(), honest.until.as_deref());
    let window = window.map_or_else(String::new, |window| format!("; lines {window}"));
    let clock = &honest.clock;
    match (&clock.first, &clock.last, clock.minutes_since_last) {
        (Some(first), Some(last), Some(minutes)) => {
            format!("from {first} to {last}; the last line is {}{window}", age(minutes))
        }
        _ => format!("no line has a readable time{window}"),
    }
}

/// `3 h 5 min old`.
fn age(minutes: i64) -> String {
    let whole = minutes.unsigned_abs();
    let text = match (whole / 1440, whole / 60 % 24, whole % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{} {hours} h", counted(days, "day")),
    };
    if minutes < 0 { format!("{text} in the future") } else { format!("{text} old") }
}

/// A sample rate as the name of a stage; a line of a log can hold any number.
fn stage_name(sample_rate: Option<f64>) -> String {
    match sample_rate {
        None => "no rate".to_owned(),
        Some(value) if (0.0..=1.0).contains(&value) && value.to_string().len() <= 12 => rate(value),
        Some(value) => format!("{value:e}"),
    }
}

fn of(share_of: Share) -> String {
    share(share_of.count, share_of.of)
}

fn rates(page: &mut Page, rows: &[Row]) -> io::Result<()> {
    page.heading(
        "rates by sample rate",
        "(each over what could have failed; bounds: 95% confidence at any number of looks)",
    )?;
    let mut table = Table::new(["", "commands", "attempts", "candidate\nfailed", "errors", "accepted\nand changed"]);
    for (name, outcomes) in rows {
        table.row(vec![
            name.clone().into(),
            grouped(outcomes.commands).into(),
            grouped(outcomes.attempts).into(),
            of(outcomes.candidate_failure_rate).into(),
            of(outcomes.error_rate_attempted).into(),
            of(outcomes.change_rate).into(),
        ]);
        let shares = [outcomes.candidate_failure_rate, outcomes.error_rate_attempted, outcomes.change_rate];
        if shares.iter().any(|share| share.of > 0) {
            let bounds = shares.map(|share| Tone::Faint.of(bounds(share)));
            table.row(
                [Tone::Faint.of(format!("{name}, bounds")), "".into(), "".into()].into_iter().chain(bounds).collect(),
            );
        }
    }
    page.table(&[table])
}

/// `0.6–7.8%`; nothing where there is no record.
fn bounds(share: Share) -> String {
    let lower = at_least(share.lower);
    if share.of == 0 { String::new() } else { format!("{}–{}", lower.trim_end_matches('%'), at_most(share.upper)) }
}

fn failures(page: &mut Page, rows: &[Row]) -> io::Result<()> {
    let reasons: BTreeSet<_> = rows.iter().flat_map(|(_, outcomes)| outcomes.candidate_failures.keys()).collect();
    if reasons.is_empty() {
        return Ok(());
    }
    page.heading("failed candidates by reason", "")?;
    let mut table = Table::new(std::iter::once("").chain(rows.iter().map(|(name, _)| name.as_str())));
    for reason in reasons {
        let counts = rows.iter().map(|(_, outcomes)| outcomes.candidate_failures.get(reason).copied());
        let cells = counts.map(|count| grouped(count.unwrap_or_default()).into());
        table.row(std::iter::once(Span::from(reason.as_str())).chain(cells).collect());
    }
    page.table(&[table])
}

fn latency(page: &mut Page, rows: &[Row], budget_ms: u32) -> io::Result<()> {
    let remark = format!("(ms; a timeout counts as {budget_ms} ms at least; bounds: 95% confidence at one look)");
    page.heading("latency of attempts", &remark)?;
    let heads = ["", "attempts", "timeouts", "no\nlatency", "p50", "p95", "p99"];
    let mut table = Table::new(heads);
    for (name, outcomes) in rows {
        let latency = &outcomes.latency;
        let row = |name: String, timeouts: u64, quantiles: &Quantiles| {
            let mut cells = vec![
                name.into(),
                grouped(latency.measured + timeouts).into(),
                grouped(timeouts).into(),
                grouped(latency.unmeasured + latency.negative).into(),
            ];
            cells.extend([quantiles.p50, quantiles.p95, quantiles.p99].map(|found| quantile(found).into()));
            cells
        };
        let with_timeouts = &latency.with_timeouts;
        table.row(row(name.clone(), latency.timeouts, with_timeouts));
        let bounds = [with_timeouts.p50, with_timeouts.p95, with_timeouts.p99].map(quantile_bounds);
        if bounds.iter().any(|bounds| !bounds.is_empty()) {
            let bounds = bounds.map(|bounds| Tone::Faint.of(bounds));
            let name = Tone::Faint.of(format!("{name}, bounds"));
            table.row([name, "".into(), "".into(), "".into()].into_iter().chain(bounds).collect());
        }
        table.row(row(format!("{name}, without timeouts"), 0, &latency.measured_only));
    }
    page.table(&[table])
}

fn quantile(quantile: Option<Quantile>) -> String {
    quantile.map_or_else(
        || "–".to_owned(),
        |found| format!("{}{}", if found.at_least { "≥" } else { "" }, grouped(u64::from(found.ms))),
    )
}

/// `97–128`, `≥97`, `≤128`; nothing where nothing bounds it.
fn quantile_bounds(quantile: Option<Quantile>) -> String {
    let ms = |ms: u32| grouped(u64::from(ms));
    match quantile.map(|found| (found.lower_ms, found.upper_ms)) {
        None | Some((None, None)) => String::new(),
        Some((Some(lower), None)) => format!("≥{}", ms(lower)),
        Some((None, Some(upper))) => format!("≤{}", ms(upper)),
        Some((Some(lower), Some(upper))) => format!("{}–{}", ms(lower), ms(upper)),
    }
}

fn sampling(page: &mut Page, rows: &[Row]) -> io::Result<()> {
    page.heading("sampling", "(over commands that reached it; evidence of 6.9 or more: another rate was in force)")?;
    let mut table = Table::new(["", "sampled", "expected", "evidence", "flags that\ndiffer"]);
    for (name, outcomes) in rows {
        let sampling = &outcomes.sampling;
        let expected = format!("{:.1}", sampling.expected);
        table.row(vec![
            name.clone().into(),
            of(sampling.sampled).into(),
            expected.into(),
            evidence(sampling),
            marked(sampling.flags_that_differ, Tone::Bad),
        ]);
    }
    page.table(&[table])
}

/// The evidence against the rate; none over several rates.
fn evidence(sampling: &Sampling) -> Span {
    match sampling.mismatch_evidence {
        None => "–".into(),
        Some(found) => {
            let text = if found >= MAX_EVIDENCE { "certain".to_owned() } else { format!("{found:.1}") };
            if sampling.is_mismatch() { Tone::Bad.of(text) } else { text.into() }
        }
    }
}

fn days(page: &mut Page, honest: &Honest, detail: Detail) -> io::Result<()> {
    let Some(days) = &honest.days else { return Ok(()) };
    let hidden = if detail == Detail::Full { 0 } else { days.len().saturating_sub(DAYS) };
    page.heading("by day", "(UTC)")?;
    if hidden > 0 {
        page.paragraph(
            2,
            &[Tone::Faint.of(format!("and {} before these (--verbose)", counted(hidden as u64, "day")))],
        )?;
    }
    let mut table =
        Table::new(["", "rate", "commands", "attempts", "candidate\nfailed", "errors", "changed", "p95", "sampled"]);
    for day in days.iter().skip(hidden) {
        let outcomes = &day.outcomes;
        let rates: Vec<_> = day.sample_rates.iter().take(3).map(|rate| stage_name(Some(*rate))).collect();
        let more = if day.sample_rates.len() > rates.len() { ", …" } else { "" };
        table.row(vec![
            day.day.clone().unwrap_or_else(|| "no time".to_owned()).into(),
            format!("{}{more}", rates.join(", ")).into(),
            grouped(outcomes.commands).into(),
            grouped(outcomes.attempts).into(),
            grouped(outcomes.candidate_failure_rate.count).into(),
            grouped(outcomes.error_rate_attempted.count).into(),
            grouped(outcomes.change_rate.count).into(),
            quantile(outcomes.latency.with_timeouts.p95).into(),
            grouped(outcomes.sampling.sampled.count).into(),
        ]);
    }
    page.table(&[table])
}

fn gaps(page: &mut Page, honest: &Honest) -> io::Result<()> {
    if honest.gaps.count == 0 {
        return Ok(());
    }
    let remark = format!("({}, the longest first)", counted(honest.gaps.count, "gap"));
    page.heading("hours without lines", &remark)?;
    for gap in &honest.gaps.longest {
        page.paragraph(2, &[format!("{} from {}", counted(gap.hours, "hour"), gap.from).into()])?;
    }
    Ok(())
}
