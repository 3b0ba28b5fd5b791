//! What turns by time alone: the moments at which a condition or a measure may change though nothing happens. Each is a step of the clock, so
//! that it is looked at then and not with whatever event comes next.

use std::collections::BTreeSet;

use crate::hir::{
    Aggregate, Builtin, Challenge, During, EventId, Expr, Frame, Function, Gates, Kind, MeasureId, Net, Operator,
    Program, Progress, Read, Reversal, Reward, RewardId, Source, Unmatched, Window,
};
use crate::value::{Day, Exact, Instant, TimeOfDay, TimeSpan, TimeUnit, Value};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::reads::{named, parts};
use super::sorted::Sorted;
use super::state::Note;

/// What makes conditions turn without an event.
#[derive(Debug, Default)]
pub struct Turns {
    /// Whether their values change with the day.
    pub daily: bool,
    /// Days from whose start they may be others.
    days: BTreeSet<Day>,
    /// Times of day from which they may be others.
    times: BTreeSet<TimeOfDay>,
    /// Ages that they compare with numbers.
    ages: Vec<Age>,
    /// Rewards of which they ask for a voucher.
    vouchers: BTreeSet<RewardId>,
    /// Measures that time alone moves, formulas resolved.
    measures: BTreeSet<MeasureId>,
}

/// Whole units of time since a moment, from which number on a condition may be another.
#[derive(Debug)]
struct Age {
    unit: TimeUnit,
    since: Expr,
    counts: BTreeSet<i64>,
}

impl Turns {
    /// What makes some conditions turn.
    pub fn of<'e>(program: &Program, conditions: impl IntoIterator<Item = &'e Expr>) -> Self {
        let mut turns = Self::default();
        conditions.into_iter().for_each(|condition| turns.add(program, condition));
        turns
    }

    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        let Self { daily, days, times, ages, vouchers, measures } = self;
        !daily && days.is_empty() && times.is_empty() && ages.is_empty() && vouchers.is_empty() && measures.is_empty()
    }

    /// Adds what makes a condition turn, or moves a value.
    pub fn add(&mut self, program: &Program, expr: &Expr) {
        match &expr.kind {
            Kind::Compare(_, left, right) if self.compares(program, left, right) => return,
            Kind::Since(..) | Kind::Builtin(_) => self.daily = true,
            Kind::Cases(cases) => {
                let guards = cases.iter().map(|case| &case.guard);
                let first = guards.flat_map(|guard| [guard.from, guard.until.and_then(|until| until.plus_days(1))]);
                self.days.extend(first.flatten());
            }
            Kind::Read(Read::Measure(id)) => self.add_measure(program, *id),
            Kind::Read(Read::Voucher(id)) => drop(self.vouchers.insert(*id)),
            _ => {}
        }
        parts(program, expr, &mut |part| self.add(program, part));
    }

    /// Adds what moves a measure.
    pub fn add_measure(&mut self, program: &Program, id: MeasureId) {
        let measure = program.measures.at(id);
        match &measure.source {
            Source::Formula(formula) => self.add(program, formula),
            Source::Streak { .. } => drop(self.measures.insert(id)),
            _ if !matches!(measure.window, Window::Ever | Window::SinceRise(_)) => drop(self.measures.insert(id)),
            _ => {}
        }
    }

    /// Adds what makes a measure cross a value upwards, or any of many where none is given.
    pub fn add_crossing(&mut self, program: &Program, id: MeasureId, value: Option<&Expr>) {
        let compared = match (&program.measures.at(id).source, value) {
            (Source::Formula(formula), Some(value)) => self.compares(program, formula, value),
            _ => false,
        };
        if !compared && rises_alone(program, id) {
            self.add_measure(program, id);
        }
    }

    /// Adds what opens a challenge or brings it further.
    pub fn add_challenge(&mut self, program: &Program, challenge: &Challenge) {
        if !matches!(challenge.frame, Frame::From { .. }) {
            challenge.only.iter().for_each(|only| self.add(program, only));
        }
        let mut measured = false;
        for goal in &challenge.goals {
            if let Progress::Measured(id) = goal.of {
                self.add_measure(program, id);
                measured = true;
            }
        }
        if measured {
            challenge.milestones.iter().for_each(|milestone| self.add(program, &milestone.at));
        }
    }

    /// Adds what opens an automatic reward to a member who could pay for it.
    pub fn add_reward(&mut self, program: &Program, reward: &Reward) {
        let Gates { during, when, .. } = &reward.gates;
        when.iter().for_each(|when| self.add(program, when));
        for during in during.iter().flatten() {
            match during {
                During::Days(from, until) => {
                    self.days.extend(*from);
                    self.days.extend(until.and_then(|until| until.plus_days(1)));
                }
                During::Weekday(_) | During::Month(_) => self.daily = true,
                During::Times(from, until) => self.times.extend([*from, *until]),
            }
        }
        if let Some(stock) = reward.stock.as_ref().filter(|stock| !stock.released.is_empty()) {
            self.times.insert(stock.at);
        }
    }

    /// Whether two sides are an age, the day or the time of day, and what never changes: then it is known when they turn.
    fn compares(&mut self, program: &Program, left: &Expr, right: &Expr) -> bool {
        let (one, other) = (named(program, left), named(program, right));
        let one = if constants(program, one).is_some() { (other, one) } else { (one, other) };
        let Some(values) = constants(program, one.1) else { return false };
        match &one.0.kind {
            Kind::Since(unit, since) => {
                let numbers =
                    values.iter().filter_map(|value| if let Value::Exact(n) = value { Some(n) } else { None });
                // What is compared with a number turns there, or with the next one.
                let counts = numbers.flat_map(|n| [n.ceil(), n.floor().add(Exact::ONE).unwrap_or(*n)]);
                let counts = counts.filter_map(|n| n.to_i64()).collect();
                self.ages.push(Age { unit: *unit, since: (**since).clone(), counts });
                self.add(program, since);
            }
            Kind::Builtin(Builtin::Today) => {
                let days =
                    values.iter().filter_map(|value| if let Value::Day(day) = value { Some(*day) } else { None });
                self.days.extend(days.flat_map(|day| [Some(day), day.plus_days(1)]).flatten());
            }
            Kind::Builtin(Builtin::Time) => {
                self.times.extend(
                    values.iter().filter_map(|value| if let Value::Time(at) = value { Some(*at) } else { None }),
                );
            }
            _ => return false,
        }
        self.add(program, one.1);
        true
    }
}

