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
    pub parts: Vec<Period>,
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
        let mut parts = vec![calendar.period_of(kind, first, None)];
        while let Some(part) = parts.last().filter(|part| part.end <= last).copied()
            && let Some(next) = calendar.next(kind, part, None)
        {
            parts.push(next);
        }
        Self { calendar, history: Window { from: first, to: last }, period, earlier, months, kind, parts }
    }

    /// The local day of a moment.
    pub fn day(&self, at: Instant) -> Day {
        self.calendar.zone.day_of(at)
    }

    /// The part of the history that a day is in.
    pub fn part(&self, day: Day) -> Option<usize> {
        let at = self.parts.partition_point(|part| part.start <= day).checked_sub(1)?;
        self.parts.get(at).filter(|part| part.contains(day)).map(|_| at)
    }

    /// Whether a part is recorded from its first day to its last.
    pub fn whole(&self, part: Period) -> bool {
        self.history.from <= part.start && part.end.plus_days(-1).is_some_and(|last| last <= self.history.to)
    }

    /// The name of a part: `2026-03`, `2026 Q2`, `2026`; its first day where quarters and years do not begin as usual.
    pub fn name(&self, part: Period) -> String {
        let (year, month, _) = part.start.ymd();
        match self.kind {
            PeriodKind::Month => format!("{year}-{month:02}"),
            PeriodKind::Quarter if self.calendar.starts.quarter == Starts::default().quarter => {
                format!("{year} Q{}", month.div_ceil(3))
            }
            PeriodKind::Year if self.calendar.starts.year == Starts::default().year => year.to_string(),
            _ => part.start.to_string(),
        }
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
