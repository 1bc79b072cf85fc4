//! Arguments of `sweep`.

use super::super::candidates;
use super::budgets::Budgets;
use super::format::Format;
use super::parse::{known_variable, parse_variable, place};
use crate::decide::RuleSet;
use crate::run::Filter;
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(after_long_help = "\
Each answer was recorded with its latency, so a smaller budget produces the timeouts that it would have caused. Each \
recording is decided under every combination of the budgets and rule sets. Every command is evaluated as if sampled. Nothing \
is stored or compared with golden.

Budgets are whole milliseconds from 1 to 60000, with at most 100 combinations. An attempt that timed out when it was recorded \
stays a timeout under every larger budget.

Examples:
  corridor sweep --timeout 50..500:50                  ten budgets, under the project's rule sets
  corridor sweep household --timeout 100,200,400 --rules strict
  corridor sweep --rules reference,strict              two rule sets, under the project's budget
  corridor sweep --timeout 100..300:100 --unset LLM_POLICY_ENABLED
  corridor sweep traffic.jsonl.zst --timeout 50..500:50 --filter tag=multi-item --format json

docs/sweep.md says how to read the table, and every field of the JSON.

Exit codes: 0 done, 2 usage, 3 nothing was replayed, 4 a corpus cannot be used, 5 an invariant is broken.")]
pub(in crate::cli) struct SweepArgs {
    /// Corpora by name or by path (.jsonl, .jsonl.gz, .jsonl.zst), or - for standard input; all of corpora/ where none
    #[arg(value_name = "CORPUS", add = candidates::corpora_or_files())]
    pub(in crate::cli) corpora: Vec<String>,
    /// Budgets of a candidate in ms: a list (100,200) or a range (50..500:50, from..to:step)
    #[arg(long, value_name = "MS")]
    pub(in crate::cli) timeout: Option<Budgets>,
    /// Acceptance rules, comma-separated [default: those of corridor.toml, reference and strict]
    #[arg(long, value_name = "RULES", value_delimiter = ',', add = candidates::rules(), env = "CORRIDOR_RULES", hide_env_values = true)]
    pub(in crate::cli) rules: Vec<RuleSet>,
    /// Set a variable, over those of corridor.toml; may be repeated
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable, add = candidates::settings(), help_heading = "Configuration")]
    pub(in crate::cli) variables: Vec<(String, String)>,
    /// Unset a variable; may be repeated
    #[arg(long = "unset", value_name = "KEY", value_parser = known_variable, add = candidates::variables(), help_heading = "Configuration")]
    pub(in crate::cli) unset: Vec<String>,
    /// Count only commands that match: id=GLOB, tag=TAG, class=CLASS, status=STATUS or reason=REASON. May be repeated:
    /// filters of one kind are joined by "or", different kinds by "and". Class, status and reason are those under each
    /// budget and rule set
    #[arg(long = "filter", value_name = "KEY=VALUE", add = candidates::filters(), help_heading = "Selection")]
    pub(in crate::cli) filters: Vec<Filter>,
    /// Set bad lines aside and count them, instead of stopping at the first
    #[arg(long)]
    pub(in crate::cli) keep_going: bool,
    /// List every line that is set aside in FILE, atomically: source, line, reason and digest, never its text
    #[arg(long, value_name = "FILE", value_parser = place(), requires = "keep_going")]
    pub(in crate::cli) rejects: Option<PathBuf>,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), env = "CORRIDOR_THREADS", hide_env_values = true)]
    pub(in crate::cli) threads: Option<u16>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}
