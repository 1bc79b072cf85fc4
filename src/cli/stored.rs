//! Stores the runs of a replay, makes them the latest, and reports both.

use super::exit::Failure;
use super::file::{MORE_DIGITS, shortened};
use super::output::Output;
use super::plan::Plan;
use super::store::StoreFolder;
use crate::corpus::CorpusInput;
use crate::report;
use crate::run::{CorpusInputs, Staging, make_latest, store_run};
use crate::summary::{Decisions, Summary};
use std::path::PathBuf;

/// A run for each rule set; `None` if a check could not store it.
#[derive(Default)]
pub(super) struct StoredRuns(Vec<Option<StoredRun>>);

struct StoredRun {
    folder: PathBuf,
    /// The latest run, if it was not replaced because it has more corpora than this one.
    covered_by: Option<PathBuf>,
}

impl Plan<'_> {
    /// Stores a run for each rule set. On an error, a check reports it and continues.
    pub(super) fn store(
        &self,
        summaries: &[Summary],
        stagings: Vec<Staging>,
        inputs: Vec<Vec<CorpusInputs>>,
        output: &Output,
    ) -> Result<StoredRuns, Failure> {
        let mut stored = StoredRuns::default();
        for ((summary, staging), inputs) in summaries.iter().zip(stagings).zip(inputs) {
            match self.store_one(summary, staging, inputs) {
                Ok(folder) => stored.0.push(Some(StoredRun { folder, covered_by: None })),
                Err(failure) if self.args.check => {
                    StoreFolder::tell(&failure, output);
                    stored.0.push(None);
                }
                Err(failure) => return Err(stored.beside(failure)),
            }
        }
        Ok(stored)
    }

    fn store_one(&self, summary: &Summary, staging: Staging, inputs: Vec<CorpusInputs>) -> Result<PathBuf, Failure> {
        let mut junit = Vec::new();
        report::write_junit(summary, &mut junit)
            .map_err(|error| Failure::input(format!("cannot write the JUnit report: {error}")))?;
        let inputs = self.run_inputs(summary.rules, inputs);
        let golden = self.project.golden_name(self.args.golden.as_deref());
        Ok(store_run(staging, self.runs.path(), inputs, golden, summary, &junit)?)
    }

    /// The corpora of the project, if only some were asked for.
    fn of_project(&self) -> Option<Vec<String>> {
        (!self.args.corpora.is_empty()).then(|| {
            let all = self.project.corpus_folder().map(|folder| folder.inputs).unwrap_or_default();
            all.iter().filter_map(CorpusInput::corpus_name).collect()
        })
    }
}

impl StoredRuns {
    /// Adds to the failure of a later step which runs are stored already, though not as the latest.
    pub(super) fn beside(&self, failure: Failure) -> Failure {
        let folders: Vec<_> = self.0.iter().flatten().map(|run| run.folder.display().to_string()).collect();
        if folders.is_empty() {
            return failure;
        }
        failure.with_more_help(&format!("stored all the same, and not as the latest run: {}", folders.join(", ")))
    }

    /// Makes each the latest run of its rule set, if allowed. On an error, a check reports it and continues.
    pub(super) fn make_latest(mut self, plan: &Plan, output: &Output) -> Result<Self, Failure> {
        if plan.runs.is_temporary() {
            return Ok(self);
        }
        let (owner, of_project) = (plan.project.owner(), plan.of_project());
        for run in self.0.iter_mut().flatten() {
            match make_latest(&run.folder, plan.runs.path(), &owner, of_project.as_deref()) {
                Ok(covered_by) => run.covered_by = covered_by,
                Err(error) if plan.args.check => StoreFolder::tell_old(&error.into(), &run.folder, output),
                Err(error) => {
                    let help = format!(
                        "everything else is done: what changed is pending, and the run is stored ({}); the latest run is still the one before, until a replay can write there",
                        run.folder.display()
                    );
                    return Err(Failure::from(error).with_more_help(&help));
                }
            }
        }
        Ok(self)
    }

    /// Reports where a run is stored, if it is not the latest, foreign, or the user asked for details.
    pub(super) fn tell(&self, plan: &Plan, summaries: &[Summary], output: &Output) {
        if plan.runs.is_temporary() {
            return;
        }
        for (run, summary) in self.0.iter().zip(summaries) {
            let Some(StoredRun { folder, covered_by }) = run else { continue };
            let is_foreign = summary.decisions == Decisions::Foreign;
            if let Some(because) = summary.incomplete_because.first() {
                output.note(&format!("stored {}, not as the latest run: {because}", folder.display()));
            } else if let Some(latest) = covered_by {
                let latest = latest.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                let text = "that is of more corpora; name this one to `report`";
                let short = shortened(&latest, MORE_DIGITS);
                output.note(&format!("stored {}, not as the latest run ({short}): {text}", folder.display()));
            } else if output.verbose || is_foreign {
                output.note(&format!("stored {}", folder.display()));
            }
        }
    }
}
