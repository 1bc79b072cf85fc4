//! The arguments of the program, as clap definitions.

mod budgets;
mod check;
mod format;
mod global;
mod parse;
mod production;
mod report;
mod settle;
mod sweep;

use super::candidates;
use crate::corpus::generate;
use crate::decide::RuleSet;
use crate::preflight::{FindingId, Preset};
use crate::report::shell::word;
use crate::run::Filter;
use crate::verify::Part;
pub(super) use check::CheckArgs;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand};
pub(super) use format::Format;
pub(super) use global::Global;
use parse::{known_variable, named_file, parse_sample, parse_variable, place};
pub(super) use production::{AnalyzeArgs, FidelityArgs, GateArgs, GateFormat};
pub(super) use report::{DiffArgs, DocumentArgs, DocumentFormat, ReportArgs};
pub(super) use settle::{AcceptArgs, PendingArgs, RejectArgs, ReviewArgs, SettleArgs, SnapshotArgs};
use std::path::{Path, PathBuf};
pub(super) use sweep::SweepArgs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Where the verification report is, in the project.
pub(super) const REPORT: &str = "docs/verification-report.md";

const EXIT_CODES: &str = "\
Exit codes:
  0   nothing was found: nothing changed, nothing is wrong, every criterion holds; GO
  1   something was found: changes against golden, a criterion that does not hold, an environment that is wrong,
      production that disagrees with its replay; NO_GO
  2   usage
  3   inconclusive: nothing was replayed or compared, a check had no chance to fail, or there is too little evidence
  4   bad or missing input or configuration, or evidence that contradicts itself; nothing was written
  5   an invariant is broken
  70  internal error (a bug)";

/// Replay and regression harness for decisions that an LLM is allowed to influence.
///
/// Replays recorded commands through the deterministic baseline and the partial-trust corridor, compares the outcomes
/// with golden snapshots, and shows which commands would be harmed at which sample rate.
#[derive(Debug, Parser)]
#[command(name = "corridor", version, styles = STYLES, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Replay corpora through both paths, compare with golden, store a run, print the summary
    Replay(Box<ReplayArgs>),
    /// Decide the same recordings under several budgets or rule sets, side by side
    Sweep(SweepArgs),
    /// List the golden changes that are pending: neither accepted nor rejected yet
    Pending(PendingArgs),
    /// Accept pending changes: golden becomes what the last replay found
    Accept(AcceptArgs),
    /// Reject pending changes: golden stays as it is
    Reject(RejectArgs),
    /// Accept or reject pending changes group by group, on a terminal
    Review(ReviewArgs),
    /// Show what changed between two runs, golden folders or revisions, in groups
    Diff(DiffArgs),
    /// Write what is stored as text, JSON, Markdown, HTML, `JUnit` or GitHub annotations
    Report(ReportArgs),
    /// Read recordings and write their decisions, line by line, as a filter
    Decide(DecideArgs),
    /// Show every step of one decision
    Explain(ExplainArgs),
    /// Test the acceptance criteria: the corridor is off by default, confined to one intent, harmless under faults, and private
    Verify(VerifyArgs),
    /// Check environment variables before a deployment: what they would do in production, and how to fix them
    Preflight(PreflightArgs),
    /// Compute metrics from production risk logs: those of the deployed analyzer, and honest ones beside them
    Analyze(AnalyzeArgs),
    /// Decide from a stored run and risk logs whether the sample rate may be raised: GO, NO_GO or INCONCLUSIVE, with a receipt
    Gate(Box<GateArgs>),
    /// Compare production risk logs with a stored replay of the same commands
    Fidelity(FidelityArgs),
    /// Check everything that is stored: runs, golden files, pending files, the ledger, receipts
    Check(CheckArgs),
    /// Generate synthetic recordings from a seed
    Generate(GenerateArgs),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The options that select the project, its runs and golden files, as they were typed: each a flag and its value.
    pub(super) fn carried(&self) -> Vec<String> {
        let named = [
            ("--config", self.global.config.as_ref()),
            ("--store", self.global.store.as_ref()),
            ("--golden", self.command.golden()),
        ];
        named.into_iter().filter_map(|(option, path)| Some(format!("{option} {}", word(path?)))).collect()
    }
}

