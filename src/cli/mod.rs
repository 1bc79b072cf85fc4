//! The command line program. No other module imports this one.
//!
//! [`run`] parses the arguments (`args`), runs a subcommand (a file each), and returns its exit code. Environment, clock and
//! terminal are read only here.

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
use destination::Protected;
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
            // The message repeats what was typed, which may contain control characters.
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

/// Prints help or the version. A closed pipe is no error: the reader wanted no more.
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
    // Without a readable project there are no files of it to protect.
    let protected = || project().map(|project| Protected::of(&project, None, None)).unwrap_or_default();
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
        Command::Analyze(args) => analyze::run(args, protected, output, now()),
        Command::Gate(args) => gate::run(args, &project()?, output, &Person::here(), now()),
        Command::Fidelity(args) => fidelity::run(args, &project()?, output),
        Command::Check(args) => check::run(args, &project()?, output, &cli.carried()),
        Command::Generate(args) => generate::run(args, protected, output),
        Command::Completions { shell } => {
            output.result(&complete::script(*shell)?)?;
            Ok(Exit::Clean)
        }
    }
}

/// Prints only the location of a panic: its message may contain text of a user.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            complain(&format!("panic at {}:{}", place.file(), place.line()));
        }
    }));
}

/// Prints on standard error. A failure to do so cannot be reported.
fn complain(text: &str) {
    let _ = writeln!(anstream::AutoStream::auto(std::io::stderr()), "{text}");
}

/// Turns the limit of file sizes (`ulimit -f`) into an error of the write, which is reported. By default the signal would end
/// the program without a message.
#[cfg(unix)]
fn survive_file_size_limits() {
    // If no handler can be installed, the signal ends the program.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}
