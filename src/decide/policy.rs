//! The LLM policy: which profile may be asked for which task.
//!
//! Text goes in (YAML or JSON, already read), a [`Policy`] comes out or the reason why it is refused as a whole. Only
//! routes decide anything in a replay; models and endpoints are carried for nobody and checked for placeholders.

use crate::model::LlmTask;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::collections::BTreeMap;

/// A policy that loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    routes: BTreeMap<String, Vec<String>>,
    profiles: Vec<String>,
}

/// Why a policy is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not YAML or JSON of the policy's shape.
    #[error("{message}")]
    Syntax {
        /// What is wrong, without the text itself.
        message: String,
        /// 1-based line, where it is known.
        line: Option<u64>,
        /// 1-based column, where it is known.
        column: Option<u64>,
    },
    /// Fields that contradict each other.
    #[error("{field}: {problem}")]
    Inconsistent {
        /// Path of the field.
        field: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A value that was to be filled in.
    #[error("{field} holds a placeholder, and LLM_POLICY_ALLOW_PLACEHOLDERS is off")]
    Placeholder {
        /// Path of the field.
        field: String,
    },
}

impl Policy {
    /// The policy of the deployed system: placeholders in every route.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Placeholder`] unless placeholders are allowed.
    pub fn built_in(allow_placeholders: bool) -> Result<Self, PolicyError> {
        if !allow_placeholders {
            return Err(PolicyError::Placeholder { field: "routing.shopping_extraction.cheap.project".to_owned() });
        }
        let routed = |profiles: [&str; 2]| profiles.map(str::to_owned).to_vec();
        Ok(Self {
            routes: BTreeMap::from([
                (LlmTask::PartialTrustShopping.as_str().to_owned(), routed(["partial_trust", "reliable"])),
                (LlmTask::ShoppingExtraction.as_str().to_owned(), routed(["cheap", "reliable"])),
            ]),
            profiles: ["cheap", "partial_trust", "reliable"].map(str::to_owned).to_vec(),
        })
    }

    /// Reads a policy file's text.
    ///
    /// # Errors
    ///
    /// The first thing that makes the policy unusable.
    pub fn parse(text: &str, allow_placeholders: bool) -> Result<Self, PolicyError> {
        let file: PolicyFile = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| syntax(&error, error.line() as u64, error.column() as u64))?
        } else {
            serde_saphyr::from_str(text).map_err(|error| {
                let location = error.location();
                let place = |number: fn(&serde_saphyr::Location) -> u64| location.as_ref().map(number);
                PolicyError::Syntax {
                    message: without_values(&error.to_string()),
                    line: place(serde_saphyr::Location::line),
                    column: place(serde_saphyr::Location::column),
                }
            })?
        };
        file.check(allow_placeholders)?;
        let routes = file.routing.into_iter().map(|(task, routes)| (task, routes.into_keys().collect())).collect();
        Ok(Self { routes, profiles: file.profiles.into_keys().collect() })
    }

    /// Whether `task` may be asked on `profile`.
    #[must_use]
    pub fn has_route(&self, task: LlmTask, profile: &str) -> bool {
        self.routes.get(task.as_str()).is_some_and(|profiles| profiles.iter().any(|routed| routed == profile))
    }

    /// Whether the policy declares `profile`.
    #[must_use]
    pub fn declares(&self, profile: &str) -> bool {
        self.profiles.iter().any(|declared| declared == profile)
    }
}

fn syntax(error: &impl std::fmt::Display, line: u64, column: u64) -> PolicyError {
    PolicyError::Syntax { message: without_values(&error.to_string()), line: Some(line), column: Some(column) }
}

