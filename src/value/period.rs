//! Calendar periods, membership years, and days that come once a year.

use serde::{Deserialize, Serialize};

use super::names::Weekday;
use super::time::{Day, Instant, is_leap_year};
use super::zone::Zone;

/// A kind of period that follows one upon the other without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// One day.
    Day,
    /// Seven days from the program's first day of the week.
    Week,
    /// A calendar month.
    Month,
    /// Three months of the program's quarters: from January, April, July or October where it says nothing.
    Quarter,
    /// A year from the program's first day of the year: 1 January where it says nothing.
    Year,
    /// From one anniversary of joining to the next.
    MembershipYear,
}

/// Days from `start` up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub start: Day,
    /// The day after the last.
    pub end: Day,
}

impl Period {
    /// Whether the day is in the period.
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day < self.end
    }

    /// How many days it has.
    pub const fn days(self) -> i32 {
        self.end.days_since(self.start)
    }
}

/// What a program says about its calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Whose midnight separates days.
    pub zone: Zone,
    /// The first days of its periods.
    pub starts: Starts,
}

/// On which days weeks, quarters and years begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starts {
    /// The first day of a week.
    pub week: Weekday,
    /// The first day of a year: month, and a day that every month has.
    pub year: (u8, u8),
    /// The first day of one of the four quarters.
    pub quarter: (u8, u8),
}

impl Default for Starts {
    fn default() -> Self {
        Self { week: Weekday::Monday, year: (1, 1), quarter: (1, 1) }
    }
}

/// The number, from the year 0 on, of the month in which a row of `count` months begins that includes a day; rows begin on `first`
/// and every `count` months later.
fn row_start(day: Day, first: (u8, u8), count: i32) -> i32 {
    let (year, month, date) = day.ymd();
    let months = year * 12 + i32::from(month) - 1 - i32::from(date < first.1);
    months - (months - (i32::from(first.0) - 1)).rem_euclid(count)
}

/// A day of a month by its number; that of the calendar's end where there is none.
fn day_in(months: i32, date: u8, otherwise: Day) -> Day {
    let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
    Day::from_ymd(months.div_euclid(12), month, date).unwrap_or(otherwise)
}

impl Calendar {
    /// The period that a day is in. A membership year counts from `joined` (29 February: 28 February in common years);
    /// for one who has not joined it is the calendar year. Periods that reach beyond the calendar are cut there.
    pub fn period_of(&self, kind: PeriodKind, day: Day, joined: Option<Day>) -> Period {
        let months = |first: (u8, u8), count: i32| {
            let start = row_start(day, first, count);
            Period { start: day_in(start, first.1, Day::FIRST), end: day_in(start + count, first.1, Day::END) }
        };
        match (kind, joined) {
            (PeriodKind::Day, _) => Period { start: day, end: day.plus_days(1).unwrap_or(Day::END) },
            (PeriodKind::Week, _) => {
                let back = i64::from((day.weekday().number() + 7 - self.starts.week.number()) % 7);
                let start = i64::from(day.epoch_days()) - back;
                Period { start: Day::clamped(start), end: Day::clamped(start + 7) }
            }
            (PeriodKind::Month, _) => months((1, 1), 1),
            (PeriodKind::Quarter, _) => months(self.starts.quarter, 3),
            (PeriodKind::Year, _) | (PeriodKind::MembershipYear, None) => months(self.starts.year, 12),
            (PeriodKind::MembershipYear, Some(joined)) => {
                let year = membership_year(day, joined);
                Period {
                    start: anniversary(joined, year).unwrap_or(Day::FIRST),
                    end: anniversary(joined, year + 1).unwrap_or(Day::END),
                }
            }
        }
    }

    /// The period after `period`; `None` at the end of the calendar.
    pub fn next(&self, kind: PeriodKind, period: Period, joined: Option<Day>) -> Option<Period> {
        (period.end < Day::END).then(|| self.period_of(kind, period.end, joined))
    }

    /// The period before `period`; `None` at the beginning of the calendar.
    pub fn previous(&self, kind: PeriodKind, period: Period, joined: Option<Day>) -> Option<Period> {
        period.start.plus_days(-1).map(|day| self.period_of(kind, day, joined))
    }

    /// How many periods `b` is after `a`: 0 in the same period, 1 in the next one, negative if before.
    pub fn periods_between(&self, kind: PeriodKind, a: Day, b: Day, joined: Option<Day>) -> i64 {
        self.index(kind, b, joined) - self.index(kind, a, joined)
    }

