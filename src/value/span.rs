//! Lengths of time as people declare them: `18 months`, `30 days`, `720 hours`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::{DAY_MILLIS, Day, Instant};
use super::zone::Zone;

/// A unit of time in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Exactly a second.
    Second,
    /// Exactly 60 seconds.
    Minute,
    /// Exactly 3600 seconds.
    Hour,
    /// A day of the calendar.
    Day,
    /// Seven days of the calendar.
    Week,
    /// A month of the calendar.
    Month,
    /// Three months of the calendar.
    Quarter,
    /// Twelve months of the calendar.
    Year,
}

impl TimeUnit {
    /// The unit that a word names, singular or plural.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "second" => Self::Second,
            "minute" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

/// A length of time: months and days of the calendar, then exact milliseconds.
///
/// Shown in words such as `18 months`, in the fewest whole units: `1 year` for 12 months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct TimeSpan {
    /// Months of the calendar.
    pub months: i32,
    /// Days of the calendar.
    pub days: i32,
    /// Milliseconds, exact.
    pub millis: i64,
}

impl TimeSpan {
    /// No time.
    pub const ZERO: Self = Self { months: 0, days: 0, millis: 0 };

    /// So many of a unit; `None` where that does not fit.
    pub fn new(number: i64, unit: TimeUnit) -> Option<Self> {
        let calendar = |size: i64| number.checked_mul(size).and_then(|count| i32::try_from(count).ok());
        let exact = |size: i64| number.checked_mul(size).map(|millis| Self { millis, ..Self::ZERO });
        match unit {
            TimeUnit::Second => exact(1_000),
            TimeUnit::Minute => exact(60_000),
            TimeUnit::Hour => exact(3_600_000),
            TimeUnit::Day => calendar(1).map(Self::of_days),
            TimeUnit::Week => calendar(7).map(Self::of_days),
            TimeUnit::Month => calendar(1).map(Self::of_months),
            TimeUnit::Quarter => calendar(3).map(Self::of_months),
            TimeUnit::Year => calendar(12).map(Self::of_months),
        }
    }

    /// So many of the unit that a word names, singular or plural; `None` for another word, or where it does not fit.
    pub fn from_words(number: i64, unit: &str) -> Option<Self> {
        TimeUnit::parse(unit).and_then(|unit| Self::new(number, unit))
    }

    /// So many days of the calendar.
    pub const fn of_days(days: i32) -> Self {
        Self { days, ..Self::ZERO }
    }

    /// So many months of the calendar.
    pub const fn of_months(months: i32) -> Self {
        Self { months, ..Self::ZERO }
    }

    /// Whether it has the same length everywhere: no months, no days, which differ in length.
    pub const fn is_exact(self) -> bool {
        self.months == 0 && self.days == 0
    }

    /// The same length backwards; `None` where that does not fit.
    pub fn negated(self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
            millis: self.millis.checked_neg()?,
        })
    }

    /// The instant that much after `instant`: months clamped to the last day, then days, both on the local calendar at
    /// the same time of day, then exact milliseconds. `None` outside the calendar.
    pub fn after(self, instant: Instant, zone: &Zone) -> Option<Instant> {
        if self.is_exact() {
            return instant.plus_millis(self.millis);
        }
        let day = self.shift(zone.day_of(instant))?;
        zone.at(day, zone.time_of(instant)).plus_millis(self.millis)
    }

    /// The instant that much before `instant`, by the rules of [`TimeSpan::after`].
    pub fn before(self, instant: Instant, zone: &Zone) -> Option<Instant> {
        self.negated()?.after(instant, zone)
    }

    /// The day that much after `day`. `None` outside the calendar, or where exact time makes no whole days of 24 hours.
    pub fn after_day(self, day: Day) -> Option<Day> {
        if self.millis % DAY_MILLIS != 0 {
            return None;
        }
        self.shift(day)?.plus_days(i32::try_from(self.millis / DAY_MILLIS).ok()?)
    }

    /// The day that much before `day`, by the rules of [`TimeSpan::after_day`].
    pub fn before_day(self, day: Day) -> Option<Day> {
        self.negated()?.after_day(day)
    }

    fn shift(self, day: Day) -> Option<Day> {
        let day = if self.months == 0 { day } else { day.plus_months(self.months)? };
        day.plus_days(self.days)
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let months = match self.months {
            whole if whole % 12 == 0 => (i64::from(whole / 12), "year"),
            months => (i64::from(months), "month"),
        };
        let exact = [("hour", 3_600_000), ("minute", 60_000), ("second", 1_000), ("millisecond", 1)]
            .into_iter()
            .find(|(_, size)| self.millis % size == 0)
            .map_or((self.millis, "millisecond"), |(unit, size)| (self.millis / size, unit));
        let mut parts = [months, (i64::from(self.days), "day"), exact].into_iter().filter(|(number, _)| *number != 0);
        let (number, unit) = parts.next().unwrap_or((0, "day"));
        write_count(f, number, unit)?;
        parts.try_for_each(|(number, unit)| {
            f.write_str(" and ")?;
            write_count(f, number, unit)
        })
    }
}

