//! The program: starts everything, and nobody imports it.
//!
//! [`run`] reads as the way of a command: what was typed (`args`), what is to be done (one file per subcommand), and
//! one exit code. Environment, clock, terminal and files are read here and nowhere else.

mod analyze;
mod args;
mod candidates;
mod check;
mod collision;
mod complete;
mod corpora;
mod decide;
mod decider;
mod destination;
mod dotenv;
mod environment;
mod exit;
mod explain;
mod fidelity;
mod file;
mod folder;
mod gate;
mod generate;
mod latest;
mod limit;
mod log;
mod next;
mod others;
mod output;
mod person;
mod plan;
mod preflight;
mod process;
mod project;
mod rejects;
mod replay;
mod report;
mod self_test;
mod settle;
mod snapshot;
mod stale;
mod standard;
mod store;
mod stored;
mod sweep;
mod typed;
mod variable;
mod verify;

use crate::report::escape;
use args::{Cli, Command};
use destination::Kept;
use exit::{Exit, Failure};
use output::Output;
use person::Person;
use process::{now, under_ci, variable, watched_variables};
use project::Project;
pub use standard::Streams;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Exit code of a bug.
const INTERNAL: u8 = 70;

/// Runs the program on the process's arguments; `streams` are those that it was started with.
#[must_use]
pub fn run(streams: Streams) -> ExitCode {
    standard::remember(streams);
    if complete::answer() {
        return Exit::Clean.into();
    }
    quiet_panics();
    #[cfg(debug_assertions)]
    if let Some(plan) = variable("CORRIDOR_FAULT") {
        crate::disk::arm(&plan);
    }
    #[cfg(unix)]
    survive_file_size_limits();
    let cli = match typed::parse() {
        Ok(cli) => cli,
        Err(error) => {
            if !error.use_stderr() {
                return print_help(&error);
            }
            // The message repeats what was typed.
            let styled = error.render().ansi().to_string();
            let lines = styled
                .trim_end()
                .lines()
                .map(|line| line.split('\u{1b}').map(escape::visible).collect::<Vec<_>>().join("\u{1b}"));
            complain(&lines.collect::<Vec<_>>().join("\n"));
            return Exit::Usage.into();
        }
    };
    let output = Output::new(&cli.global, &variable);
    match std::panic::catch_unwind(|| dispatch(&cli, &output)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => {
            let failure = failure.carrying(&cli.carried());
            output.diagnostic(&failure.shown());
            failure.exit.into()
        }
        Err(_panic) => {
            output.diagnostic(
                "error: internal error\nhelp: this is a bug of corridor: please report the command and the line above",
            );
            INTERNAL.into()
        }
    }
}

/// Prints help or the version. A reader that has gone wanted no more of it.
fn print_help(help: &clap::Error) -> ExitCode {
    let print = || match help.print().and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(output::not_written(&error)),
        Err(_) | Ok(()) => Ok(()),
    };
    match standard::need_output().and_then(|()| print()) {
        Ok(()) => Exit::Clean.into(),
        Err(failure) => {
            anstream::eprintln!("{}", failure.shown());
            failure.exit.into()
        }
    }
}

fn dispatch(cli: &Cli, output: &Output) -> Result<Exit, Failure> {
    let project = || {
        let here =
            std::env::current_dir().map_err(|error| Failure::system("cannot find the current directory", &error))?;
        Project::load(cli.global.config.as_deref(), &here).map(|project| project.with_store(cli.global.store.clone()))
    };
    // Where there is no project, or none that can be read, there is nothing of it to be replaced.
    let kept = || project().map(|project| Kept::of(&project, None, None)).unwrap_or_default();
    if cli.command.prints() {
        standard::need_output()?;
    }
    match &cli.command {
        Command::Replay(args) => replay::run(args, &project()?, output, under_ci(), now()),
        Command::Sweep(args) => sweep::run(args, &project()?, output),
        Command::Pending(args) => settle::pending(args, &project()?, output),
        Command::Accept(args) => settle::accept(args, &project()?, output, &Person::here()),
        Command::Reject(args) => settle::reject(args, &project()?, output, &Person::here()),
        Command::Review(args) => settle::review(args, &project()?, output, &Person::here()),
        Command::Diff(args) => report::diff(args, &project()?, output),
        Command::Report(args) => report::report(args, &project()?, output),
        Command::Decide(args) => decide::run(args, output),
        Command::Explain(args) => explain::run(args, &project()?, output),
        Command::Verify(args) => verify::run(args, &project()?, output),
        Command::Preflight(args) => preflight::run(args, &project()?, output, &watched_variables),
        Command::Analyze(args) => analyze::run(args, kept, output, now()),
        Command::Gate(args) => gate::run(args, &project()?, output, &Person::here(), now()),
        Command::Fidelity(args) => fidelity::run(args, &project()?, output),
        Command::Check(args) => check::run(args, &project()?, output, &cli.carried()),
        Command::Generate(args) => generate::run(args, kept, output),
        Command::Completions { shell } => {
            output.result(&complete::script(*shell)?)?;
            Ok(Exit::Clean)
        }
    }
}

/// A panic's message may hold text of a user: only its place is shown.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            complain(&format!("panic at {}:{}", place.file(), place.line()));
        }
    }));
}

/// Says something on standard error, if it can be written: there is nowhere else to say it.
fn complain(text: &str) {
    let _ = writeln!(anstream::AutoStream::auto(std::io::stderr()), "{text}");
}

/// A file that may not grow further (`ulimit -f`) is an error of the write, with a cause and an exit code, and no end
/// without a word.
#[cfg(unix)]
fn survive_file_size_limits() {
    // Where no handler can be had, the signal ends the program as it always does.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}
