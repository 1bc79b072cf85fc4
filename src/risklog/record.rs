//! The record that is kept of every line until the end.
//!
//! Rates are about distinct commands, and whether a line repeats another is known when all lines are read. So a line becomes
//! a record of fixed size, with the number of the reason in place of its text.

use super::breakdown::Breakdown;
use super::distinct::CommandRecord;
use super::line::{Latency, Line};
use crate::model::{CorridorStatus, IdDigest, KnownReason};
use std::cmp::Ordering;

/// No time: the largest value, so that dated lines sort before undated ones.
const UNDATED: i64 = i64::MAX;
/// No reason.
const NO_REASON: u32 = u32::MAX;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// 128-bit prefix of the SHA-256 of `command_id`; collisions are infeasible.
    pub(super) id: u128,
    time: i64,
    pub(super) sample_rate: SampleRate,
    /// Its number among the reasons.
    pub(super) reason: u32,
    pub(super) latency: Measured,
    flags: u16,
    pub(super) status: Option<CorridorStatus>,
}

/// A line's `sample_rate`, ordered; no number sorts last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SampleRate(u64);

impl SampleRate {
    pub(super) fn new(rate: Option<f64>) -> Self {
        const SIGN: u64 = 1 << 63;
        // Bits of floats sort like the floats once the sign bit is inverted, and all bits of negative ones.
        rate.map_or(Self(u64::MAX), |rate| match rate.to_bits() {
            bits if bits & SIGN == 0 => Self(bits | SIGN),
            bits => Self(!bits),
        })
    }

    pub(super) fn value(self) -> Option<f64> {
        const SIGN: u64 = 1 << 63;
        let bits = if self.0 & SIGN == 0 { !self.0 } else { self.0 & !SIGN };
        (self.0 != u64::MAX).then(|| f64::from_bits(bits))
    }
}

/// The latency of a candidate, as precisely as the honest metrics need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measured {
    /// The line has no number.
    Nothing,
    /// A number below 0.
    Negative,
    /// ms.
    Ms(u16),
    /// 65,536 ms or more.
    Beyond,
}

/// A boolean of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Flag {
    /// The candidate's latency or summary is there.
    HasLlmSummary = 1,
    HasDiff = 1 << 1,
    Intent = 1 << 2,
    DecisionType = 1 << 3,
    ActionCount = 1 << 4,
    EntityKey = 1 << 5,
    /// No candidate in time.
    Timeout = 1 << 6,
    /// The command reached sampling, and rate and flag can be read, so that the flag can be recomputed.
    Judged = 1 << 7,
    /// `sampled` is true.
    Sampled = 1 << 8,
    /// `sampled` is not what id and rate give.
    Differs = 1 << 9,
    /// Another line of the command has another status.
    Contradicted = 1 << 10,
}

impl Record {
    /// The record of `line`, whose reason has the number `reason`; `None` without a command id.
    pub(super) fn new(line: &Line, reason: Option<u32>) -> Option<Self> {
        let digest = IdDigest::of(line.id.as_deref()?);
        let status = line.status.as_status().parse().ok();
        let reason_name = line.reason.as_reason();
        let judged = line.sample_rate.zip(line.sampled).filter(|_| reached_sampling(status, reason_name));
        let differs = judged.is_some_and(|(rate, sampled)| digest.bucket().is_sampled_at(rate) != sampled);
        let found = line.mismatches.unwrap_or_default();
        let is_timeout =
            status == Some(CorridorStatus::FallbackDeterministic) && reason_name == Some(KnownReason::Timeout.as_str());
        let mut flags = 0;
        for (flag, is_set) in [
            (Flag::HasLlmSummary, line.has_llm_summary()),
            (Flag::HasDiff, line.mismatches.is_some()),
            (Flag::Intent, found.intent),
            (Flag::DecisionType, found.decision_type),
            (Flag::ActionCount, found.action_count),
            (Flag::EntityKey, found.entity_key),
            (Flag::Timeout, is_timeout),
            (Flag::Judged, judged.is_some()),
            (Flag::Sampled, line.sampled == Some(true)),
            (Flag::Differs, differs),
        ] {
            flags |= if is_set { flag as u16 } else { 0 };
        }
        Some(Self {
            id: digest.key(),
            time: line.time.unwrap_or(UNDATED),
            sample_rate: SampleRate::new(line.sample_rate),
            reason: reason.unwrap_or(NO_REASON),
            latency: Measured::of(line.latency.as_ref()),
            flags,
            status,
        })
    }

