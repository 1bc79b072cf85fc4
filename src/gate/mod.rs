//! From evidence to a verdict: may the sample rate be raised?
//!
//! A policy, the summary of a stored run, what risk logs say and what was decided before go in; a [`Judgement`] comes out,
//! from which text, JSON, receipt and exit code are derived. Pure: nothing here replays, reads a file or knows the time.
//!
//! Each rule is one rate held against its limit, proven under any number of looks. GO needs all of them, so that the risk
//! of a wrong GO is at most that of a single rule (an intersection-union test). A rule that could not have failed is never
//! a pass, and recordings that were written can prove harm, but not its absence.

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
pub use evidence::{Evidence, Tampered};
pub use exposure::{ExposedCase, Exposure, RoleExposure};
pub use judge::{Finding, Looks, More, State};
pub use judgement::{Judgement, Verdict, judge_step};
pub use missing::Missing;
pub use policy::{
    Alarms, BUILT_IN, Declared, POLICY_FORMAT, Policy, ReplayPolicy, RulePolicies, RulePolicy, SlowPolicy,
    StabilityPolicy, StagePolicy, Traffic,
};
pub use receipt::{Chain, LogInput, Previous, RECEIPT_FORMAT, Receipt, ReceiptInputs, Rollout, Tool};
pub use records::Records;
pub use rule::{About, Kind, Reads, RuleId};
pub use step::Step;
pub use threshold::{Part, Risk, SampleRate, Threshold};
