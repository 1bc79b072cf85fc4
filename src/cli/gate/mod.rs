//! `corridor gate`: may the rate be raised? From stored evidence to a verdict, a receipt and an exit code.

mod check;
mod evidence;
mod store;

use super::args::{GateArgs, GateFormat};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::{Project, place};
use super::settle::Person;
use crate::gate::{
    BUILT_IN, Chain, Evidence, Judgement, Looks, Policy, RECEIPT_FORMAT, Receipt, RuleId, Step, Tampered, Tool,
    Verdict, judge_step,
};
use crate::replay::digest;
use crate::report::{GateView, write_gate, write_gate_json, write_gate_markdown, write_rule};
use evidence::{LogEvidence, Reading, Run};
use std::io::Read;
use std::path::Path;
use store::Receipts;

/// Runs the subcommand. `now` is the present, in microseconds since 1970 UTC.
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
    let PolicyFile { policy, digest: policy_digest, name: policy_name } = policy(args, project)?;
    if policy.stage_of(step.rate()).is_none() {
        let known: Vec<_> = policy.stage.iter().map(|stage| stage.rate.to_string()).collect();
        let message = format!("the policy has no stage {}", step.rate());
        let help =
            format!("it has {}; others are added in rollout.toml (`corridor gate --print-policy`)", known.join(", "));
        return Err(Failure::usage(message).with_help(help));
    }
    if matches!(step, Step::To(_)) && policy.stage_before(step.rate()).is_none() && !args.logs.is_empty() {
        output.note(&format!(
            "note: --to {} reads the replay alone: before the first stage nothing runs in production",
            step.rate()
        ));
    }
    let receipts = Receipts::open(args.receipts.clone().unwrap_or_else(|| project.receipts()))?;
    let run = Run::read(args, project)?;
    let (chain, broken) = match receipts.chain()? {
        Ok(chain) => (chain, Vec::new()),
        Err(broken) => (Chain::default(), broken),
    };
    let looks = if args.single_look { Looks::Single } else { Looks::Any };
    if let Some(earlier) = chain.earlier_look(step, run.summary.rules, &policy).filter(|_| looks == Looks::Single) {
        let message = format!("--single-look: {} was a look at the same step", earlier.file_name());
        return Err(Failure::usage(message).with_help("leave it out: the default is valid at any number of looks"));
    }
    let has_production = step.stage(&policy).is_some();
    let logs = if has_production { args.logs.as_slice() } else { &[] };
    let (runs, threads) = (&project.runs(), super::threads(args.threads));
    let reading = Reading { policy: &policy, run: &run.path, runs, threads, now, output };
    let logs = LogEvidence::read(logs, &reading)?;
    let mut tampered: Vec<Tampered> = run.tampered.clone();
    tampered.extend(broken);
    let judgement = judge_step(&Evidence {
        step,
        policy: &policy,
        looks,
        assume_representative: args.assume_representative,
        summary: &run.summary,
        inputs: &run.record.inputs,
        logs: logs.honest.as_ref(),
        fidelity: logs.fidelity.as_ref(),
        reached: chain.reached(run.summary.rules, u64::MAX, args.assume_representative),
        left_out: &run.left_out,
        tampered: &tampered,
    });
    let receipt = Receipt {
        format: RECEIPT_FORMAT,
        sequence: chain.next_sequence(),
        at: crate::model::utc_text(now),
        by: person.name.clone(),
        tool: Tool { version: env!("CARGO_PKG_VERSION").to_owned(), build: build() },
        inputs: run.inputs(&logs, policy_digest),
        judgement,
        policy,
        previous: chain.last().cloned(),
        digest: String::new(),
    };
    let written = match receipt.judgement.verdict {
        // An evidence that contradicts itself is no evidence, and nothing was decided.
        Verdict::Invalid => None,
        Verdict::Go | Verdict::NoGo | Verdict::Inconclusive if args.dry_run => None,
        Verdict::Go | Verdict::NoGo | Verdict::Inconclusive => Some(receipts.add(&receipt)?),
    };
    let view = GateView { receipt: &receipt, policy_name: policy_name.as_deref(), logs: logs.honest.as_ref() };
    match (args.explain, args.format) {
        (Some(rule), _) => explain(Some(rule), Some(&receipt.judgement), output).map(drop)?,
        (None, GateFormat::Text) => output.report(|out| write_gate(&view, output.layout(), output.detail(), out))?,
        (None, GateFormat::Json) => output.report(|out| write_gate_json(&view, written.as_deref(), out))?,
        (None, GateFormat::Markdown) => output.report(|out| write_gate_markdown(&view, out))?,
    }
    match &written {
        Some(path) => output.note(&format!("receipt: {} (commit it)", path.display())),
        None if receipt.judgement.verdict == Verdict::Invalid => {
            output.note("no receipt was written: evidence that contradicts itself decides nothing");
        }
        None => output.note("no receipt was written: --dry-run"),
    }
    Ok(exit_of(&receipt.judgement))
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

/// A policy and where it is from.
struct PolicyFile {
    policy: Policy,
    /// Of the file; none for the built-in one.
    digest: Option<String>,
    name: Option<String>,
}

/// The file that was named, or `rollout.toml` of the project, or the built-in policy.
fn policy(args: &GateArgs, project: &Project) -> Result<PolicyFile, Failure> {
    let in_project = project.file("rollout.toml");
    let path = match &args.policy {
        Some(path) => path.as_path(),
        None if in_project.is_file() => &in_project,
        None => return Ok(PolicyFile { policy: Policy::default(), digest: None, name: None }),
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::input(format!("cannot read the policy {name}: {error}")))?;
    let policy = Policy::parse(&text).map_err(|error| {
        let at = error.place.map(|place_of| place(&text, place_of.start));
        let at = at.map_or_else(|| name.clone(), |(line, column)| format!("{name}:{line}:{column}"));
        Failure::input(format!("{at}: {}", error.message))
            .with_help("`corridor gate --print-policy` prints the built-in policy, with explanations")
    })?;
    Ok(PolicyFile { policy, digest: Some(digest(text.as_bytes())), name: Some(name) })
}

/// SHA-256 of this executable: two builds of one version are two programs.
fn build() -> Option<String> {
    use sha2::{Digest, Sha256};
    let path = std::env::current_exe().ok()?;
    let mut file = std::fs::File::open(path).ok()?;
    let mut state = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(crate::corpus::hex(&state.finalize())),
            count => state.update(buffer.get(..count)?),
        }
    }
}

/// Whether a path is a plain file name of a run.
fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
