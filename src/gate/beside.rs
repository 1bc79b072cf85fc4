//! What is shown beside a verdict and does not change it: the paired comparison, stability within the replay, and a projection
//! of a day of production.

use super::policy::{RolloutPolicy, Traffic};
use super::recorded::Recorded;
use super::step::Step;
use crate::model::Intent;
use crate::stats::paired::{Pairs, mcnemar, tango_lower};
use crate::stats::stratified::{Strata, Stratum};
use crate::stats::{Count, Rate, projection, stability};
use crate::summary::{Role, Summary};
use serde::{Deserialize, Serialize};

/// Commands per day in projections, unless the policy declares them.
const COMMANDS_PER_DAY: u64 = 100_000;
/// Commands per user and day in projections, unless the policy declares them.
const COMMANDS_PER_USER: u64 = 20;

/// What is shown beside a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// Baseline compared with corridor on the same commands; none without accepted and labelled ones.
    pub paired: Option<Paired>,
    /// Acceptance of newly exposed commands compared with those exposed before; none without both.
    pub newcomers: Option<Newcomers>,
    /// A day of production; none without commands of which it is known whether they were harmed.
    pub projection: Option<Projection>,
}

/// Baseline compared with corridor on accepted and labelled commands of representative corpora.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// The baseline is right, the corridor is wrong.
    pub worse: u64,
    /// The corridor is right, the baseline is wrong.
    pub better: u64,
    /// All such commands.
    pub all: u64,
    /// `(better - worse) / all`.
    pub difference: f64,
    /// Tango's score bound, one-sided: the difference is at least this.
    pub at_least: f64,
    /// McNemar's exact two-sided p-value.
    pub p_value: f64,
}

/// Acceptance of the commands that the step newly exposes and of those exposed before, in one replay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Newcomers {
    /// Accepted candidates of commands that were exposed before.
    pub accepted_before: u64,
    /// Commands that were exposed before.
    pub before: u64,
    /// Accepted candidates of newly exposed commands.
    pub accepted: u64,
    /// Newly exposed commands.
    pub entering: u64,
    /// Lower bound of (acceptance of newly exposed commands) - 0.8 (acceptance before): above 0, acceptance is stable.
    pub margin: f64,
}

/// A day of production at the rate of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Whether the policy declares the traffic.
    pub declared: bool,
    /// Commands a day.
    pub commands: u64,
    /// Expected commands in the sample.
    pub sampled: f64,
    /// Harm per sampled command, weighted by the mix of intents.
    pub harm: f64,
    /// Its upper bound (Fay and Feuer).
    pub harm_at_most: f64,
    /// Harmed commands a day, expected.
    pub harmed: f64,
    /// Harmed commands a day, at the upper bound.
    pub harmed_at_most: f64,
    /// Users a day.
    pub users: u64,
    /// Users who meet the corridor at least once, expected.
    pub users_sampled: f64,
    /// Users who are harmed at least once, expected.
    pub users_harmed: f64,
    /// The same at the upper bound.
    pub users_harmed_at_most: f64,
}

impl Beside {
    pub(super) fn of(step: Step, policy: &RolloutPolicy, summary: &Summary, recorded: &Recorded) -> Self {
        Self {
            paired: paired(policy, recorded),
            newcomers: newcomers(step, policy, summary),
            projection: projection(step, policy, recorded),
        }
    }
}

fn paired(policy: &RolloutPolicy, recorded: &Recorded) -> Option<Paired> {
    let seen = recorded.seen();
    let (worse, better, all) = (seen.regressed, seen.improved, seen.labelled);
    let pairs = Pairs::new(worse, better, all).filter(|_| all > 0)?;
    let rate = |part| Count::new(part, all).and_then(Count::rate).map_or(0.0, Rate::get);
    Some(Paired {
        worse,
        better,
        all,
        difference: rate(better) - rate(worse),
        at_least: tango_lower(pairs, policy.alpha),
        p_value: mcnemar(pairs),
    })
}

fn newcomers(step: Step, policy: &RolloutPolicy, summary: &Summary) -> Option<Newcomers> {
    let share = policy.stage_of(step.rate())?.acceptance_stability.share;
    let before = policy.stage_before(step.rate())?.rate.get();
    let totals = summary.roles.iter().find(|totals| totals.role == Role::Representative)?;
    let at = |rate: f64| totals.stages.iter().find(|stage| stage.rate.total_cmp(&rate).is_eq());
    let (before, after) = (at(before)?.classes, at(step.rate().get())?.classes);
    let entering = after.without(&before);
    let of = |classes: &crate::summary::ClassCounts| Count::new(classes.accepted(), classes.total());
    let (was, is) = (of(&before)?, of(&entering)?);
    (was.records() > 0 && is.records() > 0).then(|| Newcomers {
        accepted_before: was.events(),
        before: was.records(),
        accepted: is.events(),
        entering: is.records(),
        margin: stability::retention_lower(was, is, share, policy.alpha),
    })
}

fn projection(step: Step, policy: &RolloutPolicy, recorded: &Recorded) -> Option<Projection> {
    let alpha = policy.alpha;
    let seen = &recorded.representative.intents;
    let declared = policy.traffic.as_ref();
    let weight = |intent: Intent| match declared.filter(|traffic| !traffic.intents.is_empty()) {
        Some(Traffic { intents, .. }) => intents.get(&intent).copied().unwrap_or_default(),
        // The mix of the recordings: every command has the same weight.
        None => seen.get(&intent).map_or(0.0, |counts| as_weight(counts.known)),
    };
    let strata: Vec<_> = Intent::ALL
        .iter()
        .filter_map(|intent| {
            let counts = seen.get(intent).copied().unwrap_or_default();
            Some(Stratum { weight: weight(*intent), count: Count::new(counts.regressed, counts.known)? })
        })
        .collect();
    let strata = Strata::new(&strata)?;
    let harm = strata.rate()?;
    let at_most = strata.gamma_upper(alpha);
    let commands = declared.map_or(COMMANDS_PER_DAY, |traffic| traffic.commands_per_day);
    let each = declared.map_or(COMMANDS_PER_USER, |traffic| traffic.commands_per_user);
    let rate = step.rate().rate();
    let users = commands.checked_div(each).unwrap_or_default();
    let hit = |rate| projection::people_hit(rate, users, each);
    Some(Projection {
        declared: declared.is_some(),
        commands,
        sampled: projection::harmed_commands(commands, rate, Rate::ONE),
        harm: harm.get(),
        harm_at_most: at_most.get(),
        harmed: projection::harmed_commands(commands, rate, harm),
        harmed_at_most: projection::harmed_commands(commands, rate, at_most),
        users,
        users_sampled: hit(rate),
        users_harmed: hit(rate.and(harm)),
        users_harmed_at_most: hit(rate.and(at_most)),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a weight, not a count")]
const fn as_weight(records: u64) -> f64 {
    records as f64
}
