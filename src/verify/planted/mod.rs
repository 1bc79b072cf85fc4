//! Planted faults (mutants of the corridor), which the checks have to catch.
//!
//! Each is a known-bad corridor: the real one with misread settings, or a [`DecisionPath`](crate::decide::DecisionPath) around it that
//! changes its decisions. All checks and a replay are run against it. A fault that nothing catches is a gap in the checks.

mod list;
mod path;

use super::check::Check;
use super::drive::run_checks;
use super::implementation::{Implementation, Ours};
use super::job::VerifyJob;
use super::standin::{StandIn, Stock};
use super::view::{Catch, PlantedResult};
use crate::corpus::{BatchReader, CorpusError, Fill, parse_line};
use crate::decide::{DecisionPath, Scratch};
use crate::golden::Entry;
use crate::model::IdDigest;
use crate::outcome::{Divergence, Invariant, Outcome};
use list::{FAULTS, PlantedFault};
use path::Planted;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// For each planted fault, one combination of the state space in `EVERY` is driven, which still covers each pair of classes.
const EVERY: usize = 23;

/// Caught by a replay: outcomes differ from those of this build, which golden holds.
const CHANGED: &str = "replay_changed";
/// Caught by a replay: outcomes have the class `broken`.
const BROKEN: &str = "replay_broken";

/// Plants every fault in turn and runs all checks and a replay against it.
pub fn planted(job: &VerifyJob, progress: &dyn Fn(usize, usize)) -> Result<Vec<PlantedResult>, CorpusError> {
    plant_all(job, EVERY, progress)
}

/// [`planted`] with one combination of the state space in `every`.
pub(super) fn plant_all(
    job: &VerifyJob,
    every: usize,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<PlantedResult>, CorpusError> {
    let mut results = Vec::new();
    for (place, fault) in FAULTS.iter().enumerate() {
        progress(place, FAULTS.len());
        results.push(plant(fault, job, every)?);
    }
    Ok(results)
}

fn plant(fault: &'static PlantedFault, job: &VerifyJob, every: usize) -> Result<PlantedResult, CorpusError> {
    let implementation = Planted { fault };
    let (counts, _) = run_checks(job, &implementation, every)?;
    let catch = |by: &str, times| (times > 0).then(|| Catch { by: by.to_owned(), times });
    let checks = Check::ALL.iter().filter_map(|check| catch(check.as_str(), counts.of(*check).violations));
    let invariants = Invariant::ALL
        .iter()
        .filter_map(|invariant| catch(invariant.as_str(), counts.of_invariant(*invariant).violations));
    let (changed, broken) = replayed(&implementation, job)?;
    let replay = [(CHANGED, changed), (BROKEN, broken)].into_iter().filter_map(|(sign, times)| catch(sign, times));
    Ok(PlantedResult {
        fault: fault.id.to_owned(),
        what: fault.what.to_owned(),
        hazard: fault.hazard.map(str::to_owned),
        caught_by: checks.chain(invariants).chain(replay).collect(),
    })
}

/// Replays the corpora as `corridor replay` does, and counts the outcomes that differ from those of this build, and those that are
/// broken.
fn replayed(implementation: &dyn Implementation, job: &VerifyJob) -> Result<(u64, u64), CorpusError> {
    let settings = job.conditions.with(&[]);
    let source = StandIn::new(Stock::Recorded);
    let (mut changed, mut broken) = (0, 0);
    for corpus in job.corpora {
        let mut reader = BatchReader::new(corpus.input.open()?, corpus.label.clone(), Fill::Whole);
        while let Some(batch) = reader.next_batch()? {
            for recording in batch.lines().filter_map(|(_, line)| line.ok().and_then(|line| parse_line(line).ok())) {
                let digest = IdDigest::of(&recording.command.command_id);
                for rules in job.rules {
                    let ours = Ours.path(&settings, *rules, &source);
                    let theirs = implementation.path(&settings, *rules, &source);
                    let outcome = |path: &dyn DecisionPath| {
                        let mut scratch = Scratch::default();
                        let decide = AssertUnwindSafe(|| {
                            let outcome =
                                Outcome::new(&recording, digest, path.decide(&recording, &digest, &mut scratch));
                            (Entry::of(&outcome).canonical(), outcome.divergence)
                        });
                        // An escaped panic is a broken outcome without a decision.
                        catch_unwind(decide).unwrap_or((Vec::new(), Divergence::Broken))
                    };
                    let (theirs, class) = outcome(&*theirs);
                    changed += u64::from(outcome(&*ours).0 != theirs);
                    broken += u64::from(class == Divergence::Broken);
                }
            }
        }
    }
    Ok((changed, broken))
}
