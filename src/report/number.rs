//! Numbers as text: thousands separators, proportions, plurals.

use super::style::{Span, Tone};
use crate::summary::ratio;

/// `1234567` as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `41 commands`, `1 command`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(number))
}

/// A count in a table, in a tone unless it is 0, which is faint.
pub(super) fn count_cell(count: u64, tone: Tone) -> Span {
    if count == 0 { Tone::Faint.of("0") } else { tone.of(grouped(count)) }
}

/// A count in a table, in a tone unless it is 0.
pub(super) fn marked(count: u64, tone: Tone) -> Span {
    if count == 0 { "0".into() } else { tone.of(grouped(count)) }
}

/// `"is"` for one, `"are"` for any other number.
pub(super) const fn is_or_are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// `"was"` for one, `"were"` for any other number.
pub(super) const fn was_or_were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// `66.7% (2/3)`; `–` where the whole is 0.
pub(super) fn share(part: u64, whole: u64) -> String {
    percent(part, whole)
        .map_or_else(|| "–".to_owned(), |percent| format!("{percent} ({}/{})", grouped(part), grouped(whole)))
}

/// `66.7%`; `100.0%` only for the whole, and `0.0%` only for nothing.
pub(super) fn percent(part: u64, whole: u64) -> Option<String> {
    let value = ratio(part, whole)? * 100.0;
    let shown = if part < whole && value >= 99.95 {
        99.9
    } else if part > 0 && value < 0.05 {
        0.1
    } else {
        value
    };
    Some(format!("{shown:.1}%"))
}

/// An upper bound of a rate, 0..=1, as `1.9%`, rounded up.
pub(super) fn at_most(bound: f64) -> String {
    format!("{:.1}%", (bound * 1000.0).ceil() / 10.0)
}

/// A lower bound of a rate, 0..=1, as `1.8%`: rounded down.
pub(super) fn at_least(bound: f64) -> String {
    format!("{:.1}%", (bound * 1000.0).floor() / 10.0)
}

/// A rate from 0 to 1 in per cent, with three significant digits or so: `16.3%`, `1.02%`, `0.058%`, `0.5%`.
pub(super) fn ratio_text(rate: f64) -> String {
    let percent = rate * 100.0;
    let text = match percent {
        _ if percent == 0.0 || percent >= 100.0 => format!("{percent:.0}"),
        _ if percent >= 10.0 => format!("{percent:.1}"),
        _ if percent >= 0.1 => format!("{percent:.2}"),
        _ if percent >= 0.001 => format!("{percent:.3}"),
        _ => format!("{percent:.2e}"),
    };
    // Without trailing zeros, as limits are written.
    let text = if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    format!("{text}%")
}

/// A rate as a policy writes it: with all its decimals, and at least two.
pub(super) fn rate(rate: f64) -> String {
    let shortest = rate.to_string();
    let two = format!("{rate:.2}");
    if shortest.len() > two.len() { shortest } else { two }
}

/// `from T on and before U`; `None` without either.
pub(super) fn window(since: Option<&str>, until: Option<&str>) -> Option<String> {
    match (since, until) {
        (None, None) => None,
        (Some(since), None) => Some(format!("from {since} on")),
        (None, Some(until)) => Some(format!("before {until}")),
        (Some(since), Some(until)) => Some(format!("from {since} on and before {until}")),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "command"), "1 command");
        assert_eq!(counted(1200, "command"), "1,200 commands");
        assert_eq!(listed(["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn a_share_is_never_rounded_to_all_or_nothing() {
        assert_eq!(share(2, 3), "66.7% (2/3)");
        assert_eq!(share(9999, 10000), "99.9% (9,999/10,000)");
        assert_eq!(share(1, 100_000), "0.1% (1/100,000)");
        assert_eq!(share(3, 3), "100.0% (3/3)");
        assert_eq!(share(0, 3), "0.0% (0/3)");
        assert_eq!(share(0, 0), "–");
    }

    #[test]
    fn a_bound_is_never_rounded_inwards() {
        for (bound, text) in [(0.0, "0.0%"), (0.018_01, "1.9%"), (0.018, "1.8%"), (0.999_01, "100.0%"), (1e-9, "0.1%")]
        {
            assert_eq!(at_most(bound), text);
        }
        for (bound, text) in [(0.0, "0.0%"), (0.018_99, "1.8%"), (0.999_99, "99.9%"), (1.0, "100.0%")] {
            assert_eq!(at_least(bound), text);
        }
    }

    #[test]
    fn small_rates_keep_their_digits() {
        for (rate, text) in [
            (0.0, "0%"),
            (1.0, "100%"),
            (0.05, "5%"),
            (0.163, "16.3%"),
            (0.0102, "1.02%"),
            (0.000_363, "0.036%"),
            (0.000_001, "1.00e-4%"),
        ] {
            assert_eq!(ratio_text(rate), text);
        }
    }

    #[test]
    fn rates_have_two_decimals_at_least() {
        for (value, text) in [(0.01, "0.01"), (0.1, "0.10"), (0.125, "0.125"), (1.0, "1.00")] {
            assert_eq!(rate(value), text);
        }
    }
}