    /// The position of a day's period in the row of its kind.
    fn index(&self, kind: PeriodKind, day: Day, joined: Option<Day>) -> i64 {
        let row = |first, count| i64::from(row_start(day, first, count).div_euclid(count));
        match (kind, joined) {
            (PeriodKind::Day, _) => i64::from(day.epoch_days()),
            // 1970-01-01 was a Thursday, number 4.
            (PeriodKind::Week, _) => {
                (i64::from(day.epoch_days()) + 4 - i64::from(self.starts.week.number())).div_euclid(7)
            }
            (PeriodKind::Month, _) => row((1, 1), 1),
            (PeriodKind::Quarter, _) => row(self.starts.quarter, 3),
            (PeriodKind::Year, _) | (PeriodKind::MembershipYear, None) => row(self.starts.year, 12),
            (PeriodKind::MembershipYear, Some(joined)) => i64::from(membership_year(day, joined)),
        }
    }

    /// The instants of a period, from its first up to but without the second.
    pub fn bounds(&self, period: Period) -> (Instant, Instant) {
        (self.zone.start_of(period.start), self.zone.start_of(period.end))
    }
}

/// The year in which the membership year of `day` begins.
fn membership_year(day: Day, joined: Day) -> i32 {
    let year = day.year();
    if anniversary(joined, year).is_some_and(|anniversary| anniversary > day) { year - 1 } else { year }
}

fn anniversary(joined: Day, year: i32) -> Option<Day> {
    let (_, month, day) = joined.ymd();
    occurrence_in(year, month, day, LeapDay::Feb28)
}

/// When 29 February is in a common year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LeapDay {
    /// On 28 February.
    #[default]
    Feb28,
    /// On 1 March.
    Mar1,
}

/// The day on which a birthday or anniversary falls in a year; `None` for a year outside 1 to 9999, or for a month and
/// day that no year has.
pub fn occurrence_in(year: i32, month: u8, day: u8, rule: LeapDay) -> Option<Day> {
    match (month, day, rule) {
        (2, 29, LeapDay::Feb28) if !is_leap_year(year) => Day::from_ymd(year, 2, 28),
        (2, 29, LeapDay::Mar1) if !is_leap_year(year) => Day::from_ymd(year, 3, 1),
        _ => Day::from_ymd(year, month, day),
    }
}

