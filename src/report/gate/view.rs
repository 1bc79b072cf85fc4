//! A verdict with its sources.

use crate::gate::Receipt;
use crate::risklog::Honest;

/// A verdict, and the policy and risk logs from which it was reached.
#[derive(Clone, Copy, Debug)]
pub struct GateView<'a> {
    /// The receipt, whether it was written or not.
    pub receipt: &'a Receipt,
    /// The policy file as the user named it; none for the built-in policy.
    pub policy_name: Option<&'a str>,
    /// The metrics of the risk logs, where some were read.
    pub logs: Option<&'a Honest>,
}
