//! Where a monotone condition changes.

/// The two adjacent floats between which `holds` changes. It is assumed to hold at `low` and not at `high`; neither is checked.
///
/// Bisects to adjacent floats, so that no tolerance is needed.
pub(super) fn boundary(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> (f64, f64) {
    loop {
        let middle = low + (high - low) / 2.0;
        let is_between = low < middle && middle < high;
        if !is_between {
            return (low, high);
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The smallest number in `0..=max` for which `holds`, if it holds from some number on. Doubles, then bisects, so that a
/// small answer never evaluates `holds` for large numbers, which may be slow.
pub(super) fn first(max: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if holds(0) {
        return Some(0);
    }
    let mut low = 0;
    let mut high = 1.min(max);
    while !holds(high) {
        if high == max {
            return None;
        }
        low = high;
        high = high.saturating_mul(2).min(max);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_boundary_is_found_to_the_last_bit() {
        let (low, high) = boundary(0.0, 2.0, |x| x * x < 2.0);
        assert_eq!(low.next_up().to_bits(), high.to_bits());
        assert!(low * low < 2.0 && high * high >= 2.0);
    }

    #[test]
    fn a_boundary_at_an_end_is_that_end() {
        assert_eq!(boundary(0.0, 1.0, |_| true).1.to_bits(), 1.0_f64.to_bits());
        assert_eq!(boundary(0.0, 1.0, |_| false).0.to_bits(), 0.0_f64.to_bits());
    }

    proptest! {
        #[test]
        fn the_first_number_is_found_or_there_is_none(first_of_all in 0..300_u64, max in 0..300_u64) {
            let found = first(max, |number| number >= first_of_all);
            prop_assert_eq!(found, (first_of_all <= max).then_some(first_of_all));
        }
    }
}
