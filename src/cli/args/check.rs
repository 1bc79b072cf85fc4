//! Arguments of `check`.

use super::format::Format;
use super::parse::place;
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
#[command(after_long_help = "\
Reads every stored run, golden file, pending file, ledger line and receipt, and checks digests and formats. Nothing is \
replayed, and without --repair nothing is written.

Examples:
  corridor check                   before a release, or after a crash, a full disk or a merge
  corridor check --repair          also completes or undoes an interrupted accept or reject
  corridor check --format json     for a script

Exit codes: 0 nothing is wrong, 1 something is wrong, 3 nothing is stored, 4 a folder cannot be read.")]
pub(in crate::cli) struct CheckArgs {
    /// Complete or undo an interrupted accept or reject; other problems are reported, not repaired
    #[arg(long)]
    pub(in crate::cli) repair: bool,
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(in crate::cli) golden: Option<PathBuf>,
    /// Folder of receipts [default: rollout/receipts of the project]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(in crate::cli) receipts: Option<PathBuf>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: Format,
}
