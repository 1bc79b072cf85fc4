//! Analyses for the tests of modules that show them.

use super::{Analysis, AnalysisJob, Window, analyze};
use crate::corpus::CorpusInput;

/// 2026-02-20T00:00:00Z.
const NOW: i64 = 1_771_545_600_000_000;

/// The analysis of a log `risk.jsonl` with this text, and of a log `old.jsonl` that is missing; lines from 1970 on count.
pub(crate) fn analysis_of(text: &str) -> Analysis {
    let folder = tempfile::tempdir().unwrap();
    let [path, missing] = ["risk.jsonl", "old.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&path, text).unwrap();
    let logs = [path, missing].map(CorpusInput::File);
    let window = Window { since: Some(0), until: None };
    let (budget_ms, threads, directory) = (200, 2, folder.path());
    let job = AnalysisJob { logs: &logs, window, budget_ms, threads, now: NOW, directory, progress: &|_| () };
    let mut analysis = analyze(&job).unwrap();
    let prefix = format!("{}/", folder.path().display());
    let honest = &mut analysis.honest;
    let examples = honest.findings.iter_mut().flat_map(|finding| &mut finding.examples);
    for name in honest.logs.iter_mut().map(|log| &mut log.name).chain(examples) {
        *name = name.replace(&prefix, "");
    }
    analysis
}
