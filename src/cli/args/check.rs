//! Arguments of `check`.

use super::format::Format;
use super::parse::place;
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(after_long_help = "\
Reads every stored run, the golden files, what is pending beside them, the ledger and the receipts, and holds them against
the digests and the rules that they were written by. Nothing is replayed, and without --repair nothing is written.

Examples:
  corridor check                   before a release, or after a crash, a full disk or a merge
  corridor check --repair          also completes a settlement that was interrupted
  corridor check --format json     for a script

Exits with 0 where nothing is wrong, 1 where something is, 3 where nothing is stored.")]
pub(in crate::cli) struct CheckArgs {
    /// Complete an accept or reject that was interrupted, and say so; what else is wrong is told and left as it is
    #[arg(long)]
    pub(in crate::cli) repair: bool,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(in crate::cli) golden: Option<PathBuf>,
    /// Where receipts are [default: rollout/receipts of the project]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(in crate::cli) receipts: Option<PathBuf>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}
