//! The metrics of the deployed analyzer: the same numbers on any log, even where they mislead.
//!
//! `docs/operations/analyzer.md` says how each of them misleads; the honest metrics are shown beside them.

use super::add::add_fields;
use super::breakdown::Breakdown;
use super::rank::Ranks;
use crate::model::CorridorStatus;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::io;

/// The compatible metrics; serialised, they have the deployed analyzer's keys in its order.
#[derive(Clone, Debug, Serialize)]
pub struct Compatible {
    /// Lines that are JSON objects.
    pub total_records: u64,
    /// Of these, those whose `sampled` is `true`.
    pub sampled_records: u64,
    /// By `status`; `unknown` where that is no string, `invalid_name` where the string is no name.
    #[serde(serialize_with = "in_order")]
    pub status_breakdown: Breakdown,
    /// By `reason_code`, where that is a string and not empty.
    #[serde(serialize_with = "in_order")]
    pub reason_code_breakdown: Breakdown,
    /// Accepted candidates among accepted candidates and fallbacks, 0..=1.
    #[serde(serialize_with = "as_deployed")]
    pub acceptance_rate: Option<f64>,
    /// Among lines with a `diff_summary`, 0..=1.
    #[serde(serialize_with = "as_deployed")]
    pub intent_mismatch_rate: Option<f64>,
    /// Among lines with a `diff_summary`, 0..=1.
    #[serde(serialize_with = "as_deployed")]
    pub entity_key_mismatch_rate: Option<f64>,
    /// ms, as decimal digits: a log can hold any integer.
    #[serde(serialize_with = "as_number")]
    pub latency_p50: Option<String>,
    /// ms, as decimal digits.
    #[serde(serialize_with = "as_number")]
    pub latency_p95: Option<String>,
    /// Internal errors among all records, 0..=1.
    #[serde(serialize_with = "as_deployed")]
    pub error_rate: Option<f64>,
    /// Lines that are not JSON objects, blank ones not counted.
    pub parse_errors: u64,
}

/// The counts from which the compatible metrics are computed, beside the latencies. They are added in the order of the lines.
#[derive(Clone, Debug, Default)]
pub(super) struct CompatibleCounts {
    pub(super) records: u64,
    pub(super) sampled: u64,
    pub(super) statuses: Breakdown,
    pub(super) reasons: Breakdown,
    pub(super) diffs: u64,
    pub(super) intent: u64,
    pub(super) entity_key: u64,
    pub(super) parse_errors: u64,
}

impl CompatibleCounts {
    /// Adds the counts of the lines that follow; returns the numbers that the reasons of `next` have here.
    pub(super) fn append(&mut self, next: &Self) -> Vec<u32> {
        add_fields!(self, next, [records, sampled, diffs, intent, entity_key, parse_errors], rest [statuses, reasons]);
        for (name, count) in statuses.iter() {
            self.statuses.add(name, count);
        }
        reasons.iter().map(|(name, count)| self.reasons.add(name, count)).collect()
    }

    /// The metrics, with the percentiles of `latencies`.
    pub(super) fn finish(self, latencies: Ranks) -> io::Result<Compatible> {
        let of = |status: CorridorStatus| self.statuses.of(status.as_str());
        let accepted = of(CorridorStatus::AcceptedLlm);
        let rate = |part, whole: u64| super::share::rate(part, whole);
        let count = latencies.count();
        let mut percentiles = latencies.at(&[place(count, 0.5), place(count, 0.95)])?.into_iter();
        Ok(Compatible {
            total_records: self.records,
            sampled_records: self.sampled,
            acceptance_rate: rate(accepted, accepted + of(CorridorStatus::FallbackDeterministic)),
            intent_mismatch_rate: rate(self.intent, self.diffs),
            entity_key_mismatch_rate: rate(self.entity_key, self.diffs),
            latency_p50: percentiles.next(),
            latency_p95: percentiles.next(),
            error_rate: rate(of(CorridorStatus::Error), self.records),
            parse_errors: self.parse_errors,
            status_breakdown: self.statuses,
            reason_code_breakdown: self.reasons,
        })
    }
}

/// `int((n - 1) * p)`, in 64-bit floats as deployed.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "this is the deployed formula; counts stay far below 2^53"
)]
fn place(count: u64, part: f64) -> u64 {
    (count.saturating_sub(1) as f64 * part) as u64
}

fn in_order<S: Serializer>(breakdown: &Breakdown, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    breakdown.iter().try_for_each(|(name, count)| map.serialize_entry(name, &count))?;
    map.end()
}

/// A rate as the deployed analyzer's JSON writer formats it.
#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn as_deployed<S: Serializer>(rate: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    // Both write the shortest digits that parse to the same float; its exponents have at least two digits.
    let text = rate.map(|rate| {
        let shortest = format!("{rate:?}");
        let exponent = shortest.split_once("e-").map(|(digits, exponent)| format!("{digits}e-{exponent:0>2}"));
        exponent.unwrap_or(shortest)
    });
    as_number(&text, serializer)
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn as_number<S: Serializer>(digits: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = digits.clone().map(RawValue::from_string).transpose();
    raw.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_deployed_formula() {
        // int((n - 1) * p) for n = 0, 1, 2, 20, 21, 41 and p = 0.5, 0.95.
        let expected = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (20, 9, 18), (21, 10, 19), (41, 20, 38)];
        for (count, p50, p95) in expected {
            assert_eq!((place(count, 0.5), place(count, 0.95)), (p50, p95), "{count}");
        }
    }

    #[test]
    fn rates_are_written_as_the_deployed_analyzer_writes_them() {
        // What `json.dumps` gives for these floats.
        for (part, whole, expected) in [
            (0, 3, "0.0"),
            (3, 3, "1.0"),
            (1, 3, "0.3333333333333333"),
            (1, 10_000, "0.0001"),
            (1, 100_000, "1e-05"),
            (3, 7_000_000, "4.2857142857142857e-07"),
            (1, 20_000_000_000, "5e-11"),
        ] {
            let mut bytes = Vec::new();
            let rate = super::super::share::rate(part, whole);
            as_deployed(&rate, &mut serde_json::Serializer::new(&mut bytes)).unwrap();
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        }
    }

    #[test]
    fn an_empty_log_has_counts_and_no_rates() {
        let directory = tempfile::tempdir().unwrap();
        let compatible = CompatibleCounts::default().finish(Ranks::new(directory.path())).unwrap();
        assert_eq!(
            serde_json::to_string(&compatible).unwrap(),
            r#"{"total_records":0,"sampled_records":0,"status_breakdown":{},"reason_code_breakdown":{},"acceptance_rate":null,"intent_mismatch_rate":null,"entity_key_mismatch_rate":null,"latency_p50":null,"latency_p95":null,"error_rate":null,"parse_errors":0}"#
        );
    }
}
