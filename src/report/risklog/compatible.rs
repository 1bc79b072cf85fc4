//! The compatible metrics as the deployed analyzer prints them: rates with four decimals, breakdowns by name, `n/a` for
//! missing values. Lines are never wrapped, since other programs read them.

use super::super::page::Page;
use super::super::style::Span;
use crate::risklog::{Breakdown, Compatible};
use std::io;

pub(super) fn write(page: &mut Page, metrics: &Compatible) -> io::Result<()> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "n/a".to_owned(), |rate| format!("{rate:.4}"));
    let ms = |ms: &Option<String>| ms.as_ref().map_or_else(|| "n/a".to_owned(), |ms| format!("{ms} ms"));
    let mut line = |name: &str, value: &str| page.verbatim(0, Span::from(format!("{name}: {value}")));
    line("total_records", &metrics.total_records.to_string())?;
    line("sampled_records", &metrics.sampled_records.to_string())?;
    breakdown(page, "status_breakdown", &metrics.status_breakdown)?;
    breakdown(page, "reason_code_breakdown", &metrics.reason_code_breakdown)?;
    let mut line = |name: &str, value: &str| page.verbatim(0, Span::from(format!("{name}: {value}")));
    line("acceptance_rate", &rate(metrics.acceptance_rate))?;
    line("intent_mismatch_rate", &rate(metrics.intent_mismatch_rate))?;
    line("entity_key_mismatch_rate", &rate(metrics.entity_key_mismatch_rate))?;
    line("latency_p50", &ms(&metrics.latency_p50))?;
    line("latency_p95", &ms(&metrics.latency_p95))?;
    line("error_rate", &rate(metrics.error_rate))?;
    line("parse_errors", &metrics.parse_errors.to_string())
}

fn breakdown(page: &mut Page, name: &str, breakdown: &Breakdown) -> io::Result<()> {
    page.verbatim(0, Span::from(format!("{name}:")))?;
    breakdown.sorted().try_for_each(|(name, count)| page.verbatim(2, Span::from(format!("{name}: {count}"))))
}
