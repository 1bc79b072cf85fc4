//! `corridor decide`: the filter for programs in other languages.

use super::args::DecideArgs;
use super::decider;
use super::environment::Effective;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::built_in_environment;
use super::standard;
use crate::corpus::CorpusInput;
use crate::replay::{ReplayError, filter, is_broken_pipe};
use std::io::{self, BufWriter};

/// Runs the subcommand. The result depends only on arguments and input: no project file and no environment is read.
pub(super) fn run(args: &DecideArgs, output: &Output) -> Result<Exit, Failure> {
    let input = match args.input.as_os_str().to_str() {
        Some("-") => standard::input()?,
        Some(_) | None => CorpusInput::File(args.input.clone()),
    };
    let effective = Effective::new(&built_in_environment(), &args.environment);
    let decider = decider::ours(&effective, args.rules);
    let mut decisions = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    // Ends the program at once: the reading thread may wait for a peer that waits for this answer.
    let end = |error: &ReplayError| {
        let failure = failure_of(error);
        output.diagnostic(&failure.shown());
        std::process::exit(failure.exit.code().into());
    };
    let is_threaded = args.threads > 1;
    filter(&input, decider.as_ref(), usize::from(args.threads), &mut decisions, &|error| {
        if is_threaded {
            end(error);
        }
    })
    .map_err(|error| failure_of(&error))?;
    decider.finish(true)?;
    Ok(Exit::Clean)
}

fn failure_of(error: &ReplayError) -> Failure {
    let failure = Failure::from(error);
    if is_broken_pipe(error) {
        failure.with_help("the reader has gone before all decisions were written: what it read is a part only")
    } else {
        failure
    }
}
