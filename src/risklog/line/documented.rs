//! A fast reader of lines of exactly the documented shape: every key, in order.
//!
//! A million lines take a second or two to parse as JSON. These have one shape, so that no general parser is needed. Any
//! deviation (a surplus blank, an escape, a float in place of an integer, an undocumented name) is left to the other reader, so
//! that every line that is read here keeps the privacy rule.

use super::{Latency, Line, Mismatches, Name, is_name};
use crate::model::{Action, Intent, LlmTask, utc_microseconds};
use std::borrow::Cow;
use std::str::FromStr;

/// Reads a line of the documented shape; `None` for any other.
pub(super) fn read(line: &[u8]) -> Option<Line<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    let mut at = Cursor(line.strip_suffix('\r').unwrap_or(line));
    at.first(b"\"trace_id\":")?;
    at.text()?;
    at.next(b"\"command_id\":")?;
    let id = at.text()?;
    at.next(b"\"corridor_intent\":")?;
    at.text().filter(|intent| intent.is_empty() || is::<Intent>(intent))?;
    at.next(b"\"sample_rate\":")?;
    let sample_rate = at.decimal()?;
    at.next(b"\"sampled\":")?;
    let sampled = at.flag()?;
    at.next(b"\"status\":")?;
    let status = at.name()?;
    at.next(b"\"reason_code\":")?;
    let reason = at.name()?;
    at.next(b"\"latency_ms\":")?;
    let latency = if at.null().is_some() { None } else { Some(at.integer()?) };
    at.next(b"\"model_meta\":")?;
    at.null().or_else(|| at.model_meta())?;
    at.next(b"\"baseline_summary\":")?;
    let baseline_summary = at.summary(false)?;
    at.next(b"\"llm_summary\":")?;
    let llm_summary = if at.null().is_some() { None } else { Some(at.summary(true)?) };
    at.next(b"\"diff_summary\":")?;
    let mismatches = if at.null().is_some() { None } else { Some(at.mismatches()?) };
    at.next(b"\"timestamp\":")?;
    let time = utc_microseconds(at.text()?)?;
    at.token(b"}")?;
    at.0.is_empty().then_some(Line {
        id: Some(Cow::Borrowed(id)),
        sample_rate: Some(sample_rate),
        sampled: Some(sampled),
        status: Name::Valid(Cow::Borrowed(status)),
        reason: Name::Valid(Cow::Borrowed(reason)),
        latency: latency.map(Latency::Whole),
        baseline_summary: Some(baseline_summary),
        llm_summary,
        mismatches,
        time: Some(time),
        is_clean: true,
    })
}

fn is<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

