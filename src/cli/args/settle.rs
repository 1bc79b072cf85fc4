//! Arguments of `pending`, `accept`, `reject` and `review`.

use super::super::candidates;
use super::format::Format;
use super::parse::{parse_rules, place};
use crate::decide::RuleSet;
use crate::golden::GroupName;
use crate::report::escape::is_hidden;
use clap::Args;
use std::path::PathBuf;

/// Which golden files.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct SnapshotArgs {
    /// Corpora by name; all where none
    #[arg(value_name = "CORPUS", add = candidates::corpora())]
    pub(in crate::cli) corpora: Vec<String>,
    /// Rule sets; all where none
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = parse_rules, add = candidates::rules())]
    pub(in crate::cli) rules: Vec<RuleSet>,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(in crate::cli) golden: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PendingArgs {
    #[command(flatten)]
    pub(in crate::cli) snapshots: SnapshotArgs,
    /// List the cases of this group; may be repeated
    #[arg(long = "group", value_name = "GROUP", conflicts_with = "format")]
    pub(in crate::cli) groups: Vec<GroupName>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor accept --group 3f2a9c1b04de@77d01e4c95ab --reason \"the rule guards lists\"    as `corridor pending` names it
  corridor accept household --case hh-ru-multi-003 --reason \"…\"
  corridor accept --prune --reason \"the corpus went\"    also entries whose command is gone

All of it is settled or nothing, and every acceptance is written into golden/LEDGER.jsonl: who, when, why, which. One that
was killed half-way is completed by the same command, and undone by `corridor reject` of the same.
Refused under CI: golden is changed by a person, in a commit of its own.")]
pub(in crate::cli) struct AcceptArgs {
    #[command(flatten)]
    pub(in crate::cli) settle: SettleArgs,
    /// Make golden of the latest run's outcomes for corpora that have none yet
    #[arg(long, conflicts_with_all = ["cases", "groups"])]
    pub(in crate::cli) new: bool,
    /// Also remove golden entries whose command is gone; without it they stay, and stay pending
    #[arg(long)]
    pub(in crate::cli) prune: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct RejectArgs {
    #[command(flatten)]
    pub(in crate::cli) settle: SettleArgs,
}

/// What is settled, and why.
#[derive(Args, Debug)]
pub(in crate::cli) struct SettleArgs {
    #[command(flatten)]
    pub(in crate::cli) snapshots: SnapshotArgs,
    /// Only this command, as ID, CORPUS:ID or RULES/CORPUS:ID; may be repeated
    #[arg(long = "case", value_name = "ID")]
    pub(in crate::cli) cases: Vec<String>,
    /// Only the changes of this group, as FINGERPRINT@MEMBERS; refused where its members are others now. May be repeated
    #[arg(long = "group", value_name = "GROUP", conflicts_with = "cases")]
    pub(in crate::cli) groups: Vec<GroupName>,
    /// Why, for the ledger; needed for what is newly regressed or broken
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub(in crate::cli) reason: Option<String>,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Shows the groups of pending changes, the most severe first, each with three cases that stand for it, and settles each
with one key: a accept, r reject, s skip, e explain a case, l list the cases, q quit; A, R and S also settle all that
follow. Each settlement is carried out at once, so a review can be interrupted and taken up again: what is still pending
is what is left. What is newly regressed or broken is accepted with a reason only.

Without a terminal it lists the groups and the commands that settle them:
  corridor accept --group GROUP --reason \"…\"
  corridor reject --group GROUP --reason \"…\"

Exits with 0 where nothing is left, 1 where something is.")]
pub(in crate::cli) struct ReviewArgs {
    #[command(flatten)]
    pub(in crate::cli) snapshots: SnapshotArgs,
    /// The reason for all that is settled, instead of being asked
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub(in crate::cli) reason: Option<String>,
    /// Accepting a group of golden entries whose command is gone removes them
    #[arg(long)]
    pub(in crate::cli) prune: bool,
}

fn parse_reason(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        Err("the reason is blank")
    } else if text.chars().any(is_hidden) {
        Err("the reason holds characters that cannot be seen; it is one line of plain text")
    } else {
        Ok(text.to_owned())
    }
}
