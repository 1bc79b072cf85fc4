//! The system under test: this crate's corridor, or one with a planted fault.

use crate::decide::{
    CandidateSource, DecisionPath, OurPath, RecordedPath, RiskSink, RuleSet, Scratch, Served, Settings, serve,
};
use crate::model::{IdDigest, Recording};

/// A corridor with any configuration and any source of candidates.
pub trait Implementation: Sync {
    /// Both paths under one configuration.
    fn path<'s>(
        &'s self,
        settings: &Settings,
        rules: RuleSet,
        source: &'s dyn CandidateSource,
    ) -> Box<dyn DecisionPath + 's>;

    /// Both paths, for each recording under the environment that it carries.
    fn recorded_path<'s>(&'s self, rules: RuleSet, source: &'s dyn CandidateSource) -> Box<dyn DecisionPath + 's>;

    /// Decides a command and logs it.
    fn serve<'a>(
        &self,
        path: &'a dyn DecisionPath,
        recording: &'a Recording<'a>,
        digest: &IdDigest,
        scratch: &'a mut Scratch,
        sink: &mut dyn RiskSink,
    ) -> Served<'a> {
        serve(path, recording, digest, scratch, sink)
    }

    /// How long each candidate of a queue waits before it starts, ms of virtual time.
    fn waits(&self, queue: &[Arrival]) -> Vec<u64> {
        vec![0; queue.len()]
    }
}

/// The corridor of this build.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ours;

impl Implementation for Ours {
    fn path<'s>(
        &'s self,
        settings: &Settings,
        rules: RuleSet,
        source: &'s dyn CandidateSource,
    ) -> Box<dyn DecisionPath + 's> {
        Box::new(OurPath::with_source(settings.clone(), rules, source))
    }

    fn recorded_path<'s>(&'s self, rules: RuleSet, source: &'s dyn CandidateSource) -> Box<dyn DecisionPath + 's> {
        Box::new(RecordedPath::with_source(rules, source))
    }
}

/// A request for a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When, ms of virtual time.
    pub at_ms: u64,
    /// How long the LLM takes for it, ms.
    pub latency_ms: u64,
}
