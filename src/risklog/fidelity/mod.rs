//! Compares production risk logs with a stored replay of the same commands: how reliable is the replay?
//!
//! Input: logs and the folder of a run. Output: a [`Fidelity`]. Lines are joined with outcomes by their command id, and compared
//! in what both sides decide: the sampled flag, status, reason, and both summaries by their value. Latencies, times, trace ids
//! and profiles are not compared. `compare.rs` has the rules.
//!
//! Each side has one record of fixed size per command, which goes into partitions by the digest of the id, so that memory does
//! not grow with either side. A log is untrusted, and its oddities are counted; a run is our own, and an oddity there is an
//! error, because the run was cut off or edited.

mod chunk;
mod compare;
mod error;
mod ids;
mod job;
mod line_facts;
mod logged;
mod run;
mod stored;
mod tally;
#[cfg(test)]
mod tests;
mod view;

use super::distinct::{Distinct, Partitions};
use super::error::RiskLogError;
use super::source::LogReader;
use super::view::{LogState, LogView};
use crate::bulk::ordered;
use crate::corpus::CorpusInput;
use crate::summary::Sampling;
pub use compare::{Field, Obstacle, Reach};
pub use error::FidelityError;
pub use ids::CasesView;
pub use job::FidelityJob;
use line_facts::Names;
pub use logged::LogLines;
use logged::{LogBatch, Logged};
use tally::Tally;
pub use view::{Agreement, Commands, Ending, Fidelity, PairView, RunView};

/// Compares logs with a run. A missing log counts as empty.
///
/// # Errors
///
/// The run cannot be read or is not as a replay wrote it, a log exists and cannot be read to its end, or temporary files cannot
/// be written.
pub fn fidelity(job: &FidelityJob) -> Result<Fidelity, FidelityError> {
    let mut names = Names::new();
    let mut run = run::read(job, &mut names)?;
    let stored = std::mem::replace(&mut run.commands, Distinct::new(job.directory)).finish();
    let stored = stored.map_err(RiskLogError::temporary(job.directory))?;
    let (facts, logged) = read_logs(job, &mut names)?;
    let is_forced = match run.record.inputs.sampling {
        Sampling::Forced => true,
        Sampling::AsDeployed => false,
    };
    let mut tally = Tally::default();
    let mut numbers = 0..=u8::MAX;
    let joined = ordered(
        || Ok(numbers.next()),
        job.threads,
        |number| {
            let table = names.table();
            let logged = logged.first_lines(number, table)?;
            Ok(Tally::of(&logged, &stored.first_lines(number, table)?, is_forced))
        },
        |part: std::io::Result<Tally>| part.map(|part| tally.merge(&part)),
    );
    joined.map_err(RiskLogError::temporary(job.directory))?;
    Fidelity::new(job, facts, run, &tally, &names)
}

/// The logs, the counts of their lines, and the first line of every command.
type Logs = ((Vec<LogView>, LogLines), Partitions<Logged>);

fn read_logs(job: &FidelityJob, names: &mut Names) -> Result<Logs, RiskLogError> {
    let mut reader = LogReader::new(job.logs);
    let view = |input: &CorpusInput| LogView {
        name: input.display_name(),
        state: LogState::Read,
        is_ended: true,
        is_cut_off: false,
    };
    let mut logs: Vec<LogView> = job.logs.iter().map(view).collect();
    let mut lines = LogLines::default();
    let mut commands = Distinct::new(job.directory);
    let window = job.window;
    ordered(
        || reader.next_batch(),
        job.threads,
        |(log, batch)| LogBatch::of(log, &batch, window),
        |part| {
            let LogBatch { log, bytes, lines: more, names: of_part, records, is_ended } = part;
            (job.progress)(bytes);
            lines.merge(&more);
            logs[log].is_ended = is_ended;
            let numbers = names.append(&of_part);
            let mut logged = records.iter().map(|logged| logged.renumbered(&numbers));
            logged
                .try_for_each(|logged| commands.add(logged, names.table()))
                .map_err(RiskLogError::temporary(job.directory))
        },
    )?;
    for missing in reader.missing() {
        logs[*missing].state = LogState::Missing;
    }
    Ok(((logs, lines), commands.finish().map_err(RiskLogError::temporary(job.directory))?))
}
