//! How far the replay may be believed: where production and replay disagree.

use super::records::Records;
use crate::risklog::fidelity::Fidelity;

/// Commands in both the risk log and the replay that came out differently.
///
/// Every disagreement counts, and of the agreements those of sampled commands only: of the others little was compared, at
/// 0.01 they are nearly all, and they would dilute what the rule is about.
pub(super) fn records(found: &Fidelity) -> Records {
    let (events, unknown) = (found.compared.disagreeing, found.not_compared.count());
    Records { events, unknown, records: events + unknown + found.reach.sampled.agreeing }
}
