//! Redaction of values.
//!
//! A key is never shown, and an address only without user, query and fragment. A value of any other variable is hidden where it
//! looks like a key, because a key that was pasted into the wrong line would end up in a log. In doubt a value is hidden.

use super::address::address;
use super::credential::looks_secret;
use super::variable::{Variable, VariableType};
use serde::Serialize;

/// What of a variable's value is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "text", rename_all = "snake_case")]
pub enum Written {
    /// The variable is unset.
    Unset,
    /// It is set, to nothing.
    Empty,
    /// It is set, and nothing of the value is shown, not even its length.
    Hidden,
    /// As it is written; of an address without user, query and fragment.
    Shown(String),
}

impl Written {
    /// What may be shown of `value`, the value of `variable`; `None` where it is unset.
    #[must_use]
    pub fn of(variable: &Variable, value: Option<&str>) -> Self {
        match value {
            None => Self::Unset,
            Some("") => Self::Empty,
            Some(_) if variable.is_secret() => Self::Hidden,
            Some(value) if variable.kind == VariableType::Url => address(value).map_or(Self::Hidden, Self::Shown),
            Some(value) if looks_secret(value) || !has_shape(variable, value) => Self::Hidden,
            Some(value) => Self::Shown(value.to_owned()),
        }
    }
}

/// A value inside a sentence; one that looks like a secret is not shown.
#[must_use]
pub fn quoted(value: &str) -> String {
    match value {
        "" => "(empty)".to_owned(),
        _ if looks_secret(value) => "(not shown: it looks like a secret)".to_owned(),
        _ => format!("`{value}`"),
    }
}

/// The value of the variable `name` inside a sentence.
pub(super) fn quoted_value(name: &str, value: &str) -> String {
    match Variable::named(name) {
        Some(variable) if !looks_secret(value) && Written::of(variable, Some(value)) == Written::Hidden => {
            "(not shown)".to_owned()
        }
        Some(_) | None => quoted(value),
    }
}

/// The longest value of a switch, a number or an intent that is shown, in bytes.
const LONGEST_VALUE: usize = 40;

/// Whether a value looks like one of its variable's kind, right or wrong.
fn has_shape(variable: &Variable, value: &str) -> bool {
    // Blanks and quotes around a value are findings of their own, which show the value.
    let bare = value.trim().trim_matches(['"', '\'']);
    let is_made_of = |is_usual: fn(u8) -> bool| value.len() <= LONGEST_VALUE && bare.bytes().all(is_usual);
    let is_number = || is_made_of(|byte| byte.is_ascii_digit() || b".,+-eE%_".contains(&byte));
    match variable.kind {
        VariableType::Switch => {
            bare.len() <= "disabled".len()
                && (is_made_of(|byte| byte.is_ascii_digit()) || is_made_of(|byte| byte.is_ascii_alphabetic()))
        }
        VariableType::Number => is_number() || value.len() <= LONGEST_VALUE && bare.parse::<f64>().is_ok(),
        VariableType::Integer => is_number(),
        VariableType::Text if variable.name == "PARTIAL_TRUST_INTENT" => {
            is_made_of(|byte| byte.is_ascii_alphabetic() || b"_- ".contains(&byte))
        }
        VariableType::Text | VariableType::Path | VariableType::Url | VariableType::Secret => true,
    }
}

/// A sentence that quotes text from outside, redacted where that looks like a secret.
pub(super) fn sentence(text: &str) -> &str {
    if looks_secret(text) { "the reason is not shown, for it quotes what looks like a secret" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_where_it_has_the_form_of_its_kind() {
        for (name, shown, hidden) in [
            (
                "PARTIAL_TRUST_ENABLED",
                &["true", " YES ", "'on'", "0", "disabled"][..],
                &["hunter2", "${ON}", "letmeinplease"][..],
            ),
            ("PARTIAL_TRUST_SAMPLE_RATE", &["0.05", "5%", "0,05", "-1e-2", "inf"], &["hunter", "0.05;hunter2"]),
            ("PARTIAL_TRUST_TIMEOUT_MS", &["200", " +200 ", "-5", "99999999999999999999"], &["hunter2", "200 hunter"]),
            ("PARTIAL_TRUST_INTENT", &["create_task", "Add-Shopping Item"], &["hunter2", "p:w"]),
        ] {
            let variable = Variable::named(name).unwrap();
            for value in shown {
                assert_eq!(Written::of(variable, Some(value)), Written::Shown((*value).to_owned()), "{name}={value}");
                assert_eq!(quoted_value(name, value), format!("`{value}`"));
            }
            let long = "1".repeat(41);
            for value in hidden.iter().copied().chain([long.as_str()]) {
                assert_eq!(Written::of(variable, Some(value)), Written::Hidden, "{name}={value}");
                assert_eq!(quoted_value(name, value), "(not shown)", "{name}={value}");
            }
        }
    }
}
