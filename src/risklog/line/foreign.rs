//! A tolerant reader of lines: any JSON object is read.
//!
//! As in the deployed system, the last of several equal keys counts, a string may hold half of a surrogate pair, and numbers
//! and nesting have no limit. So the parser checks the grammar only, and values stay text until their field is known to matter.

use super::{Latency, Line, Mismatches, Name, number};
use crate::decide::{has_duplicate_keys, is_clean_risk};
use crate::model::utc_microseconds;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reads one JSON object; `None` for anything else.
pub(super) fn read(text: &str) -> Option<Line<'_>> {
    let mut line = Line::default();
    let mut has_unknown_key = false;
    each_field(text, |key, value| match key {
        b"command_id" => line.id = string(value).flatten(),
        b"sample_rate" => line.sample_rate = rate(value),
        b"sampled" => line.sampled = flag(value),
        b"status" => line.status = name(value),
        b"reason_code" => line.reason = name(value),
        b"latency_ms" => line.latency = latency(value),
        b"baseline_summary" => line.baseline_summary = not_null(value),
        b"llm_summary" => line.llm_summary = not_null(value),
        b"diff_summary" => line.mismatches = value.starts_with('{').then(|| mismatches(value)),
        b"timestamp" => line.time = string(value).flatten().and_then(|text| utc_microseconds(&text)),
        b"trace_id" | b"corridor_intent" | b"model_meta" => {}
        _ => has_unknown_key = true,
    })?;
    // An unknown key is not clean: this avoids a second parse.
    line.is_clean = !has_unknown_key && is_clean(text);
    Some(line)
}

/// No risk line holds nesting or numbers that our parser refuses.
fn is_clean(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|object| is_clean_risk(&object)) && !has_duplicate_keys(text)
}

fn not_null(value: &str) -> Option<&str> {
    (value != "null").then_some(value)
}

fn flag(value: &str) -> Option<bool> {
    value.parse().ok()
}

fn is_number(value: &str) -> bool {
    value.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn rate(value: &str) -> Option<f64> {
    // -0.0 becomes 0.0: it is the same stage.
    value.parse().ok().filter(|rate: &f64| is_number(value) && rate.is_finite()).map(|rate| rate + 0.0)
}

fn latency(value: &str) -> Option<Latency<'_>> {
    match flag(value) {
        Some(flag) => Some(Latency::Flag(flag)),
        None => is_number(value).then(|| number::latency(value)).flatten(),
    }
}

fn name(value: &str) -> Name<'_> {
    match string(value) {
        None => Name::Absent,
        Some(None) => Name::Invalid,
        Some(Some(text)) => Name::of(text),
    }
}

/// `None` for what is not a string, `Some(None)` for a string that is not Unicode.
#[expect(clippy::option_option, reason = "the outer one is the type, the inner one valid Unicode")]
fn string(value: &str) -> Option<Option<Cow<'_, str>>> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    Some(match memchr::memchr(b'\\', inside.as_bytes()) {
        None => Some(Cow::Borrowed(inside)),
        Some(_) => serde_json::from_str(value).ok().map(Cow::Owned),
    })
}

fn mismatches(value: &str) -> Mismatches {
    let mut found = Mismatches::default();
    // It cannot fail: the value was parsed before.
    let _ = each_field(value, |key, value| {
        let flag = match key {
            b"intent_mismatch" => &mut found.intent,
            b"decision_type_mismatch" => &mut found.decision_type,
            b"action_count_mismatch" => &mut found.action_count,
            b"entity_key_mismatch" => &mut found.entity_key,
            _ => return,
        };
        *flag = value == "true";
    });
    found
}

/// Calls `each` with every key of an object, as bytes, and its value as text; `None` where the text is no object.
fn each_field<'a>(text: &'a str, each: impl FnMut(&[u8], &'a str)) -> Option<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Fields(each)).ok()?;
    deserializer.end().ok()
}

struct Fields<F>(F);

impl<'de, F: FnMut(&[u8], &'de str)> Visitor<'de> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            (self.0)(&key, value.get());
        }
        Ok(())
    }
}

/// A key as bytes, because a string cannot hold half of a surrogate pair.
struct Key<'de>(Cow<'de, [u8]>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_bytes<E: Error>(self, key: &'de [u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_bytes<E: Error>(self, key: &[u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_bytes(KeyVisitor)
    }
}
