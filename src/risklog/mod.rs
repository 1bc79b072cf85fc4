//! Risk logs from production: the deployed analyzer's metrics, and honest ones beside them.
//!
//! Logs go in, of any size and in any state; an [`Analysis`] comes out. A line is untrusted input of a foreign system: it
//! is read as tolerantly as the deployed analyzer does, nothing of its text is kept but names that look like names and
//! command ids that look like ids, and what is odd is counted. Memory is bounded: by the batch while reading, and by
//! temporary files for what has to wait for the end.
//!
//! The compatible metrics ([`Compatible`]) are about lines. The honest ones ([`Honest`]) are about distinct commands, with
//! the counts behind every rate, so that bounds can be taken from them. [`fidelity`] holds logs against a stored replay.

mod analyze;
mod breakdown;
mod clock;
mod compatible;
mod distinct;
mod error;
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
mod seen;
mod share;
mod source;
mod tally;
mod view;

pub use analyze::{Analysis, analyze};
pub use breakdown::Breakdown;
pub use compatible::Compatible;
pub use error::RiskLogError;
pub use finding::{Finding, FindingId, Level};
pub use latency::{LATENCY_LIMIT_MS, LatencyCounts, Quantile, Quantiles};
pub use scan::{LineCounts, Window};
pub use seen::AnalysisJob;
pub use share::Share;
pub use tally::Unknown;
pub use view::{
    Clock, DayView, GapView, Gaps, Honest, LatencyView, LogState, LogView, MAX_EVIDENCE, Mismatches, Outcomes,
    Sampling, StageView, StatusCounts,
};
