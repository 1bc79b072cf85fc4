//! A verification, on a terminal and as a document.

mod markdown;
#[cfg(test)]
mod tests;
mod text;

pub use markdown::{REPORT_HEAD, write_verification_report};
pub use text::write_verification;

use super::number::{counted, grouped, listed};
use crate::decide::RuleSet;
use crate::verify::{Count, FaultCell, FaultRow, Verdict, Verification};

/// The verdict in one sentence.
fn sentence(verification: &Verification) -> String {
    let count = |verdict| verification.criteria.iter().filter(|criterion| criterion.verdict == verdict).count() as u64;
    let survived = verification.planted.iter().flatten().filter(|planted| planted.survived()).count() as u64;
    match verification.verdict {
        Verdict::Held if !verification.is_whole() => {
            format!(
                "{} held; the rest was not run, and coverage was not judged",
                listed(verification.parts.iter().map(|part| part.as_str()))
            )
        }
        Verdict::Vacuous if !verification.is_whole() => "a check had no chance to fail: not a pass".to_owned(),
        Verdict::Held => "all four acceptance criteria hold, and every check could have failed".to_owned(),
        Verdict::Vacuous => format!(
            "nothing was found, but {} had no chance to fail: not a pass",
            counted(verification.vacuous.len() as u64, "thing")
        ),
        Verdict::Failed if count(Verdict::Failed) == 0 => {
            format!("{} went unnoticed: the checks have a hole", counted(survived, "planted fault"))
        }
        Verdict::Failed if count(Verdict::Failed) == 1 => {
            "one of the four acceptance criteria does not hold".to_owned()
        }
        Verdict::Failed => format!("{} of the four acceptance criteria do not hold", count(Verdict::Failed)),
        Verdict::Broken => "an invariant is broken: no rollout with this build".to_owned(),
    }
}

/// `rules reference and strict`.
fn rules(rules: &[RuleSet]) -> String {
    format!("rules {}", listed(rules.iter().map(|rules| rules.as_str())))
}

/// One line of the fault matrix: a fault under every rule set for which it is one.
struct MatrixLine<'a> {
    row: &'a FaultRow,
    cells: Vec<Count>,
}

/// The matrix with the rule sets of a fault added up, by corpus.
fn matrix(verification: &Verification) -> Vec<MatrixLine<'_>> {
    let mut lines: Vec<MatrixLine> = Vec::new();
    for row in &verification.faults {
        let cells = row.cells.iter().map(|FaultCell { count, .. }| count);
        match lines.last_mut().filter(|line| line.row.fault == row.fault) {
            Some(line) => line.cells.iter_mut().zip(cells).for_each(|(sum, count)| {
                // No example is shown in the matrix.
                let Count { runs, opportunities, violations, examples: _ } = count;
                sum.runs += runs;
                sum.opportunities += opportunities;
                sum.violations += violations;
            }),
            None => lines.push(MatrixLine { row, cells: cells.cloned().collect() }),
        }
    }
    lines
}

/// `fallback_deterministic / timeout`; `as without it` where a fault comes after the decision, or before the command.
fn end(row: &FaultRow) -> String {
    match row.status {
        Some(status) => format!("{status} / {}", row.reason.as_deref().unwrap_or("name of the error")),
        None => "as without it".to_owned(),
    }
}

/// `145`, or `3 of 145 WRONG`.
fn cell(count: &Count) -> String {
    match count.violations {
        0 => grouped(count.runs),
        wrong => format!("{} of {} WRONG", grouped(wrong), grouped(count.runs)),
    }
}

/// `rule set 2 × switch 2 × …`.
fn dimensions(verification: &Verification) -> String {
    let sizes = verification.state_space.dimensions.iter();
    sizes.map(|dimension| format!("{} {}", dimension.name, dimension.classes)).collect::<Vec<_>>().join(" × ")
}

/// Compares the deployed system's one worker with this program.
fn one_worker(verification: &Verification) -> String {
    let worker = verification.one_worker;
    format!(
        "with one worker for all candidates, each to its end (the deployed system), {} of {} would time out behind a slow \
         one (H7); here none waits for another",
        grouped(worker.timed_out),
        counted(worker.fast, "fast candidate")
    )
}

/// Why `capability_mismatch` cannot be reached, as counted.
fn capability(verification: &Verification) -> String {
    let space = &verification.state_space;
    format!(
        "capability_mismatch cannot be reached: of {} without start_job, the baseline had asked back on {}",
        counted(space.without_capability, "combination"),
        grouped(space.asked_back)
    )
}