/// All values that an expression can have, where nothing but the day chooses among them.
fn constants(program: &Program, expr: &Expr) -> Option<Vec<Value>> {
    match &named(program, expr).kind {
        Kind::Const(value) => Some(vec![value.clone()]),
        Kind::Cases(cases) => {
            let mut all = Vec::new();
            for case in cases {
                if case.guard.when.is_some() {
                    return None;
                }
                all.extend(constants(program, &case.value)?);
            }
            Some(all)
        }
        _ => None,
    }
}

/// Whether time alone can raise a measure: what only leaves a window lowers it, where nothing counts less than nothing.
pub fn rises_alone(program: &Program, id: MeasureId) -> bool {
    let measure = program.measures.at(id);
    let slides = matches!(measure.window, Window::LastDays(_) | Window::LastExactly(_));
    match &measure.source {
        Source::Formula(formula) => value_rises_alone(program, formula),
        Source::Streak { shield, .. } => shield.repairs.is_some() || shield.frozen.is_some_and(|(_, counts)| counts),
        Source::Run { .. } => false,
        Source::Postings { .. } => slides,
        Source::Events { aggregate, event, .. } => {
            let reversals = program.events.iter().filter_map(|def| def.reversal.as_ref());
            let of_event = |of: &&Reversal| of.of == *event && of.unmatched == Unmatched::Counts;
            let lifts = match aggregate {
                _ if aggregate.only_rises() => false,
                Aggregate::Sum => reversals.filter(of_event).count() > 0,
                _ => true,
            };
            slides && (measure.net == Net::WhenReversed || lifts)
        }
    }
}

