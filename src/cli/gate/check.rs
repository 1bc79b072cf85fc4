//! `corridor gate --check RECEIPT`: are the receipt and its evidence unchanged, and does the verdict still follow?

use super::super::args::{GateArgs, GateFormat};
use super::super::exit::{Exit, Failure};
use super::super::file::{MORE_DIGITS, digest_of, shortened};
use super::super::output::Output;
use super::super::process::threads;
use super::super::project::Project;
use super::evidence::{LogEvidence, Question, Reading, RunEvidence};
use super::store::{Receipts, file_name};
use crate::corpus::CorpusInput;
use crate::gate::{Receipt, RolloutPolicy};
use crate::model::utc_microseconds;
use crate::report::{CheckView, CheckedState, write_check, write_document};
use std::path::{Path, PathBuf};

/// Runs the check. Exit 4 if something contradicts the receipt, 3 if evidence is missing.
pub(super) fn run(path: &Path, args: &GateArgs, project: &Project, output: &Output, now: i64) -> Result<Exit, Failure> {
    let name = file_name(path);
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::system(format!("cannot read the receipt {}", path.display()), &error))?;
    let mut view = CheckView::new(&name);
    match Receipt::parse(&name, &bytes) {
        Err(wrong) => view.add("receipt", CheckedState::Differs, wrong.problem),
        Ok(receipt) => {
            view.add("receipt", CheckedState::Same, "is as it was written".to_owned());
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            check(&receipt, folder, args, project, output, now, &mut view)?;
            view.receipt = Some(receipt);
        }
    }
    match args.format {
        GateFormat::Json => output.report(|out| write_document(&view, out))?,
        GateFormat::Text | GateFormat::Markdown => output.report(|out| write_check(&view, output.layout(), out))?,
    }
    Ok(match view.verdict() {
        CheckedState::Same => Exit::Clean,
        CheckedState::Gone => Exit::Inconclusive,
        CheckedState::Differs => Exit::Input,
    })
}

fn check(
    receipt: &Receipt,
    folder: &Path,
    args: &GateArgs,
    project: &Project,
    output: &Output,
    now: i64,
    view: &mut CheckView,
) -> Result<(), Failure> {
    let chain = match Receipts::open(folder.to_owned(), false)?.chain()? {
        Ok(chain) => {
            view.add("chain", CheckedState::Same, "each receipt follows the one before it".to_owned());
            Some(chain)
        }
        Err(wrong) => {
            for wrong in wrong {
                view.add("chain", CheckedState::Differs, format!("{} {}", wrong.file, wrong.problem));
            }
            None
        }
    };
    if receipt.inputs.policy.is_none() && receipt.policy != RolloutPolicy::default() {
        view.add("policy", CheckedState::Differs, "is said to be the built-in one, and is another".to_owned());
    }
    receipt.policy.differences().into_iter().for_each(|text| view.note(format!("policy: {text}")));
    corpora(receipt, project, view);
    let run = run_of(receipt, args, project, view)?;
    let logs = logs_of(receipt, &args.logs, view);
    let (Some(chain), Some(run), Some(logs)) = (chain, run, logs) else { return Ok(()) };
    let (runs, threads) = (&project.runs(), threads(args.threads));
    // The time of the receipt: lines that were in the future then may be in the past now.
    let now = utc_microseconds(&receipt.at).unwrap_or(now);
    let reading = Reading { policy: &receipt.policy, run: &run.path, runs, threads, now, output };
    let logs = LogEvidence::of(&logs, receipt.inputs.risk_logs.clone(), &reading)?;
    let question = Question {
        step: receipt.judgement.step,
        looks: receipt.judgement.looks,
        assume_representative: receipt.judgement.assumed_representative,
        policy: &receipt.policy,
    };
    let judgement = question.judge(&run, &logs, (&chain, receipt.sequence), &receipt.inputs.left_out, &run.tampered);
    if judgement == receipt.judgement {
        view.add("verdict", CheckedState::Same, format!("{} follows from the evidence", judgement.verdict));
    } else {
        let differ = judgement.findings.iter().filter(|finding| !receipt.judgement.findings.contains(finding));
        let names: Vec<_> = differ.map(|finding| finding.rule.as_str()).collect();
        let rules = if names.is_empty() { String::new() } else { format!("; other rules: {}", names.join(", ")) };
        let text =
            format!("{} follows from the evidence, and not {}{rules}", judgement.verdict, receipt.judgement.verdict);
        view.add("verdict", CheckedState::Differs, text);
    }
    Ok(())
}

