//! The built-in policy. Its limits are in `rollout.toml` only, with their reasons.

use super::limits::RulePolicy;
use super::stage::StagePolicy;
use crate::gate::rule::RuleId;
use crate::model::read_toml;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The built-in policy as text, with its explanations; `gate --print-policy` writes it.
pub const BUILT_IN: &str = include_str!("rollout.toml");

/// The limits of the built-in policy.
#[derive(Debug, Deserialize)]
pub(super) struct BuiltIn {
    /// Of the rules that do not depend on the stage.
    pub(super) rule: BTreeMap<RuleId, RulePolicy>,
    /// Of each stage, ascending.
    pub(super) stage: Vec<StagePolicy>,
}

#[expect(clippy::expect_used, reason = "the text is part of the program, and tests read it")]
pub(super) fn built_in() -> &'static BuiltIn {
    static LIMITS: LazyLock<BuiltIn> = LazyLock::new(|| read_toml(BUILT_IN).expect("the built-in policy can be read"));
    &LIMITS
}
