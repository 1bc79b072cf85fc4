//! The probability that a test which is repeated passes at least once: the false GO of a rule and its power.
//!
//! It is exact: not simulated, but the sum of the probabilities of all histories.

use super::super::{Count, Rate};

/// The probability, 0..=1, that `passes` is true at one of the `looks` or more, if each record is an event at `rate`,
/// independently. A look is a number of records; what is not larger than the look before is the same look.
///
/// At a rate that the rule should refuse it is the probability of a false GO, at one that it should pass the power. Takes
/// time in proportion to the square of the last look, a fraction of a second for 10^4.
pub(super) fn chance_of_passing(
    rate: Rate,
    looks: impl IntoIterator<Item = u64>,
    passes: impl Fn(Count) -> bool,
) -> f64 {
    let (event, clean) = (rate.get(), 1.0 - rate.get());
    // At index k: the probability of k events so far and no look passed.
    let mut open = vec![1.0];
    let mut records = 0;
    let mut chance = 0.0;
    for look in looks {
        while records < look {
            records += 1;
            let mut from_below = 0.0;
            for open in &mut open {
                let before = *open;
                *open = before * clean + from_below;
                from_below = before * event;
            }
            open.push(from_below);
        }
        for (events, open) in (0..).zip(&mut open) {
            if Count::new(events, records).is_some_and(&passes) {
                chance += std::mem::take(open);
            }
        }
    }
    f64::min(chance, 1.0)
}