/// A configured profile may also hold hyphens and dots.
fn is_profile(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// The rest of a line.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// Skips these bytes. Their number is known at compile time, for speed.
    fn token<const N: usize>(&mut self, token: &[u8; N]) -> Option<()> {
        self.0.as_bytes().first_chunk::<N>().filter(|start| *start == token)?;
        self.0 = self.0.get(N..)?;
        Some(())
    }

    /// Skips one blank, which one of the documented writers puts after commas and colons.
    fn blank(&mut self) {
        self.0 = self.0.strip_prefix(' ').unwrap_or(self.0);
    }

    /// The first key of an object, up to its value.
    fn first<const N: usize>(&mut self, key: &[u8; N]) -> Option<()> {
        self.token(b"{")?;
        self.token(key)?;
        self.blank();
        Some(())
    }

    /// The next key of an object, up to its value.
    fn next<const N: usize>(&mut self, key: &[u8; N]) -> Option<()> {
        self.token(b",")?;
        self.blank();
        self.token(key)?;
        self.blank();
        Some(())
    }

    fn null(&mut self) -> Option<()> {
        self.token(b"null")
    }

    fn flag(&mut self) -> Option<bool> {
        match self.token(b"true") {
            Some(()) => Some(true),
            None => self.token(b"false").map(|()| false),
        }
    }

    /// Takes the text before `end`.
    fn take(&mut self, end: usize) -> Option<&'a str> {
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(text)
    }

    /// A string without escapes.
    fn text(&mut self) -> Option<&'a str> {
        self.token(b"\"")?;
        let end = self.0.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        let text = self.take(end)?;
        self.token(b"\"")?;
        Some(text)
    }

    fn name(&mut self) -> Option<&'a str> {
        self.text().filter(|text| is_name(text))
    }

    fn digits(&mut self) -> Option<&'a str> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        self.take(count).filter(|_| count > 0)
    }

    /// Digits as JSON allows them before a point.
    fn whole_digits(&mut self) -> Option<&'a str> {
        self.digits().filter(|digits| *digits == "0" || !digits.starts_with('0'))
    }

    /// An integer, of at most 15 digits.
    fn integer(&mut self) -> Option<i64> {
        let is_negative = self.token(b"-").is_some();
        let digits = self.whole_digits().filter(|digits| digits.len() <= 15)?;
        let magnitude: i64 = digits.parse().ok().filter(|_| !self.0.starts_with(['.', 'e', 'E']))?;
        Some(if is_negative { -magnitude } else { magnitude })
    }

    /// A number of 0 or more, without an exponent.
    fn decimal(&mut self) -> Option<f64> {
        let before = self.0;
        self.whole_digits()?;
        if self.token(b".").is_some() {
            self.digits()?;
        }
        let text = before.get(..before.len() - self.0.len()).filter(|text| text.len() <= 32)?;
        text.parse().ok().filter(|_| !self.0.starts_with(['e', 'E']))
    }

    fn model_meta(&mut self) -> Option<()> {
        self.first(b"\"profile\":")?;
        self.text().filter(|text| is_profile(text))?;
        self.next(b"\"task_id\":")?;
        self.text().filter(|task| *task == "other" || is::<LlmTask>(task))?;
        self.next(b"\"escalated\":")?;
        self.flag()?;
        self.token(b"}")
    }

    /// Returns the text of the summary.
    fn summary(&mut self, of_llm: bool) -> Option<&'a str> {
        let before = self.0;
        if of_llm {
            self.first(b"\"action_count\":")?;
        } else {
            self.first(b"\"intent\":")?;
            self.intent()?;
            self.next(b"\"decision_type\":")?;
            self.decision_type()?;
            self.next(b"\"action_count\":")?;
        }
        self.integer()?;
        self.next(b"\"entity_keys_count\":")?;
        self.integer()?;
        self.next(b"\"has_list_id\":")?;
        self.flag()?;
        if of_llm {
            self.next(b"\"item_name_len\":")?;
            self.integer()?;
            self.next(b"\"confidence_bucket\":")?;
            self.text().filter(|text| ["missing", "high", "medium", "low"].contains(text))?;
            self.next(b"\"intent\":")?;
            self.intent()?;
            self.next(b"\"decision_type\":")?;
            self.decision_type()?;
        }
        self.token(b"}")?;
        before.get(..before.len() - self.0.len())
    }

    fn intent(&mut self) -> Option<()> {
        self.text().filter(|intent| *intent == "other" || is::<Intent>(intent)).map(drop)
    }

    fn decision_type(&mut self) -> Option<()> {
        self.text().filter(|action| is::<Action>(action)).map(drop)
    }

    fn mismatches(&mut self) -> Option<Mismatches> {
        self.first(b"\"intent_mismatch\":")?;
        let intent = self.flag()?;
        self.next(b"\"decision_type_mismatch\":")?;
        let decision_type = self.flag()?;
        self.next(b"\"action_count_mismatch\":")?;
        let action_count = self.flag()?;
        self.next(b"\"entity_key_mismatch\":")?;
        let entity_key = self.flag()?;
        self.token(b"}")?;
        Some(Mismatches { intent, decision_type, action_count, entity_key })
    }
}
