//! The recorded commands that a step newly exposes, and what happens to them.

use super::policy::RolloutPolicy;
use super::step::Step;
use crate::model::{IdDigest, shown_name};
use crate::summary::{ClassCounts, EffectCounts, NamedCase, Role, RoleTotals, Summary};
use serde::{Deserialize, Serialize};

/// Cases that are listed for each role.
const NAMED: usize = 5;

/// The commands that a step newly exposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Commands below this rate were exposed before; 0 before the first stage.
    pub from: f64,
    /// Commands below this rate are exposed by the step.
    pub to: f64,
    /// By role, where it has corpora.
    pub roles: Vec<RoleExposure>,
}

/// The newly exposed commands of one role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleExposure {
    /// The role.
    pub role: Role,
    /// How many.
    pub commands: u64,
    /// Users who meet the corridor for the first time.
    pub users: u64,
    /// By divergence class.
    pub classes: ClassCounts,
    /// Accepted decisions by effect.
    pub effects: EffectCounts,
    /// The worst of those that the run names.
    pub cases: Vec<ExposedCase>,
}

/// A newly exposed command. Holds identifiers only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExposedCase {
    /// Its corpus.
    pub corpus: String,
    /// What happens to it.
    #[serde(flatten)]
    pub case: NamedCase,
}

impl Exposure {
    /// The commands that a step newly exposes; for a rate that is held, those that it exposed. `None` where the replay has no
    /// counts of these rates.
    #[must_use]
    pub fn of(step: Step, policy: &RolloutPolicy, summary: &Summary) -> Option<Self> {
        let to = step.rate().get();
        let from = policy.stage_before(step.rate()).map_or(0.0, |stage| stage.rate.get());
        let roles = [Role::Representative, Role::Adversarial];
        let of = |role: &Role| summary.roles.iter().find(|totals| totals.role == *role);
        let roles = roles.iter().filter_map(of).map(|totals| RoleExposure::of(totals, from, to, summary));
        Some(Self { from, to, roles: roles.collect::<Option<_>>()? })
    }
}

impl RoleExposure {
    fn of(totals: &RoleTotals, from: f64, to: f64, summary: &Summary) -> Option<Self> {
        let at = |rate: f64| totals.stages.iter().find(|stage| stage.rate.total_cmp(&rate).is_eq());
        let after = at(to)?;
        let (mut classes, mut effects, mut users) = (after.classes, after.effects, after.users);
        if from > 0.0 {
            let before = at(from)?;
            classes = classes.without(&before.classes);
            effects = effects.without(&before.effects);
            users = users.saturating_sub(before.users);
        }
        let enters = |case: &&NamedCase| !IdDigest::of(&case.command_id).bucket().is_sampled_at(from);
        let corpora = summary.corpora.iter().filter(|corpus| corpus.role == totals.role);
        let mut cases: Vec<_> = corpora
            .flat_map(|corpus| {
                let stage = corpus.counts.stages.iter().find(|stage| stage.rate.total_cmp(&to).is_eq());
                let worst = stage.into_iter().flat_map(|stage| stage.worst.iter()).filter(enters);
                worst.map(|case| {
                    // Receipts are public: an id that does not look like one may be text of a user.
                    let case = NamedCase { command_id: shown_name(&case.command_id).into_owned(), ..case.clone() };
                    ExposedCase { corpus: corpus.name.clone(), case }
                })
            })
            .collect();
        cases.sort_by(|one, other| (&one.case, &one.corpus).cmp(&(&other.case, &other.corpus)));
        cases.truncate(NAMED);
        Some(Self { role: totals.role, commands: classes.total(), users, classes, effects, cases })
    }
}
