//! The variables of a deployment: the table from which reports and documents are made.
//!
//! `decide` reads the values. This table describes them for people; tests compare the two.

use crate::model::wire::wire_enum;
use serde::Serialize;

wire_enum! {
    /// The type of a variable's value.
    VariableType, "type of a variable" {
        /// On or off.
        Switch = "switch",
        /// Words.
        Text = "text",
        /// A decimal number.
        Number = "number",
        /// A whole number.
        Integer = "integer",
        /// A file.
        Path = "path",
        /// An address.
        Url = "url",
        /// Text that is never shown.
        Secret = "secret",
    }
}

/// One variable of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: VariableType,
    /// The value that holds where it is unset; `None` where there is none.
    pub default: Option<&'static str>,
    /// The values that it takes, and the unit.
    pub range: &'static str,
    /// What it is for.
    pub meaning: &'static str,
}

impl Variable {
    /// Whether the value is never shown.
    #[must_use]
    pub(super) const fn is_secret(&self) -> bool {
        matches!(self.kind, VariableType::Secret)
    }

    /// The variable of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VARIABLE_TABLE.iter().find(|variable| variable.name == name)
    }
}

/// A switch whose value is trimmed.
const TRIMMED_SWITCH: &str = "on for 1, true, yes in any case, trimmed; else off";

/// A switch whose value is not trimmed.
const EXACT_SWITCH: &str = "on for 1, true, yes in any case, not trimmed; else off";

/// Every variable of [`VARIABLES`](crate::model::VARIABLES), in the same order.
pub const VARIABLE_TABLE: [Variable; 12] = [
    Variable {
        name: "PARTIAL_TRUST_ENABLED",
        kind: VariableType::Switch,
        default: Some("false"),
        range: TRIMMED_SWITCH,
        meaning: "master switch of the corridor",
    },
    Variable {
        name: "PARTIAL_TRUST_INTENT",
        kind: VariableType::Text,
        default: Some("add_shopping_item"),
        range: "add_shopping_item, trimmed; any other value, also an empty one, means no corridor",
        meaning: "the intent that the corridor answers to",
    },
    Variable {
        name: "PARTIAL_TRUST_SAMPLE_RATE",
        kind: VariableType::Number,
        default: Some("0.01"),
        range: "0 to 1, trimmed; clamped; what cannot be read is 0",
        meaning: "share of commands that get a candidate",
    },
    Variable {
        name: "PARTIAL_TRUST_TIMEOUT_MS",
        kind: VariableType::Integer,
        default: Some("200"),
        range: "1 or more, ms, trimmed; anything else limits nothing",
        meaning: "time for the whole candidate",
    },
    Variable {
        name: "PARTIAL_TRUST_PROFILE_ID",
        kind: VariableType::Text,
        default: Some(""),
        range: "a profile that the policy routes, trimmed; empty means LLM_POLICY_PROFILE",
        meaning: "profile on which the candidate is asked for",
    },
    Variable {
        name: "PARTIAL_TRUST_RISK_LOG_PATH",
        kind: VariableType::Path,
        default: Some("logs/partial_trust_risk.jsonl"),
        range: "a file that can be appended to",
        meaning: "where risk lines are written",
    },
    Variable {
        name: "LLM_POLICY_ENABLED",
        kind: VariableType::Switch,
        default: Some("false"),
        range: EXACT_SWITCH,
        meaning: "switch of all LLM calls: the candidate, and the name extraction of the baseline",
    },
    Variable {
        name: "LLM_POLICY_PROFILE",
        kind: VariableType::Text,
        default: Some("cheap"),
        range: "a profile that the policy routes, not trimmed",
        meaning: "profile on which the baseline's name extraction starts",
    },
    Variable {
        name: "LLM_POLICY_PATH",
        kind: VariableType::Path,
        default: None,
        range: "a policy file, YAML or JSON; unset means the built-in policy",
        meaning: "which task is routed on which profile to which model",
    },
    Variable {
        name: "LLM_POLICY_ALLOW_PLACEHOLDERS",
        kind: VariableType::Switch,
        default: Some("false"),
        range: EXACT_SWITCH,
        meaning: "whether a policy may load with placeholders",
    },
    Variable {
        name: "LLM_API_KEY",
        kind: VariableType::Secret,
        default: None,
        range: "the key of the endpoint",
        meaning: "sent with every LLM call",
    },
    Variable {
        name: "LLM_BASE_URL",
        kind: VariableType::Url,
        default: None,
        range: "http or https, without /chat/completions",
        meaning: "endpoint of the LLM calls; a route of the policy may name its own",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{Environment, PolicySource, Settings};
    use crate::model::VARIABLES;

    #[test]
    fn the_table_has_the_variables_that_are_decided_on() {
        assert_eq!(VARIABLE_TABLE.map(|variable| variable.name), VARIABLES);
    }

    #[test]
    fn a_default_means_what_an_unset_variable_means() {
        let switched_on = |name: &str| {
            let on = ["PARTIAL_TRUST_ENABLED", "LLM_POLICY_ENABLED", "LLM_POLICY_ALLOW_PLACEHOLDERS"];
            on.into_iter()
                .filter(|on| *on != name)
                .map(|on| (on.to_owned(), "true".to_owned()))
                .collect::<Environment>()
        };
        for variable in VARIABLE_TABLE {
            let Some(default) = variable.default else { continue };
            let unset = switched_on(variable.name);
            let mut set = unset.clone();
            set.insert(variable.name.to_owned(), default.to_owned());
            let [unset, set] = [unset, set].map(|map| Settings::from_environment(&map, &PolicySource::BuiltIn));
            assert_eq!(set, unset, "{}", variable.name);
        }
    }

    #[test]
    fn the_document_shows_the_same_table() {
        let document = include_str!("../../docs/preflight.md");
        for Variable { name, kind, default, range, meaning } in VARIABLE_TABLE {
            let default = match default {
                None => "none".to_owned(),
                Some("") => "empty".to_owned(),
                Some(default) => format!("`{default}`"),
            };
            let row = format!("| `{name}` | {kind} | {default} | {range} | {meaning} |");
            assert!(document.contains(&row), "docs/preflight.md lacks the row\n{row}");
        }
    }
}