/// The first return of the month and day of `month_day_of` that is later than `day`; `None` at the end of the calendar.
pub fn next_occurrence_after(day: Day, month_day_of: Day, rule: LeapDay) -> Option<Day> {
    let (_, month, date) = month_day_of.ymd();
    let this_year = occurrence_in(day.year(), month, date, rule);
    this_year.filter(|this_year| *this_year > day).or_else(|| occurrence_in(day.year() + 1, month, date, rule))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::format_instant;

    const KINDS: [PeriodKind; 6] = [
        PeriodKind::Day,
        PeriodKind::Week,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Year,
        PeriodKind::MembershipYear,
    ];

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn shown(kind: PeriodKind, date: &str, joined: Option<&str>) -> String {
        let period = Calendar::default().period_of(kind, day(date), joined.map(day));
        format!("{} {}", period.start, period.end)
    }

    #[test]
    fn s05_periods_are_half_open() {
        assert_eq!(shown(PeriodKind::Day, "2026-02-28", None), "2026-02-28 2026-03-01");
        assert_eq!(shown(PeriodKind::Week, "2026-02-01", None), "2026-01-26 2026-02-02");
        assert_eq!(shown(PeriodKind::Month, "2026-12-31", None), "2026-12-01 2027-01-01");
        assert_eq!(shown(PeriodKind::Quarter, "2026-06-30", None), "2026-04-01 2026-07-01");
        assert_eq!(shown(PeriodKind::Year, "2026-06-30", None), "2026-01-01 2027-01-01");
        let starts = Starts { week: Weekday::Sunday, ..Starts::default() };
        let sunday_weeks = Calendar { starts, ..Calendar::default() };
        let week = sunday_weeks.period_of(PeriodKind::Week, day("2026-02-01"), None);
        assert_eq!((week.start, week.days()), (day("2026-02-01"), 7));
    }

    #[test]
    fn years_and_quarters_begin_where_the_program_says() {
        let starts = Starts { year: (4, 6), quarter: (2, 1), ..Starts::default() };
        let calendar = Calendar { starts, ..Calendar::default() };
        let shown = |kind, date| {
            let period = calendar.period_of(kind, day(date), None);
            format!("{} {}", period.start, period.end)
        };
        assert_eq!(shown(PeriodKind::Year, "2026-04-05"), "2025-04-06 2026-04-06");
        assert_eq!(shown(PeriodKind::Year, "2026-04-06"), "2026-04-06 2027-04-06");
        assert_eq!(shown(PeriodKind::Quarter, "2026-01-31"), "2025-11-01 2026-02-01");
        assert_eq!(shown(PeriodKind::Quarter, "2026-02-01"), "2026-02-01 2026-05-01");
        assert_eq!(shown(PeriodKind::Month, "2026-02-01"), "2026-02-01 2026-03-01");
    }

    #[test]
    fn membership_years_start_on_the_anniversary() {
        let year = |date, joined| shown(PeriodKind::MembershipYear, date, Some(joined));
        assert_eq!(year("2026-05-04", "2020-05-05"), "2025-05-05 2026-05-05");
        assert_eq!(year("2026-05-05", "2020-05-05"), "2026-05-05 2027-05-05");
        assert_eq!(year("2023-02-28", "2020-02-29"), "2023-02-28 2024-02-29");
        assert_eq!(year("2024-02-28", "2020-02-29"), "2023-02-28 2024-02-29");
        assert_eq!(year("2024-02-29", "2020-02-29"), "2024-02-29 2025-02-28");
        assert_eq!(shown(PeriodKind::MembershipYear, "2026-05-05", None), "2026-01-01 2027-01-01");
    }

    #[test]
    fn s06_a_leap_day_birthday_is_once_a_year() {
        let birthday = day("2000-02-29");
        let days = |rule| {
            let mut from = day("2022-12-31");
            let mut days = Vec::new();
            for _ in 0..3 {
                from = next_occurrence_after(from, birthday, rule).unwrap();
                days.push(from.to_string());
            }
            days
        };
        assert_eq!(days(LeapDay::Feb28), ["2023-02-28", "2024-02-29", "2025-02-28"]);
        assert_eq!(days(LeapDay::Mar1), ["2023-03-01", "2024-02-29", "2025-03-01"]);
        assert_eq!(next_occurrence_after(day("2026-02-28"), birthday, LeapDay::Feb28), Some(day("2027-02-28")));
        assert_eq!(next_occurrence_after(day("9999-12-31"), birthday, LeapDay::Feb28), None);
        assert_eq!(occurrence_in(2026, 4, 31, LeapDay::Feb28), None);
    }

    #[test]
    fn s05_bounds_are_local_midnights() {
        let calendar = Calendar { zone: Zone::parse("Europe/Berlin").unwrap(), ..Calendar::default() };
        let march = calendar.period_of(PeriodKind::Month, day("2026-03-10"), None);
        let (start, end) = calendar.bounds(march);
        assert_eq!(format_instant(start, &calendar.zone), "2026-03-01T00:00:00+01:00");
        assert_eq!(format_instant(end, &calendar.zone), "2026-04-01T00:00:00+02:00");
    }

    #[test]
    fn periods_are_cut_at_the_ends_of_the_calendar() {
        let starts = Starts { week: Weekday::Wednesday, year: (4, 6), quarter: (2, 1) };
        let calendar = Calendar { starts, ..Calendar::default() };
        for kind in KINDS {
            for edge in [Day::FIRST, day("9999-12-31")] {
                let period = calendar.period_of(kind, edge, Some(day("2000-07-07")));
                assert!(period.contains(edge), "{kind:?} {period:?}");
            }
            let first = calendar.period_of(kind, Day::FIRST, Some(day("2000-07-07")));
            assert_eq!(calendar.previous(kind, first, Some(day("2000-07-07"))), None);
            let last = calendar.period_of(kind, day("9999-12-31"), Some(day("2000-07-07")));
            assert_eq!(calendar.next(kind, last, Some(day("2000-07-07"))), None);
        }
    }

    proptest! {
        #[test]
        fn periods_follow_one_upon_the_other(
            date in -100_000i32..200_000,
            later in 0i32..5_000,
            joined in -100_000i32..200_000,
            week in 1u8..=7,
            year in (1u8..=12, 1u8..=28),
            quarter in (1u8..=12, 1u8..=28),
        ) {
            let starts = Starts { week: Weekday::from_number(week).unwrap(), year, quarter };
            let calendar = Calendar { zone: Zone::utc(), starts };
            let date = Day::from_epoch_days(date).unwrap();
            let later = date.plus_days(later).unwrap();
            let joined = Day::from_epoch_days(joined);
            for kind in KINDS {
                let period = calendar.period_of(kind, date, joined);
                prop_assert!(period.contains(date));
                let next = calendar.next(kind, period, joined).unwrap();
                prop_assert_eq!(next.start, period.end);
                prop_assert_eq!(calendar.previous(kind, next, joined), Some(period));
                prop_assert_eq!(calendar.periods_between(kind, date, next.start, joined), 1);
                prop_assert_eq!(calendar.periods_between(kind, next.start, date, joined), -1);
                let same = calendar.period_of(kind, later, joined) == period;
                prop_assert_eq!(calendar.periods_between(kind, date, later, joined) == 0, same);
            }
        }
    }
}
