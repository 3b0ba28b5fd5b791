//! Instants, calendar days and times of day; no zone, no clock.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use super::names::{Month, Weekday};
use super::scan::Cursor;

/// Milliseconds in 24 hours.
pub(super) const DAY_MILLIS: i64 = 86_400_000;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// The range covers the years 1 to 9999 in every zone.
// Counted from before the first, so that it is never 0, and where there may be none takes no more room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Instant(NonZeroU64);

/// A number that stands for no day or instant within the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is outside the years 1 to 9999")]
pub struct OutOfRange;

impl Instant {
    /// How far the clocks of a zone can be from UTC.
    const MARGIN: i64 = 26 * 3_600_000;
    /// From when it is counted, in milliseconds since 1970-01-01T00:00:00Z.
    const ORIGIN: i64 = Day::FIRST.0 as i64 * DAY_MILLIS - Self::MARGIN - 1;
    /// The first instant.
    pub const FIRST: Self = Self(NonZeroU64::MIN);
    /// The last instant.
    pub const LAST: Self = {
        let millis = Day::END.0 as i64 * DAY_MILLIS + Self::MARGIN;
        Self(Self::FIRST.0.saturating_add((millis - Self::FIRST.millis()).cast_unsigned()))
    };

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z; `None` outside the range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        // What lies before the first is a very large number, or 0.
        let counted = NonZeroU64::new(millis.wrapping_sub(Self::ORIGIN).cast_unsigned());
        counted.map(Self).filter(|instant| *instant <= Self::LAST)
    }

    /// The nearest instant within the range.
    pub(super) fn clamped(millis: i64) -> Self {
        let end = if millis < Self::FIRST.millis() { Self::FIRST } else { Self::LAST };
        Self::from_millis(millis).unwrap_or(end)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0.get().cast_signed() + Self::ORIGIN
    }

    /// So many milliseconds later; `None` outside the range.
    pub fn plus_millis(self, millis: i64) -> Option<Self> {
        self.millis().checked_add(millis).and_then(Self::from_millis)
    }

    /// How many milliseconds it is after `earlier`; negative if before.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.millis() - earlier.millis()
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.millis()).finish()
    }
}

impl TryFrom<i64> for Instant {
    type Error = OutOfRange;
    fn try_from(millis: i64) -> Result<Self, OutOfRange> {
        Self::from_millis(millis).ok_or(OutOfRange)
    }
}

impl From<Instant> for i64 {
    fn from(instant: Instant) -> Self {
        instant.millis()
    }
}

/// A day of the calendar, as days since 1970-01-01; written `2026-02-28`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Day(i32);

impl Day {
    /// 0001-01-01.
    pub const FIRST: Self = Self(-719_162);
    /// The day after 9999-12-31: not a day to be written, but where the last period ends.
    pub const END: Self = Self(2_932_897);

    /// The day so many days after 1970-01-01; `None` outside [`Day::FIRST`] to [`Day::END`].
    pub fn from_epoch_days(days: i32) -> Option<Self> {
        Some(Self(days)).filter(|day| (Self::FIRST..=Self::END).contains(day))
    }

    /// The nearest day within the range.
    pub(super) fn clamped(days: i64) -> Self {
        i32::try_from(days.clamp(i64::from(Self::FIRST.0), i64::from(Self::END.0))).map_or(Self::END, Self)
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day of a year from 1 to 9999, a month from 1 and a day from 1; `None` where the calendar has none.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        let valid =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        if valid { Some(Self(days_from_civil(year, month, day))) } else { None }
    }

    /// 1 January of a year from 1 to 9999.
    pub(crate) const fn first_of(year: i32) -> Self {
        Self(days_from_civil(year, 1, 1))
    }

    /// Year, month from 1, day from 1.
    pub const fn ymd(self) -> (i32, u8, u8) {
        // Years that begin in March have their leap day last; 400 of them, an era, have always the same length.
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
        (year, month as u8, day as u8)
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.ymd().0
    }

    /// The month.
    pub fn month(self) -> Month {
        Month::from_number(self.ymd().1).unwrap_or(Month::January)
    }