impl Command {
    /// The golden folder that was named.
    const fn golden(&self) -> Option<&PathBuf> {
        match self {
            Self::Replay(args) => args.golden.as_ref(),
            Self::Pending(args) => args.snapshots.golden.as_ref(),
            Self::Accept(args) => args.settle.snapshots.golden.as_ref(),
            Self::Reject(args) => args.settle.snapshots.golden.as_ref(),
            Self::Review(args) => args.snapshots.golden.as_ref(),
            Self::Diff(args) => args.document.golden.as_ref(),
            Self::Report(args) => args.document.golden.as_ref(),
            Self::Explain(args) => args.golden.as_ref(),
            Self::Check(args) => args.golden.as_ref(),
            Self::Sweep(_)
            | Self::Decide(_)
            | Self::Verify(_)
            | Self::Preflight(_)
            | Self::Analyze(_)
            | Self::Gate(_)
            | Self::Fidelity(_)
            | Self::Generate(_)
            | Self::Completions { .. } => None,
        }
    }

    /// Whether it prints its result, rather than only writing it to a file.
    pub(super) fn prints(&self) -> bool {
        match self {
            Self::Report(args) => args.document.file().is_none(),
            Self::Generate(args) => args.file().is_none() || args.list,
            Self::Diff(args) => args.document.file().is_none(),
            Self::Replay(_)
            | Self::Sweep(_)
            | Self::Pending(_)
            | Self::Accept(_)
            | Self::Reject(_)
            | Self::Review(_)
            | Self::Decide(_)
            | Self::Explain(_)
            | Self::Verify(_)
            | Self::Preflight(_)
            | Self::Analyze(_)
            | Self::Gate(_)
            | Self::Fidelity(_)
            | Self::Check(_)
            | Self::Completions { .. } => true,
        }
    }
}

/// The variables that both paths run under.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct EnvironmentArgs {
    /// Set a variable, overriding corridor.toml (`decide`: the built-in value); may be repeated
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable, add = candidates::settings(), help_heading = "Configuration")]
    pub(super) variables: Vec<(String, String)>,
    /// Unset a variable; may be repeated
    #[arg(long = "unset", value_name = "KEY", value_parser = known_variable, add = candidates::variables(), help_heading = "Configuration")]
    pub(super) unset: Vec<String>,
    /// Use the environment that is stored in each recording; implies --as-deployed
    #[arg(long, help_heading = "Configuration", conflicts_with_all = ["variables", "unset"])]
    pub(super) recorded_environment: bool,
    /// Sample at the environment's rate, instead of evaluating every command as if sampled
    #[arg(long, help_heading = "Configuration")]
    pub(super) as_deployed: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Decides every recording twice, with the baseline and with the corridor, compares the outcomes with golden, and stores a run \
for each rule set. No model is called: the recorded answers are used. Changes against golden become pending.

Examples:
  corridor replay                                   all corpora, both rule sets
  corridor replay household --rules strict          one corpus, one rule set
  corridor replay --env PARTIAL_TRUST_TIMEOUT_MS=100 --check    a what-if
  corridor replay --filter class=regressed --filter tag=multi-item
  corridor generate --count 1000000 | corridor replay - --name load
  corridor replay household --decisions mine.jsonl  another implementation's decisions

A run is complete if nothing was filtered, sampled or set aside, and the variables are those of the project. A complete run \
becomes the latest of its rule set, unless it has only some of the project's corpora and the latest one has all of them.

