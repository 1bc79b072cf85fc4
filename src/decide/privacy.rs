//! Checks whether a risk line of another implementation keeps the privacy rule.
//!
//! The rule is structural: documented fields only, and every string is a documented constant, a name that looks like a
//! configured one, a timestamp or an identifier. Our own lines cannot violate it; others are parsed as JSON and checked.

use super::RiskEntry;
use crate::model::{Action, Intent, LlmTask, Text, is_date_time};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The values of `confidence_bucket`.
const BUCKETS: [&str; 4] = ["missing", "high", "medium", "low"];

/// Whether the line holds documented fields only, and no string that could be text of a user or an LLM.
#[must_use]
pub fn is_clean_risk(line: &Map<String, Value>) -> bool {
    line.iter().all(|(key, value)| match key.as_str() {
        "trace_id" | "command_id" => value.is_string(),
        "timestamp" => value.as_str().is_some_and(is_date_time),
        "corridor_intent" => value.as_str().is_some_and(|text| text.is_empty() || is_intent(text)),
        "sample_rate" => value.is_number(),
        "sampled" => value.is_boolean(),
        "status" | "reason_code" => value.as_str().is_some_and(is_name),
        "latency_ms" => value.is_number() || value.is_null(),
        "model_meta" => object(value, |key, value| match key {
            "profile" => value.as_str().is_some_and(is_profile),
            "task_id" => value.as_str().is_some_and(|task| task == "other" || task.parse::<LlmTask>().is_ok()),
            "escalated" => value.is_boolean(),
            _ => false,
        }),
        "baseline_summary" => !value.is_null() && object(value, is_clean_count),
        "llm_summary" => object(value, |key, value| match key {
            "item_name_len" => value.is_number(),
            "confidence_bucket" => value.as_str().is_some_and(|text| BUCKETS.contains(&text)),
            _ => is_clean_count(key, value),
        }),
        "diff_summary" => object(value, |key, value| {
            let known = ["intent_mismatch", "decision_type_mismatch", "action_count_mismatch", "entity_key_mismatch"];
            known.contains(&key) && value.is_boolean()
        }),
        _ => false,
    })
}

/// Whether an entry holds no string that could be text of a user or an LLM. Its types leave open the profile, and `&'static str`
/// fields, which are constants only by convention.
#[must_use]
pub fn is_clean_entry(entry: &RiskEntry) -> bool {
    let meta = entry.model_meta.as_ref();
    let is_known_intent = |intent: &str| intent == "other" || is_intent(intent);
    (entry.corridor_intent.is_empty() || is_intent(entry.corridor_intent))
        && meta.and_then(|meta| meta.profile).is_none_or(is_profile)
        && meta.and_then(|meta| meta.task_id).is_none_or(|task| task == "other" || task.parse::<LlmTask>().is_ok())
        && entry
            .llm_summary
            .as_ref()
            .is_none_or(|llm| BUCKETS.contains(&llm.confidence_bucket) && is_known_intent(llm.intent))
}

/// Whether an object of the text, at any depth, holds a key twice, so that a parsed value would lack the first one.
#[must_use]
pub fn has_duplicate_keys(json: &str) -> bool {
    serde_json::from_str::<Unique>(json).is_err_and(|error| error.to_string().starts_with(DUPLICATE))
}

const DUPLICATE: &str = "a key occurs twice";

/// Any JSON whose objects hold each key once.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UniqueVisitor;
        impl<'de> Visitor<'de> for UniqueVisitor {
            type Value = Unique;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("any JSON")
            }
            fn visit_unit<E: Error>(self) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_bool<E: Error>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_i64<E: Error>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_u64<E: Error>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_str<E: Error>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Unique, A::Error> {
                while sequence.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut keys = BTreeSet::new();
                while let Some((key, Unique)) = map.next_entry::<Text, Unique>()? {
                    if !keys.insert(key) {
                        return Err(A::Error::custom(DUPLICATE));
                    }
                }
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(UniqueVisitor)
    }
}

/// The fields that both summaries share.
fn is_clean_count(key: &str, value: &Value) -> bool {
    match key {
        "intent" => value.as_str().is_some_and(|text| text == "other" || is_intent(text)),
        "decision_type" => value.as_str().is_some_and(|text| text.parse::<Action>().is_ok()),
        "action_count" | "entity_keys_count" => value.is_number(),
        "has_list_id" => value.is_boolean(),
        _ => false,
    }
}

/// Null, or an object whose fields are all clean.
fn object(value: &Value, is_clean: impl Fn(&str, &Value) -> bool) -> bool {
    value.is_null() || value.as_object().is_some_and(|fields| fields.iter().all(|(key, value)| is_clean(key, value)))
}

fn is_intent(text: &str) -> bool {
    text.parse::<Intent>().is_ok()
}

/// A configured profile may also hold hyphens and dots.
fn is_profile(text: &str) -> bool {
    is_name(&text.replace(['-', '.'], "_"))
}

/// `[A-Za-z0-9_]{1,64}`: what a name of the configuration or of an error looks like.
fn is_name(text: &str) -> bool {
    crate::model::ErrorName::new(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line() -> Map<String, Value> {
        let line = json!({"corridor_intent": "add_shopping_item", "sample_rate": 1.0, "sampled": true,
            "status": "accepted_llm", "reason_code": "accepted", "latency_ms": 5,
            "model_meta": {"profile": "partial_trust", "task_id": "partial_trust_shopping", "escalated": false},
            "baseline_summary": {"intent": "add_shopping_item", "decision_type": "start_job", "action_count": 1,
                "entity_keys_count": 2, "has_list_id": true},
            "llm_summary": {"action_count": 1, "entity_keys_count": 1, "has_list_id": false, "item_name_len": 6,
                "confidence_bucket": "high", "intent": "other", "decision_type": "start_job"},
            "diff_summary": {"intent_mismatch": false, "decision_type_mismatch": false, "action_count_mismatch": false,
                "entity_key_mismatch": true}});
        line.as_object().unwrap().clone()
    }

    #[test]
    fn a_duplicate_key_is_found_at_any_depth() {
        assert!(!has_duplicate_keys(r#"{"a":{"b":1},"c":[{"b":null},{"b":"x"}]}"#));
        assert!(has_duplicate_keys(r#"{"a":1,"a":2}"#));
        assert!(has_duplicate_keys(r#"{"c":[{"b":1.5,"b":true}]}"#));
    }

    #[test]
    fn a_documented_line_is_clean_and_text_anywhere_is_not() {
        assert!(is_clean_risk(&line()));
        for path in [
            "/corridor_intent",
            "/status",
            "/reason_code",
            "/latency_ms",
            "/model_meta/profile",
            "/model_meta/task_id",
            "/model_meta/escalated",
            "/baseline_summary/intent",
            "/baseline_summary/action_count",
            "/llm_summary/intent",
            "/llm_summary/item_name_len",
            "/llm_summary/confidence_bucket",
            "/diff_summary/intent_mismatch",
        ] {
            let mut value = Value::Object(line());
            *value.pointer_mut(path).unwrap() = json!("купи молоко");
            assert!(!is_clean_risk(value.as_object().unwrap()), "{path}");
        }
        let mut surplus = line();
        surplus.insert("item_name".to_owned(), json!("молоко"));
        assert!(!is_clean_risk(&surplus));
    }
}
