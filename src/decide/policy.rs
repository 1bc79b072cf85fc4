//! The LLM policy: which profile may be asked for which task.
//!
//! Parses text (YAML or JSON) to an [`LlmPolicy`], or gives the reason why it is refused as a whole. A replay depends on routes
//! only. Models and endpoints are checked for placeholders and dropped; limits are kept to show how long production may wait.

use super::task::RELIABLE;
use super::text::regex;
use crate::model::{LlmTask, UniqueMap, is_documented, shown_problem};
use regex::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A policy that loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LlmPolicy {
    routes: BTreeMap<String, BTreeMap<String, RouteLimits>>,
    profiles: Vec<String>,
    placeholders: Vec<String>,
}

/// Limits of the calls on a route. Nothing in a replay depends on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteLimits {
    /// Limit of one call, ms, 1 or more; `None` where there is none.
    pub timeout_ms: Option<u64>,
    /// Whether the route names an endpoint of its own, in place of `LLM_BASE_URL`.
    pub has_endpoint: bool,
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
    /// A value that is still a placeholder.
    #[error("{field} holds a placeholder, and LLM_POLICY_ALLOW_PLACEHOLDERS is off")]
    Placeholder {
        /// Path of the field.
        field: String,
    },
}

impl LlmPolicy {
    /// The policy of the deployed system: placeholders in every route.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Placeholder`] unless placeholders are allowed.
    pub fn built_in(allow_placeholders: bool) -> Result<Self, PolicyError> {
        if !allow_placeholders {
            return Err(PolicyError::Placeholder { field: "routing.shopping_extraction.cheap.project".to_owned() });
        }
        let routing = [
            (LlmTask::PartialTrustShopping, ["partial_trust", "reliable"]),
            (LlmTask::ShoppingExtraction, ["cheap", "reliable"]),
        ];
        let mut routes: BTreeMap<String, BTreeMap<String, RouteLimits>> = BTreeMap::new();
        let mut placeholders = Vec::new();
        for (task, profiles) in routing {
            for profile in profiles {
                placeholders.push(format!("routing.{task}.{profile}.project"));
                routes.entry(task.to_string()).or_default().insert(profile.to_owned(), RouteLimits::default());
            }
        }
        Ok(Self { routes, profiles: ["cheap", "partial_trust", "reliable"].map(str::to_owned).to_vec(), placeholders })
    }

    /// Reads a policy file's text.
    ///
    /// # Errors
    ///
    /// The first error that makes the policy unusable.
    pub fn parse(text: &str, allow_placeholders: bool) -> Result<Self, PolicyError> {
        let file: PolicyFile = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| syntax(&error, error.line() as u64, error.column() as u64))?
        } else {
            serde_saphyr::from_str(text).map_err(|error| {
                let location = error.location();
                let place = |number: fn(&serde_saphyr::Location) -> u64| location.as_ref().map(number);
                PolicyError::Syntax {
                    message: message_alone(&error.to_string()),
                    line: place(serde_saphyr::Location::line),
                    column: place(serde_saphyr::Location::column),
                }
            })?
        };
        let placeholders = file.placeholders();
        file.check(allow_placeholders)?;
        let limits = |UniqueMap(routes): UniqueMap<Route>| {
            routes.into_iter().map(|(profile, route)| (profile, route.limits())).collect()
        };
        let routes = file.routing.0.into_iter().map(|(task, routes)| (task, limits(routes))).collect();
        Ok(Self { routes, profiles: file.profiles.0.into_keys().collect(), placeholders })
    }

    /// Whether `task` may be asked on `profile`.
    #[must_use]
    pub fn has_route(&self, task: LlmTask, profile: &str) -> bool {
        self.route(task, profile).is_some()
    }

    fn route(&self, task: LlmTask, profile: &str) -> Option<RouteLimits> {
        self.routes.get(task.as_str())?.get(profile).copied()
    }

    /// The profiles on which a task that starts on `start` may run, in order; none without a route for `start`.
    #[must_use]
    pub fn chain<'a>(&self, task: LlmTask, start: &'a str) -> Vec<(&'a str, RouteLimits)> {
        let Some(first) = self.route(task, start) else { return Vec::new() };
        let escalation = (start != RELIABLE).then(|| self.route(task, RELIABLE)).flatten();
        std::iter::once((start, first)).chain(escalation.map(|route| (RELIABLE, route))).collect()
    }

    /// The profiles that have a route for `task`, in ascending order.
    pub fn profiles_for(&self, task: LlmTask) -> impl Iterator<Item = &str> {
        self.routes.get(task.as_str()).into_iter().flat_map(|routes| routes.keys().map(String::as_str))
    }

    /// Paths of the values that hold a placeholder: none unless placeholders are allowed.
    #[must_use]
    pub fn placeholders(&self) -> &[String] {
        &self.placeholders
    }

    /// Whether the policy declares `profile`.
    #[must_use]
    pub fn declares(&self, profile: &str) -> bool {
        self.profiles.iter().any(|declared| declared == profile)
    }
}

