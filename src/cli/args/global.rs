//! Global options.

use super::parse::place;
use clap::{Args, ColorChoice};
use std::path::PathBuf;

/// Options of every subcommand.
#[derive(Args, Debug)]
pub(in crate::cli) struct Global {
    /// When to use colour: auto, always or never [default: auto]; also set by `CORRIDOR_COLOR`, `NO_COLOR` and
    /// `CLICOLOR_FORCE`
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    pub(in crate::cli) color: Option<ColorChoice>,
    /// Print results only: no progress, no notes
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(in crate::cli) quiet: bool,
    /// Print more: the stages of edge corpora, every terminal state of the corridor, where runs are stored
    #[arg(short, long, global = true)]
    pub(in crate::cli) verbose: bool,
    /// Project file, whose folder is the project [default: corridor.toml in this folder or the nearest one above]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = place(),
        env = "CORRIDOR_CONFIG",
        hide_env_values = true,
        help_heading = "Project"
    )]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Folder of stored runs [default: `store` of corridor.toml, or .corridor/runs of the project]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        value_parser = place(),
        env = "CORRIDOR_STORE",
        hide_env_values = true,
        help_heading = "Project"
    )]
    pub(in crate::cli) store: Option<PathBuf>,
}
