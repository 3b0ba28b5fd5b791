//! Streaks: periods in a row that have something, and what keeps a row that has missed one.

use std::collections::BTreeSet;

use crate::hir::{MeasureId, Shield, Source, UnitId};
use crate::value::{Day, Exact, Instant, Period, PeriodKind, Value};

use super::context::Cx;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Account, Cause};

/// A streak measure.
pub struct Row<'r> {
    /// Which.
    pub id: MeasureId,
    /// Its period.
    pub kind: PeriodKind,
    /// What keeps it.
    pub shield: &'r Shield,
    /// Days up to and including the period of this one do not count: a streak that was restarted begins with the next period.
    pub from: Option<Day>,
}

/// How long a streak is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Length {
    /// How many periods count.
    pub periods: i64,
    /// The first day of the first of them, or of one that was frozen before; none where the streak is broken.
    pub since: Option<Day>,
}

impl Length {
    /// One more period that does not break the streak.
    fn go_on(&mut self, counted: i64, start: Day) {
        self.periods += counted;
        self.since = self.since.or(Some(start));
    }
}

/// Days on which something was done.
pub trait Days {
    /// Whether one of them lies between two days; the second is out.
    fn any(&self, from: Day, to: Day) -> bool;
    /// The first of them.
    fn first(&self) -> Option<Day>;
}

impl Days for BTreeSet<Day> {
    fn any(&self, from: Day, to: Day) -> bool {
        self.range(from..to).next().is_some()
    }

    fn first(&self) -> Option<Day> {
        self.first().copied()
    }
}

impl Row<'_> {
    /// How many periods in a row, up to today's or the one before, have one of the days.
    pub fn length(&self, days: &dyn Days, cx: &Cx<'_>) -> Result<Length, Fault> {
        match self.shield.repairs {
            Some((most, span)) => self.mended(days, most, span, cx),
            None => Ok(self.plain(days, cx)),
        }
    }

    fn period(&self, day: Day, cx: &Cx<'_>) -> Period {
        cx.calendar.period_of(self.kind, day, cx.state.joined_day(cx.zone()))
    }

    /// Whether a period has one of the days.
    fn has(&self, period: &Period, days: &dyn Days, cx: &Cx<'_>) -> bool {
        let floor = self.from.map(|day| self.period(day, cx).end);
        floor.is_none_or(|floor| period.start >= floor) && days.any(period.start, period.end)
    }

    fn is_frozen(&self, period: &Period, cx: &Cx<'_>) -> bool {
        let begun = cx.from.is_none_or(|from| cx.zone().start_of(period.end) > from);
        begun && cx.state.frozen.get(&self.id).is_some_and(|frozen| frozen.contains(&period.start))
    }

    fn plain(&self, days: &dyn Days, cx: &Cx<'_>) -> Length {
        let joined = cx.state.joined_day(cx.zone());
        let counts = self.shield.frozen.is_some_and(|(_, counts)| counts);
        let (mut length, mut at) = (Length::default(), self.period(cx.at.today, cx));
        let mut first = true;
        loop {
            let (has, frozen) = (self.has(&at, days, cx), self.is_frozen(&at, cx));
            if !has && !frozen && !first {
                return length;
            }
            length.periods += i64::from(has || frozen && counts);
            length.since = if has || frozen { Some(at.start) } else { length.since };
            first = false;
            match cx.calendar.previous(self.kind, at, joined) {
                Some(previous) => at = previous,
                None => return length,
            }
        }
    }

    /// Forward in time: a missed period is mended as long as there were not too many.
    fn mended(&self, days: &dyn Days, most: u32, span: crate::value::TimeSpan, cx: &Cx<'_>) -> Result<Length, Fault> {
        let today = self.period(cx.at.today, cx);
        let counts = self.shield.frozen.is_some_and(|(_, counts)| counts);
        let Some(first) = days.first() else { return Ok(Length::default()) };
        let (mut length, mut at) = (Length::default(), self.period(first, cx));
        let mut mended: Vec<Day> = Vec::new();
        while at.start <= today.start {
            if self.has(&at, days, cx) {
                length.go_on(1, at.start);
            } else if self.is_frozen(&at, cx) {
                length.go_on(i64::from(counts), at.start);
            } else if at.start < today.start && length.periods > 0 {
                let oldest = span.before_day(at.start).ok_or(Fault::Calendar)?;
                let recent = mended.iter().filter(|day| **day > oldest).count();
                if recent < most as usize {
                    mended.push(at.start);
                    length.go_on(1, at.start);
                } else {
                    length = Length::default();
                }
            }
            at = self.period(at.end, cx);
        }
        Ok(length)
    }
}

impl Fold<'_> {
    /// When a running streak would break that something could freeze.
    pub fn freeze_due(&self, id: MeasureId) -> Result<Option<Instant>, Fault> {
        let measure = self.program.measures.at(id);
        let Source::Streak { period: kind, shield, .. } = &measure.source else { return Ok(None) };
        let Some((unit, _)) = shield.frozen else { return Ok(None) };
        if self.spendable(unit) < self.program.units.at(unit).steps() || !self.runs(id)? {
            return Ok(None);
        }
        let period = self.period(*kind, self.calendar.zone.day_of(self.state.clock));
        // What was done in the period at hand carries the streak through the next one.
        let next = self.period(*kind, period.end);
        let end = if self.is_kept(id, &period)? { next.end } else { period.end };
        Ok(Some(self.calendar.zone.start_of(end)))
    }

    /// Whether a streak is not broken.
    pub fn runs(&self, id: MeasureId) -> Result<bool, Fault> {
        let cx = self.cx(View::default());
        Ok(matches!(self.judge.measure(id, &cx)?, Value::Exact(length) if length > Exact::ZERO))
    }

    /// Whether the streak would stand one period after this one.
    fn is_kept(&self, id: MeasureId, period: &Period) -> Result<bool, Fault> {
        let next = self.moment(self.calendar.zone.start_of(period.end));
        let cx = self.cx(View { at: Some(next), ..View::default() });
        Ok(matches!(self.judge.measure(id, &cx)?, Value::Exact(length) if length > Exact::ZERO))
    }

    /// All streaks that break at a moment unless something is spent for them.
    pub fn freezes_at(&self, at: Instant) -> Vec<MeasureId> {
        let breaks = |id: &MeasureId| self.freeze_due(*id).ok().flatten() == Some(at);
        self.program.measures.ids().filter(breaks).collect()
    }

    /// The period before this moment was missed: one of the unit is spent for it, whichever of its streaks that keeps.
    pub fn freeze(&mut self, streaks: &[MeasureId]) -> Result<(), Fault> {
        let mut spent = BTreeSet::new();
        for id in streaks.iter().copied() {
            let measure = self.program.measures.at(id);
            let Source::Streak { period: kind, shield, .. } = &measure.source else { continue };
            let Some((unit, _)) = shield.frozen else { continue };
            let joined = self.state.joined_day(&self.calendar.zone);
            let today = self.period(*kind, self.at.today);
            if self.runs(id)? {
                continue;
            }
            let Some(missed) = self.calendar.previous(*kind, today, joined) else { continue };
            if spent.insert(unit) {
                self.spend_freeze(unit)?;
            }
            self.state.frozen.entry(id).or_default().insert(missed.start);
        }
        Ok(())
    }

    fn spend_freeze(&mut self, unit: UnitId) -> Result<(), Fault> {
        let one = self.program.units.at(unit).steps();
        self.spend(Cause::Unit(unit), unit, one, &Account::Redeemed).map(drop)
    }
}
