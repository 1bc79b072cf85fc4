//! Production's risk logs against a stored replay of the same commands: how far the replay may be believed.
//!
//! Logs and the folder of a run go in, a [`Fidelity`] comes out. Lines are joined with outcomes by their command id, and
//! compared in what both sides decide: the sampled flag, status, reason, and both summaries by their value. What only one
//! side can know (latencies, times, trace ids, which profile answered) is not compared. The file `compare.rs`
//! says what is fair.
//!
//! Each side leaves one record of fixed size for each command, which goes into partitions by the digest of the id, so that
//! memory does not grow with either. A log is untrusted, and what is odd about it is counted; a run is our own, and what is
//! odd about it is an error, because somebody has cut it off or edited it.

mod chunk;
mod compare;
mod error;
mod ids;
mod job;
mod logged;
mod run;
mod said;
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
pub use logged::LogLines;
use logged::{LogPart, Logged};
use said::Names;
use tally::Tally;
pub use view::{Agreement, ByField, ByObstacle, ByReach, Commands, Ending, Fidelity, PairView, RunView};

/// Compares logs with a run. A log that is not there counts as empty.
///
/// # Errors
///
/// A run that cannot be read, or is not what a replay wrote; a log that is there and cannot be read to its end; temporary
/// files that cannot be written.
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

/// The logs, what is known of their lines, and the first line of every command.
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
        |(log, batch)| LogPart::of(log, &batch, window),
        |part| {
            let LogPart { log, bytes, lines: more, names: of_part, records, is_ended } = part;
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