/// The first line of a parser's message: what follows quotes the file.
fn without_values(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    schema_version: Scalar,
    #[serde(default)]
    compat: Option<Compat>,
    profiles: BTreeMap<String, Described>,
    tasks: BTreeMap<String, Described>,
    routing: BTreeMap<String, BTreeMap<String, Route>>,
    #[serde(default)]
    fallback_chain: Vec<Fallback>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compat {
    adr: Scalar,
    #[serde(default, rename = "note")]
    _note: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    #[serde(default, rename = "description")]
    _description: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Route {
    #[serde(default, rename = "provider")]
    _provider: Option<Scalar>,
    model: Scalar,
    #[serde(default)]
    temperature: Option<Scalar>,
    #[serde(default)]
    max_tokens: Option<Scalar>,
    #[serde(default)]
    timeout_ms: Option<Scalar>,
    #[serde(default)]
    base_url: Option<Scalar>,
    #[serde(default)]
    project: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fallback {
    event: Scalar,
    action: Scalar,
    #[serde(default)]
    profile: Option<Scalar>,
    #[serde(default)]
    max_retries: Option<Scalar>,
}

const EVENTS: [&str; 5] = ["invalid_json", "schema_validation_failed", "timeout", "llm_unavailable", "llm_error"];

impl PolicyFile {
    fn check(&self, allow_placeholders: bool) -> Result<(), PolicyError> {
        let wrong = |field: &str, problem| Err(PolicyError::Inconsistent { field: field.to_owned(), problem });
        if self.schema_version.0 != "1" {
            return wrong("schema_version", "must be 1");
        }
        if self.compat.as_ref().is_some_and(|compat| compat.adr.0 != "ADR-003") {
            return wrong("compat.adr", "must be ADR-003");
        }
        for profile in ["cheap", "reliable"] {
            if !self.profiles.contains_key(profile) {
                return wrong("profiles", "must declare `cheap` and `reliable`");
            }
        }
        let extraction = LlmTask::ShoppingExtraction.as_str();
        if !self.tasks.contains_key(extraction) {
            return wrong("tasks", "must declare `shopping_extraction`");
        }
        if !self.routing.contains_key(extraction) {
            return wrong("routing", "must route `shopping_extraction`");
        }
        for (task, routes) in &self.routing {
            for (profile, route) in routes {
                let field = format!("routing.{task}.{profile}");
                if !self.profiles.contains_key(profile) {
                    return wrong(&field, "names a profile that is not declared");
                }
                route.check(&field, allow_placeholders)?;
            }
        }
        self.fallback_chain.iter().enumerate().try_for_each(|(position, fallback)| {
            fallback
                .check(self)
                .map_err(|problem| PolicyError::Inconsistent { field: format!("fallback_chain[{position}]"), problem })
        })
    }
}

impl Route {
    fn check(&self, field: &str, allow_placeholders: bool) -> Result<(), PolicyError> {
        let is_a = |value: &Option<Scalar>, test: fn(&str) -> bool| value.as_ref().is_none_or(|value| test(&value.0));
        let is_whole = |text: &str| text.parse::<i64>().is_ok();
        let numbers = [
            ("temperature", is_a(&self.temperature, |text| text.parse::<f64>().is_ok_and(f64::is_finite))),
            ("max_tokens", is_a(&self.max_tokens, is_whole)),
            ("timeout_ms", is_a(&self.timeout_ms, is_whole)),
        ];
        if let Some((name, _)) = numbers.iter().find(|(_, fits)| !fits) {
            return Err(PolicyError::Inconsistent { field: format!("{field}.{name}"), problem: "must be a number" });
        }
        if self.model.0.is_empty() {
            return Err(PolicyError::Inconsistent { field: format!("{field}.model"), problem: "must not be empty" });
        }
        let values =
            [("model", Some(&self.model)), ("project", self.project.as_ref()), ("base_url", self.base_url.as_ref())];
        let placeholder = values.into_iter().find(|(_, value)| value.is_some_and(|value| is_placeholder(&value.0)));
        match placeholder {
            Some((name, _)) if !allow_placeholders => {
                Err(PolicyError::Placeholder { field: format!("{field}.{name}") })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Fallback {
    fn check(&self, file: &PolicyFile) -> Result<(), &'static str> {
        if !EVENTS.contains(&self.event.0.as_str()) {
            return Err("event must be one of the five error types of a task");
        }
        let retries = self.max_retries.as_ref().map(|retries| retries.0.parse::<i64>());
        if retries.as_ref().is_some_and(Result::is_err) {
            return Err("max_retries must be a whole number");
        }
        match self.action.0.as_str() {
            "repair_retry" if retries.is_some_and(|retries| retries.is_ok_and(|count| count >= 1)) => Ok(()),
            "repair_retry" => Err("repair_retry needs max_retries of at least 1"),
            "escalate_to" if self.profile.as_ref().is_some_and(|name| file.profiles.contains_key(&name.0)) => Ok(()),
            "escalate_to" => Err("escalate_to needs a declared profile"),
            "return_error" => Ok(()),
            _ => Err("action must be repair_retry, escalate_to or return_error"),
        }
    }
}

fn is_placeholder(value: &str) -> bool {
    value.contains("${") || (value.contains('<') && value.contains('>'))
}

/// A scalar, quoted or bare: kept as text.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a scalar")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar(value.to_string()))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "\
schema_version: 1
compat: {adr: ADR-003, note: for tests}
profiles:
  cheap: {description: small}
  reliable: {description: large}
tasks:
  shopping_extraction: {description: names}
  partial_trust_shopping: {}
routing:
  shopping_extraction:
    cheap: {provider: any, model: small, temperature: 0.2}
  partial_trust_shopping:
    reliable: {provider: any, model: \"large\", max_tokens: \"200\", project: here}
fallback_chain:
  - {event: invalid_json, action: repair_retry, max_retries: 1}
  - {event: timeout, action: return_error}
";

    #[test]
    fn a_policy_is_read_from_yaml_and_from_json() {
        let policy = Policy::parse(YAML, false).unwrap();
        assert!(policy.has_route(LlmTask::PartialTrustShopping, "reliable"));
        assert!(!policy.has_route(LlmTask::PartialTrustShopping, "cheap"));
        assert!(policy.declares("cheap") && !policy.declares("partial_trust"));
        let json = r#"{"schema_version":"1","profiles":{"cheap":{},"reliable":{}},"tasks":{"shopping_extraction":{}},
            "routing":{"shopping_extraction":{"cheap":{"model":"m"}}}}"#;
        assert!(Policy::parse(json, false).is_ok());
    }

    #[test]
    fn a_policy_with_one_thing_wrong_is_refused_as_a_whole() {
        for (good, bad) in [
            ("schema_version: 1", "schema_version: 2"),
            ("ADR-003", "ADR-004"),
            ("  cheap: {description", "  frugal: {description"),
            ("model: small", "modell: small"),
            ("    reliable: {provider", "    undeclared: {provider"),
            ("max_retries: 1", "max_retries: 0"),
            ("action: return_error", "action: give_up"),
            ("event: timeout", "event: rain"),
            ("temperature: 0.2", "temperature: warm"),
            ("fallback_chain:", "fallback_chian:"),
            ("project: here", "project: \"${PROJECT}\""),
            ("model: small", "model: <model>"),
        ] {
            assert!(YAML.contains(good), "{good}");
            assert!(Policy::parse(&YAML.replace(good, bad), false).is_err(), "{bad}");
        }
        assert!(Policy::parse(&YAML.replace("project: here", "project: \"${PROJECT}\""), true).is_ok());
        assert!(Policy::parse("", false).is_err());
    }

    #[test]
    fn the_built_in_policy_loads_only_with_placeholders_allowed() {
        assert!(Policy::built_in(false).is_err());
        let policy = Policy::built_in(true).unwrap();
        assert!(policy.has_route(LlmTask::PartialTrustShopping, "partial_trust"));
        assert!(!policy.has_route(LlmTask::ShoppingExtraction, "partial_trust"));
    }
}
