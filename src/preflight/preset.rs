//! The environments of the rollout's stages: as the deployed runbook documents them, and corrected.

use super::deployment::Deployment;
use super::origin::Origin;
use crate::decide::{PolicySource, RuleSet};
use crate::model::wire::wire_enum;

/// A policy file without placeholders, to start from.
pub(super) const EXAMPLE_POLICY: &str = include_str!("../../docs/operations/llm-policy.example.yaml");

/// Where [`EXAMPLE_POLICY`] is.
const EXAMPLE_POLICY_PATH: &str = "docs/operations/llm-policy.example.yaml";

wire_enum! {
    /// A stage of the rollout.
    Preset, "preset" {
        /// One command in a hundred.
        Stage1 = "stage-1",
        /// Five in a hundred.
        Stage2 = "stage-2",
        /// Ten in a hundred.
        Stage3 = "stage-3",
    }
}

impl Preset {
    const fn sample_rate(self) -> &'static str {
        match self {
            Self::Stage1 => "0.01",
            Self::Stage2 => "0.05",
            Self::Stage3 => "0.10",
        }
    }

    /// The environment that the deployed runbook documents, then ours.
    #[must_use]
    pub fn deployments(self, rules: RuleSet, stages: &[f64]) -> [Deployment; 2] {
        let mut documented = Deployment::new(format!("{self} of the deployed runbook"), rules, stages);
        for (name, value) in [
            ("PARTIAL_TRUST_ENABLED", "true"),
            ("PARTIAL_TRUST_INTENT", "add_shopping_item"),
            ("PARTIAL_TRUST_SAMPLE_RATE", self.sample_rate()),
            ("PARTIAL_TRUST_TIMEOUT_MS", "200"),
            ("LLM_POLICY_ENABLED", "true"),
        ] {
            documented.set(name, value, Origin::Preset);
        }
        let mut ours = Deployment { name: format!("{self}, ours"), ..documented.clone() };
        ours.set("PARTIAL_TRUST_PROFILE_ID", "partial_trust", Origin::Preset);
        ours.set("LLM_POLICY_PATH", EXAMPLE_POLICY_PATH, Origin::Preset);
        ours.policy = PolicySource::Text(EXAMPLE_POLICY.to_owned());
        ours.to_fill_in = vec!["LLM_API_KEY", "LLM_BASE_URL"];
        [documented, ours]
    }
}