    pub(super) const fn is(&self, flag: Flag) -> bool {
        self.flags & flag as u16 != 0
    }

    /// Days from 1970-01-01 UTC.
    pub(super) fn day(&self) -> Option<i32> {
        (self.time != UNDATED).then(|| i32::try_from(self.time.div_euclid(DAY)).unwrap_or(i32::MAX))
    }
}

impl CommandRecord for Record {
    const STORED: usize = 16 + 8 + 8 + 4 + 4 + 2 + 1;

    fn id(&self) -> u128 {
        self.id
    }

    /// By time.
    fn cmp_lines(&self, other: &Self, reasons: &Breakdown) -> Ordering {
        // Whether other lines contradict it is no property of this line.
        let flags = |record: &Self| record.flags & !(Flag::Contradicted as u16);
        let key = |record: &Self| (record.time, record.sample_rate, record.status, flags(record), record.latency);
        key(self).cmp(&key(other)).then_with(|| reasons.name(self.reason).cmp(&reasons.name(other.reason)))
    }

    fn absorb(&mut self, repeated: &Self) {
        if repeated.status != self.status || repeated.is(Flag::Contradicted) {
            self.flags |= Flag::Contradicted as u16;
        }
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        let latency = match self.latency {
            Measured::Nothing => u32::MAX,
            Measured::Negative => u32::MAX - 1,
            Measured::Beyond => u32::MAX - 2,
            Measured::Ms(ms) => u32::from(ms),
        };
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.time.to_le_bytes());
        bytes.extend_from_slice(&self.sample_rate.0.to_le_bytes());
        bytes.extend_from_slice(&self.reason.to_le_bytes());
        bytes.extend_from_slice(&latency.to_le_bytes());
        bytes.extend_from_slice(&self.flags.to_le_bytes());
        bytes.push(self.status.map_or(u8::MAX, |status| status as u8));
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (sample_rate, rest) = rest.split_first_chunk()?;
        let (reason, rest) = rest.split_first_chunk()?;
        let (latency, rest) = rest.split_first_chunk()?;
        let (flags, rest) = rest.split_first_chunk()?;
        let latency = match u32::from_le_bytes(*latency) {
            u32::MAX => Measured::Nothing,
            0xffff_fffe => Measured::Negative,
            ms => u16::try_from(ms).map_or(Measured::Beyond, Measured::Ms),
        };
        Some(Self {
            id: u128::from_be_bytes(*id),
            time: i64::from_le_bytes(*time),
            sample_rate: SampleRate(u64::from_le_bytes(*sample_rate)),
            reason: u32::from_le_bytes(*reason),
            latency,
            flags: u16::from_le_bytes(*flags),
            status: CorridorStatus::ALL.get(usize::from(*rest.first()?)).copied(),
        })
    }
}

impl Measured {
    fn of(latency: Option<&Latency>) -> Self {
        match latency {
            // `true` and `false` are no durations, although the deployed analyzer reads them as numbers.
            None | Some(Latency::Flag(_)) => Self::Nothing,
            Some(Latency::Whole(ms)) if *ms < 0 => Self::Negative,
            Some(Latency::Whole(ms)) => u16::try_from(*ms).map_or(Self::Beyond, Self::Ms),
            Some(Latency::Beyond(digits)) if digits.starts_with('-') => Self::Negative,
            Some(Latency::Beyond(_)) => Self::Beyond,
        }
    }
}

