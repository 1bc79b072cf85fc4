//! What the user typed: clap definitions and nothing else.

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
use parse::{
    known_variable, named_file, parse_finding, parse_part, parse_preset, parse_rules, parse_sample, parse_variable,
    place,
};
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
/// Replays recorded commands through the deterministic baseline and the partial-trust corridor, diffs the outcomes
/// against golden snapshots, and shows who would be harmed at which sample rate.
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
    /// List golden changes that wait to be accepted or rejected
    Pending(PendingArgs),
    /// Make golden say what the last replay found
    Accept(AcceptArgs),
    /// Drop what the last replay found; golden stands
    Reject(RejectArgs),
    /// Judge golden changes group by group, on a terminal
    Review(ReviewArgs),
    /// Show what changed between two runs, golden folders or revisions, in groups
    Diff(DiffArgs),
    /// Write what is stored as text, JSON, Markdown, HTML, `JUnit` or GitHub annotations
    Report(ReportArgs),
    /// Filter recordings into decision lines: one line in, one line out
    Decide(DecideArgs),
    /// Show every step of one decision
    Explain(ExplainArgs),
    /// Show by execution that the corridor is off by default, confined, harmless under faults, and private
    Verify(VerifyArgs),
    /// Say what an environment would do in production, and how to mend it
    Preflight(PreflightArgs),
    /// Say what risk logs of production tell: the deployed analyzer's metrics, and honest ones beside them
    Analyze(AnalyzeArgs),
    /// Say whether the sample rate may be raised, from a stored run and risk logs: GO, NO_GO or INCONCLUSIVE, with a receipt
    Gate(Box<GateArgs>),
    /// Hold risk logs of production against a stored replay of the same commands
    Fidelity(FidelityArgs),
    /// Look through everything that is stored, and say what is wrong with it
    Check(CheckArgs),
    /// Write seeded synthetic recordings
    Generate(GenerateArgs),
    /// Print a completion script
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The options that say which project, runs and golden files are meant, as they were typed, each a word and its value.
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

    /// Whether its result goes to standard output, and not into a file alone.
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

/// The configuration that both paths run under.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct EnvironmentArgs {
    /// Set a variable, over those of corridor.toml (of `decide`: over the built-in ones); may be repeated
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable, add = candidates::settings(), help_heading = "Configuration")]
    pub(super) variables: Vec<(String, String)>,
    /// Unset a variable; may be repeated
    #[arg(long = "unset", value_name = "KEY", value_parser = known_variable, add = candidates::variables(), help_heading = "Configuration")]
    pub(super) unset: Vec<String>,
    /// Use the environment that each recording carries, as a production would have; implies --as-deployed
    #[arg(long, help_heading = "Configuration", conflicts_with_all = ["variables", "unset"])]
    pub(super) recorded_environment: bool,
    /// Sample at the environment's own rate, instead of evaluating every command as if sampled
    #[arg(long, help_heading = "Configuration")]
    pub(super) as_deployed: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor replay                                   all corpora, both rule sets
  corridor replay household --rules strict          one corpus, our rules
  corridor replay --env PARTIAL_TRUST_TIMEOUT_MS=100 --check    a what-if
  corridor replay --filter class=regressed --filter tag=multi-item
  corridor generate --count 1000000 | corridor replay - --name load
  corridor replay household --decisions mine.jsonl  another implementation's decisions

Without a filter or a sample, and with every line read, a run is complete, and becomes the latest of its rule set unless the
latest one holds all corpora of the project and this one does not.")]
pub(super) struct ReplayArgs {
    /// Corpora by name or by path (.jsonl, .jsonl.gz, .jsonl.zst), or - for standard input; all of corpora/ where none
    #[arg(value_name = "CORPUS", add = candidates::corpora_or_files())]
    pub(super) corpora: Vec<String>,
    /// Corpus name of standard input; without one there is nothing to compare with
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Acceptance rules [default: those of corridor.toml, reference and strict]
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = parse_rules, add = candidates::rules(), env = "CORRIDOR_RULES", hide_env_values = true)]
    pub(super) rules: Vec<RuleSet>,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Replay only what agrees: id=GLOB, tag=TAG, class=CLASS, status=STATUS, reason=REASON. Of one kind any, of
    /// different kinds all
    #[arg(long = "filter", value_name = "KEY=VALUE", add = candidates::filters(), help_heading = "Selection")]
    pub(super) filters: Vec<Filter>,
    /// Replay N recordings of each corpus, stratified by the baseline's intent and action
    #[arg(long, value_name = "N", value_parser = parse_sample, help_heading = "Selection")]
    pub(super) sample: Option<usize>,
    /// Decides which recordings a sample takes
    #[arg(long, value_name = "S", default_value_t = 0, requires = "sample", help_heading = "Selection")]
    pub(super) seed: u64,
    /// Read decision lines of another implementation from FILE, or - for standard input, in place of our own paths
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recorded_environment", "sample"])]
    pub(super) decisions: Option<PathBuf>,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true, help_heading = "Golden")]
    pub(super) golden: Option<PathBuf>,
    /// Compare with golden and write no .new file (as under CI)
    #[arg(long, help_heading = "Golden")]
    pub(super) check: bool,
    /// Write a .new file also for corpora that have no golden yet
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
Puts every recorded command in front of a corridor that is off, that belongs to another intent, \
whose LLM fails in every way, whose risk log fails, and that is planted with secrets; then drives every combination of \
the corridor's inputs. What had no chance to fail is named and is not a pass.

