//! How far the replay may be believed, as a rule.

use super::judge::{Question, Records};
use super::policy::Policy;
use super::rule::RuleId;

/// Commands in both the risk log and the replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// All of them.
    pub commands: u64,
    /// Those that cannot be compared.
    pub incomparable: u64,
    /// Those on which production and replay say different things.
    pub disagreeing: u64,
}

/// The rule over these commands. Without a comparison it has no record.
pub(super) fn question(policy: &Policy, agreement: Option<Agreement>) -> Question {
    let Agreement { commands, incomparable, disagreeing } = agreement.unwrap_or_default();
    let records = Records { events: disagreeing, unknown: incomparable, records: commands };
    Question {
        rule: RuleId::Fidelity,
        policy: policy.rule.fidelity,
        seen: records,
        sample: records,
        min: 0,
        per_command: None,
        constant: None,
    }
}
