//! `corridor gate`: judges stored evidence, and gives a verdict, a receipt and an exit code.

mod check;
mod evidence;
mod store;

use super::args::{GateArgs, GateFormat};
use super::destination::{Content, Protected};
use super::exit::{Exit, Failure};
use super::file::digest_of;
use super::output::Output;
use super::person::Person;
use super::process::threads;
use super::project::{Project, place};
use crate::bulk::digest;
use crate::gate::{
    BUILT_IN, Chain, Judgement, Looks, RECEIPT_FORMAT, Receipt, RolloutPolicy, RuleId, Step, Tampered, Tool, Verdict,
};
use crate::report::{GateView, write_gate, write_gate_json, write_gate_markdown, write_rule};
use evidence::{LogEvidence, Question, Reading, RunEvidence};
pub(super) use store::Receipts;

/// Runs the subcommand. `now` is in microseconds since 1970 UTC.
pub(super) fn run(
    args: &GateArgs,
    project: &Project,
    output: &Output,
    person: &Person,
    now: i64,
) -> Result<Exit, Failure> {
    if args.print_policy {
        output.result(BUILT_IN)?;
        return Ok(Exit::Clean);
    }
    if let Some(path) = &args.check {
        return check::run(path, args, project, output, now);
    }
    let step = match (args.to, args.hold) {
        (Some(rate), _) => Step::To(rate),
        (None, Some(rate)) => Step::Hold(rate),
        (None, None) => return explain(args.explain, None, output),
    };
    let policy = policy(args, project)?;
    check_step(step, &policy.policy, args, output)?;
    // `--explain` decides nothing, so it writes no receipt.
    let is_dry = args.dry_run || args.explain.is_some();
    if let Some(folder) = args.receipts.as_deref().filter(|_| !is_dry) {
        Protected::of(project, None, None).refuse("--receipts", folder, Content::Receipts)?;
    }
    let receipts = Receipts::open(args.receipts.clone().unwrap_or_else(|| project.receipts()), !is_dry)?;
    let asked = Asked { step, args, project, output, now };
    let (receipt, logs) = asked.judge(&policy, &receipts, person)?;
    // The verdict is shown even if its receipt cannot be written. INVALID evidence decides nothing and gives no receipt.
    let is_recorded = receipt.judgement.verdict != Verdict::Invalid && !is_dry;
    let written = is_recorded.then(|| receipts.add(&receipt)).transpose();
    let path = written.as_ref().ok().and_then(Option::as_deref);
    let view = GateView { receipt: &receipt, policy_name: policy.name.as_deref(), logs: logs.honest.as_ref() };
    let shown = match (args.explain, args.format) {
        (Some(rule), _) => explain(Some(rule), Some(&receipt.judgement), output).map(drop),
        (None, GateFormat::Text) => output.report(|out| write_gate(&view, output.layout(), output.detail(), out)),
        (None, GateFormat::Json) => output.report(|out| write_gate_json(&view, path, out)),
        (None, GateFormat::Markdown) => output.report(|out| write_gate_markdown(&view, out)),
    };
    shown.map_err(|failure| match path {
        Some(path) => failure.with_help(format!("the verdict is recorded all the same: {}", path.display())),
        None => failure,
    })?;
    let written =
        written.map_err(|failure| failure.or_help("no receipt was written: the verdict above is not recorded"))?;
    match written {
        Some(path) if args.assume_representative => {
            output.note(&format!("receipt: {} (of an assumption: it allows nothing)", path.display()));
        }
        Some(path) => output.note(&format!("receipt: {} (commit it)", path.display())),
        None if receipt.judgement.verdict == Verdict::Invalid => {
            output.note("no receipt was written: evidence that contradicts itself decides nothing");
        }
        None if args.dry_run => output.note("no receipt was written: --dry-run"),
        None => {}
    }
    Ok(exit_of(&receipt.judgement))
}

/// Refuses a rate that is no stage of the policy, and notes that the first step does not read logs.
fn check_step(step: Step, policy: &RolloutPolicy, args: &GateArgs, output: &Output) -> Result<(), Failure> {
    let rate = step.rate();
    if policy.stage_of(rate).is_none() {
        let known: Vec<_> = policy.stage.iter().map(|stage| stage.rate.to_string()).collect();
        let help =
            format!("it has {}; others are added in rollout.toml (`corridor gate --print-policy`)", known.join(", "));
        return Err(Failure::usage(format!("the policy has no stage {rate}")).with_help(help));
    }
    if step.stage(policy).is_none() && !args.logs.is_empty() {
        output.note(&format!(
            "note: --to {rate} reads the replay alone: before the first stage nothing runs in production"
        ));
    }
    Ok(())
}

