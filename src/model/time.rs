//! RFC 3339 date-times: checked when read, kept as written, never compared with a clock.

use super::text::Text;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Whether `text` is an RFC 3339 date-time: full date, `T` (or `t`, or a space), full time, and an offset or `Z`.
///
/// The shape is checked here because jiff also reads what RFC 3339 does not allow (a date without a time, a
/// zone annotation); whether the day exists in the calendar is jiff's to say.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    has_rfc3339_shape(text.as_bytes()) && {
        // A leap second is valid in RFC 3339; jiff reads `:60` as `:59`.
        text.parse::<jiff::Timestamp>().is_ok()
    }
}

fn has_rfc3339_shape(text: &[u8]) -> bool {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let Some((head, mut rest)) = text.split_at_checked(SHAPE.len()) else { return false };
    let head_fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        separator => byte == separator,
    });
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        rest = fraction.get(digits..).unwrap_or_default();
    }
    let offset_fits = match rest {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    head_fits && offset_fits
}

/// Reads a date-time and keeps its text.
pub(crate) fn deserialize_date_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
    let text = Text::deserialize(deserializer)?;
    if is_date_time(&text) { Ok(text) } else { Err(D::Error::custom("must be an RFC 3339 date-time")) }
}

#[cfg(test)]
mod tests {
    use super::is_date_time;

    #[test]
    fn date_times_of_rfc_3339_are_read_and_others_are_not() {
        for good in [
            "2026-02-10T10:00:00+00:00",
            "2026-02-10T10:00:00Z",
            "2026-02-10t10:00:00.123456789z",
            "2026-02-10 10:00:00-05:30",
            "2024-02-29T23:59:60Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "",
            "2026-02-10",
            "2026-02-10T10:00:00",
            "2026-02-30T10:00:00Z",
            "2026-02-10T25:00:00Z",
            "2026-02-10T10:00:00.Z",
            "2026-02-10T10:00Z",
            "2026-02-10T10:00:00+0000",
            "2026-02-10T10:00:00+00:00[UTC]",
            "+002026-02-10T10:00:00Z",
            "2026-02-10T10:00:00Z ",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