Exit codes: 0 nothing changed, 1 outcomes changed against golden, or recordings are older than the project allows, 2 usage, 3 \
nothing was replayed, 4 a corpus, golden or the decisions cannot be used, 5 an invariant is broken.")]
pub(super) struct ReplayArgs {
    /// Corpora by name or by path (.jsonl, .jsonl.gz, .jsonl.zst), or - for standard input; all of corpora/ where none
    #[arg(value_name = "CORPUS", add = candidates::corpora_or_files())]
    pub(super) corpora: Vec<String>,
    /// Corpus name of standard input; without a name it is not compared with golden
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Acceptance rules [default: those of corridor.toml, reference and strict]
    #[arg(long, value_name = "RULES", value_delimiter = ',', add = candidates::rules(), env = "CORRIDOR_RULES", hide_env_values = true)]
    pub(super) rules: Vec<RuleSet>,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Replay only commands that match: id=GLOB, tag=TAG, class=CLASS, status=STATUS or reason=REASON. May be repeated:
    /// filters of one kind are joined by "or", different kinds by "and"
    #[arg(long = "filter", value_name = "KEY=VALUE", add = candidates::filters(), help_heading = "Selection")]
    pub(super) filters: Vec<Filter>,
    /// Replay N recordings of each corpus, stratified by the baseline's intent and action
    #[arg(long, value_name = "N", value_parser = parse_sample, help_heading = "Selection")]
    pub(super) sample: Option<usize>,
    /// Seed of the sample: the same seed selects the same recordings
    #[arg(long, value_name = "S", default_value_t = 0, requires = "sample", help_heading = "Selection")]
    pub(super) seed: u64,
    /// Read the decisions of another implementation from FILE, or - for standard input, instead of deciding
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recorded_environment", "sample"])]
    pub(super) decisions: Option<PathBuf>,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true, help_heading = "Golden")]
    pub(super) golden: Option<PathBuf>,
    /// Compare with golden, but write no pending file (.new), as under CI
    #[arg(long, help_heading = "Golden")]
    pub(super) check: bool,
    /// Write a pending file (.new) also for corpora that have no golden yet
    #[arg(long, conflicts_with = "check", help_heading = "Golden")]
    pub(super) new: bool,
    /// Set bad lines aside and count them, instead of stopping at the first
    #[arg(long)]
    pub(super) keep_going: bool,
    /// List every line that is set aside in FILE, atomically: source, line, reason and digest, never its text
    #[arg(long, value_name = "FILE", value_parser = place(), requires = "keep_going")]
    pub(super) rejects: Option<PathBuf>,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(super) threads: Option<u16>,
    /// How to print the summary
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Runs every recorded command through a corridor that is switched off, that is configured for another intent, whose LLM \
fails in every known way, whose risk log cannot be written, and whose inputs contain planted secrets. Then runs every \
combination of the corridor's inputs. A check that could not have failed is reported, and does not count as passed.

Examples:
  corridor verify                              all corpora, both rule sets
  corridor verify household --only ac1         one criterion with one corpus: fast
  corridor verify --planted                    also plant faults into the corridor: each must be detected
  corridor verify --planted --report           write docs/verification-report.md
  corridor verify --planted --report --check   fail if that report is out of date