Examples:
  corridor verify                              all corpora, both rule sets
  corridor verify household --only ac1         one criterion with one corpus, at once
  corridor verify --planted                    also plant faults into the corridor: each must be noticed
  corridor verify --planted --report           write docs/verification-report.md
  corridor verify --planted --report --check   fail when that report is not what would be written

Exit codes: 0 everything held, 1 a criterion does not hold or a planted fault went unnoticed, 3 something could not have
failed, 5 an invariant is broken.")]
pub(super) struct VerifyArgs {
    /// Corpora by name or by path; all of corpora/ where none
    #[arg(value_name = "CORPUS", add = candidates::corpora_or_files())]
    pub(super) corpora: Vec<String>,
    /// Acceptance rules [default: those of corridor.toml, reference and strict]
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = parse_rules, add = candidates::rules(), env = "CORRIDOR_RULES", hide_env_values = true)]
    pub(super) rules: Vec<RuleSet>,
    /// Run a part alone: ac1, ac2, ac3, ac4 or states (of ac3, over every combination of inputs); says nothing about coverage
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = parse_part, add = candidates::parts(), conflicts_with_all = ["planted", "report"])]
    pub(super) only: Vec<Part>,
    /// Plant faults into the corridor, one at a time, and say what noticed each
    #[arg(long)]
    pub(super) planted: bool,
    /// Write the verification report [default file: docs/verification-report.md]; with --planted, the planted faults are in it
    #[arg(long, value_name = "FILE", value_parser = place(), num_args = 0..=1, require_equals = true, default_missing_value = REPORT)]
    pub(super) report: Option<PathBuf>,
    /// Write nothing: compare the report with the file, and exit with 1 where it is stale
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
Reads recordings and writes, for each, one line with command_id, intent, baseline, decision, risk and attempts_used.
Keeps order, streams in bounded memory, and depends on nothing but its arguments and its input: no project file, no
environment. Exit 0 means that all input was read and all output was flushed; a reader that goes away is an error.")]
pub(super) struct DecideArgs {
    /// Recordings, or - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) input: PathBuf,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", value_parser = parse_rules, add = candidates::rules())]
    pub(super) rules: RuleSet,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Worker threads; 1 means one thread in all
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) threads: u16,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Corpus name or path, where the id alone is ambiguous, and the command id: [CORPUS] ID or CORPUS:ID
    #[arg(value_name = "[CORPUS] COMMAND_ID", add = candidates::corpora_or_files(), required = true, num_args = 1..=2)]
    pub(super) target: Vec<String>,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", value_parser = parse_rules, add = candidates::rules())]
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
  corridor preflight --env-file prod.env            that of a file, and nothing of the process
  corridor preflight --env-file prod.env --policy new.yaml    before the policy is changed
  corridor preflight --preset stage-1               the deployed runbook's environment, and ours

Shows what each variable comes to and where it was found, then every finding with its
consequence in production and how to mend it. Secrets are never shown. Calls nobody, and changes
nothing. Relative paths are looked for from here: run it in the folder that the service runs in.

Exits with 1 where anything of level error is found, also with --preset: the runbook's environment
has errors. docs/preflight.md describes every finding, docs/operations/partial-trust-runbook.md when
to look.")]
pub(super) struct PreflightArgs {
    /// Read the variables from FILE, in dotenv syntax, and none from the process
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(super) env_file: Option<PathBuf>,
    /// Show a stage of the rollout: stage-1, stage-2 or stage-3, as the deployed runbook has it and as we would
    #[arg(long, value_name = "STAGE", value_parser = parse_preset, add = candidates::presets(), conflicts_with_all = ["env_file", "policy"])]
    pub(super) preset: Option<Preset>,
    /// Policy file, in place of what `LLM_POLICY_PATH` names
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(super) policy: Option<PathBuf>,
    /// Acceptance rules
    #[arg(long, value_name = "RULES", default_value = "reference", value_parser = parse_rules, add = candidates::rules())]
    pub(super) rules: RuleSet,
    /// Exit with 1 for warnings as well
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// With --deny-warnings: a warning that is known, such as `baseline_asks_llm`; may be repeated
    #[arg(long = "allow", value_name = "FINDING", value_parser = parse_finding, add = candidates::findings(), requires = "deny_warnings")]
    pub(super) allowed: Vec<FindingId>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct GenerateArgs {
    /// How many recordings
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) count: u64,
    /// Decides all of them: the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(super) seed: u64,
    /// The kind of traffic: typical (a small model), clean (every answer right), faulty (many faults)
    #[arg(long, value_name = "PRESET", default_value = "typical", add = candidates::traffic())]
    pub(super) preset: String,
    /// Change one rate of the preset; may be repeated. `corridor generate --list` shows them
    #[arg(long = "set", value_name = "KNOB=RATE", add = candidates::knobs())]
    pub(super) settings: Vec<String>,
    /// List the knobs with their rates under the preset
    #[arg(long)]
    pub(super) list: bool,
    /// Leave labels out
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
