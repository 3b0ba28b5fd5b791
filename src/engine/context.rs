//! What an expression can see: the event, the line, the member, the moment.

use std::cell::RefCell;

use crate::hir::{Builtin, End, Guarded, Level, MeasureId, Program, Read, Standing, Window};
use crate::value::{Calendar, Day, Exact, Instant, Period, PeriodKind, TimeSpan, Value, Zone};

use super::fault::Fault;
use super::judge::Judge;
use super::pots::Pots;
use super::purse::Lot;
use super::state::State;
use super::version::Version;
use super::witness::Witness;

/// The moment at which something is judged, with its local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub now: Instant,
    /// The local day of the member.
    pub today: Day,
    /// The place of an event in the member's history, where what came from there on is left out: all but what counts against sums, as it
    /// came back of what nobody knows.
    pub before: Option<u64>,
}

/// What an expression can see.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The program in force.
    pub program: &'a Program,
    /// How expressions and measures are computed.
    pub judge: &'a dyn Judge,
    /// The member.
    pub state: &'a State,
    /// What members share, where it is at hand.
    pub pots: Option<&'a Pots>,
    /// The member's calendar.
    pub calendar: &'a Calendar,
    /// The fields of the event; empty where the clock is at work.
    pub fields: &'a [Value],
    /// The fields of the line at hand.
    pub line: &'a [Value],
    /// The fields of the event that opened the challenge at hand.
    pub opened: &'a [Value],
    /// The moment of judgement.
    pub at: Moment,
    /// Tiers to see instead of the held ones: those of before the event, of after, or of another day.
    pub tiers: TierView<'a>,
    /// What just expired, in steps.
    pub expired: i64,
    /// What was read of the member, for later judgement of the same award (S20).
    pub seen: Option<&'a RefCell<Vec<(Read, Value)>>>,
    /// What was read when the award was made; used instead of the member's present.
    pub replay: &'a [(Read, Value)],
    /// When the window of the challenge at hand opened.
    pub since: Option<Instant>,
    /// Before when nothing counts for measures: for a goal, its time had not begun.
    pub from: Option<Instant>,
    /// Who takes notes of the alternatives that are taken.
    pub witness: Option<&'a Witness>,
}

/// The tiers that an expression sees, by ladder.
#[derive(Debug, Clone, Copy)]
pub struct TierView<'a> {
    /// Those of `Standing::Current`; empty for the held ones.
    pub current: &'a [u32],
    /// Those of `Standing::Before`; empty for the held ones.
    pub before: &'a [u32],
}

impl<'a> Cx<'a> {
    /// A member at the moment up to which its clock has come, without any event.
    pub fn of_member(version: &'a Version, state: &'a State, calendar: &'a Calendar) -> Self {
        Self::of(&version.program, &*version.judge, state, calendar, state.clock)
    }

    /// A member at a moment, without any event.
    pub fn of(
        program: &'a Program,
        judge: &'a dyn Judge,
        state: &'a State,
        calendar: &'a Calendar,
        now: Instant,
    ) -> Self {
        Self {
            program,
            judge,
            state,
            pots: None,
            calendar,
            fields: &[],
            line: &[],
            opened: &[],
            at: Moment { now, today: calendar.zone.day_of(now), before: None },
            tiers: TierView { current: &[], before: &[] },
            expired: 0,
            seen: None,
            replay: &[],
            since: None,
            from: None,
            witness: None,
        }
    }

    /// Reads something of the member.
    pub fn read(&self, read: Read) -> Result<Value, Fault> {
        if let Some((_, value)) = self.replay.iter().find(|(key, _)| *key == read) {
            return Ok(value.clone());
        }
        let value = self.look(read)?;
        if let Some(seen) = self.seen {
            let mut seen = seen.borrow_mut();
            if !seen.iter().any(|(key, _)| *key == read) {
                seen.push((read, value.clone()));
            }
        }
        Ok(value)
    }

