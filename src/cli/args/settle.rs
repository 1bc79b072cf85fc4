//! Arguments of `pending`, `accept`, `reject` and `review`.

use super::super::candidates;
use super::format::Format;
use super::parse::place;
use crate::decide::RuleSet;
use crate::golden::GroupName;
use crate::report::escape::is_hidden;
use clap::Args;
use std::path::PathBuf;

/// Selects golden files.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct SnapshotArgs {
    /// Names of corpora [default: all]
    #[arg(value_name = "CORPUS", add = candidates::corpora())]
    pub(in crate::cli) corpora: Vec<String>,
    /// Rule sets [default: all]
    #[arg(long, value_name = "RULES", value_delimiter = ',', add = candidates::rules())]
    pub(in crate::cli) rules: Vec<RuleSet>,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(in crate::cli) golden: Option<PathBuf>,
}

impl SnapshotArgs {
    /// The rule sets that were named, or all.
    pub(in crate::cli) fn rule_sets(&self) -> &[RuleSet] {
        if self.rules.is_empty() { RuleSet::ALL } else { &self.rules }
    }
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
  corridor accept --group 3f2a9c1b04de@77d01e4c95ab --reason \"the rule guards lists\"    a group of `corridor pending`
  corridor accept household --case hh-ru-multi-003 --reason \"…\"
  corridor accept --prune --reason \"the corpus was deleted\"    also removes entries whose command is missing

Either all selected changes are settled or none. golden/LEDGER.jsonl records who accepted what, when and why. If it is \
killed half-way, the same command completes it, and `corridor reject` with the same arguments undoes it. \
Refused under CI: a person changes golden, in a commit of its own.")]
pub(in crate::cli) struct AcceptArgs {
    #[command(flatten)]
    pub(in crate::cli) settle: SettleArgs,
    /// Create golden files from the latest run, for corpora that have none yet
    #[arg(long, conflicts_with_all = ["cases", "groups"])]
    pub(in crate::cli) new: bool,
    /// Also remove golden entries whose command is missing; without this they stay, and stay pending
    #[arg(long)]
    pub(in crate::cli) prune: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  corridor reject --case hh-ru-single-001 --reason \"side effect, not wanted\"
  corridor reject --reason \"reverted\"    everything that is pending

The pending changes are dropped, and golden stays as it is. The next replay finds them again until their cause is removed. \
golden/LEDGER.jsonl records who rejected what, when and why. Refused under CI.")]
pub(in crate::cli) struct RejectArgs {
    #[command(flatten)]
    pub(in crate::cli) settle: SettleArgs,
}

/// Selects what is settled, and gives the reason.
#[derive(Args, Debug)]
pub(in crate::cli) struct SettleArgs {
    #[command(flatten)]
    pub(in crate::cli) snapshots: SnapshotArgs,
    /// Settle only this command: ID, CORPUS:ID or RULES/CORPUS:ID; may be repeated
    #[arg(long = "case", value_name = "ID")]
    pub(in crate::cli) cases: Vec<String>,
    /// Settle only this group, as `corridor pending` names it; refused if its members have changed since. May be repeated
    #[arg(long = "group", value_name = "GROUP", conflicts_with = "cases")]
    pub(in crate::cli) groups: Vec<GroupName>,
    /// Reason, for the ledger; required to accept newly regressed, newly broken or missing cases
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub(in crate::cli) reason: Option<String>,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Shows the groups of pending changes, the most severe first, each with three example cases, and settles each with one key: \
a accept, r reject, s skip, e explain a case, l list the cases, q quit; A, R and S also apply to all groups that follow. \
Each settlement is carried out at once: a review can be stopped and continued later with the groups that are still pending. \
Newly regressed or broken cases are accepted only with a reason.

Without a terminal the groups are listed, with the commands that settle them:
  corridor accept --group GROUP --reason \"…\"
  corridor reject --group GROUP --reason \"…\"

Exit codes: 0 nothing is pending, 1 something is still pending, 2 usage, 3 nothing was compared with golden, 4 golden or a \
pending file cannot be used.")]
pub(in crate::cli) struct ReviewArgs {
    #[command(flatten)]
    pub(in crate::cli) snapshots: SnapshotArgs,
    /// Reason for every settlement, instead of asking each time
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub(in crate::cli) reason: Option<String>,
    /// On accept, also remove golden entries whose command is missing
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
