//! Lines exactly as the documented writers write them: every key, in its order, and nothing that needs a second look.
//!
//! A million lines take a second or two to parse as JSON. These have one shape, so that walking along it is enough. What
//! is not certain here is not read here: a surplus blank, an escape, a float where an integer belongs, a name that is not
//! on its list. That makes every line that is read a clean one.

use super::{Latency, Line, Mismatches, Name, is_name};
use crate::model::{Action, Intent, LlmTask, utc_microseconds};
use std::borrow::Cow;
use std::str::FromStr;

/// Reads a line of the documented shape; `None` for any other.
pub(super) fn read(line: &[u8]) -> Option<Line<'_>> {
    let mut at = Cursor(line.strip_suffix(b"\r").unwrap_or(line));
    at.first("trace_id")?;
    at.text()?;
    at.next("command_id")?;
    let id = at.text()?;
    at.next("corridor_intent")?;
    at.text().filter(|intent| intent.is_empty() || is::<Intent>(intent))?;
    at.next("sample_rate")?;
    let sample_rate = at.decimal()?;
    at.next("sampled")?;
    let sampled = at.flag()?;
    at.next("status")?;
    let status = at.name()?;
    at.next("reason_code")?;
    let reason = at.name()?;
    at.next("latency_ms")?;
    let latency = if at.null().is_some() { None } else { Some(at.integer()?) };
    at.next("model_meta")?;
    at.null().or_else(|| at.model_meta())?;
    at.next("baseline_summary")?;
    at.summary(false)?;
    at.next("llm_summary")?;
    let has_llm_summary = at.null().is_none();
    if has_llm_summary {
        at.summary(true)?;
    }
    at.next("diff_summary")?;
    let mismatches = if at.null().is_some() { None } else { Some(at.mismatches()?) };
    at.next("timestamp")?;
    let time = utc_microseconds(at.text()?)?;
    at.token("}")?;
    at.0.is_empty().then_some(Line {
        id: Some(Cow::Borrowed(id)),
        sample_rate: Some(sample_rate),
        sampled: Some(sampled),
        status: Name::Valid(Cow::Borrowed(status)),
        reason: Name::Valid(Cow::Borrowed(reason)),
        latency: latency.map(Latency::Whole),
        has_llm_summary,
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

/// What is left of a line.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn token(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token.as_bytes())?;
        Some(())
    }

    /// One blank, as one of the documented writers puts behind commas and colons.
    fn blank(&mut self) {
        self.0 = self.0.strip_prefix(b" ").unwrap_or(self.0);
    }

    /// The first key of an object, up to its value.
    fn first(&mut self, key: &str) -> Option<()> {
        self.token("{")?;
        self.key(key)
    }

    /// The next key of an object, up to its value.
    fn next(&mut self, key: &str) -> Option<()> {
        self.token(",")?;
        self.blank();
        self.key(key)
    }

    fn key(&mut self, key: &str) -> Option<()> {
        self.token("\"")?;
        self.token(key)?;
        self.token("\":")?;
        self.blank();
        Some(())
    }

    fn null(&mut self) -> Option<()> {
        self.token("null")
    }

    fn flag(&mut self) -> Option<bool> {
        match self.token("true") {
            Some(()) => Some(true),
            None => self.token("false").map(|()| false),
        }
    }

    /// A string without escapes.
    fn text(&mut self) -> Option<&'a str> {
        self.token("\"")?;
        let end = self.0.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(text).ok()
    }

    fn name(&mut self) -> Option<&'a str> {
        self.text().filter(|text| is_name(text))
    }

    fn digits(&mut self) -> Option<&'a str> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count > 0)?;
        self.0 = rest;
        std::str::from_utf8(digits).ok()
    }

    /// Digits as JSON allows them before a point.
    fn whole_digits(&mut self) -> Option<&'a str> {
        self.digits().filter(|digits| *digits == "0" || !digits.starts_with('0'))
    }

    /// An integer, of at most 15 digits.
    fn integer(&mut self) -> Option<i64> {
        let is_negative = self.token("-").is_some();
        let digits = self.whole_digits().filter(|digits| digits.len() <= 15)?;
        let is_float = matches!(self.0.first(), Some(b'.' | b'e' | b'E'));
        let magnitude: i64 = digits.parse().ok().filter(|_| !is_float)?;
        Some(if is_negative { -magnitude } else { magnitude })
    }

    /// A number of 0 or more, without an exponent.
    fn decimal(&mut self) -> Option<f64> {
        let before = self.0;
        self.whole_digits()?;
        if self.token(".").is_some() {
            self.digits()?;
        }
        let text = before.get(..before.len() - self.0.len()).filter(|text| text.len() <= 32)?;
        let has_exponent = matches!(self.0.first(), Some(b'e' | b'E'));
        std::str::from_utf8(text).ok().filter(|_| !has_exponent)?.parse().ok()
    }

    fn model_meta(&mut self) -> Option<()> {
        self.first("profile")?;
        self.text().filter(|text| is_profile(text))?;
        self.next("task_id")?;
        self.text().filter(|task| *task == "other" || is::<LlmTask>(task))?;
        self.next("escalated")?;
        self.flag()?;
        self.token("}")
    }

    fn summary(&mut self, of_llm: bool) -> Option<()> {
        if of_llm {
            self.first("action_count")?;
        } else {
            self.first("intent")?;
            self.intent()?;
            self.next("decision_type")?;
            self.decision_type()?;
            self.next("action_count")?;
        }
        self.integer()?;
        self.next("entity_keys_count")?;
        self.integer()?;
        self.next("has_list_id")?;
        self.flag()?;
        if of_llm {
            self.next("item_name_len")?;
            self.integer()?;
            self.next("confidence_bucket")?;
            self.text().filter(|text| ["missing", "high", "medium", "low"].contains(text))?;
            self.next("intent")?;
            self.intent()?;
            self.next("decision_type")?;
            self.decision_type()?;
        }
        self.token("}")
    }

    fn intent(&mut self) -> Option<()> {
        self.text().filter(|intent| *intent == "other" || is::<Intent>(intent)).map(drop)
    }

    fn decision_type(&mut self) -> Option<()> {
        self.text().filter(|action| is::<Action>(action)).map(drop)
    }

    fn mismatches(&mut self) -> Option<Mismatches> {
        self.first("intent_mismatch")?;
        let intent = self.flag()?;
        self.next("decision_type_mismatch")?;
        let decision_type = self.flag()?;
        self.next("action_count_mismatch")?;
        let action_count = self.flag()?;
        self.next("entity_key_mismatch")?;
        let entity_key = self.flag()?;
        self.token("}")?;
        Some(Mismatches { intent, decision_type, action_count, entity_key })
    }
}
