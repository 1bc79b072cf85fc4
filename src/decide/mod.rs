//! Both decision paths: the deterministic baseline and the partial-trust corridor on top of it.
//!
//! Input: a recording and the effective settings. Output: both decisions, the risk line and a trace of the steps. Everything
//! here is pure: no clock, no environment, no network, no file. Latencies are virtual time.
//!
//! [`Decider`] is the seam for implementations that are not ours; [`DecisionPath`] is what decides in this process.

pub mod answer;
mod baseline;
mod corridor;
mod decider;
mod line;
mod ours;
pub mod policy;
mod privacy;
mod serve;
mod settings;
mod source;
mod task;
mod text;
mod trace;

use crate::model::{DecisionCore, IdDigest, Intent, Recording};
pub use baseline::{EXECUTE_CONFIDENCE, matched_stems};
pub use corridor::{
    BaselineSummary, DiffSummary, LlmSummary, ModelMeta, RiskEntry, RiskLine, RuleSet, TerminalState, acceptance_rules,
    reason_in_words, terminal_states,
};
pub use decider::{Abilities, Answer, Asked, Decider, Failure, Identity, InProcess, Undecided, Unusable};
pub use line::DecisionLine;
pub use ours::{OurPath, RecordedPath, extraction_is_unrecorded};
pub use policy::{LlmPolicy, PolicyError, RouteLimits};
pub use privacy::{has_duplicate_keys, is_clean_entry, is_clean_risk};
pub use serve::{Logged, RiskSink, Served, serve};
pub use settings::{Budget, Environment, PolicySource, PolicyState, Settings, written_rate};
pub use source::{CandidateSource, Recorded, Supply};
pub use task::RELIABLE;
pub use text::strip;
pub use trace::{AttemptResult, BaselineRule, Gate, Step, Trace};

/// Something that decides recorded commands on both paths, in this process.
pub trait DecisionPath: Sync {
    /// Decides one recorded command. `digest` is that of its command id; `scratch` owns what only this decision borrows.
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a>;
}

/// Owns what a decision borrows, where neither the recording nor the path does.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Settings that hold for one recording only.
    pub settings: Option<Settings>,
}

/// What both paths made of one command.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided<'a> {
    /// The baseline's intent.
    pub intent: Intent,
    /// The deterministic decision.
    pub baseline: DecisionCore<'a>,
    /// The decision that replaced it; `None` where the baseline stands.
    pub replacement: Option<DecisionCore<'a>>,
    /// The risk line without its identifiers; `None` while the corridor is off.
    pub risk: Option<RiskEntry<'a>>,
    /// Recorded attempts that the corridor consumed.
    pub attempts_used: usize,
    /// The recording lacks an attempt that was asked for and mattered.
    pub unrecorded: bool,
    /// The risk line violates the privacy rule; this crate's own cannot.
    pub leaked: bool,
    /// The steps that led here.
    pub trace: Trace<'a>,
}

impl<'a> Decided<'a> {
    /// The decision that counts.
    #[must_use]
    pub fn decision(&self) -> &DecisionCore<'a> {
        self.replacement.as_ref().unwrap_or(&self.baseline)
    }
}