    fn look(&self, read: Read) -> Result<Value, Fault> {
        let state = self.state;
        Ok(match read {
            Read::Measure(id) => self.with_carry(id, self.judge.measure(id, self)?)?,
            Read::MeasureBefore(id) => {
                let before = self.since.and_then(|since| since.plus_millis(-1)).ok_or(Fault::Type)?;
                let at = Moment { now: before, today: self.calendar.zone.day_of(before), ..self.at };
                Cx { at, seen: None, ..*self }.look(Read::Measure(id))?
            }
            Read::Place(board) => super::board::place(board, self).map_or(Value::Missing, Value::Exact),
            Read::Tier(ladder, standing) => {
                let held = state.ladders.at(ladder);
                let view = match standing {
                    Standing::Current => self.tiers.current,
                    Standing::Before => self.tiers.before,
                    Standing::Highest => return Ok(Value::Ordinal(held.highest)),
                };
                Value::Ordinal(view.get(ladder.0 as usize).copied().unwrap_or(held.tier))
            }
            Read::Attribute(id) if id == Program::MEMBER_ID => Value::Text(state.member.clone()),
            Read::Attribute(id) => state.attributes.get(id).cloned().unwrap_or_default(),
            Read::Balance(unit, level) => {
                let purse = state.units.at(unit);
                let amount = match level {
                    Level::Pending => purse.pending(),
                    Level::Available => (purse.available() - purse.debt).max(0),
                    Level::Debt => purse.debt,
                    Level::Balance => purse.balance(self.program.units.at(unit)),
                };
                Value::Exact(Exact::from(amount))
            }
            Read::Last(event) => state.last.get(event).copied().flatten().map_or(Value::Missing, Value::Moment),
            Read::Joined => state.joined.map_or(Value::Missing, |at| Value::Day(self.calendar.zone.day_of(at))),
            Read::Badge(badge) => Value::Bool(state.badges.get(badge).is_some_and(|b| b.is_some())),
            Read::Voucher(reward) => {
                Value::Bool(state.vouchers.iter().any(|v| v.reward == reward && v.usable(self.at.now)))
            }
            Read::Challenge(id, read) => Value::Exact(self.challenge(id, read)?),
            Read::Entries(draw) | Read::Wins(draw) => {
                let all = matches!(read, Read::Entries(_));
                let own = state.entries.iter().filter(|entry| entry.draw == draw && entry.gone.is_none());
                let count = own.filter(|entry| all || entry.prize.is_some()).count();
                Value::Exact(Exact::from(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Read::Offers(choice) => {
                let open = state.offers.iter().filter(|offer| offer.choice == choice && offer.closed.is_none());
                Value::Exact(Exact::from(i64::try_from(open.count()).unwrap_or(i64::MAX)))
            }
            Read::Expired => Value::Exact(Exact::from(self.expired)),
        })
    }

    /// A measure with what rolled over into the period at hand, where a ladder lets its surplus roll over.
    fn with_carry(&self, id: MeasureId, value: Value) -> Result<Value, Fault> {
        let Value::Exact(mut total) = value else { return Ok(value) };
        for (ladder, def) in self.program.ladders.pairs() {
            if def.rollover == Some(id)
                && let Some(start) = self.window_start(self.program.measures.at(id).window)?
                && let Some(surplus) = self.state.ladders.at(ladder).carry.at(start)
            {
                total = total.add(surplus)?;
            }
        }
        Ok(Value::Exact(total))
    }

    /// The first of some alternatives that applies.
    pub fn choose<'g, T>(&self, cases: &'g Guarded<T>) -> Result<Option<&'g T>, Fault> {
        for (guard, value) in cases {
            let today = self.at.today;
            let dated = guard.from.is_none_or(|from| today >= from) && guard.until.is_none_or(|until| today <= until);
            if dated && guard.when.as_deref().map_or(Ok(true), |when| self.judge.truth(when, self))? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Something of the moment.
    pub fn builtin(&self, builtin: Builtin) -> Value {
        let today = self.at.today;
        match builtin {
            Builtin::Today => Value::Day(today),
            Builtin::Now => Value::Moment(self.at.now),
            Builtin::Time => Value::Time(self.calendar.zone.time_of(self.at.now)),
            Builtin::Weekday => Value::Ordinal(u32::from(today.weekday().number()) - 1),
            Builtin::Month => Value::Ordinal(u32::from(today.ymd().1) - 1),
            Builtin::DayOfMonth => Value::Exact(Exact::from(i64::from(today.ymd().2))),
            Builtin::Year => Value::Exact(Exact::from(i64::from(today.ymd().0))),
        }
    }

    /// The zone of the member's days.
    pub fn zone(&self) -> &'a Zone {
        &self.calendar.zone
    }

    /// The same, over the fields of a recorded event.
    pub fn on_fact(self, fields: &'a [Value]) -> Self {
        Cx { fields, line: &[], ..self }
    }

    /// The same, at another line of the event.
    pub fn on_line(self, line: &'a [Value]) -> Self {
        Cx { line, ..self }
    }

    /// The first local day of a window that includes today, and its first instant; `None` reaches back for ever.
    pub fn window_start(&self, window: Window) -> Result<Option<Instant>, Fault> {
        let joined = self.state.joined.map(|at| self.zone().day_of(at));
        Ok(match window {
            Window::Ever => None,
            Window::Period(kind) => {
                Some(self.zone().start_of(self.calendar.period_of(kind, self.at.today, joined).start))
            }
            Window::LastDays(span) => {
                let day = span.before_day(self.at.today).and_then(|d| d.plus_days(1)).ok_or(Fault::Calendar)?;
                Some(self.zone().start_of(day))
            }
            // What is exactly that old is out.
            Window::LastExactly(span) => {
                Some(span.before(self.at.now, self.zone()).and_then(|at| at.plus_millis(1)).ok_or(Fault::Calendar)?)
            }
            // A rise restarts the measure.
            Window::SinceRise(_) => None,
        })
    }

    /// From when on what comes counts for a measure of such a window: for a goal, not before its time.
    pub fn counted_from(&self, window: Window) -> Result<Option<Instant>, Fault> {
        Ok(self.window_start(window)?.max(self.from))
    }

    /// A time after a moment: at the start of that local day, or at the end of the period in which it falls; exact for hours.
    pub fn end_after(&self, from: Instant, span: TimeSpan, end_of: Option<PeriodKind>) -> Result<Instant, Fault> {
        let zone = self.zone();
        if span.is_exact() && end_of.is_none() {
            return span.after(from, zone).ok_or(Fault::Calendar);
        }
        let day = span.after_day(zone.day_of(from)).ok_or(Fault::Calendar)?;
        let day = end_of.map_or(day, |kind| self.period(kind, day).end);
        Ok(zone.start_of(day))
    }

    /// Where a time ends that begins at a moment.
    pub fn end_from(&self, from: Instant, end: End) -> Result<Instant, Fault> {
        let today = self.zone().day_of(from);
        let last_of = |year: i32, month: u8| Day::from_ymd(year, month, 1).map(Day::end_of_month);
        match end {
            End::After(span, end_of) => self.end_after(from, span, end_of),
            End::Period { kind, ahead } => {
                let mut period = self.period(kind, today);
                for _ in 0..ahead {
                    period = self.period(kind, period.end);
                }
                Ok(self.zone().start_of(period.end))
            }
            End::Month { month, ahead } => {
                let next = self.period(PeriodKind::Year, today).end;
                let year = next.ymd().0.saturating_add(i32::from(ahead));
                let first = last_of(next.ymd().0, month).ok_or(Fault::Calendar)?;
                let year = if first >= next { year } else { year.saturating_add(1) };
                self.end_of_day(last_of(year, month).ok_or(Fault::Calendar)?)
            }
            End::YearDay { month, day, after } => {
                let least = after.after_day(today).ok_or(Fault::Calendar)?;
                let on =
                    |year: i32| Day::from_ymd(year, month, day).or_else(|| last_of(year, month)).ok_or(Fault::Calendar);
                let year = least.ymd().0;
                let this = on(year)?;
                self.end_of_day(if this >= least { this } else { on(year.saturating_add(1))? })
            }
        }
    }

    /// The end of a local day.
    pub fn end_of_day(&self, day: Day) -> Result<Instant, Fault> {
        Ok(self.zone().start_of(day.plus_days(1).ok_or(Fault::Calendar)?))
    }

    /// The period of a day in the member's calendar.
    pub fn period(&self, kind: PeriodKind, day: Day) -> Period {
        self.calendar.period_of(kind, day, self.state.joined_day(self.zone()))
    }

    /// When a lot lapses as things stand.
    pub fn lapses(&self, lot: &Lot) -> Option<Instant> {
        let idle = lot.expires.idle.iter().filter_map(|clock| {
            let last = clock.events.iter().filter_map(|event| self.state.last.get(*event).copied().flatten()).max();
            let end = |from| self.end_after(from, clock.span, clock.end_of).ok();
            match last.and_then(end) {
                Some(end) if end > lot.earned => Some(end),
                _ => end(lot.earned),
            }
        });
        lot.expires.end(lot.expires.at.into_iter().chain(idle).min())
    }
}
