//! Now: the local day and the periods around it, worked out once for all events in them.

use crate::hir::{End, Window};
use crate::value::{Calendar, Day, Instant, Period, PeriodKind, TimeSpan, Zone};

use super::unfit::{Fit, unfit};
use crate::source::Span;

/// A period around now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// Its first moment.
    pub start: i64,
    /// The first moment behind it.
    pub end: i64,
    /// The first moment of the period before it.
    pub before: i64,
}

/// Now, in milliseconds, with what the local calendar says of it.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Now.
    pub now: i64,
    /// Days since 1970.
    pub today: i64,
    /// From 0, Monday.
    pub weekday: i64,
    /// From 0, January.
    pub month: i64,
    /// From 1.
    pub date: i64,
    /// The year.
    pub year: i64,
    /// The day.
    pub day: Around,
    /// Periods, in the order in which a plan names them.
    pub periods: Vec<Around>,
    /// First moments of windows of so many days, in the order in which a plan names them.
    pub windows: Vec<i64>,
    /// Ends of what begins now, in the order in which a plan names them.
    pub ends: Vec<i64>,
}

/// How a measure looks back.
#[derive(Debug, Clone, Copy)]
pub enum Back {
    /// To the beginning.
    Ever,
    /// To the beginning of a period of the moment.
    Period(usize),
    /// To the beginning of a day: a window of the moment, and how long it is.
    Days(usize, TimeSpan),
    /// So many milliseconds; what is exactly that old is out.
    Exactly(i64),
}

/// What a plan asks of every moment.
#[derive(Debug, Clone)]
pub struct Clock {
    calendar: Calendar,
    periods: Vec<PeriodKind>,
    windows: Vec<TimeSpan>,
    ends: Vec<End>,
}

impl Clock {
    /// A clock that nobody has asked anything yet.
    pub fn new(calendar: Calendar) -> Self {
        Self { calendar, periods: Vec::new(), windows: Vec::new(), ends: Vec::new() }
    }

    /// The zone of days.
    pub fn zone(&self) -> &Zone {
        &self.calendar.zone
    }

    /// The place of a period in each moment.
    pub fn period(&mut self, kind: PeriodKind, span: Span) -> Fit<usize> {
        if kind == PeriodKind::MembershipYear {
            return unfit("membership years", span);
        }
        Ok(place(&mut self.periods, kind))
    }

    /// How a window looks back.
    pub fn back(&mut self, window: Window, span: Span) -> Fit<Back> {
        Ok(match window {
            Window::Ever => Back::Ever,
            Window::Period(kind) => Back::Period(self.period(kind, span)?),
            Window::LastDays(length) => Back::Days(place(&mut self.windows, length), length),
            Window::LastExactly(length) if length.is_exact() => Back::Exactly(length.millis),
            Window::LastExactly(length) if length.months == 0 && self.zone().is_fixed() => {
                Back::Exactly(i64::from(length.days) * 86_400_000 + length.millis)
            }
            Window::LastExactly(_) => return unfit("exact windows of days where clocks change", span),
            Window::SinceRise(_) => return unfit("measures since a rise", span),
        })
    }

    /// The place of an end in each moment. It hangs on the day alone: no exact times, no membership years.
    pub fn end(&mut self, end: End) -> usize {
        place(&mut self.ends, end)
    }

    /// A moment before all others.
    pub fn first(&self) -> Moment {
        let nothing = Around { start: i64::MAX, end: i64::MIN, before: 0 };
        Moment {
            now: i64::MIN,
            today: 0,
            weekday: 0,
            month: 0,
            date: 0,
            year: 0,
            day: nothing,
            periods: vec![nothing; self.periods.len()],
            windows: vec![0; self.windows.len()],
            ends: vec![i64::MAX; self.ends.len()],
        }
    }

    /// Moves a moment; `None` outside the calendar.
    #[inline]
    pub fn go_to(&self, moment: &mut Moment, now: i64) -> Option<()> {
        moment.now = now;
        if moment.day.start <= now && now < moment.day.end { Some(()) } else { self.turn(moment, now) }
    }

    #[cold]
    fn turn(&self, moment: &mut Moment, now: i64) -> Option<()> {
        let zone = self.zone();
        let today = zone.day_of(Instant::from_millis(now)?);
        let around = |period: Period, before: Day| Around {
            start: zone.start_of(period.start).millis(),
            end: zone.start_of(period.end).millis(),
            before: zone.start_of(before).millis(),
        };
        let (year, month, date) = today.ymd();
        moment.today = i64::from(today.epoch_days());
        moment.weekday = i64::from(today.weekday().number()) - 1;
        (moment.year, moment.month, moment.date) = (i64::from(year), i64::from(month) - 1, i64::from(date));
        let day = self.calendar.period_of(PeriodKind::Day, today, None);
        moment.day = around(day, today);
        for (slot, kind) in moment.periods.iter_mut().zip(&self.periods) {
            let period = self.calendar.period_of(*kind, today, None);
            let before = self.calendar.previous(*kind, period, None).unwrap_or(period);
            *slot = around(period, before.start);
        }
        for (slot, length) in moment.windows.iter_mut().zip(&self.windows) {
            *slot = zone.start_of(length.before_day(today)?.plus_days(1)?).millis();
        }
        for (slot, end) in moment.ends.iter_mut().zip(&self.ends) {
            let day = match *end {
                End::After(length, None) => length.after_day(today)?,
                End::After(length, Some(kind)) => self.calendar.period_of(kind, length.after_day(today)?, None).end,
                End::Period { kind, ahead } => {
                    let first = self.calendar.period_of(kind, today, None);
                    (0..ahead).fold(first, |period, _| self.calendar.period_of(kind, period.end, None)).end
                }
                End::Month { .. } | End::YearDay { .. } => return None,
            };
            *slot = zone.start_of(day).millis();
        }
        Some(())
    }

    /// The first moment at which what counted at `at` may no longer be seen, not before `now`; a later look may find that it still is.
    pub fn leaves(&self, back: Back, at: i64, moment: &Moment) -> i64 {
        match back {
            Back::Ever => i64::MAX,
            Back::Period(place) => moment.periods.get(place).map_or(i64::MAX, |period| period.end),
            Back::Days(_, length) => {
                let day = Instant::from_millis(at).map(|at| self.zone().day_of(at));
                let out = day.and_then(|day| length.after_day(day)).map(|day| self.zone().start_of(day).millis());
                out.unwrap_or(i64::MAX).max(moment.day.end)
            }
            Back::Exactly(length) => at.saturating_add(length),
        }
    }
}

fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|known| *known == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}
