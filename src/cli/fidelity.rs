//! `corridor fidelity`: compares production risk logs with the replay of the same commands.

use super::args::{FidelityArgs, Format};
use super::exit::{Exit, Failure};
use super::log;
use super::output::Output;
use super::process::threads;
use super::project::Project;
use crate::corpus::CorpusInput;
use crate::report::{write_fidelity, write_fidelity_json};
use crate::risklog::fidelity::{Fidelity, FidelityJob, fidelity};

/// Runs the subcommand.
pub(super) fn run(args: &FidelityArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let window = log::window(args.since, args.until)?;
    let run = project.named_or_latest(args.run.as_ref(), args.rules)?;
    let own_log = run.join("risk.jsonl");
    let logs = log::inputs(&args.logs, &|_, place| {
        (*place == log::place(&own_log)).then(|| {
            Failure::usage("the risk log is that of the run itself: every line would agree")
                .with_help("name a log that production wrote, or another run with --run")
        })
    })?;
    let of_run = ["outcomes.jsonl", "risk.jsonl"].map(|name| CorpusInput::File(run.join(name)));
    let bar = output.bar(logs.iter().chain(&of_run).filter_map(CorpusInput::size).sum());
    let result = fidelity(&FidelityJob {
        logs: &logs,
        run: &run,
        window,
        threads: threads(args.threads),
        directory: &std::env::temp_dir(),
        progress: &|bytes| bar.inc(bytes),
    })?;
    bar.finish_and_clear();
    log::tell_missing(&result.logs, output);
    match args.format {
        Format::Text => output.report(|out| write_fidelity(&result, output.layout(), output.detail(), out))?,
        Format::Json => output.report(|out| write_fidelity_json(&result, out))?,
    }
    Ok(exit_of(&result))
}

/// The exit code and the printed sentence come from the same value.
const fn exit_of(fidelity: &Fidelity) -> Exit {
    match (fidelity.compared.commands, fidelity.compared.disagreeing) {
        (0, _) => Exit::Inconclusive,
        (_, 0) => Exit::Clean,
        (_, _) => Exit::Found,
    }
}