/// Whether time alone can raise a value. Where that is not certain, it can if time moves it at all.
fn value_rises_alone(program: &Program, expr: &Expr) -> bool {
    let rises = |part: &Expr| value_rises_alone(program, part);
    let positive = |part: &Expr| matches!(&part.kind, Kind::Const(Value::Exact(n)) if !n.is_negative());
    match &expr.kind {
        Kind::Read(Read::Measure(id)) => rises_alone(program, *id),
        Kind::Let(id) => rises(&program.lets.at(*id).value),
        Kind::Arithmetic(Operator::Add, left, right) => rises(left) || rises(right),
        Kind::Arithmetic(Operator::Multiply | Operator::Divide, value, by) if positive(by) => rises(value),
        Kind::Arithmetic(Operator::Multiply, by, value) if positive(by) => rises(value),
        Kind::Scale(value, factor) if !factor.is_negative() => rises(value),
        Kind::Call(Function::Min | Function::Max, all) => all.iter().any(rises),
        _ => !Turns::of(program, [expr]).is_empty(),
    }
}

/// Where windows were found to begin in a member's facts, by measure. Facts only come in behind, so that none is looked at again for each event.
#[derive(Debug, Clone, Default)]
pub struct Fronts {
    version: u32,
    fronts: Sorted<MeasureId, Front>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Front {
    /// How many facts had left the window.
    gone: usize,
    /// Of those behind them, the first that it counts.
    first: usize,
}

impl Fold<'_> {
    /// When anything next turns by time alone that something waits for.
    pub fn turn_due(&mut self) -> Result<Option<Instant>, Fault> {
        let version = self.version;
        let (listeners, after) = (&version.listeners, self.state.clock);
        let mut due = self.turn(&listeners.turns, after)?;
        for (reward, turns) in &listeners.automatic {
            let Some((unit, _)) = self.program.rewards.at(*reward).cost else { continue };
            if self.spendable(unit) > 0 {
                due = due.into_iter().chain(self.turn(turns, after)?).min();
            }
        }
        Ok(due)
    }

    /// The next moment after another at which conditions may turn without an event.
    pub fn turn(&mut self, turns: &Turns, after: Instant) -> Result<Option<Instant>, Fault> {
        if turns.is_empty() {
            return Ok(None);
        }
        let calendar = self.calendar.clone();
        let zone = &calendar.zone;
        let today = zone.day_of(after);
        let tomorrow = today.plus_days(1).ok_or(Fault::Calendar)?;
        let mut next: Option<Instant> = None;
        let mut offer = |at: Instant| {
            if at > after && next.is_none_or(|next| at < next) {
                next = Some(at);
            }
        };
        if turns.daily {
            offer(zone.start_of(tomorrow));
        }
        turns.days.range(today..).for_each(|day| offer(zone.start_of(*day)));
        for time in &turns.times {
            [today, tomorrow].into_iter().for_each(|day| offer(zone.at(day, *time)));
        }
        for age in &turns.ages {
            let day = match self.judge.value(&age.since, &self.cx(View::default()))? {
                Value::Day(day) => day,
                Value::Moment(at) => zone.day_of(at),
                _ => continue,
            };
            // The last event of a type is another one only behind the event itself.
            let last = matches!(age.since.kind, Kind::Read(Read::Last(_)));
            let turned = |count: &i64| TimeSpan::new(*count, age.unit)?.after_day(day);
            let days = age.counts.iter().filter_map(turned).chain(last.then(|| day.plus_days(1)).flatten());
            days.for_each(|day| offer(zone.start_of(day)));
        }
        self.state
            .vouchers
            .open()
            .filter(|voucher| turns.vouchers.contains(&voucher.reward))
            .for_each(|voucher| offer(voucher.from));
        for id in &turns.measures {
            self.moves(*id, after)?.into_iter().for_each(&mut offer);
        }
        Ok(next)
    }