/// The question and its context.
struct Asked<'a> {
    step: Step,
    args: &'a GateArgs,
    project: &'a Project,
    output: &'a Output,
    now: i64,
}

impl Asked<'_> {
    /// Reads the evidence and judges it.
    fn judge(
        &self,
        file: &PolicyFile,
        receipts: &Receipts,
        person: &Person,
    ) -> Result<(Receipt, LogEvidence), Failure> {
        let Self { step, args, project, output, now } = *self;
        let policy = &file.policy;
        let run = RunEvidence::read(args, project)?;
        let (chain, broken) = match receipts.chain()? {
            Ok(chain) => (chain, Vec::new()),
            Err(broken) => (Chain::default(), broken),
        };
        let looks = if args.single_look { Looks::Single } else { Looks::Any };
        if let Some(earlier) = chain.earlier_look(step, run.summary.rules).filter(|_| looks == Looks::Single) {
            let message = format!("--single-look: {} was a look at the same step", earlier.file_name());
            return Err(Failure::usage(message).with_help("leave it out: the default is valid at any number of looks"));
        }
        let named = if step.stage(policy).is_some() { args.logs.as_slice() } else { &[] };
        let (runs, threads) = (&project.runs(), threads(args.threads));
        let logs = LogEvidence::read(named, &Reading { policy, run: &run.path, runs, threads, now, output })?;
        let mut tampered: Vec<Tampered> = run.tampered.clone();
        tampered.extend(broken);
        let question = Question { step, looks, assume_representative: args.assume_representative, policy };
        let judgement = question.judge(&run, &logs, (&chain, u64::MAX), &run.left_out, &tampered);
        let receipt = Receipt {
            format: RECEIPT_FORMAT,
            sequence: chain.next_sequence(),
            at: crate::model::utc_text(now),
            by: person.name.clone(),
            tool: Tool { version: env!("CARGO_PKG_VERSION").to_owned(), build: build() },
            inputs: run.inputs(&logs, file.digest.clone()),
            judgement,
            policy: policy.clone(),
            previous: chain.last().cloned(),
            digest: String::new(),
        };
        Ok((receipt, logs))
    }
}

/// The exit code and the printed verdict come from the same value.
pub(super) const fn exit_of(judgement: &Judgement) -> Exit {
    match (judgement.verdict, judgement.critical) {
        (Verdict::Go, _) => Exit::Clean,
        (Verdict::NoGo, false) => Exit::Found,
        (Verdict::NoGo, true) => Exit::Broken,
        (Verdict::Inconclusive, _) => Exit::Inconclusive,
        (Verdict::Invalid, _) => Exit::Input,
    }
}

fn explain(rule: Option<RuleId>, judgement: Option<&Judgement>, output: &Output) -> Result<Exit, Failure> {
    let Some(rule) = rule else {
        return Err(Failure::usage("nothing is asked")
            .with_help("name a step: --to RATE or --hold RATE; or --check RECEIPT, --explain RULE, --print-policy"));
    };
    let finding = judgement.and_then(|judgement| judgement.findings.iter().find(|finding| finding.rule == rule));
    output.report(|out| write_rule(rule, finding, judgement.is_some(), output.layout(), out))?;
    Ok(Exit::Clean)
}

/// A policy and its origin.
struct PolicyFile {
    policy: RolloutPolicy,
    /// SHA-256 of the file, hex; `None` for the built-in policy.
    digest: Option<String>,
    name: Option<String>,
}

/// The file that was named, or `rollout.toml` of the project, or the built-in policy.
fn policy(args: &GateArgs, project: &Project) -> Result<PolicyFile, Failure> {
    let in_project = project.file("rollout.toml");
    let path = match &args.policy {
        Some(path) => path.as_path(),
        None if in_project.is_file() => &in_project,
        None => return Ok(PolicyFile { policy: RolloutPolicy::default(), digest: None, name: None }),
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::system(format!("cannot read the policy {name}"), &error))?;
    let policy = RolloutPolicy::parse(&text).map_err(|error| {
        let at = error.place.map(|place_of| place(&text, place_of.start));
        let at = at.map_or_else(|| name.clone(), |(line, column)| format!("{name}:{line}:{column}"));
        Failure::input(format!("{at}: {}", error.message))
            .with_help("`corridor gate --print-policy` prints the built-in policy, with explanations")
    })?;
    Ok(PolicyFile { policy, digest: Some(digest(text.as_bytes())), name: Some(name) })
}

/// SHA-256 of this executable, hex: distinguishes builds of one version.
fn build() -> Option<String> {
    digest_of(&std::env::current_exe().ok()?, None).ok()
}
