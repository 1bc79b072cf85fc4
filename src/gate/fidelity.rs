//! The records of the rule `fidelity`: where production and replay disagree.

use super::records::Records;
use crate::risklog::fidelity::{Fidelity, Reach};

/// Commands in both the risk log and the replay that came out differently.
///
/// All disagreements count, but only agreements of sampled commands: of other commands little is compared, and at a rate of 0.01
/// they are nearly all, so that they would dilute the rate.
pub(super) fn records(found: &Fidelity) -> Records {
    let (events, unknown) = (found.compared.disagreeing, found.not_compared());
    Records { events, unknown, records: events + unknown + found.reach[Reach::Sampled].agreeing }
}
