//! The kind of one rule and its limits.

use crate::gate::rule::Kind;
use crate::gate::threshold::Threshold;
use crate::stats::Rate;
use serde::{Deserialize, Serialize};

/// The kind of a rule and its limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePolicy {
    /// What it may do.
    pub kind: Kind,
    /// GO needs a proof that the rate is below this.
    pub go: Threshold,
    /// An observed rate above this refuses the step; if omitted, none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_go: Option<Rate>,
    /// Whether the rule is judged and shown, but does not change the verdict.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

impl RulePolicy {
    /// Checks what the types cannot express.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.kind == Kind::Alarm {
            return Err("an alarm is not a kind of rule: expected critical, block or signal".to_owned());
        }
        match (self.go, self.no_go) {
            (Threshold::None, Some(_)) => {
                Err("with go = 0 a single record refuses the step: leave no_go out".to_owned())
            }
            (Threshold::Below(go), Some(no_go)) if no_go < go.rate() => Err("no_go lies below go".to_owned()),
            (Threshold::None | Threshold::Below(_), None | Some(_)) => Ok(()),
        }
    }
}
