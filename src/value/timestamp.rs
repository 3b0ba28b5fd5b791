//! The written form of instants: RFC 3339, and local times where a zone is known.

use super::scan::{Cursor, excerpt};
use super::time::{DAY_MILLIS, Day, Instant, TimeOfDay, read_day, read_time};
use super::zone::{Zone, read_offset};

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// The text has not the form of a time.
    #[error("`{0}` is not a time: write it like `2026-02-01T10:00:00Z`")]
    Malformed(String),
    /// The calendar has no such day.
    #[error("`{0}` has a day that is not in the calendar")]
    NoSuchDay(String),
    /// The clock has no such time.
    #[error("`{0}` has a time of day that is not on the clock")]
    NoSuchTime(String),
    /// The text does not say which zone it means.
    #[error("`{0}` has no time zone: write it with `Z` or an offset such as `+02:00`")]
    NoZone(String),
    /// What follows the time is not an offset.
    #[error("`{0}` does not end in a time zone: write `Z` or an offset such as `+02:00`")]
    BadOffset(String),
}

/// Reads an instant.
///
/// RFC 3339 with `Z` or an offset stands for itself. With a `zone`, the same without offset (with `T` or a blank, with or
/// without seconds) is a time on local clocks, and a date alone the start of that local day. Digits beyond milliseconds
/// are cut off.
///
/// # Errors
/// [`InstantError`], which says in words what is wrong.
pub fn parse_instant(text: &str, zone: Option<&Zone>) -> Result<Instant, InstantError> {
    if let Some(instant) = utc(text.as_bytes()) {
        return Ok(instant);
    }
    let mut cursor = Cursor::new(text);
    let malformed = || InstantError::Malformed(excerpt(text));
    let (year, month, date) = read_day(&mut cursor).ok_or_else(malformed)?;
    let day = Day::from_ymd(year, month, date).ok_or_else(|| InstantError::NoSuchDay(excerpt(text)))?;
    let no_zone = || InstantError::NoZone(excerpt(text));
    if cursor.is_at_end() {
        return Ok(zone.ok_or_else(no_zone)?.start_of(day));
    }
    if !(cursor.eat(b'T') || cursor.eat(b't') || cursor.eat(b' ')) {
        return Err(malformed());
    }
    let (hour, minute, second) = read_time(&mut cursor).ok_or_else(malformed)?;
    let millis = if cursor.eat(b'.') { read_fraction(&mut cursor).ok_or_else(malformed)? } else { 0 };
    let time = TimeOfDay::from_hms(hour, minute, second)
        .and_then(|time| TimeOfDay::from_millis(time.millis() + millis))
        .ok_or_else(|| InstantError::NoSuchTime(excerpt(text)))?;
    if cursor.is_at_end() {
        return Ok(zone.ok_or_else(no_zone)?.at(day, time));
    }
    let offset = match cursor.rest() {
        "Z" | "z" => 0,
        offset => read_offset(offset).ok_or_else(|| InstantError::BadOffset(excerpt(text)))?,
    };
    let local = i64::from(day.epoch_days()) * DAY_MILLIS + i64::from(time.millis());
    Ok(Instant::clamped(local - offset))
}

/// Reads `2026-02-01T10:00:00Z`, also with three digits behind a point: what machines write, and most times there are.
fn utc(text: &[u8]) -> Option<Instant> {
    let (day, time) = text.split_first_chunk()?;
    Some(Instant::clamped(start_of(day)? + utc_time(time)?))
}

/// The first moment of `2026-02-01T`.
fn start_of(day: &DayText) -> Option<i64> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h, b'T'] = day else { return None };
    let (month, date) = (u8::try_from(number([e, f])?).ok()?, u8::try_from(number([g, h])?).ok()?);
    let day = Day::from_ymd(i32::try_from(number([a, b, c, d])?).ok()?, month, date)?;
    Some(i64::from(day.epoch_days()) * DAY_MILLIS)
}