/// Notes which corpora have changed since the run. That is no contradiction: the receipt is about what they were.
fn corpora(receipt: &Receipt, project: &Project, view: &mut CheckView) {
    for corpus in &receipt.inputs.corpora {
        let found = project.corpus(&corpus.name).ok().and_then(|input| match input {
            CorpusInput::File(path) => digest_of(&path, None).ok(),
            CorpusInput::Beginning { .. } | CorpusInput::Stdin => None,
        });
        match found {
            Some(digest) if digest == corpus.digest => {}
            Some(_) => view.note(format!("corpus {} has changed since: the receipt is about what it was", corpus.name)),
            None => view.note(format!("corpus {} is not here", corpus.name)),
        }
    }
}

/// The run that the receipt names, if it is here and unchanged.
fn run_of(
    receipt: &Receipt,
    args: &GateArgs,
    project: &Project,
    view: &mut CheckView,
) -> Result<Option<RunEvidence>, Failure> {
    let inputs = &receipt.inputs;
    let path = args.run.clone().unwrap_or_else(|| project.runs().join(&inputs.run));
    if !path.is_dir() {
        let text = format!(
            "run {} is not here: it comes back with `corridor replay --rules {}{}` on the same corpora, golden and version",
            shortened(&inputs.run, MORE_DIGITS),
            receipt.judgement.rules,
            project.carried(None)
        );
        view.add("run", CheckedState::Gone, text);
        return Ok(None);
    }
    for (file, expected) in [
        ("run.json", Some(&inputs.record)),
        ("summary.json", Some(&inputs.summary)),
        ("outcomes.jsonl", inputs.outcomes.as_ref()),
        ("risk.jsonl", inputs.risks.as_ref()),
    ] {
        let Some(expected) = expected else { continue };
        if digest_of(&path.join(file), None).ok().as_ref() != Some(expected) {
            view.add("run", CheckedState::Differs, format!("{file} is not what it was"));
            return Ok(None);
        }
    }
    let run = RunEvidence::open(path)?;
    if !run.tampered.is_empty() {
        for wrong in &run.tampered {
            view.add("run", CheckedState::Differs, format!("{} {}", wrong.file, wrong.problem));
        }
        return Ok(None);
    }
    view.add("run", CheckedState::Same, format!("run {} is what it was", shortened(&inputs.run, MORE_DIGITS)));
    Ok(Some(run))
}

/// The part of the logs that was read, if they are here and unchanged.
fn logs_of(receipt: &Receipt, moved: &[PathBuf], view: &mut CheckView) -> Option<Vec<CorpusInput>> {
    let mut logs = Vec::new();
    let mut all = true;
    for log in &receipt.inputs.risk_logs {
        let is_it = |path: &&PathBuf| digest_of(path, Some(log.bytes)).ok() == log.digest;
        // A log that was moved is found by the path that the user names.
        let path = moved.iter().find(is_it).map_or(Path::new(&log.name), PathBuf::as_path);
        let is_shorter = path.metadata().is_ok_and(|found| found.len() < log.bytes);
        let state = match (&log.digest, digest_of(path, Some(log.bytes))) {
            // Rotated away.
            (Some(_), Ok(_)) if is_shorter => CheckedState::Gone,
            (None, Err(_)) => CheckedState::Same,
            (Some(_), Err(_)) => CheckedState::Gone,
            (Some(digest), Ok(found)) if *digest == found => CheckedState::Same,
            (Some(_) | None, Ok(_)) => CheckedState::Differs,
        };
        let says = match state {
            CheckedState::Same => "is what it was, as far as it was read",
            CheckedState::Gone => "is not here, or no longer as long as it was",
            CheckedState::Differs => "is not what it was",
        };
        view.add("risk log", state, format!("{} {says}", log.name));
        all &= state == CheckedState::Same;
        logs.push(CorpusInput::Beginning { path: path.to_owned(), bytes: log.bytes });
    }
    all.then_some(logs)
}