fn write_count(f: &mut fmt::Formatter<'_>, number: i64, unit: &str) -> fmt::Result {
    let plural = if number.unsigned_abs() == 1 { "" } else { "s" };
    write!(f, "{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{format_instant, parse_instant};

    fn span(number: i64, unit: &str) -> TimeSpan {
        TimeSpan::from_words(number, unit).unwrap()
    }

    fn after(span: TimeSpan, from: &str, zone: &str) -> String {
        let zone = Zone::parse(zone).unwrap();
        let from = parse_instant(from, Some(&zone)).unwrap();
        format_instant(span.after(from, &zone).unwrap(), &zone)
    }

    #[test]
    fn words() {
        assert_eq!(span(18, "months").to_string(), "18 months");
        assert_eq!(span(1, "month").to_string(), "1 month");
        assert_eq!(span(4, "quarters").to_string(), "1 year");
        assert_eq!(span(2, "weeks").to_string(), "14 days");
        assert_eq!(span(720, "hours").to_string(), "720 hours");
        assert_eq!(span(90, "seconds").to_string(), "90 seconds");
        assert_eq!(span(-1, "day").to_string(), "-1 day");
        assert_eq!(
            TimeSpan { months: 14, days: 1, millis: 500 }.to_string(),
            "14 months and 1 day and 500 milliseconds"
        );
        assert_eq!(TimeSpan::ZERO.to_string(), "0 days");
        assert_eq!(TimeSpan::from_words(1, "fortnight"), None);
        assert_eq!(TimeSpan::from_words(i64::MAX, "years"), None);
        assert_eq!(TimeSpan::from_words(i64::MAX, "seconds"), None);
    }

    #[test]
    fn s05_months_clamp() {
        assert_eq!(after(span(1, "month"), "2026-01-31 10:00", "UTC"), "2026-02-28T10:00:00Z");
        assert_eq!(after(span(1, "year"), "2024-02-29 10:00", "UTC"), "2025-02-28T10:00:00Z");
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(span(1, "month").after_day(day), Day::parse("2026-02-28"));
        assert_eq!(span(1, "month").before_day(day), Day::parse("2025-12-31"));
        assert_eq!(span(48, "hours").after_day(day), Day::parse("2026-02-02"));
        assert_eq!(span(30, "hours").after_day(day), None);
    }

    #[test]
    fn s05_days_keep_the_time_of_day_and_hours_do_not() {
        assert_eq!(after(span(1, "day"), "2026-03-07 12:00", "America/New_York"), "2026-03-08T12:00:00-04:00");
        assert_eq!(after(span(24, "hours"), "2026-03-07 12:00", "America/New_York"), "2026-03-08T13:00:00-04:00");
        assert_eq!(
            after(span(1, "day"), "2026-03-07 02:30:00.250", "America/New_York"),
            "2026-03-08T03:30:00.250-04:00"
        );
        assert_eq!(after(span(1, "week"), "2026-10-18 02:30", "Europe/Berlin"), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn leaves_the_calendar_with_nothing() {
        let zone = Zone::utc();
        assert_eq!(span(9_999, "years").after(Instant::from_millis(0).unwrap(), &zone), None);
        assert_eq!(span(2_147_483_647, "days").after(Instant::from_millis(0).unwrap(), &zone), None);
        assert_eq!(TimeSpan::of_days(i32::MIN).negated(), None);
        assert_eq!(TimeSpan { millis: i64::MAX, ..TimeSpan::ZERO }.after(Instant::LAST, &zone), None);
    }

    #[test]
    fn before_is_the_way_back() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let instant = parse_instant("2026-03-31 12:00", Some(&zone)).unwrap();
        let back = span(1, "month").before(instant, &zone).unwrap();
        assert_eq!(format_instant(back, &zone), "2026-02-28T12:00:00+01:00");
        assert!(span(5, "minutes").is_exact() && !span(1, "day").is_exact());
    }
}
