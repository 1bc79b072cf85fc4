//! Reads the evidence of a verdict: a stored run, and risk logs up to their current length.

use super::super::args::GateArgs;
use super::super::exit::Failure;
use super::super::file::digest_of;
use super::super::latest::{is_as_replayed, replayed_at};
use super::super::log;
use super::super::output::Output;
use super::super::project::Project;
use crate::corpus::CorpusInput;
use crate::gate::{
    Chain, Judgement, LogInput, Looks, ReceiptInputs, Rollout, RolloutPolicy, Step, StepEvidence, Tampered, judge_step,
};
use crate::risklog::fidelity::{Fidelity, FidelityJob, fidelity};
use crate::risklog::{AnalysisJob, Honest, Window, analyze};
use crate::run::{Inspected, RunRecord, inspect_run, read_record, run_name};
use crate::summary::Summary;
use std::io;
use std::path::{Path, PathBuf};

/// A stored run as evidence, and its contradictions.
pub(super) struct RunEvidence {
    pub(super) path: PathBuf,
    pub(super) record: RunRecord,
    pub(super) summary: Summary,
    record_digest: String,
    summary_digest: String,
    pub(super) tampered: Vec<Tampered>,
    /// Corpora of the project that are not in the run, or have changed since.
    pub(super) left_out: Vec<String>,
}

impl RunEvidence {
    /// The run that was named, or the latest complete one of the rule set.
    pub(super) fn read(args: &GateArgs, project: &Project) -> Result<Self, Failure> {
        let mut run = Self::open(project.named_or_latest(args.run.as_ref(), args.rules)?)?;
        let replayed = &run.record.inputs.corpora;
        let is_left_out = |name: &&str| !replayed.iter().any(|corpus| corpus.name == **name);
        run.left_out = project.declared().filter(is_left_out).map(str::to_owned).collect();
        run.left_out.extend(run.changed(project));
        Ok(run)
    }

    /// Corpora of the project that differ from what was replayed: new, of another role, changed, or deleted.
    fn changed(&self, project: &Project) -> Vec<String> {
        let replayed_at = replayed_at(&self.path);
        let corpora = project.corpus_folder().map(|folder| folder.inputs).unwrap_or_default();
        let changed = corpora.iter().filter_map(|input| {
            let name = input.corpus_name()?;
            let CorpusInput::File(path) = input else { return None };
            let replayed = self.record.inputs.corpora.iter().find(|corpus| corpus.name == name);
            let is_same = replayed.is_some_and(|corpus| {
                corpus.role == project.role(&name).0 && is_as_replayed(path, corpus, replayed_at)
            });
            (!is_same).then_some(name)
        });
        let is_deleted = |name: &&str| !corpora.iter().any(|input| input.corpus_name().as_deref() == Some(*name));
        let deleted = project.declared().filter(is_deleted).map(str::to_owned);
        changed.chain(deleted).filter(|name| !self.left_out.contains(name)).collect()
    }

    /// Reads the run at `path` and compares its files with each other.
    pub(super) fn open(path: PathBuf) -> Result<Self, Failure> {
        let Inspected { record, summary, damage } = inspect_run(&path);
        let (Some((record, record_digest)), Some(summary)) = (record, summary) else {
            // Without these two files there is nothing to judge.
            let unread = damage.into_iter().find(|damage| ["run.json", "summary.json"].contains(&damage.file));
            return Err(unread.map_or_else(
                || Failure::input(format!("cannot read the run {}", path.display())),
                |damage| damage.into_error(&path).into(),
            ));
        };
        let mut tampered: Vec<_> = damage
            .into_iter()
            .map(|damage| Tampered { file: damage.file.to_owned(), problem: damage.problem })
            .collect();
        let summary_digest = record.file(&path, "summary.json")?.sha256.clone();
        let mut wrong = |file: &str, problem: &str| {
            tampered.push(Tampered { file: file.to_owned(), problem: problem.to_owned() });
        };
        let evidence = || summary.corpora.iter().map(|corpus| &corpus.counts.evidence);
        if !evidence().all(|found| found.captured.is_possible() && found.written.is_possible()) {
            wrong("summary.json", "holds counts that cannot be");
        }
        Ok(Self { path, record, summary, record_digest, summary_digest, tampered, left_out: Vec::new() })
    }

    /// The inputs of a receipt.
    pub(super) fn inputs(&self, logs: &LogEvidence, policy: Option<String>) -> ReceiptInputs {
        ReceiptInputs {
            run: run_name(&self.record.inputs),
            record: self.record_digest.clone(),
            summary: self.summary_digest.clone(),
            outcomes: logs.fidelity.as_ref().map(|fidelity| fidelity.run.outcomes_sha256.clone()),
            risks: logs.fidelity.as_ref().map(|fidelity| fidelity.run.risk_sha256.clone()),
            replayed_by: self.summary.tool_version.clone(),
            seed: self.summary.seed,
            left_out: self.left_out.clone(),
            corpora: self.record.inputs.corpora.clone(),
            policy,
            risk_logs: logs.inputs.clone(),
        }
    }
}

/// The question of a gate.
pub(super) struct Question<'a> {
    pub(super) step: Step,
    pub(super) looks: Looks,
    pub(super) assume_representative: bool,
    pub(super) policy: &'a RolloutPolicy,
}