    /// The day of the week.
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match self.0.rem_euclid(7) {
            0 => Weekday::Thursday,
            1 => Weekday::Friday,
            2 => Weekday::Saturday,
            3 => Weekday::Sunday,
            4 => Weekday::Monday,
            5 => Weekday::Tuesday,
            _ => Weekday::Wednesday,
        }
    }

    /// So many days later; `None` outside the range.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        self.0.checked_add(days).and_then(Self::from_epoch_days)
    }

    /// So many months later, on the same day of the month or the last one it has; `None` outside the range.
    pub fn plus_months(self, months: i32) -> Option<Self> {
        let (year, month, day) = self.ymd();
        let index = (year * 12 + i32::from(month) - 1).checked_add(months)?;
        let year = index.div_euclid(12);
        if !(1..=10_000).contains(&year) {
            return None;
        }
        let month = u8::try_from(index.rem_euclid(12) + 1).ok()?;
        Self::from_epoch_days(days_from_civil(year, month, day.min(days_in_month(year, month))))
    }

    /// How many whole months it is after `earlier`: the most that [`Day::plus_months`] can add without passing it.
    /// Negative if before.
    pub fn months_since(self, earlier: Self) -> i32 {
        let months = |day: Self| {
            let (year, month, _) = day.ymd();
            year * 12 + i32::from(month)
        };
        let difference = months(self) - months(earlier);
        if earlier.plus_months(difference).is_none_or(|reached| reached > self) { difference - 1 } else { difference }
    }

    /// How many days it is after `earlier`; negative if before.
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The first day of its month.
    #[must_use]
    pub fn start_of_month(self) -> Self {
        let (_, _, day) = self.ymd();
        Self(self.0 - i32::from(day) + 1)
    }

    /// The last day of its month.
    #[must_use]
    pub fn end_of_month(self) -> Self {
        let (year, month, day) = self.ymd();
        Self::clamped(i64::from(self.0) + i64::from(days_in_month(year, month) - day))
    }

    /// The day that a text such as `2026-02-28` names; `None` where the text or the calendar has none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        let (year, month, day) = read_day(&mut cursor)?;
        if cursor.is_at_end() { Self::from_ymd(year, month, day) } else { None }
    }
}

/// Reads the digits of a day, `2026-02-30`, without asking the calendar.
pub(super) fn read_day(cursor: &mut Cursor<'_>) -> Option<(i32, u8, u8)> {
    let year = i32::try_from(cursor.number(4)?).ok()?;
    let mut part = || if cursor.eat(b'-') { u8::try_from(cursor.number(2)?).ok() } else { None };
    Some((year, part()?, part()?))
}

