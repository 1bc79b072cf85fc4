//! What is shown of a verdict.

use crate::gate::Receipt;
use crate::risklog::Honest;

/// A verdict and what it was reached from.
#[derive(Clone, Copy, Debug)]
pub struct GateView<'a> {
    /// The receipt, whether it was written or not.
    pub receipt: &'a Receipt,
    /// The policy file as the user named it; none for the built-in policy.
    pub policy_name: Option<&'a str>,
    /// What risk logs say, where some were read.
    pub logs: Option<&'a Honest>,
}