/// How long after that `10:00:00Z` is.
#[inline(always)]
fn utc_time(time: &[u8]) -> Option<i64> {
    let (clock, rest) = time.split_first_chunk()?;
    let millis = match *rest {
        [b'Z'] => 0,
        [b'.', o, p, q, b'Z'] => number([o, p, q])?,
        _ => return None,
    };
    let [hour, minute, second] = on_clock(u64::from_le_bytes(*clock))?;
    let time = TimeOfDay::from_hms(hour, minute, second)?;
    Some(i64::from(time.millis() + millis))
}

/// Hours, minutes and seconds of eight bytes such as `10:00:00`, the first lowest.
#[inline(always)]
fn on_clock(clock: u64) -> Option<[u32; 3]> {
    // Digits become what they stand for, and colons 0; of anything else one of the higher bits is left, or comes up when six are added.
    let digits = clock ^ u64::from_le_bytes(*b"00:00:00");
    if (digits | digits.wrapping_add(0x0606_0006_0600_0606)) & 0xf0f0_fff0_f0ff_f0f0 != 0 {
        return None;
    }
    let [i, j, _, k, l, _, m, n] = digits.to_le_bytes().map(u32::from);
    Some([i * 10 + j, k * 10 + l, m * 10 + n])
}

/// A day as most machines write it, up to the `T`.
type DayText = [u8; 11];

/// Reads instants of which most are on the same day as the one before.
#[derive(Debug, Default)]
pub struct InstantReader {
    day: DayText,
    start: i64,
}

impl InstantReader {
    /// Reads an instant as [`parse_instant`] does without a zone; `None` where the text is none.
    pub fn read(&mut self, text: &[u8]) -> Option<Instant> {
        self.as_before(text).or_else(|| parse_instant(str::from_utf8(text).ok()?, None).ok())
    }

    #[inline(always)]
    fn as_before(&mut self, text: &[u8]) -> Option<Instant> {
        let (day, time) = text.split_first_chunk()?;
        let after = utc_time(time)?;
        if *day != self.day {
            (self.day, self.start) = (*day, start_of(day)?);
        }
        Some(Instant::clamped(self.start + after))
    }
}

/// The number that a few digits write.
#[inline(always)]
fn number<const N: usize>(digits: [u8; N]) -> Option<u32> {
    let (mut number, mut wrong) = (0_u32, false);
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        wrong |= digit > 9;
        number = number.wrapping_mul(10).wrapping_add(u32::from(digit));
    }
    (!wrong).then_some(number)
}

/// Reads the digits after the point as milliseconds.
fn read_fraction(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut millis = u32::from(cursor.digit()?) * 100;
    for scale in [10, 1] {
        if let Some(digit) = cursor.digit() {
            millis += u32::from(digit) * scale;
        }
    }
    while cursor.digit().is_some() {}
    Some(millis)
}

/// Writes an instant as RFC 3339 in local time, `2026-02-01T10:00:00-05:00`; milliseconds only where there are some,
/// `Z` for UTC.
///
/// Local clocks of past centuries ran off by seconds, which an offset cannot say: then the time is that of the offset in
/// whole minutes, still the same instant.
pub fn format_instant(instant: Instant, zone: &Zone) -> String {
    let minutes = zone.offset(instant) / 60_000;
    let local = instant.millis() + minutes * 60_000;
    let day = Day::clamped(local.div_euclid(DAY_MILLIS));
    let millis = local.rem_euclid(DAY_MILLIS);
    let (year, month, date) = day.ymd();
    // Journals have a time in every line: this is much faster than to format it.
    let mut out = String::with_capacity("2026-02-01T10:00:00.000+00:00".len());
    push(&mut out, year.into(), 4);
    push_all(&mut out, [('-', month.into()), ('-', date.into())]);
    push_all(&mut out, [('T', millis / 3_600_000), (':', millis / 60_000 % 60), (':', millis / 1_000 % 60)]);
    if millis % 1_000 != 0 {
        out.push('.');
        push(&mut out, millis % 1_000, 3);
    }
    if minutes == 0 {
        out.push('Z');
    } else {
        let sign = if minutes < 0 { '-' } else { '+' };
        push_all(&mut out, [(sign, minutes.abs() / 60), (':', minutes.abs() % 60)]);
    }
    out
}