    /// The next moment after another at which time alone moves a measure.
    fn moves(&mut self, id: MeasureId, after: Instant) -> Result<Option<Instant>, Fault> {
        let (calendar, program) = (self.calendar.clone(), self.program);
        let zone = &calendar.zone;
        let today = zone.day_of(after);
        let measure = program.measures.at(id);
        let postings = matches!(measure.source, Source::Postings { .. });
        if let Source::Streak { period, .. } = measure.source {
            // A row that is broken stays so.
            return Ok(self.runs(id)?.then(|| zone.start_of(self.period(period, today).end)));
        }
        Ok(match measure.window {
            Window::Period(kind) => {
                let period = self.period(kind, today);
                let start = zone.start_of(period.start);
                // A period in which nothing happened ends as it began.
                let happened = self.state.facts.last().is_some_and(|fact| fact.event.time >= start);
                (happened || postings).then(|| zone.start_of(period.end))
            }
            Window::LastDays(_) if postings => zone.start_of(today.plus_days(1).ok_or(Fault::Calendar)?).into(),
            Window::LastDays(span) => {
                self.first_out(id, after, |at| Some(zone.start_of(first_day_out(zone.day_of(at), span)?)))
            }
            // Without months, whatever is in leaves after as long.
            Window::LastExactly(span) if span.months == 0 => self.first_out(id, after, |at| span.after(at, zone)),
            Window::LastExactly(span) => self.first_out(id, after, |at| {
                let day = zone.day_of(at);
                match first_day_out(day, span) {
                    // Where months are of other lengths it is the day that is out, whatever the time.
                    Some(out) if span.before_day(out) != Some(day) => Some(zone.start_of(out)),
                    _ => span.after(at, zone),
                }
            }),
            Window::Ever | Window::SinceRise(_) => None,
        })
    }

    /// When something next leaves the sliding window of a measure.
    fn first_out(
        &mut self,
        id: MeasureId,
        after: Instant,
        out: impl Fn(Instant) -> Option<Instant>,
    ) -> Option<Instant> {
        let program = self.program;
        let measure = program.measures.at(id);
        let still_in = |at: &Instant| *at > after;
        match &measure.source {
            Source::Postings { unit, tally } => {
                let posted = self.state.tallies.iter().filter(|posted| posted.unit == *unit && posted.tally.is(*tally));
                let posted = posted.map(|posted| posted.at);
                let kept = self.state.gauges.at(id).buckets.from(Instant::FIRST).map(|(at, _)| at);
                // Buckets are in order.
                let kept = kept.filter_map(&out).find(still_in);
                posted.filter_map(&out).filter(still_in).chain(kept).min()
            }
            Source::Events { event, .. } => {
                // Facts are in the order of their time, and so they leave.
                let facts = &self.state.facts;
                let gone = facts.partition_point(|fact| out(fact.event.time).is_some_and(|at| at <= after));
                let taken_back = |of: &Reversal| measure.net == Net::WhenReversed && of.of == *event;
                let counts = |kind| kind == *event || program.events.at(kind).reversal.as_ref().is_some_and(taken_back);
                let first = self.front(id, gone, counts);
                self.state.facts.get(first).and_then(|fact| out(fact.event.time))
            }
            Source::Streak { .. } | Source::Run { .. } | Source::Formula(_) => None,
        }
    }
}

impl Fold<'_> {
    /// The first fact that counts for a measure, behind those that are gone.
    fn front(&mut self, id: MeasureId, gone: usize, counts: impl Fn(EventId) -> bool) -> usize {
        let Note(fronts) = &mut self.state.fronts;
        if fronts.version != self.state.version {
            *fronts = Fronts { version: self.state.version, ..Fronts::default() };
        }
        let known = fronts.fronts.get(&id).filter(|known| known.gone <= gone).map_or(0, |known| known.first);
        let from = known.max(gone);
        let behind = self.state.facts.iter_from(from).take_while(|fact| !counts(fact.event.kind));
        let first = from + behind.count();
        fronts.fronts.insert(id, Front { gone, first });
        first
    }
}

/// The first day of which a window of days that ends with it leaves out an earlier one.
fn first_day_out(day: Day, span: TimeSpan) -> Option<Day> {
    let mut out = span.after_day(day)?;
    while span.before_day(out)? < day {
        out = out.plus_days(1)?;
    }
    Some(out)
}
