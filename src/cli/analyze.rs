//! `corridor analyze`: what risk logs of production tell.

use super::args::{AnalyzeArgs, Format};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::{file, self_test};
use crate::corpus::CorpusInput;
use crate::report::{escape, write_analysis, write_analysis_json, write_compatible_json};
use crate::risklog::{Analysis, AnalysisJob, LogState, Window, analyze};
use std::path::{Path, PathBuf};

/// Runs the subcommand; `now` is the present, in microseconds since 1970 UTC.
pub(super) fn run(args: &AnalyzeArgs, output: &Output, now: i64) -> Result<Exit, Failure> {
    if args.self_test {
        return self_test::run(output);
    }
    let window = Window { since: args.since, until: args.until };
    if window.since.zip(window.until).is_some_and(|(since, until)| since >= until) {
        return Err(
            Failure::usage("--until is not after --since").with_help("--since counts from T on, --until before T")
        );
    }
    let logs = inputs(args)?;
    let bar = output.bar(logs.iter().filter_map(CorpusInput::size).sum());
    let analysis = analyze(&AnalysisJob {
        logs: &logs,
        window,
        budget_ms: args.budget_ms,
        threads: super::threads(args.threads),
        now: args.now.unwrap_or(now),
        directory: &std::env::temp_dir(),
        progress: &|bytes| bar.inc(bytes),
    })?;
    bar.finish_and_clear();
    for log in analysis.honest.logs.iter().filter(|log| log.state == LogState::Missing) {
        output.diagnostic(&format!("note: there is no risk log {}: it counts as empty", escape::visible(&log.name)));
    }
    if let Some(path) = &args.output_json {
        file::replace(path, |out| write_compatible_json(&analysis.compatible, out))?;
    }
    print(&analysis, args.format, output)?;
    Ok(Exit::Clean)
}

fn print(analysis: &Analysis, format: Format, output: &Output) -> Result<(), Failure> {
    match format {
        Format::Text => output.report(|out| write_analysis(analysis, output.layout(), output.detail(), out)),
        Format::Json => output.report(|out| write_analysis_json(analysis, out)),
    }
}

/// The logs that were named: each once, and none of them the file that is written.
fn inputs(args: &AnalyzeArgs) -> Result<Vec<CorpusInput>, Failure> {
    let written = args.output_json.as_deref().map(place);
    let mut places: Vec<PathBuf> = Vec::new();
    for path in &args.logs {
        let place = place(path);
        if places.contains(&place) {
            let message = format!("{} is named twice", path.display());
            return Err(Failure::usage(message).with_help("every log is counted once: name it once"));
        }
        if written.as_ref() == Some(&place) {
            let message = format!("--output-json would replace the risk log {}", path.display());
            return Err(Failure::usage(message).with_help("name another file"));
        }
        places.push(place);
    }
    let input = |path: &PathBuf| {
        if path == Path::new("-") { CorpusInput::Stdin } else { CorpusInput::File(path.clone()) }
    };
    Ok(args.logs.iter().map(input).collect())
}

/// Where a path leads, so that two names of one file are seen to be that.
fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