/// Adds so many digits of a number that is not below zero.
fn push(out: &mut String, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = u32::try_from(number / 10_i64.pow(place) % 10).ok().and_then(|digit| char::from_digit(digit, 10));
        out.push(digit.unwrap_or('0'));
    }
}

/// Adds numbers of two digits, each behind a sign.
fn push_all<const N: usize>(out: &mut String, parts: [(char, i64); N]) {
    for (sign, number) in parts {
        out.push(sign);
        push(out, number, 2);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<i64, String> {
        parse_instant(text, None).map(Instant::millis).map_err(|error| error.to_string())
    }

    fn read_in(text: &str, zone: &str) -> Result<String, String> {
        let zone = Zone::parse(zone).unwrap();
        parse_instant(text, Some(&zone))
            .map(|instant| format_instant(instant, &zone))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_rfc_3339() {
        assert_eq!(read("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(read("1970-01-01t00:00:01.5z"), Ok(1_500));
        assert_eq!(read("1970-01-01 02:00:00.123456789+02:00"), Ok(123));
        assert_eq!(read("1969-12-31T19:00-05:00"), Ok(0));
        assert_eq!(read("1970-01-01T00:00:00-00:00"), Ok(0));
    }

    #[test]
    fn s50_says_what_is_wrong() {
        let zone_missing = "has no time zone: write it with `Z` or an offset such as `+02:00`";
        assert_eq!(read("2026-02-01 10:00"), Err(format!("`2026-02-01 10:00` {zone_missing}")));
        assert_eq!(read("2026-02-01"), Err(format!("`2026-02-01` {zone_missing}")));
        assert_eq!(
            read("2026-02-30T10:00:00Z"),
            Err("`2026-02-30T10:00:00Z` has a day that is not in the calendar".into())
        );
        assert_eq!(
            read("2026-02-01T24:00:00Z"),
            Err("`2026-02-01T24:00:00Z` has a time of day that is not on the clock".into())
        );
        for text in
            ["", "now", "2026-02-01T", "2026-02-01T10", "2026-02-01T10:00:00.Z", "1770000000", "2026-02-01X10:00Z"]
        {
            assert!(matches!(parse_instant(text, None), Err(InstantError::Malformed(_))), "{text}");
        }
        for text in
            ["2026-02-01T10:00:00+2", "2026-02-01T10:00:00+24:00", "2026-02-01T10:00:00Zé", "2026-02-01T10:00:00 Z"]
        {
            assert!(matches!(parse_instant(text, None), Err(InstantError::BadOffset(_))), "{text}");
        }
    }

    #[test]
    fn reads_local_times_where_a_zone_is_known() {
        assert_eq!(read_in("2026-02-01 10:00", "America/New_York"), Ok("2026-02-01T10:00:00-05:00".into()));
        assert_eq!(read_in("2026-07-01T10:00:30.250", "Europe/Berlin"), Ok("2026-07-01T10:00:30.250+02:00".into()));
        assert_eq!(read_in("2026-07-01", "Europe/Berlin"), Ok("2026-07-01T00:00:00+02:00".into()));
        assert_eq!(read_in("2026-07-01T00:00:00Z", "Europe/Berlin"), Ok("2026-07-01T02:00:00+02:00".into()));
        assert_eq!(read_in("2026-07-01T00:00:00Z", "UTC"), Ok("2026-07-01T00:00:00Z".into()));
    }

    proptest! {
        #[test]
        fn written_instants_read_back(millis in -62_135_510_400_000i64..253_402_128_000_000) {
            let instant = Instant::from_millis(millis).unwrap();
            for name in ["UTC", "America/New_York", "Asia/Kathmandu", "-03:30"] {
                let zone = Zone::parse(name).unwrap();
                prop_assert_eq!(parse_instant(&format_instant(instant, &zone), None), Ok(instant));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}", near in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.+Zé-]{0,20}") {
            let _ = parse_instant(&text, None);
            let _ = parse_instant(&near, Some(&Zone::utc()));
        }
    }
}
