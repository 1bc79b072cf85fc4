//! From evidence to a verdict: may the sample rate be raised?
//!
//! Input: a policy, the summary of a stored run, the analysis of risk logs, and earlier receipts. Output: a [`Judgement`], from
//! which text, JSON, receipt and exit code are derived. Pure: nothing here replays, reads a file or a clock.
//!
//! Each rule compares one rate with its limit; proofs hold at any number of looks. GO needs all rules, so that the risk of a
//! wrong GO is at most that of a single rule (an intersection-union test). A rule that could not have failed never passes, and
//! recordings that were written by hand can prove harm, but not its absence.

mod alarm;
mod beside;
mod contradiction;
mod evidence;
mod exposure;
mod fidelity;
mod judge;
mod judgement;
mod missing;
mod policy;
mod production;
mod question;
mod receipt;
mod recorded;
mod records;
mod rule;
mod step;
mod threshold;

pub use beside::{Beside, Newcomers, Paired, Projection};
pub use contradiction::Contradiction;
pub use evidence::{StepEvidence, Tampered};
pub use exposure::{ExposedCase, Exposure, RoleExposure};
pub use judge::{Finding, Looks, More, State};
pub use judgement::{Judgement, Verdict, judge_step};
pub use missing::Missing;
pub use policy::{
    Alarms, BUILT_IN, Declared, ReplayPolicy, RolloutPolicy, RulePolicies, RulePolicy, SlowPolicy, StabilityPolicy,
    StagePolicy, Traffic,
};
pub use receipt::{Chain, LogInput, Previous, RECEIPT_FORMAT, Receipt, ReceiptInputs, Rollout, Tool};
pub use records::Records;
pub use rule::{About, Kind, Reads, RuleId};
pub use step::Step;
pub use threshold::{SampleRate, Threshold};
