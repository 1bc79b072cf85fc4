//! RFC 3339 date-times: validated when read, kept as written, never compared with a clock.

use super::text::Text;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Whether `text` is an RFC 3339 date-time: full date, `T` (or `t`, or a space), full time, and an offset or `Z`.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    utc_microseconds(text).is_some()
}

/// Microseconds from 1970-01-01T00:00:00Z to an RFC 3339 date-time; `None` where `text` is none. Fractions are cut off after six
/// digits, and a leap second counts as the second after it.
///
/// Grammar and ranges are checked here, because jiff accepts more than RFC 3339 and refuses some of it (the last hours of the year
/// 9999, more than nine digits of a second). jiff checks that the day exists.
#[must_use]
pub fn utc_microseconds(text: &str) -> Option<i64> {
    const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);
    let DateTimeFields {
        fields: [year, month, day, hour, minute, second, offset_hour, offset_minute],
        fraction,
        is_west,
    } = fields_of(text.as_bytes())?;
    let [year, month, day] = [year, month, day].map(i16::try_from);
    let [month, day] = [month.ok()?, day.ok()?].map(i8::try_from);
    let date = jiff::civil::Date::new(year.ok()?, month.ok()?, day.ok()?).ok()?;
    // 60 is a leap second.
    let is_in_range = hour < 24 && minute < 60 && second <= 60 && offset_hour < 24 && offset_minute < 60;
    let [hour, minute, second] = [hour, minute, second].map(i64::from);
    let offset = i64::from(offset_hour) * 3600 + i64::from(offset_minute) * 60;
    let seconds = date.duration_since(EPOCH).as_secs() + hour * 3600 + minute * 60 + second;
    let utc = if is_west { seconds + offset } else { seconds - offset };
    is_in_range.then_some(utc * 1_000_000 + fraction)
}

/// Microseconds since 1970-01-01T00:00:00Z as an RFC 3339 date-time in UTC, at most the last moment of the year 9999, beyond which an
/// offset can lead.
#[must_use]
pub fn utc_text(microseconds: i64) -> String {
    const EPOCH: jiff::civil::DateTime = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);
    let moment = EPOCH.saturating_add(jiff::SignedDuration::from_micros(microseconds));
    format!("{moment}Z")
}

struct DateTimeFields {
    /// Year, month, day, hour, minute, second, and hours and minutes of the offset.
    fields: [u16; 8],
    /// Microseconds.
    fraction: i64,
    is_west: bool,
}

fn fields_of(text: &[u8]) -> Option<DateTimeFields> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let (head, mut rest) = text.split_at_checked(SHAPE.len())?;
    let head_fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        separator => byte == separator,
    });
    let mut fraction = 0;
    if let Some(digits) = rest.strip_prefix(b".") {
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let padded = digits.iter().take(count).chain(std::iter::repeat(&b'0'));
        fraction = padded.take(6).fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0'));
        rest = digits.get(count..).filter(|_| count > 0)?;
    }
    let (offset_hour, offset_minute) = match rest {
        [b'Z' | b'z'] => (0, 0),
        [b'+' | b'-', hours @ .., b':', m1, m2] if hours.len() == 2 => (number(hours)?, number(&[*m1, *m2])?),
        _ => return None,
    };
    let field = |from: usize, to: usize| head.get(from..to).and_then(number);
    let fields = [
        field(0, 4)?,
        field(5, 7)?,
        field(8, 10)?,
        field(11, 13)?,
        field(14, 16)?,
        field(17, 19)?,
        offset_hour,
        offset_minute,
    ];
    head_fits.then_some(DateTimeFields { fields, fraction, is_west: rest.first() == Some(&b'-') })
}

/// A number of at most four digits.
fn number(digits: &[u8]) -> Option<u16> {
    let digit = |digit: &u8| digit.is_ascii_digit().then(|| u16::from(digit - b'0'));
    digits.iter().try_fold(0, |number, byte| Some(number * 10 + digit(byte)?))
}

/// Reads a date-time and keeps its text.
pub(crate) fn deserialize_date_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
    let text = Text::deserialize(deserializer)?;
    if is_date_time(&text) { Ok(text) } else { Err(D::Error::custom("must be an RFC 3339 date-time")) }
}

#[cfg(test)]
mod tests {
    use super::{is_date_time, utc_microseconds, utc_text};
    use proptest::prelude::*;

    #[test]
    fn date_times_of_rfc_3339_are_read_and_others_are_not() {
        for good in [
            "2026-02-10T10:00:00+00:00",
            "2026-02-10T10:00:00Z",
            "2026-02-10t10:00:00.123456789z",
            "2026-02-10 10:00:00-05:30",
            "2024-02-29T23:59:60Z",
            "9999-12-31T23:59:59Z",
            "2016-12-31T12:30:00.123456789012Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "",
            "2026-02-10",
            "2026-02-10T10:00:00",
            "2026-02-30T10:00:00Z",
            "2026-02-10T25:00:00Z",
            "2026-02-10T10:60:00Z",
            "2026-02-10T10:00:61Z",
            "2026-02-10T10:00:00+24:00",
            "2026-02-10T10:00:00+10:60",
            "2026-02-10T10:00:00+1:00",
            "2026-00-10T10:00:00Z",
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

    #[test]
    fn a_date_time_is_converted_to_utc() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T03:00:00.000001+03:00", 1),
            ("1969-12-31T23:59:59.25-00:30", 1_799_250_000),
            ("2026-02-10T10:00:00.1234567Z", 1_770_717_600_123_456),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59-23:59", 253_402_387_139_000_000),
        ] {
            assert_eq!(utc_microseconds(text), Some(expected), "{text}");
        }
        assert_eq!(utc_text(253_402_387_139_000_000), "9999-12-31T23:59:59.999999999Z");
    }

    proptest! {
        #[test]
        fn moments_agree_with_the_calendar(seconds in -62_167_000_000..253_300_000_000_i64, micros in 0..1_000_000_i64) {
            let moment = seconds * 1_000_000 + micros;
            let text = jiff::Timestamp::from_microsecond(moment).unwrap().to_string();
            prop_assert_eq!(utc_microseconds(&text), Some(moment));
            prop_assert_eq!(utc_text(moment), text);
        }
    }
}
