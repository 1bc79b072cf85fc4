//! Whether a rate stayed the same from one stage to the next: bounds of the difference of two independent rates.

use super::count::Count;
use super::interval::wilson;
use super::rate::{Alpha, Rate};

/// The lower bound, one-sided, of `current - share * reference`: above 0, the current rate is proven to be more than
/// `share` of the reference. With share 1 it is Newcombe's bound of the difference. At least `-share`, at most 1.
///
/// Wilson's interval of each rate, combined as if the distances between estimate and bound were standard errors (MOVER):
///
/// ```text
/// c - share r - sqrt((c - lower(c))² + share² (upper(r) - r)²)
/// ```
///
/// A stage without records gets the worst rate, 0 for `current` and 1 for `reference`. The two counts must not share
/// records: the later stage of a replay contains the earlier one, so compare the newly exposed commands with those that
/// were exposed before.
///
/// Sources: Newcombe 1998, *Interval estimation for the difference between independent proportions*; Zou and Donner 2008,
/// *Construction of confidence limits about effect measures: a general approach*.
#[must_use]
pub fn retention_lower(reference: Count, current: Count, share: Rate, alpha: Alpha) -> f64 {
    let share = share.get();
    let was = reference.rate().unwrap_or(Rate::ONE).get();
    let is = current.rate().unwrap_or(Rate::ZERO).get();
    let below = is - wilson(current, alpha).lower.get();
    let above = share * (wilson(reference, alpha).upper.get() - was);
    is - share * was - below.hypot(above)
}