/// Days since 1970-01-01 of a day that the calendar has.
const fn days_from_civil(year: i32, month: u8, day: u8) -> i32 {
    let (year, from_march) = if month <= 2 { (year - 1, month as i32 + 9) } else { (year, month as i32 - 3) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * from_march + 2) / 5 + day as i32 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Whether the year has a 29 February.
pub(super) const fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The length of a month numbered from 1.
pub(super) const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl TryFrom<i32> for Day {
    type Error = OutOfRange;
    fn try_from(days: i32) -> Result<Self, OutOfRange> {
        Self::from_epoch_days(days).ok_or(OutOfRange)
    }
}

impl From<Day> for i32 {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A time on the clock, in milliseconds since midnight; written `09:00`, or `09:00:30` where it has seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);
    /// 12:00.
    pub const NOON: Self = Self(12 * 3_600_000);

    /// The time of an hour from 0 to 23, a minute and a second from 0 to 59.
    pub fn from_hms(hour: u32, minute: u32, second: u32) -> Option<Self> {
        let valid = hour < 24 && minute < 60 && second < 60;
        if valid { Some(Self((hour * 3_600 + minute * 60 + second) * 1_000)) } else { None }
    }

    /// The time so many milliseconds after midnight on a clock, fewer than 24 hours.
    pub fn from_millis(millis: u32) -> Option<Self> {
        Some(Self(millis)).filter(|_| i64::from(millis) < DAY_MILLIS)
    }

    /// Milliseconds since midnight on the clock.
    pub const fn millis(self) -> u32 {
        self.0
    }

    /// Hour, minute, second.
    pub const fn hms(self) -> (u32, u32, u32) {
        let seconds = self.0 / 1_000;
        (seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    /// The time that a text such as `09:00` or `09:00:30` names.
    pub fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        let (hour, minute, second) = read_time(&mut cursor)?;
        if cursor.is_at_end() { Self::from_hms(hour, minute, second) } else { None }
    }
}

/// Reads the digits of a time, `09:00[:30]`, without asking the clock.
pub(super) fn read_time(cursor: &mut Cursor<'_>) -> Option<(u32, u32, u32)> {
    let hour = cursor.number(2)?;
    let minute = if cursor.eat(b':') { cursor.number(2)? } else { return None };
    let second = if cursor.eat(b':') { cursor.number(2)? } else { 0 };
    Some((hour, minute, second))
}

impl TryFrom<u32> for TimeOfDay {
    type Error = OutOfRange;
    fn try_from(millis: u32) -> Result<Self, OutOfRange> {
        Self::from_millis(millis).ok_or(OutOfRange)
    }
}

impl From<TimeOfDay> for u32 {
    fn from(time: TimeOfDay) -> Self {
        time.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.hms();
        write!(f, "{hour:02}:{minute:02}")?;
        let millis = self.0 % 1_000;
        match (second, millis) {
            (0, 0) => Ok(()),
            (_, 0) => write!(f, ":{second:02}"),
            _ => write!(f, ":{second:02}.{millis:03}"),
        }
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_range_ends_where_it_says() {
        assert_eq!(day("0001-01-01"), Day::FIRST);
        assert_eq!(day("9999-12-31").plus_days(1), Some(Day::END));
        assert_eq!(day("9999-12-31").plus_months(1), None);
        assert_eq!(day("9999-12-01").plus_months(1), Some(Day::END));
        assert_eq!(Day::FIRST.plus_days(-1), None);
        assert_eq!(Day::FIRST.plus_months(i32::MIN), None);
        assert_eq!(Day::END.end_of_month(), Day::END);
        assert_eq!(Day::from_ymd(10_000, 1, 1), None);
        assert_eq!((Instant::from_millis(i64::MAX), Instant::from_millis(i64::MIN)), (None, None));
        let (first, last) = (Day::FIRST.0, Day::END.0);
        let ends = [i64::from(first) * DAY_MILLIS - Instant::MARGIN, i64::from(last) * DAY_MILLIS + Instant::MARGIN];
        assert_eq!([Instant::FIRST, Instant::LAST].map(Instant::millis), ends);
        assert_eq!(ends.map(Instant::from_millis), [Some(Instant::FIRST), Some(Instant::LAST)]);
        assert_eq!([ends[0] - 1, ends[1] + 1].map(Instant::from_millis), [None, None]);
        assert_eq!([i64::MIN, ends[0] - 1, 0].map(|at| Instant::clamped(at).millis()), [ends[0], ends[0], 0]);
        assert_eq!([i64::MAX, ends[1] + 1].map(Instant::clamped), [Instant::LAST; 2]);
        assert_eq!(size_of::<Option<Instant>>(), size_of::<i64>());
        assert_eq!(Instant::LAST.plus_millis(i64::MAX), None);
        assert!(serde_json::from_str::<Instant>("9000000000000000").is_err());
        assert!(serde_json::from_str::<Day>("2932898").is_err());
        assert_eq!(serde_json::to_string(&day("1970-01-02")).unwrap(), "1");
    }

    #[test]
    fn s05_months_clamp_to_the_last_day() {
        assert_eq!(day("2026-01-31").plus_months(1), Some(day("2026-02-28")));
        assert_eq!(day("2024-01-31").plus_months(1), Some(day("2024-02-29")));
        assert_eq!(day("2024-02-29").plus_months(-12), Some(day("2023-02-28")));
        assert_eq!(day("2026-05-31").plus_months(-3), Some(day("2026-02-28")));
        assert_eq!(day("2026-02-03").end_of_month(), day("2026-02-28"));
        assert_eq!(day("1900-02-03").end_of_month(), day("1900-02-28"));
        assert_eq!(day("2000-02-03").end_of_month(), day("2000-02-29"));
        assert_eq!(day("2000-02-29").start_of_month(), day("2000-02-01"));
    }

    #[test]
    fn whole_months_between_days() {
        assert_eq!(day("2026-02-28").months_since(day("2026-01-31")), 1);
        assert_eq!(day("2026-03-30").months_since(day("2026-01-31")), 1);
        assert_eq!(day("2026-03-31").months_since(day("2026-01-31")), 2);
        assert_eq!(day("2026-01-01").months_since(day("2026-01-02")), -1);
        assert_eq!(Day::END.months_since(Day::FIRST), 9999 * 12);
    }

    #[test]
    fn texts_that_name_no_day_or_time() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "0000-01-01",
            "26-01-01",
            "2026-1-1",
            "2026-01-01 ",
            "+026-01-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        for text in ["24:00", "09:60", "9:00", "09:00:60", "0900", "09:00:", "09:00:30.5", ""] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
        assert_eq!(TimeOfDay::parse("09:00").unwrap().to_string(), "09:00");
        assert_eq!(TimeOfDay::parse("23:59:30").unwrap().to_string(), "23:59:30");
    }

    proptest! {
        #[test]
        fn days_agree_with_jiff(year in 1i16..=9999, month in 1i8..=12, date in 1i8..=31) {
            let theirs = jiff::civil::Date::new(year, month, date).ok();
            let ours = Day::from_ymd(year.into(), month.unsigned_abs(), date.unsigned_abs());
            prop_assert_eq!(ours.map(|day| day.to_string()), theirs.map(|date| date.to_string()));
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                prop_assert_eq!(i32::from(ours.weekday().number()), i32::from(theirs.weekday().to_monday_one_offset()));
                let epoch = jiff::civil::Date::constant(1970, 1, 1);
                prop_assert_eq!(ours.epoch_days(), theirs.since(epoch).unwrap().get_days());
                prop_assert_eq!(Day::parse(&ours.to_string()), Some(ours));
            }
        }

        #[test]
        fn consecutive_days_differ(days in -719_162i32..2_932_896) {
            let day = Day::from_epoch_days(days).unwrap();
            let (year, month, date) = day.ymd();
            prop_assert_eq!(Day::from_ymd(year, month, date), Some(day));
            prop_assert!(day.start_of_month() <= day && day <= day.end_of_month());
        }
    }
}
