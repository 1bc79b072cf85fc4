//! A corridor with a planted fault: a wrapper around the real one.

use super::super::implementation::{Arrival, Implementation};
use super::super::queue::one_worker;
use super::list::{Plant, PlantedFault, Scene};
use crate::decide::{
    CandidateSource, Decided, DecisionPath, Logged, OurPath, RecordedPath, RiskLine, RiskSink, RuleSet, Scratch,
    Served, Settings, serve,
};
use crate::model::{IdDigest, Recording};
use std::panic::resume_unwind;
use std::sync::OnceLock;

/// An implementation with one planted fault.
pub(super) struct Planted {
    pub(super) fault: &'static PlantedFault,
}

impl Implementation for Planted {
    fn path<'s>(
        &'s self,
        settings: &Settings,
        rules: RuleSet,
        source: &'s dyn CandidateSource,
    ) -> Box<dyn DecisionPath + 's> {
        let mut misread = settings.clone();
        let mut rules = rules;
        match self.fault.plant {
            Plant::Misreads(misreads) => misreads(&mut misread),
            Plant::Rules(instead) => rules = instead,
            Plant::Samples(samples) => return Box::new(Sampler::new(settings, rules, source, samples)),
            Plant::Spoils(_) | Plant::Latches | Plant::LogsFirst | Plant::OneWorker => {}
        }
        Box::new(Spoiler { inner: OurPath::with_source(misread, rules, source), source, plant: self.fault.plant })
    }

    fn recorded_path<'s>(&'s self, rules: RuleSet, source: &'s dyn CandidateSource) -> Box<dyn DecisionPath + 's> {
        match self.fault.plant {
            Plant::Latches => Box::new(Latch { rules, source, first: OnceLock::new() }),
            plant @ (Plant::Misreads(_)
            | Plant::Rules(_)
            | Plant::Samples(_)
            | Plant::Spoils(_)
            | Plant::LogsFirst
            | Plant::OneWorker) => Box::new(Spoiler { inner: RecordedPath::with_source(rules, source), source, plant }),
        }
    }

    fn serve<'a>(
        &self,
        path: &'a dyn DecisionPath,
        recording: &'a Recording<'a>,
        digest: &IdDigest,
        scratch: &'a mut Scratch,
        sink: &mut dyn RiskSink,
    ) -> Served<'a> {
        if !matches!(self.fault.plant, Plant::LogsFirst) {
            return serve(path, recording, digest, scratch, sink);
        }
        let decided = path.decide(recording, digest, scratch);
        let Some(risk) = &decided.risk else { return Served { decided, logged: Logged::Nothing } };
        let line = RiskLine::new(&recording.command.command_id, &recording.command.timestamp, risk);
        #[expect(clippy::expect_used, reason = "a risk line holds nothing that JSON cannot hold")]
        let line = serde_json::to_string(&line).expect("a line is written to memory");
        // As in the deployed system: an error of the log propagates, and the decision is lost.
        if sink.append(&line).is_err() {
            resume_unwind(Box::new("planted"));
        }
        Served { decided, logged: Logged::Written }
    }

    fn waits(&self, queue: &[Arrival]) -> Vec<u64> {
        if matches!(self.fault.plant, Plant::OneWorker) { one_worker(queue) } else { vec![0; queue.len()] }
    }
}

/// Changes the decisions of the real path.
struct Spoiler<'s, P> {
    inner: P,
    source: &'s dyn CandidateSource,
    plant: Plant,
}

impl<P: DecisionPath> DecisionPath for Spoiler<'_, P> {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
        let mut decided = self.inner.decide(recording, digest, scratch);
        if let Plant::Spoils(spoils) = self.plant {
            spoils(&Scene { recording, source: self.source }, &mut decided);
        }
        decided
    }
}

/// Samples by another rule, and logs the configured rate.
struct Sampler<'s> {
    rate: f64,
    samples: fn(f64, f64) -> bool,
    everyone: OurPath<&'s dyn CandidateSource>,
    nobody: OurPath<&'s dyn CandidateSource>,
}

impl<'s> Sampler<'s> {
    fn new(
        settings: &Settings,
        rules: RuleSet,
        source: &'s dyn CandidateSource,
        samples: fn(f64, f64) -> bool,
    ) -> Self {
        let at = |sample_rate| OurPath::with_source(Settings { sample_rate, ..settings.clone() }, rules, source);
        Self { rate: settings.sample_rate, samples, everyone: at(1.0), nobody: at(0.0) }
    }
}

impl DecisionPath for Sampler<'_> {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
        let is_in = (self.samples)(digest.bucket().position(), self.rate);
        let path = if is_in { &self.everyone } else { &self.nobody };
        let mut decided = path.decide(recording, digest, scratch);
        if let Some(risk) = &mut decided.risk {
            risk.sample_rate = self.rate;
        }
        decided
    }
}

/// Uses the environment of the first recording for all.
struct Latch<'s> {
    rules: RuleSet,
    source: &'s dyn CandidateSource,
    first: OnceLock<OurPath<&'s dyn CandidateSource>>,
}

impl DecisionPath for Latch<'_> {
    fn decide<'a>(&'a self, recording: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
        let path =
            self.first.get_or_init(|| OurPath::with_source(Settings::of_recording(recording), self.rules, self.source));
        path.decide(recording, digest, scratch)
    }
}
