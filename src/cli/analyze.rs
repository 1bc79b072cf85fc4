//! `corridor analyze`: metrics of production risk logs.

use super::args::{AnalyzeArgs, Format};
use super::destination::{Content, Protected};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::process::threads;
use super::{file, log, self_test};
use crate::corpus::CorpusInput;
use crate::report::{write_analysis, write_analysis_json, write_document};
use crate::risklog::{Analysis, AnalysisJob, analyze};

/// Runs the subcommand; `now` is in microseconds since 1970 UTC.
pub(super) fn run(
    args: &AnalyzeArgs,
    protected: impl FnOnce() -> Protected,
    output: &Output,
    now: i64,
) -> Result<Exit, Failure> {
    if args.self_test {
        return self_test::run(output);
    }
    let window = log::window(args.since, args.until)?;
    let logs = log::inputs(&args.logs, &|_, _| None)?;
    if let Some(path) = &args.output_json {
        let mut protected = protected();
        protected.inputs(&logs, "the risk log");
        protected.refuse("--output-json", path, Content::Other)?;
    }
    let bar = output.bar(logs.iter().filter_map(CorpusInput::size).sum());
    let analysis = analyze(&AnalysisJob {
        logs: &logs,
        window,
        budget_ms: args.budget_ms,
        threads: threads(args.threads),
        now: args.now.unwrap_or(now),
        directory: &std::env::temp_dir(),
        progress: &|bytes| bar.inc(bytes),
    })?;
    bar.finish_and_clear();
    log::tell_missing(&analysis.honest.logs, output);
    if let Some(path) = &args.output_json {
        file::replace(path, |out| write_document(&analysis.compatible, out))?;
    }
    print(&analysis, args.format, output).map_err(|failure| match &args.output_json {
        Some(path) => failure.with_help(format!("{} is written all the same", path.display())),
        None => failure,
    })?;
    Ok(Exit::Clean)
}

fn print(analysis: &Analysis, format: Format, output: &Output) -> Result<(), Failure> {
    match format {
        Format::Text => output.report(|out| write_analysis(analysis, output.layout(), output.detail(), out)),
        Format::Json => output.report(|out| write_analysis_json(analysis, out)),
    }
}
