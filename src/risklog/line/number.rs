//! Numbers of any size as whole milliseconds, as in Python, the language of the deployed system.

use super::Latency;
use std::borrow::Cow;

/// A JSON number, truncated toward zero; `None` for a float beyond the range of 64-bit floats.
pub(super) fn latency(number: &str) -> Option<Latency<'_>> {
    if let Ok(ms) = number.parse() {
        return Some(Latency::Whole(ms));
    }
    if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Some(Latency::Beyond(Cow::Borrowed(number)));
    }
    let ms = number.parse::<f64>().ok().filter(|ms| ms.is_finite())?.trunc();
    Some(whole(ms).map_or_else(|| Latency::Beyond(Cow::Owned(format!("{ms:.0}"))), Latency::Whole))
}

/// The integer that `value` is; `None` where it has a fraction or does not fit.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.trunc().to_bits() == value.to_bits() && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_truncated_toward_zero_and_never_rounded() {
        let beyond = |text: &str| Some(Latency::Beyond(Cow::Owned(text.to_owned())));
        for (number, expected) in [
            ("18", Some(Latency::Whole(18))),
            ("18.999", Some(Latency::Whole(18))),
            ("-0.9", Some(Latency::Whole(0))),
            ("-0", Some(Latency::Whole(0))),
            ("-1.9", Some(Latency::Whole(-1))),
            ("1e2", Some(Latency::Whole(100))),
            ("1E-400", Some(Latency::Whole(0))),
            ("9223372036854775807", Some(Latency::Whole(i64::MAX))),
            ("-9223372036854775808", Some(Latency::Whole(i64::MIN))),
            ("9223372036854775808", beyond("9223372036854775808")),
            ("-9223372036854775809", beyond("-9223372036854775809")),
            ("9223372036854775808.0", beyond("9223372036854775808")),
            ("1e23", beyond("99999999999999991611392")),
            ("-1e23", beyond("-99999999999999991611392")),
            ("123456789012345678901234567890", beyond("123456789012345678901234567890")),
            ("1e400", None),
        ] {
            assert_eq!(latency(number), expected, "{number}");
        }
    }
}
