//! The times that a report is about: the history, the period, the one before it, and parts of the history.

use crate::hir::Program;
use crate::value::{Calendar, Day, Instant, Period, PeriodKind, Starts};

use super::value::Answer;

/// Days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl Window {
    /// Whether a day is one of them.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// A part of the history: a month, a quarter, a year.
#[derive(Debug, Clone)]
pub struct Part {
    /// `2026-03`, `2026 Q2`, `2026`; its first day where quarters and years do not begin as usual.
    pub name: String,
    /// Its days.
    pub days: Window,
    /// Whether it is recorded from its first day to its last.
    pub whole: bool,
}

/// All times of a report.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Whose midnight separates days.
    pub calendar: Calendar,
    /// From the first record to the end.
    pub history: Window,
    /// The last months.
    pub period: Window,
    /// As many months before.
    pub earlier: Window,
    /// How many months.
    pub months: u16,
    /// What parts of the history are.
    pub kind: PeriodKind,
    /// Parts of the history, in order; the first and the last may be longer than what is recorded of them.
    pub parts: Vec<Part>,
}

/// Up to how many months of history are told by months, and up to how many by quarters.
const BY_MONTH: i32 = 18;
const BY_QUARTER: i32 = 72;

impl Scope {
    /// The times of a history from its first record to its end.
    pub fn new(program: &Program, first: Day, last: Day, months: u16) -> Self {
        let calendar = Calendar { zone: program.settings.zone.clone(), starts: program.settings.starts };
        let back = |day: Day, months: i32| day.plus_months(-months).unwrap_or(Day::FIRST);
        let next = |day: Day| day.plus_days(1).unwrap_or(Day::END);
        let before = |day: Day| day.plus_days(-1).unwrap_or(Day::FIRST);
        let span = i32::from(months);
        let period = Window { from: next(back(last, span)), to: last };
        let earlier = Window { from: next(back(last, 2 * span)), to: before(period.from) };
        let kind = match last.months_since(first) {
            months if months <= BY_MONTH => PeriodKind::Month,
            months if months <= BY_QUARTER => PeriodKind::Quarter,
            _ => PeriodKind::Year,
        };
        let history = Window { from: first, to: last };
        let later = |part: &Period| calendar.next(kind, *part, None).filter(|next| next.start <= last);
        let periods = std::iter::successors(Some(calendar.period_of(kind, first, None)), later);
        let parts = periods.map(|part| Part {
            name: name(&calendar, kind, part),
            days: Window { from: part.start, to: before(part.end) },
            whole: history.contains(part.start) && history.contains(before(part.end)),
        });
        Self { history, period, earlier, months, kind, parts: parts.collect(), calendar }
    }

    /// The local day of a moment.
    pub fn day(&self, at: Instant) -> Day {
        self.calendar.zone.day_of(at)
    }

    /// The part of the history that a day is in.
    pub fn part(&self, day: Day) -> Option<usize> {
        let at = self.parts.partition_point(|part| part.days.from <= day).checked_sub(1)?;
        self.parts.get(at).filter(|part| part.days.contains(day)).map(|_| at)
    }

    /// What a part is called.
    pub fn part_word(&self) -> &'static str {
        match self.kind {
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            _ => "year",
        }
    }

    /// A value of the earlier period: unknown where the records do not reach back to its beginning.
    pub fn before(&self, value: impl FnOnce(Window) -> Answer) -> Answer {
        if self.history.from <= self.earlier.from {
            return value(self.earlier);
        }
        let fits = (1..self.months).rev().find(|months| {
            let first = self.history.to.plus_months(-2 * i32::from(*months)).and_then(|day| day.plus_days(1));
            first.is_some_and(|first| self.history.from <= first)
        });
        let hint = fits.map_or(String::new(), |months| {
            let word = if months == 1 { "month" } else { "months" };
            format!("; with `--months {months}` the period has {months} {word}, and they do")
        });
        Err(format!("the records do not reach back to {}, when the earlier period begins{hint}", self.earlier.from))
    }
}

fn name(calendar: &Calendar, kind: PeriodKind, part: Period) -> String {
    let (year, month, _) = part.start.ymd();
    match kind {
        PeriodKind::Month => format!("{year}-{month:02}"),
        PeriodKind::Quarter if calendar.starts.quarter == Starts::default().quarter => {
            format!("{year} Q{}", month.div_ceil(3))
        }
        PeriodKind::Year if calendar.starts.year == Starts::default().year => year.to_string(),
        _ => part.start.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::fixture::program;

    fn scope(first: &str, last: &str, months: u16) -> Scope {
        Scope::new(&program(), Day::parse(first).unwrap(), Day::parse(last).unwrap(), months)
    }

    fn days(window: Window) -> String {
        format!("{} {}", window.from, window.to)
    }

    #[test]
    fn periods_end_with_the_last_day() {
        for (last, months, period, earlier) in [
            ("2026-12-31", 12, "2026-01-01 2026-12-31", "2025-01-01 2025-12-31"),
            ("2026-06-15", 6, "2025-12-16 2026-06-15", "2025-06-16 2025-12-15"),
            ("2024-02-29", 12, "2023-03-01 2024-02-29", "2022-03-01 2023-02-28"),
            ("2026-03-31", 1, "2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        ] {
            let scope = scope("2020-01-01", last, months);
            assert_eq!((days(scope.period).as_str(), days(scope.earlier).as_str()), (period, earlier), "{last}");
        }
    }

    #[test]
    fn parts_are_named_and_whole_where_they_are_recorded() {
        let named = |scope: &Scope| -> Vec<(String, bool)> {
            scope.parts.iter().map(|part| (part.name.clone(), part.whole)).collect()
        };
        let is = |name: &str, whole: bool| (name.to_owned(), whole);
        let months = scope("2026-01-02", "2026-03-31", 12);
        assert_eq!(named(&months), [is("2026-01", false), is("2026-02", true), is("2026-03", true)]);
        assert_eq!(months.part(Day::parse("2026-02-28").unwrap()), Some(1));
        assert_eq!(months.part(Day::parse("2026-04-01").unwrap()), None);
        let quarters = scope("2024-10-01", "2026-06-29", 12);
        assert_eq!(named(&quarters).first(), Some(&is("2024 Q4", true)));
        assert_eq!(named(&quarters).last(), Some(&is("2026 Q2", false)));
        let years = scope("2010-01-01", "2026-06-29", 12);
        assert_eq!((years.part_word(), years.parts.len()), ("year", 17));
    }

    #[test]
    fn what_is_not_recorded_cannot_be_compared() {
        let known = |_: Window| Ok(super::super::value::Quantity::Count(1));
        assert!(scope("2025-01-01", "2026-12-31", 12).before(known).is_ok());
        let why = scope("2025-01-02", "2026-12-31", 12).before(known).unwrap_err();
        assert!(why.contains("2025-01-01") && why.contains("`--months 11`"), "{why}");
        let short = scope("2026-12-30", "2026-12-31", 12).before(known).unwrap_err();
        assert!(!short.contains("--months"), "{short}");
    }
}
