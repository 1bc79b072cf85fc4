//! Arguments of the commands that read production risk logs: `analyze`, `gate` and `fidelity`.

use super::super::candidates;
use super::format::Format;
use super::parse::place;
use crate::decide::RuleSet;
use crate::gate::{RuleId, SampleRate};
use crate::model::utc_microseconds;
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor analyze --risk-log logs/partial_trust_risk.jsonl
  corridor analyze --risk-log risk.jsonl risk.jsonl.1 risk.jsonl.2.gz      a rotated set, in any order
  corridor analyze --risk-log risk.jsonl --since 2026-02-01 --until 2026-03-01
  corridor analyze --risk-log risk.jsonl --output-json metrics.json --quiet
  zcat old/*.gz | corridor analyze --risk-log - --format json

Prints the metrics as the deployed analyzer computes them, then the honest ones: over distinct commands, by sample rate and by \
day, with the counts behind each. docs/operations/analyzer.md explains both, and which of the deployed metrics cannot fail.

Exit codes: 0 the logs were read, whatever they contain, also if one is empty or missing, 2 usage, 4 a log cannot be read. \
With --self-test: 1 a planted secret is in the output.")]
pub(in crate::cli) struct AnalyzeArgs {
    /// Risk logs (plain, .gz, .zst), or - for standard input; one that is missing counts as empty
    #[arg(long = "risk-log", value_name = "FILE", num_args = 1.., required_unless_present = "self_test")]
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// Count only lines from T on: an RFC 3339 date-time, or a date for its first moment in UTC
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    pub(in crate::cli) since: Option<i64>,
    /// Count only lines before T
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    pub(in crate::cli) until: Option<i64>,
    /// The candidate's budget in production, ms: a timeout took at least this long
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(in crate::cli) budget_ms: u32,
    /// Use T as the current time, instead of the clock
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    pub(in crate::cli) now: Option<i64>,
    /// Write only the deployed analyzer's metrics to FILE, as JSON with the same keys, atomically
    #[arg(long, value_name = "FILE", value_parser = place())]
    pub(in crate::cli) output_json: Option<PathBuf>,
    /// Test the redaction: plant a secret in every free-form field of a log, and fail if any output contains it
    #[arg(long, conflicts_with_all = ["logs", "since", "until", "output_json"])]
    pub(in crate::cli) self_test: bool,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(in crate::cli) threads: Option<u16>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Reads the latest complete run of --rules (or --run), and production risk logs of the current stage. Nothing is replayed or \
deployed. Each rule compares the bound of a rate with a limit of the policy, at 95 % confidence however often you look. GO \
requires that every rule holds. Recordings that were written, not captured, can prove harm but never safety. With -q, only \
the verdict is printed.

Examples:
  corridor replay && corridor gate --to 0.01        may the first stage begin?
  corridor gate --to 0.05 --risk-log risk.jsonl     may the rate go from 0.01 to 0.05?
  corridor gate --hold 0.10 --risk-log risk.jsonl   may it stay where it is?
  corridor gate --to 0.05 --risk-log risk.jsonl --dry-run --format markdown    for a pull request
  corridor gate --explain items_lost                what a rule measures, and why
  corridor gate --print-policy > rollout.toml       the built-in policy, as a start for your own
  corridor gate --check rollout/receipts/0001-0.01-no_go.json    does a receipt still hold?

Every verdict but INVALID writes a receipt into rollout/receipts: commit it. docs/gate.md describes every rule and field, \
docs/operations/partial-trust-runbook.md the whole rollout.

Exit codes: 0 GO, 1 NO_GO, 3 INCONCLUSIVE, 4 INVALID or bad input, 5 NO_GO by a critical rule. With --check: 0 the receipt \
holds, 3 evidence is missing, 4 the receipt does not hold.")]
#[command(group = clap::ArgGroup::new("question").args(["to", "hold", "check", "print_policy"]))]
#[expect(clippy::struct_excessive_bools, reason = "flags as they are typed")]
pub(in crate::cli) struct GateArgs {
    /// May the rate be raised to RATE? RATE is a stage of the policy
    #[arg(long, value_name = "RATE", add = candidates::stages())]
    pub(in crate::cli) to: Option<SampleRate>,
    /// May the rate stay at RATE?
    #[arg(long, value_name = "RATE", add = candidates::stages())]
    pub(in crate::cli) hold: Option<SampleRate>,
    /// Check a receipt: does its verdict still follow from its evidence?
    #[arg(long, value_name = "RECEIPT", value_parser = place())]
    pub(in crate::cli) check: Option<PathBuf>,
    /// Print the built-in policy, with explanations
    #[arg(long)]
    pub(in crate::cli) print_policy: bool,
    /// Explain one rule; with --to or --hold also its result (writes no receipt)
    #[arg(long, value_name = "RULE", add = candidates::names(RuleId::ALL))]
    pub(in crate::cli) explain: Option<RuleId>,
    /// Risk logs of production (plain, .gz, .zst); one that is missing counts as empty
    #[arg(long = "risk-log", value_name = "FILE", num_args = 1.., help_heading = "Evidence")]
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// The acceptance rules that production runs: their latest complete run is the evidence
    #[arg(long, value_name = "RULES", default_value = "reference", add = candidates::rules(), help_heading = "Evidence")]
    pub(in crate::cli) rules: RuleSet,
    /// Use this stored run instead: a folder in .corridor/runs
    #[arg(long, value_name = "DIR", value_parser = place(), conflicts_with = "rules", add = candidates::runs(), help_heading = "Evidence")]
    pub(in crate::cli) run: Option<PathBuf>,
    /// Rollout policy [default: rollout.toml of the project, or the built-in one]
    #[arg(long, value_name = "FILE", value_parser = place(), help_heading = "Policy")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Treat written recordings as a sample of production, which they are not. For trials only: the receipt records it
    #[arg(long, help_heading = "Policy")]
    pub(in crate::cli) assume_representative: bool,
    /// Look at this evidence once, as planned beforehand: exact bounds need slightly fewer records; a second look is refused
    #[arg(long, help_heading = "Policy", conflicts_with = "dry_run")]
    pub(in crate::cli) single_look: bool,
    /// Write no receipt
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Folder of receipts [default: rollout/receipts of the project]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(in crate::cli) receipts: Option<PathBuf>,
    /// Worker threads, for risk logs [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(in crate::cli) threads: Option<u16>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: GateFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum GateFormat {
    /// For people.
    Text,
    /// Versioned; documented in docs/gate.md.
    Json,
    /// For a pull request.
    Markdown,
}

/// Microseconds since 1970 UTC.
fn parse_moment(text: &str) -> Result<i64, String> {
    let moment = utc_microseconds(text).or_else(|| utc_microseconds(&format!("{text}T00:00:00Z")));
    moment.ok_or_else(|| "expected a date, such as 2026-02-10, or a date-time, such as 2026-02-10T10:00:00Z".to_owned())
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor fidelity --risk-log logs/partial_trust_risk.jsonl      against the latest replay
  corridor fidelity --risk-log risk.jsonl risk.jsonl.1.gz --rules strict
  corridor fidelity --risk-log risk.jsonl --since 2026-02-01 --run .corridor/runs/DIGEST
  corridor fidelity --risk-log risk.jsonl --format json

A replay predicts a rollout only if it decides as production does. This matches the commands of the logs and of the run by \
command id, and compares sampled flag, status, reason, and both summaries. To use it, record the commands of a stage in \
production, replay them, and compare the log of that stage. Believe the replay if the upper bound of the disagreements is \
below what you accept. docs/operations/fidelity.md says what is compared, and what to do about a disagreement.

Exit codes: 0 everything that can be compared agrees, 1 something disagrees, 2 usage, 3 there is nothing to compare, 4 a log \
or the run cannot be read.")]
pub(in crate::cli) struct FidelityArgs {
    /// Risk logs (plain, .gz, .zst), or - for standard input; one that is missing counts as empty
    #[arg(long = "risk-log", value_name = "FILE", num_args = 1.., required = true)]
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// Folder of the stored run [default: the latest complete run of --rules]
    #[arg(long, value_name = "DIR", value_parser = place(), conflicts_with = "rules", add = candidates::runs())]
    pub(in crate::cli) run: Option<PathBuf>,
    /// The acceptance rules that production runs: their latest complete run is compared
    #[arg(long, value_name = "RULES", default_value = "reference", add = candidates::rules())]
    pub(in crate::cli) rules: RuleSet,
    /// Count only lines from T on: an RFC 3339 date-time, or a date for its first moment in UTC
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    pub(in crate::cli) since: Option<i64>,
    /// Count only lines before T
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    pub(in crate::cli) until: Option<i64>,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(in crate::cli) threads: Option<u16>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}
