//! From rates to commands and people: whom the next stage would reach, and harm.
//!
//! Every function is exact in what it is given. Expected harm is what they say of an estimated rate, the worst case what
//! they say of its upper bound.

use super::binomial;
use super::bisect::first;
use super::count::Count;
use super::rate::{Alpha, Rate, float};

/// How many of `commands` are harmed, on average, if each is exposed at `exposure` and harmed at `harm` once exposed. Not
/// rounded.
#[must_use]
pub fn harmed_commands(commands: u64, exposure: Rate, harm: Rate) -> f64 {
    float(commands) * exposure.get() * harm.get()
}

/// The chance that at least one of a person's `commands` is hit if each is at `rate`, independently: `1 - (1 - rate)^m`.
///
/// Sampling is by command and not by person, so it is this, and not the rate, that a person meets. Rises with both; 0 for
/// no command.
#[must_use]
pub fn chance_of_any(rate: Rate, commands: u64) -> Rate {
    if commands == 0 || rate <= Rate::ZERO {
        return Rate::ZERO;
    }
    Rate::clamped(-(float(commands) * (-rate.get()).ln_1p()).exp_m1())
}

/// People who give the same number of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Commands of each, in the time that is projected.
    pub commands: u64,
    /// How many they are.
    pub people: u64,
}

/// How many people are hit at least once, on average: the sum of [`chance_of_any`] over them. Not rounded.
///
/// With the exposure as the rate, the people who meet the corridor; with exposure [`Rate::and`] harm, those whom it harms.
/// Where some people are harmed more readily than others, fewer are than this says.
#[must_use]
pub fn people_hit(rate: Rate, groups: &[Group]) -> f64 {
    groups.iter().map(|group| float(group.people) * chance_of_any(rate, group.commands).get()).sum()
}

/// The most events to be expected among `future` records, with a risk of `alpha`, after what was `seen`: half of the risk
/// for the rate, half for the draw.
///
/// The smallest `j` with `P(X <= j) >= 1 - alpha / 2`, `X` binomial of `future` records at the upper Clopper-Pearson bound
/// of the rate at `alpha / 2`. At most `future`, which it is where nothing was seen; `None` beyond [`Count::MAX_RECORDS`].
#[must_use]
pub fn future_events_upper(seen: Count, future: u64, alpha: Alpha) -> Option<u64> {
    let each = alpha.split(2);
    let rate = binomial::upper_bound(seen, each);
    Count::new(0, future)?;
    let holds =
        |events: u64| Count::new(events + 1, future).is_none_or(|more| binomial::at_least(more, rate) <= each.get());
    first(future, holds)
}
