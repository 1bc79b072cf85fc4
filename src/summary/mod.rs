//! The summary of a replay: counts by corpus, stages, effects, coverage, and the changes against golden.
//!
//! Outcomes are counted one by one, on any number of threads; the [`Summary`] does not depend on their order. It holds
//! counts, names and command ids, and never text of a user or an LLM. Roles are never added up.

mod capture;
mod coverage;
mod evidence;
mod exposure;
mod names;
mod sweep;
mod tally;
mod view;

use crate::model::wire::wire_enum;
pub use capture::{CaptureDay, CaptureDays, Older};
pub use coverage::{CoverageContext, CoverageRow, Reach};
pub use evidence::{Captures, Circumstance, EvidenceBySource, EvidenceCounts, IntentCounts, Repeated};
pub use exposure::{ClassCounts, EffectCounts, NamedCase, Severity, Stage};
pub use sweep::{Percentile, Sweep, SweepCounts, SweptCorpus, SweptLatency, SweptRole, SweptRow, Waits};
pub use tally::{Accuracy, Counts, EntityTotals, SourceCounts, Tally, ratio};
pub use view::{
    ChangeGroupView, CorpusSummary, Decisions, GONE, GoldenResult, RoleTotals, SUMMARY_FORMAT, Sampling, Summary,
};

wire_enum! {
    /// What a corpus represents.
    Role, "role" {
        /// Production traffic: rates are estimated over it.
        Representative = "representative",
        /// Known hazards and attacks: no case may be regressed.
        Adversarial = "adversarial",
        /// Boundaries and faults: behaviour is pinned by golden.
        Edge = "edge",
    }
}
