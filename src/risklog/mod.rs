//! Risk logs from production: the deployed analyzer's metrics, and honest ones beside them.
//!
//! Input: logs of any size and in any state. Output: an [`Analysis`]. A line is untrusted input of another system: it is
//! read as tolerantly as the deployed analyzer does, no text of it is kept but names that look like names and command ids
//! that look like ids, and oddities are counted. Memory is bounded: batches while reading, and temporary files for what is
//! needed at the end.
//!
//! The compatible metrics ([`Compatible`]) are about lines. The honest ones ([`Honest`]) are about distinct commands, with
//! the counts behind every rate, from which bounds can be computed. [`fidelity`] compares logs with a stored replay.

mod add;
mod analyze;
mod breakdown;
mod clock;
mod compatible;
mod distinct;
mod error;
mod facts;
pub mod fidelity;
mod finding;
mod findings;
#[cfg(test)]
pub(crate) mod fixture;
mod latency;
mod line;
mod rank;
mod record;
mod scan;
mod share;
mod source;
mod tally;
mod view;

pub use analyze::{Analysis, analyze};
pub use breakdown::Breakdown;
pub use compatible::Compatible;
pub use error::RiskLogError;
pub use facts::AnalysisJob;
pub use finding::{Finding, FindingId, Level};
pub use latency::{LATENCY_LIMIT_MS, LatencyCounts, Quantile, Quantiles};
pub use scan::{LineCounts, Window};
pub use share::Share;
pub use tally::Unknown;
pub use view::{
    Clock, DayView, GapView, Gaps, Honest, LatencyView, LogState, LogView, MAX_EVIDENCE, Mismatches, Outcomes,
    Sampling, StageView, StatusCounts,
};
