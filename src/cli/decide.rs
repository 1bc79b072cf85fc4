//! `corridor decide`: the filter that other languages and engines call.

use super::args::DecideArgs;
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::project::built_in_environment;
use crate::corpus::CorpusInput;
use crate::replay::{filter, is_broken_pipe};
use std::io::{self, BufWriter};

/// Runs the subcommand. Depends on its arguments and its input alone: no project file, no environment.
pub(super) fn run(args: &DecideArgs) -> Result<Exit, Failure> {
    let input = match args.input.as_os_str().to_str() {
        Some("-") => CorpusInput::Stdin,
        Some(_) | None => CorpusInput::File(args.input.clone()),
    };
    let effective = Effective::new(&built_in_environment(), &args.environment);
    let path = effective.path(args.rules);
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    filter(&input, path.as_ref(), usize::from(args.threads), &mut output).map_err(|error| {
        let has_no_reader = is_broken_pipe(&error);
        let failure = Failure::from(error);
        if has_no_reader {
            failure.with_help("the reader has gone before all decisions were written: what it read is a part only")
        } else {
            failure
        }
    })?;
    Ok(Exit::Clean)
}