/// Whether the corridor drew the sample before it wrote this line. Other lines have `sampled: false` without a draw.
pub(super) fn reached_sampling(status: Option<CorridorStatus>, reason: Option<&str>) -> bool {
    match status {
        Some(CorridorStatus::NotSampled | CorridorStatus::AcceptedLlm | CorridorStatus::FallbackDeterministic) => true,
        Some(CorridorStatus::Skipped) => [KnownReason::PolicyDisabled, KnownReason::TimeoutInvalid]
            .iter()
            .any(|known| reason == Some(known.as_str())),
        Some(CorridorStatus::Error) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::{Name, Reading, read};
    use super::*;
    use proptest::prelude::*;

    fn record(line: &str) -> Record {
        match read(line.as_bytes()) {
            Reading::Record(line) => Record::new(&line, Some(7)).unwrap(),
            Reading::Blank | Reading::Broken => panic!("{line}"),
        }
    }

    #[test]
    fn a_stored_record_is_read_back() {
        for line in [
            r#"{"command_id":"a"}"#,
            r#"{"command_id":"a","status":"error","latency_ms":-4,"timestamp":"1969-01-01T00:00:00Z","sample_rate":-0.5}"#,
            r#"{"command_id":"a","status":"accepted_llm","latency_ms":65535,"sampled":true,"sample_rate":0.05,"llm_summary":{}}"#,
            r#"{"command_id":"a","status":"accepted_llm","latency_ms":65536,"diff_summary":{"entity_key_mismatch":true}}"#,
        ] {
            let record = record(line);
            let mut bytes = Vec::new();
            record.store(&mut bytes);
            assert_eq!((bytes.len(), Record::from_bytes(&bytes)), (Record::STORED, Some(record)), "{line}");
        }
    }

    #[test]
    fn the_sample_is_recomputed_where_the_command_reached_sampling() {
        // The bucket of `a` is 0.79.
        let line = |status: &str, reason: &str, rate: &str, sampled: bool| {
            record(&format!(
                r#"{{"command_id":"a","status":"{status}","reason_code":"{reason}","sample_rate":{rate},"sampled":{sampled}}}"#
            ))
        };
        for (status, reason, rate, sampled, judged, differs) in [
            ("accepted_llm", "accepted", "0.8", true, true, false),
            ("accepted_llm", "accepted", "0.7", true, true, true),
            ("not_sampled", "not_sampled", "0.7", false, true, false),
            ("not_sampled", "not_sampled", "1", false, true, true),
            ("fallback_deterministic", "timeout", "0", true, true, true),
            ("skipped", "policy_disabled", "0.8", true, true, false),
            ("skipped", "timeout_invalid", "0.8", false, true, true),
            ("skipped", "corridor_mismatch", "0.8", false, false, false),
            ("error", "KeyError", "0.8", false, false, false),
            ("accepted_llm", "accepted", "\"0.7\"", true, false, false),
        ] {
            let record = line(status, reason, rate, sampled);
            assert_eq!(
                (record.is(Flag::Judged), record.is(Flag::Differs)),
                (judged, differs),
                "{status} {reason} {rate}"
            );
            assert_eq!(record.is(Flag::Timeout), reason == "timeout");
        }
    }

    #[test]
    fn a_line_without_a_command_id_is_no_record() {
        assert_eq!(Record::new(&Line { status: Name::Absent, ..Line::default() }, None), None);
    }

    proptest! {
        #[test]
        fn rates_sort_as_numbers_and_no_number_sorts_last(rates in prop::collection::vec(-2.0..2.0_f64, 0..9)) {
            let mut sorted: Vec<_> = rates.iter().map(|rate| SampleRate::new(Some(*rate))).collect();
            sorted.push(SampleRate::new(None));
            sorted.sort_unstable();
            let mut expected = rates;
            expected.sort_by(f64::total_cmp);
            prop_assert!(sorted.iter().map(|rate| rate.value()).eq(expected.into_iter().map(Some).chain([None])));
        }
    }
}