fn syntax(error: &impl std::fmt::Display, line: u64, column: u64) -> PolicyError {
    PolicyError::Syntax { message: message_alone(&error.to_string()), line: Some(line), column: Some(column) }
}

/// A parser's message without its location, which is kept separately, and without values or names of the file: the path may
/// lead to a file with secrets instead of a policy.
fn message_alone(message: &str) -> String {
    static PLACE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^error: (?:line \d+ column \d+: )?| at line \d+ column \d+$"));
    let first = message.lines().next().unwrap_or_default();
    shown_problem(&PLACE.replace_all(first, ""))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    schema_version: Scalar,
    #[serde(default)]
    compat: Option<Compat>,
    profiles: UniqueMap<Described>,
    tasks: UniqueMap<Described>,
    routing: UniqueMap<UniqueMap<Route>>,
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
    fn placeholders(&self) -> Vec<String> {
        let mut fields = Vec::new();
        for (task, routes) in &self.routing.0 {
            for (profile, route) in &routes.0 {
                let route_field = route_field(task, profile);
                fields.extend(route.placeholders().map(|name| format!("{route_field}.{name}")));
            }
        }
        fields
    }

    fn check(&self, allow_placeholders: bool) -> Result<(), PolicyError> {
        let wrong = |field: &str, problem| Err(PolicyError::Inconsistent { field: field.to_owned(), problem });
        if self.schema_version.0 != "1" {
            return wrong("schema_version", "must be 1");
        }
        if self.compat.as_ref().is_some_and(|compat| compat.adr.0 != "ADR-003") {
            return wrong("compat.adr", "must be ADR-003");
        }
        for profile in ["cheap", "reliable"] {
            if !self.profiles.0.contains_key(profile) {
                return wrong("profiles", "must declare `cheap` and `reliable`");
            }
        }
        let extraction = LlmTask::ShoppingExtraction.as_str();
        if !self.tasks.0.contains_key(extraction) {
            return wrong("tasks", "must declare `shopping_extraction`");
        }
        if !self.routing.0.contains_key(extraction) {
            return wrong("routing", "must route `shopping_extraction`");
        }
        for (task, routes) in &self.routing.0 {
            for (profile, route) in &routes.0 {
                let field = route_field(task, profile);
                if !self.profiles.0.contains_key(profile) {
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

/// The path of a route; undocumented names are replaced by `?`.
fn route_field(task: &str, profile: &str) -> String {
    let [task, profile] = [task, profile].map(|name| if is_documented(name) { name } else { "?" });
    format!("routing.{task}.{profile}")
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
        match self.placeholders().next() {
            Some(name) if !allow_placeholders => Err(PolicyError::Placeholder { field: format!("{field}.{name}") }),
            Some(_) | None => Ok(()),
        }
    }

    /// The fields that hold a placeholder.
    fn placeholders(&self) -> impl Iterator<Item = &'static str> {
        let values =
            [("model", Some(&self.model)), ("project", self.project.as_ref()), ("base_url", self.base_url.as_ref())];
        let is_left = |value: Option<&Scalar>| value.is_some_and(|value| is_placeholder(&value.0));
        values.into_iter().filter(move |(_, value)| is_left(*value)).map(|(name, _)| name)
    }

    fn limits(&self) -> RouteLimits {
        let timeout_ms = self.timeout_ms.as_ref().and_then(|timeout| timeout.0.parse().ok());
        let has_endpoint = self.base_url.as_ref().is_some_and(|url| !url.0.is_empty());
        RouteLimits { timeout_ms: timeout_ms.filter(|limit| *limit > 0), has_endpoint }
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
            "escalate_to" if self.profile.as_ref().is_some_and(|name| file.profiles.0.contains_key(&name.0)) => Ok(()),
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
        let policy = LlmPolicy::parse(YAML, false).unwrap();
        assert!(policy.has_route(LlmTask::PartialTrustShopping, "reliable"));
        assert!(!policy.has_route(LlmTask::PartialTrustShopping, "cheap"));
        assert!(policy.declares("cheap") && !policy.declares("partial_trust"));
        let json = r#"{"schema_version":"1","profiles":{"cheap":{},"reliable":{}},"tasks":{"shopping_extraction":{}},
            "routing":{"shopping_extraction":{"cheap":{"model":"m"}}}}"#;
        assert!(LlmPolicy::parse(json, false).is_ok());
    }

    #[test]
    fn a_name_that_occurs_twice_is_refused() {
        let json = r#"{"schema_version":1,"profiles":{"cheap":{},"reliable":{},"cheap":{}},
            "tasks":{"shopping_extraction":{}},"routing":{"shopping_extraction":{"cheap":{"model":"m"}}}}"#;
        let error = LlmPolicy::parse(json, false).unwrap_err().to_string();
        assert!(error.contains("occurs twice") && !error.contains("cheap"), "{error}");
        let routes =
            json.replace(r#","cheap":{}}"#, "}").replace(r#"{"model":"m"}"#, r#"{"model":"m"},"cheap":{"model":"n"}"#);
        assert!(LlmPolicy::parse(&routes, false).unwrap_err().to_string().contains("occurs twice"));
        assert!(LlmPolicy::parse(&YAML.replace("  reliable: {description: large}", "  cheap: {}"), false).is_err());
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
            assert!(LlmPolicy::parse(&YAML.replace(good, bad), false).is_err(), "{bad}");
        }
        assert!(LlmPolicy::parse(&YAML.replace("project: here", "project: \"${PROJECT}\""), true).is_ok());
        assert!(LlmPolicy::parse("", false).is_err());
    }

    #[test]
    fn the_built_in_policy_loads_only_with_placeholders_allowed() {
        assert!(LlmPolicy::built_in(false).is_err());
        let policy = LlmPolicy::built_in(true).unwrap();
        assert!(policy.has_route(LlmTask::PartialTrustShopping, "partial_trust"));
        assert!(!policy.has_route(LlmTask::ShoppingExtraction, "partial_trust"));
        assert_eq!(policy.placeholders().len(), 4);
    }

    #[test]
    fn a_chain_names_the_start_profile_and_then_reliable_with_their_limits() {
        let text = YAML.replace("model: small,", "model: small, timeout_ms: 300, base_url: \"https://llm.example\",");
        let policy = LlmPolicy::parse(&text, false).unwrap();
        let cheap = RouteLimits { timeout_ms: Some(300), has_endpoint: true };
        assert_eq!(policy.chain(LlmTask::ShoppingExtraction, "cheap"), [("cheap", cheap)]);
        assert_eq!(policy.chain(LlmTask::ShoppingExtraction, "partial_trust"), []);
        let policy = LlmPolicy::built_in(true).unwrap();
        let unlimited = RouteLimits::default();
        let chain = [("cheap", unlimited), ("reliable", unlimited)];
        assert_eq!(policy.chain(LlmTask::ShoppingExtraction, "cheap"), chain);
        assert_eq!(policy.chain(LlmTask::ShoppingExtraction, "reliable"), chain[1..]);
        assert_eq!(
            policy.profiles_for(LlmTask::PartialTrustShopping).collect::<Vec<_>>(),
            ["partial_trust", "reliable"]
        );
        assert!(
            LlmPolicy::parse(&YAML.replace("model: small,", "model: small, timeout_ms: 0,"), false)
                .is_ok_and(|policy| policy.chain(LlmTask::ShoppingExtraction, "cheap")[0].1 == unlimited)
        );
    }

    #[test]
    fn messages_hold_neither_values_nor_places() {
        for (text, message) in [
            ("sk-canary", "expected mapping start"),
            (r#"{"profiles": "sk-canary \" 1"}"#, "invalid type: string, expected an object"),
            (&YAML.replace("model: small", "model: [sk-canary]"), "invalid type: array, expected a scalar"),
            (
                &YAML.replace("model: small", "modell: small"),
                "unknown field, expected one of provider, model, temperature, max_tokens, timeout_ms, base_url, project",
            ),
        ] {
            assert_eq!(LlmPolicy::parse(text, false).unwrap_err().to_string(), message);
        }
    }
}
