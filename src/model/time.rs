//! RFC 3339 date-times: checked when read, kept as written, never compared with a clock.

use super::text::Text;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Whether `text` is an RFC 3339 date-time: full date, `T` (or `t`, or a space), full time, and an offset or `Z`.
///
/// The grammar and its ranges are checked here, because jiff also reads what RFC 3339 does not allow and refuses some of
/// what it does (the last hours of the year 9999, more than nine digits of a second); whether the day exists is jiff's
/// to say.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    parts(text.as_bytes()).is_some_and(|[year, month, day, hour, minute, second, offset_hour, offset_minute]| {
        let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
        let exists = date.is_some_and(|((year, month), day)| jiff::civil::Date::new(year, month, day).is_ok());
        // 60 is a leap second.
        exists && hour < 24 && minute < 60 && second <= 60 && offset_hour < 24 && offset_minute < 60
    })
}

/// Year, month, day, hour, minute, second, and hours and minutes of the offset.
fn parts(text: &[u8]) -> Option<[u16; 8]> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let (head, mut rest) = text.split_at_checked(SHAPE.len())?;
    let head_fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        separator => byte == separator,
    });
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = fraction.get(digits..).filter(|_| digits > 0)?;
    }
    let (offset_hour, offset_minute) = match rest {
        [b'Z' | b'z'] => (0, 0),
        [b'+' | b'-', hours @ .., b':', m1, m2] if hours.len() == 2 => (number(hours)?, number(&[*m1, *m2])?),
        _ => return None,
    };
    let field = |from: usize, to: usize| head.get(from..to).and_then(number);
    let parts = [
        field(0, 4)?,
        field(5, 7)?,
        field(8, 10)?,
        field(11, 13)?,
        field(14, 16)?,
        field(17, 19)?,
        offset_hour,
        offset_minute,
    ];
    head_fits.then_some(parts)
}

fn number(digits: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
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
}
