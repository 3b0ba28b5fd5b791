//! Now: the local day and the periods around it, worked out once for all events in them.

use rustc_hash::FxHashMap;

use crate::hir::{End, Window};
use crate::source::Span;
use crate::value::{Calendar, Day, Instant, PeriodKind, TimeSpan, Zone};

use super::unfit::{Fit, unfit};

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

/// A local day, with what the calendar says of it.
#[derive(Debug, Clone)]
pub struct Today {
    /// Days since 1970.
    pub number: i64,
    /// From 0, Monday.
    pub weekday: i64,
    /// From 0, January.
    pub month: i64,
    /// From 1.
    pub date: i64,
    /// The year.
    pub year: i64,
    /// Its moments.
    pub around: Around,
    /// Periods, in the order in which a plan names them.
    pub periods: Vec<Around>,
    /// First moments of windows of so many days, in the order in which a plan names them.
    pub windows: Vec<i64>,
    /// Ends of what begins now, in the order in which a plan names them.
    pub ends: Vec<i64>,
}

/// No day.
static NEVER: Today = Today {
    number: 0,
    weekday: 0,
    month: 0,
    date: 0,
    year: 0,
    around: Around { start: i64::MAX, end: i64::MIN, before: 0 },
    periods: Vec::new(),
    windows: Vec::new(),
    ends: Vec::new(),
};

impl Today {
    /// A period around it.
    #[inline]
    pub fn period(&self, place: usize) -> Around {
        self.periods.get(place).copied().unwrap_or_default()
    }

    /// The end of what begins on it.
    #[inline]
    pub fn end(&self, place: usize) -> i64 {
        self.ends.get(place).copied().unwrap_or(i64::MAX)
    }
}

/// All days that were asked for.
#[derive(Debug, Clone)]
pub struct Days {
    all: Vec<Today>,
    places: FxHashMap<Day, u32>,
    /// The one that was asked for last.
    last: u32,
}

impl Days {
    /// A day by its place.
    #[inline]
    pub fn at(&self, place: u32) -> &Today {
        self.all.get(place as usize).unwrap_or(&NEVER)
    }
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

    /// No days yet.
    pub fn days(&self) -> Days {
        Days { all: Vec::new(), places: FxHashMap::default(), last: u32::MAX }
    }

    /// The place of the local day of a moment; `None` outside the calendar.
    #[inline]
    pub fn day(&self, days: &mut Days, now: i64) -> Option<u32> {
        let around = days.at(days.last).around;
        if around.start <= now && now < around.end {
            return Some(days.last);
        }
        let day = self.zone().day_of(Instant::from_millis(now)?);
        days.last = match days.places.get(&day) {
            Some(place) => *place,
            None => {
                let place = u32::try_from(days.all.len()).ok()?;
                days.all.push(self.look_up(day)?);
                days.places.insert(day, place);
                place
            }
        };
        Some(days.last)
    }

    #[cold]
    fn look_up(&self, day: Day) -> Option<Today> {
        let (zone, (year, month, date)) = (self.zone(), day.ymd());
        let around = |kind: PeriodKind| {
            let period = self.calendar.period_of(kind, day, None);
            let before = self.calendar.previous(kind, period, None).unwrap_or(period);
            Around {
                start: zone.start_of(period.start).millis(),
                end: zone.start_of(period.end).millis(),
                before: zone.start_of(before.start).millis(),
            }
        };
        let window = |length: &TimeSpan| Some(zone.start_of(length.before_day(day)?.plus_days(1)?).millis());
        Some(Today {
            number: i64::from(day.epoch_days()),
            weekday: i64::from(day.weekday().number()) - 1,
            month: i64::from(month) - 1,
            date: i64::from(date),
            year: i64::from(year),
            around: around(PeriodKind::Day),
            periods: self.periods.iter().map(|kind| around(*kind)).collect(),
            windows: self.windows.iter().map(window).collect::<Option<_>>()?,
            ends: self.ends.iter().map(|end| self.end_of(day, *end)).collect::<Option<_>>()?,
        })
    }

    fn end_of(&self, today: Day, end: End) -> Option<i64> {
        let day = match end {
            End::After(length, None) => length.after_day(today)?,
            End::After(length, Some(kind)) => self.calendar.period_of(kind, length.after_day(today)?, None).end,
            End::Period { kind, ahead } => {
                let first = self.calendar.period_of(kind, today, None);
                (0..ahead).fold(first, |period, _| self.calendar.period_of(kind, period.end, None)).end
            }
            End::Month { .. } | End::YearDay { .. } => return None,
        };
        Some(self.zone().start_of(day).millis())
    }

    /// The first moment at which what counted at `at` may no longer be seen, not before `now`; a later look may find that it still is.
    pub fn leaves(&self, back: Back, at: i64, today: &Today) -> i64 {
        match back {
            Back::Ever => i64::MAX,
            Back::Period(place) => today.periods.get(place).map_or(i64::MAX, |period| period.end),
            Back::Days(_, length) => {
                let day = Instant::from_millis(at).map(|at| self.zone().day_of(at));
                let out = day.and_then(|day| length.after_day(day)).map(|day| self.zone().start_of(day).millis());
                out.unwrap_or(i64::MAX).max(today.around.end)
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
