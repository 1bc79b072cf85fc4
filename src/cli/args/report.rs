//! Arguments of `report` and `diff`.

use super::super::candidates;
use super::parse::{named_file, place};
use crate::decide::RuleSet;
use crate::report::{COMMENT_LIMIT, COMMENT_MINIMUM};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
#[command(after_long_help = "\
Compares two runs, a run and a golden folder, two golden folders, or the golden files of a Git revision with those of the \
working tree, and shows the changes in groups, as `corridor review` does. Nothing is replayed or written.

Examples:
  corridor diff --base origin/main                    what a pull request changes in golden, with the ledger's reasons
  corridor diff latest-reference latest-strict        two rule sets
  corridor diff 3f2a9c1b 77d01e4c                     two stored runs: two versions, two budgets, two models
  corridor diff golden/strict 3f2a9c1b                golden and a run
  corridor diff --base origin/main --format markdown --output comment.md

Exit codes: 0 nothing changed, 1 something changed, 2 usage, 3 there is nothing to compare, 4 a side cannot be read.")]
pub(in crate::cli) struct DiffArgs {
    /// BEFORE and AFTER, each a golden folder or a stored run: its folder, latest-RULES, or at least 8 digits of its name
    #[arg(value_name = "SIDE", add = candidates::runs(), num_args = 0..=2)]
    pub(in crate::cli) sides: Vec<String>,
    /// Compare the golden files of this Git revision with those of the working tree
    #[arg(long, value_name = "GITREV", conflicts_with = "sides")]
    pub(in crate::cli) base: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) document: DocumentArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Reads stored runs, compares them with golden as it is now, and adds the newest verdict of the gate about each run. Nothing is \
replayed, and only the report is written.

Examples:
  corridor report                                         the latest runs, for people
  corridor report --format html --output report.html      one page that loads nothing
  corridor report --format markdown --output comment.md   a comment for a pull request
  corridor report --format annotations                    in a GitHub workflow
  corridor report latest-strict --format junit --output junit.xml
  corridor report --redact --format html --output report.html     without any text of a user

docs/report.md describes every format.

Exit codes: 0 the report was written, whatever it shows, 2 usage, 3 nothing was compared with golden, 4 a run cannot be \
read.")]
pub(in crate::cli) struct ReportArgs {
    /// Stored runs: folders, latest-RULES, or at least 8 digits of a name [default: the latest run of each rule set]
    #[arg(value_name = "RUN", add = candidates::runs())]
    pub(in crate::cli) runs: Vec<String>,
    /// Report only the latest runs of these rule sets
    #[arg(long, value_name = "RULES", value_delimiter = ',', add = candidates::rules(), conflicts_with = "runs")]
    pub(in crate::cli) rules: Vec<RuleSet>,
    /// Show what changed in golden since this Git revision, instead of what the run found against golden
    #[arg(long, value_name = "GITREV")]
    pub(in crate::cli) base: Option<String>,
    /// Folder of receipts [default: rollout/receipts of the project]
    #[arg(long, value_name = "DIR", value_parser = place())]
    pub(in crate::cli) receipts: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) document: DocumentArgs,
}

/// Format and extent of a document.
#[derive(Args, Debug)]
pub(in crate::cli) struct DocumentArgs {
    /// Golden folder [default: golden/ of the project]
    #[arg(long, value_name = "DIR", value_parser = place(), env = "CORRIDOR_GOLDEN", hide_env_values = true)]
    pub(in crate::cli) golden: Option<PathBuf>,
    /// Format [default: by the extension of FILE (.json, .md, .html, .xml for `JUnit`), or text]
    #[arg(long, value_name = "FORMAT")]
    format: Option<DocumentFormat>,
    /// Write to FILE, atomically, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Redact: leave out every text of a user or a model, and names that do not look like names
    #[arg(long)]
    pub(in crate::cli) redact: bool,
    /// HTML and JSON list at most N cases, the most severe first
    #[arg(long = "cases", value_name = "N", default_value_t = 10_000)]
    pub(in crate::cli) case_limit: usize,
    /// Markdown has at most N characters
    #[arg(long, value_name = "N", default_value_t = COMMENT_LIMIT, value_parser = parse_limit)]
    pub(in crate::cli) limit: usize,
}

impl DocumentArgs {
    /// The file that is written, if it is not standard output.
    pub(in crate::cli) fn file(&self) -> Option<&Path> {
        named_file(self.output.as_ref())
    }

    /// The format that was asked for.
    pub(in crate::cli) fn format(&self) -> DocumentFormat {
        let ending = self.file().and_then(|path| path.extension()?.to_str());
        self.format.unwrap_or(match ending {
            Some("json") => DocumentFormat::Json,
            Some("md") => DocumentFormat::Markdown,
            Some("html") => DocumentFormat::Html,
            Some("xml") => DocumentFormat::Junit,
            Some(_) | None => DocumentFormat::Text,
        })
    }

    /// How many cases are listed; `None` in a format that lists none.
    pub(in crate::cli) fn cases(&self) -> Option<usize> {
        matches!(self.format(), DocumentFormat::Json | DocumentFormat::Html).then_some(self.case_limit)
    }
}

/// Formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum DocumentFormat {
    /// For people.
    Text,
    /// Versioned; documented in docs/report.md.
    Json,
    /// One page that loads nothing.
    Html,
    /// A comment for a pull request.
    Markdown,
    /// Test results for a CI system.
    Junit,
    /// Workflow commands that GitHub shows beside the files.
    Annotations,
}

fn parse_limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().ok().filter(|limit| (COMMENT_MINIMUM..=COMMENT_LIMIT).contains(limit));
    limit.ok_or_else(|| format!("expected a whole number from {COMMENT_MINIMUM} to {COMMENT_LIMIT}"))
}