Exit codes: 0 every criterion holds, 1 a criterion does not hold, a planted fault was not detected or the report is out of \
date, 2 usage, 3 a check could not have failed, 4 a corpus cannot be used, 5 an invariant is broken.")]
pub(super) struct VerifyArgs {
    /// Corpora by name or by path; all of corpora/ where none
    #[arg(value_name = "CORPUS", add = candidates::corpora_or_files())]
    pub(super) corpora: Vec<String>,
    /// Acceptance rules [default: those of corridor.toml, reference and strict]
    #[arg(long, value_name = "RULES", value_delimiter = ',', add = candidates::rules(), env = "CORRIDOR_RULES", hide_env_values = true)]
    pub(super) rules: Vec<RuleSet>,
    /// Run only these parts: ac1, ac2, ac3, ac4 or states (ac3 over every combination of inputs); coverage is not checked
    #[arg(long, value_name = "PART", value_delimiter = ',', add = candidates::names(Part::ALL), conflicts_with_all = ["planted", "report"])]
    pub(super) only: Vec<Part>,
    /// Plant faults into the corridor, one at a time, and report which check detects each
    #[arg(long)]
    pub(super) planted: bool,
    /// Write the verification report to FILE [default: docs/verification-report.md]; with --planted, including the planted faults
    #[arg(long, value_name = "FILE", value_parser = place(), num_args = 0..=1, require_equals = true, default_missing_value = REPORT)]
    pub(super) report: Option<PathBuf>,
    /// Write nothing: compare the report with the file, and exit with 1 if the file is out of date
    #[arg(long, requires = "report")]
    pub(super) check: bool,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(super) threads: Option<u16>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Writes one line for each recording, in the same order: command_id, intent, baseline, decision, risk and attempts_used. Uses \
bounded memory. The result depends only on the arguments and the input: project file and process environment are not read.

Exit codes: 0 all input was read and all output was written, 2 usage, 4 a line cannot be used, or the output was closed \
before its end.")]
pub(super) struct DecideArgs {
    /// Recordings, or - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) input: PathBuf,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", add = candidates::rules())]
    pub(super) rules: RuleSet,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Worker threads
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) threads: u16,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Command id; with its corpus (name or path) where several corpora have this id: CORPUS ID or CORPUS:ID
    #[arg(value_name = "[CORPUS] COMMAND_ID", add = candidates::corpora_or_files(), required = true, num_args = 1..=2)]
    pub(super) target: Vec<String>,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", add = candidates::rules())]
    pub(super) rules: RuleSet,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(super) golden: Option<PathBuf>,
    /// Print long texts in full
    #[arg(long)]
    pub(super) full: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor preflight                                the environment of this process
  corridor preflight --env-file prod.env            variables of a file only, not of the process
  corridor preflight --env-file prod.env --policy new.yaml    before the policy is changed
  corridor preflight --preset stage-1               the deployed runbook's environment, and our proposal

Shows the effective value of each variable and where it comes from, then every finding with its consequence in production and \
how to fix it. Secrets are never shown. Nothing is called or changed. Relative paths start in the current folder: run this in \
the folder that the service runs in.

docs/preflight.md describes every finding, docs/operations/partial-trust-runbook.md when to run this.

Exit codes: 0 no error was found, 1 a finding of level error (the runbook's own environment, --preset, has some), 2 usage, 4 \
a file cannot be read.")]
pub(super) struct PreflightArgs {
    /// Read the variables from FILE, in dotenv syntax, instead of from the process
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(super) env_file: Option<PathBuf>,
    /// Check a stage of the rollout: stage-1, stage-2 or stage-3, as the deployed runbook sets it and as we propose it
    #[arg(long, value_name = "STAGE", add = candidates::names(Preset::ALL), conflicts_with_all = ["env_file", "policy"])]
    pub(super) preset: Option<Preset>,
    /// Policy file, instead of the one that `LLM_POLICY_PATH` names
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(super) policy: Option<PathBuf>,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", add = candidates::rules())]
    pub(super) rules: RuleSet,
    /// Exit with 1 for warnings, too
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// With --deny-warnings: ignore this warning, such as `baseline_asks_llm`; may be repeated
    #[arg(long = "allow", value_name = "FINDING", add = candidates::names(FindingId::ALL), requires = "deny_warnings")]
    pub(super) allowed: Vec<FindingId>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor generate --count 1000000 | corridor replay - --name load       a load test
  corridor generate --preset faulty --seed 7 --output faulty.jsonl.zst    many LLM faults
  corridor generate --preset clean --list                                 the rates of a preset
  corridor generate --set wrong_item=0.2                                  one rate changed")]
pub(super) struct GenerateArgs {
    /// Number of recordings
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) count: u64,
    /// Seed: the same seed and options give the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(super) seed: u64,
    /// Preset of the rates: typical (a small model), clean (every answer is right), faulty (many LLM faults)
    #[arg(long, value_name = "PRESET", default_value = "typical", add = candidates::names(generate::Preset::ALL))]
    pub(super) preset: String,
    /// Change one rate of the preset, 0 to 1; may be repeated. `corridor generate --list` lists the knobs
    #[arg(long = "set", value_name = "KNOB=RATE", add = candidates::knobs())]
    pub(super) settings: Vec<String>,
    /// List the knobs and their rates in the preset
    #[arg(long)]
    pub(super) list: bool,
    /// Generate recordings without labels
    #[arg(long)]
    pub(super) unlabelled: bool,
    /// Write to FILE (.jsonl, .jsonl.gz, .jsonl.zst), atomically, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl GenerateArgs {
    /// The file that is written, if it is not standard output.
    pub(super) fn file(&self) -> Option<&Path> {
        named_file(self.output.as_ref())
    }
}