impl Question<'_> {
    /// Judges the evidence; of the chain, only receipts before the number `before` count.
    pub(super) fn judge(
        &self,
        run: &RunEvidence,
        logs: &LogEvidence,
        (chain, before): (&Chain, u64),
        left_out: &[String],
        tampered: &[Tampered],
    ) -> Judgement {
        let Self { step, looks, assume_representative, policy } = *self;
        let (rules, decisions) = (run.summary.rules, run.summary.decisions);
        judge_step(&StepEvidence {
            step,
            policy,
            looks,
            assume_representative,
            summary: &run.summary,
            inputs: &run.record.inputs,
            logs: logs.honest.as_ref(),
            fidelity: logs.fidelity.as_ref(),
            reached: chain.reached(&Rollout { rules, decisions, assume_representative, policy }, before),
            left_out,
            tampered,
        })
    }
}

/// The results of risk logs, and how far they were read.
#[derive(Default)]
pub(super) struct LogEvidence {
    /// The metrics; `None` if no log was named.
    pub(super) honest: Option<Honest>,
    /// The comparison with the run; `None` if no log was named.
    pub(super) fidelity: Option<Fidelity>,
    inputs: Vec<LogInput>,
}

impl LogEvidence {
    /// Reads logs up to their current length: a service may append meanwhile.
    pub(super) fn read(paths: &[PathBuf], reading: &Reading) -> Result<Self, Failure> {
        let named = log::inputs(paths, &|path, place| {
            if path == Path::new("-") {
                return Some(
                    Failure::usage("a receipt cannot name standard input").with_help("name the risk logs as files"),
                );
            }
            is_of_replay(path, place, reading).then(|| {
                Failure::usage(format!("{} was written by a replay", path.display())).with_help(
                    "risk lines of a replay are no evidence about production: name a log that production wrote",
                )
            })
        })?;
        let mut inputs = Vec::new();
        let mut logs = Vec::new();
        for path in named.into_iter().filter_map(|input| match input {
            CorpusInput::File(path) | CorpusInput::Beginning { path, .. } => Some(path),
            CorpusInput::Stdin => None,
        }) {
            let input = log_input(&path)?;
            logs.push(CorpusInput::Beginning { path, bytes: input.bytes });
            inputs.push(input);
        }
        Self::of(&logs, inputs, reading)
    }

    /// Reads logs of known lengths.
    pub(super) fn of(logs: &[CorpusInput], inputs: Vec<LogInput>, reading: &Reading) -> Result<Self, Failure> {
        if logs.is_empty() {
            return Ok(Self::default());
        }
        let Reading { policy, run, threads, now, output, .. } = *reading;
        let of_run = ["outcomes.jsonl", "risk.jsonl"].map(|name| CorpusInput::File(run.join(name)));
        // The logs are read twice: for their metrics, and to compare them with the run.
        let sizes = logs.iter().chain(logs).chain(&of_run).filter_map(CorpusInput::size);
        let bar = output.bar(sizes.sum());
        let progress = &|bytes| bar.inc(bytes);
        let window = Window { since: policy.since(), until: None };
        let directory = &std::env::temp_dir();
        let budget_ms = policy.evidence.budget_ms;
        let job = AnalysisJob { logs, window, budget_ms, threads, now, directory, progress };
        let honest = analyze(&job)?.honest;
        let job = FidelityJob { logs, run, window, threads, directory, progress };
        let fidelity = fidelity(&job)?;
        bar.finish_and_clear();
        unchanged(logs, &inputs)?;
        log::tell_missing(&honest.logs, output);
        Ok(Self { honest: Some(honest), fidelity: Some(fidelity), inputs })
    }
}

/// The context in which logs are read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) policy: &'a RolloutPolicy,
    /// Folder of the stored run.
    pub(super) run: &'a Path,
    /// Where all runs are.
    pub(super) runs: &'a Path,
    pub(super) threads: usize,
    /// The current time, in microseconds since 1970 UTC.
    pub(super) now: i64,
    pub(super) output: &'a Output,
}

/// Refuses logs that were replaced (rotated, for example) between the two times that they are read.
fn unchanged(logs: &[CorpusInput], inputs: &[LogInput]) -> Result<(), Failure> {
    for (log, input) in logs.iter().zip(inputs) {
        let CorpusInput::Beginning { path, bytes } = log else { continue };
        if digest_of(path, Some(*bytes)).ok() != input.digest {
            let message = format!("the risk log {} was replaced while it was read", path.display());
            return Err(Failure::input(message).with_help("ask again"));
        }
    }
    Ok(())
}

/// Whether a log was written by a replay: it is in the folder of runs or in any run's folder, or equals the log of this run.
fn is_of_replay(path: &Path, place: &Path, reading: &Reading) -> bool {
    let is_of_run = place.parent().is_some_and(|folder| folder.join("run.json").is_file());
    let own = || Some((path.metadata().ok()?.len(), read_record(reading.run).ok()?.files.get("risk.jsonl").cloned()?));
    let is_copy = || {
        own().is_some_and(|(bytes, own)| {
            bytes > 0 && bytes == own.bytes && digest_of(path, None).is_ok_and(|digest| digest == own.sha256)
        })
    };
    is_of_run || place.starts_with(log::place(reading.runs)) || is_copy()
}

/// The current length of a log, and the digest of that part.
fn log_input(path: &Path) -> Result<LogInput, Failure> {
    let name = path.display().to_string();
    let unreadable = |error: io::Error| Failure::system(format!("cannot read the risk log {name}"), &error);
    let bytes = match path.metadata() {
        Ok(found) if found.is_file() => found.len(),
        Ok(_) => return Err(Failure::input(format!("{name} is not a regular file")).with_help("name the files in it")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(LogInput { name, bytes: 0, digest: None });
        }
        Err(error) => return Err(unreadable(error)),
    };
    let digest = digest_of(path, Some(bytes)).map_err(unreadable)?;
    Ok(LogInput { name, bytes, digest: Some(digest) })
}
