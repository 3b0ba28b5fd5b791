//! Measures as running sums: each event adds its contribution to a bucket, and a reading adds up the buckets of its window.

use crate::arena::Arena;
use crate::engine::Fault;
use crate::engine::context::Cx;
use crate::engine::fact::{Fact, FactChange, Tallied};
use crate::engine::judge::{Judge, Noting};
use crate::engine::reference::{self, Contribution};
use crate::engine::series::{Gauge, Series};
use crate::engine::state::State;
use crate::engine::streak::{self, Length, Row};
use crate::hir::{Aggregate, EventId, Measure, MeasureId, Net, Program, Source, Window};
use crate::value::{Day, Exact, Instant, Value};

/// How long a streak is, from the days on which something counted; `None` where the measure has none for this moment, or is no streak.
pub fn streak(id: MeasureId, cx: &Cx<'_>) -> Result<Option<Length>, Fault> {
    let Some((measure, gauge)) = running(id, cx) else { return Ok(None) };
    length(id, measure, gauge, cx)
}

fn length(id: MeasureId, measure: &Measure, gauge: &Gauge, cx: &Cx<'_>) -> Result<Option<Length>, Fault> {
    let Source::Streak { period, shield, .. } = &measure.source else { return Ok(None) };
    let from = cx.state.restarts.at(id).as_ref().map(|restart| cx.zone().day_of(restart.at));
    let row = Row { id, kind: *period, shield, from };
    row.length(&GaugedDays(&gauge.buckets, cx), cx).map(Some)
}

/// The value of a measure from its running sums; `None` where it has none for this moment.
pub fn read(id: MeasureId, cx: &Cx<'_>) -> Result<Option<Value>, Fault> {
    let Some((measure, gauge)) = running(id, cx) else { return Ok(None) };
    if let Some(length) = length(id, measure, gauge, cx)? {
        return Ok(Some(Value::Exact(Exact::from(length.periods))));
    }
    let start = cx.window_start(measure.window)?.unwrap_or(Instant::FIRST);
    if let Source::Events { aggregate: Aggregate::Distinct | Aggregate::Largest | Aggregate::Smallest, .. } =
        &measure.source
    {
        let buckets = gauge.buckets.from(start);
        let counted = buckets.flat_map(|(_, bucket)| &bucket.values).map(|(value, _)| value);
        let mut values: Vec<&Value> = counted.filter(|value| **value != Value::Missing).collect();
        values.sort_unstable();
        values.dedup();
        return Ok(Some(extreme(measure, &values)));
    }
    let (free, capped) = gauge.buckets.sums(start)?;
    Ok(Some(Value::Exact(reference::with_share(measure.share.as_ref(), free, capped)?)))
}

/// A measure and its running sums, where it has some and they are of all that counts up to the moment, and of nothing else.
fn running<'c>(id: MeasureId, cx: &Cx<'c>) -> Option<(&'c Measure, &'c Gauge)> {
    let (measure, gauge) = (cx.program.measures.at(id), cx.state.gauges.at(id));
    let begins = |from| cx.window_start(measure.window).is_ok_and(|start| start.unwrap_or(Instant::FIRST) >= from);
    let other =
        cx.at.before.is_some() || gauge.newest.is_some_and(|newest| newest > cx.at.now) || !cx.from.is_none_or(begins);
    (runs(measure) && !other).then_some((measure, gauge))
}

/// Days on which something was counted.
struct GaugedDays<'d>(&'d Series, &'d Cx<'d>);

impl streak::Days for GaugedDays<'_> {
    fn any(&self, from: Day, to: Day) -> bool {
        let (from, to) = (self.1.zone().start_of(from), self.1.zone().start_of(to));
        self.0.from(from).take_while(|(at, _)| *at < to).any(|(_, bucket)| bucket.count > 0)
    }

    fn first(&self) -> Option<Day> {
        let first = self.0.from(Instant::FIRST).find(|(_, bucket)| bucket.count > 0)?;
        Some(self.1.zone().day_of(first.0))
    }
}

/// The largest or smallest of different values in order, or how many there are.
fn extreme(measure: &Measure, values: &[&Value]) -> Value {
    let zero = || Value::Exact(Exact::ZERO);
    match &measure.source {
        Source::Events { aggregate: Aggregate::Largest, .. } => {
            values.last().map_or_else(zero, |value| (*value).clone())
        }
        Source::Events { aggregate: Aggregate::Smallest, .. } => {
            values.first().map_or_else(zero, |value| (*value).clone())
        }
        _ => Value::Exact(Exact::from(i64::try_from(values.len()).unwrap_or(i64::MAX))),
    }
}

/// The measures that have a running form and count events of each type.
pub fn listening(program: &Program) -> Arena<EventId, Vec<MeasureId>> {
    let counts = |kind: EventId| {
        let of = move |(id, measure): (MeasureId, &Measure)| match &measure.source {
            Source::Events { event, .. } | Source::Streak { event, .. } if *event == kind && runs(measure) => Some(id),
            _ => None,
        };
        program.measures.pairs().filter_map(of).collect()
    };
    program.events.ids().map(counts).collect()
}

/// The measures that sum postings.
pub fn of_postings(program: &Program) -> Vec<MeasureId> {
    let sums = |(_, measure): &(MeasureId, &Measure)| matches!(measure.source, Source::Postings { .. });
    program.measures.pairs().filter(sums).map(|(id, _)| id).collect()
}

/// Whether a measure has a running form.
fn runs(measure: &Measure) -> bool {
    match &measure.source {
        Source::Events { aggregate, .. } => match aggregate {
            Aggregate::Sum | Aggregate::Count | Aggregate::Distinct => true,
            Aggregate::Largest | Aggregate::Smallest => {
                matches!(measure.ty, crate::hir::Type::Number | crate::hir::Type::Money | crate::hir::Type::Quantity(_))
            }
            _ => false,
        },
        Source::Streak { shield, .. } => shield.enough.is_none(),
        Source::Postings { .. } => true,
        Source::Formula(_) | Source::Run { .. } => false,
    }
}

/// Takes note of a change of facts.
pub fn noted(
    program: &Program,
    judge: &dyn Judge,
    listening: &[MeasureId],
    state: &mut State,
    change: &FactChange<'_>,
    noting: &Noting<'_>,
) -> Result<(), Fault> {
    if let FactChange::Restarted(id) = change {
        state.gauges.at_mut(*id).buckets.clear();
        return Ok(());
    }
    let (FactChange::Recorded(fact) | FactChange::Reversed(fact, ..)) = change else { return Ok(()) };
    for &id in listening {
        let measure = program.measures.at(id);
        if state.restarts.at(id).as_ref().is_some_and(|restart| fact.place < restart.place) {
            continue;
        }
        // What cannot be added up is counted from history when somebody asks, and is an error then.
        if add_up(program, judge, state, (id, measure), (fact, change), noting).is_err() {
            state.gauges.at_mut(id).newest = Some(Instant::LAST);
        }
    }
    Ok(())
}

/// Adds what a change of a fact contributes to a measure.
fn add_up(
    program: &Program,
    judge: &dyn Judge,
    state: &mut State,
    (id, measure): (MeasureId, &Measure),
    (fact, change): (&Fact, &FactChange<'_>),
    noting: &Noting<'_>,
) -> Result<(), Fault> {
    let contributions = {
        let cx = Cx::of(program, judge, state, noting.calendar, noting.now);
        contributions(measure, fact, change, &cx)?
    };
    for one in contributions {
        let bucket = bucket_of(measure, one.at, state, noting)?;
        let gauge = state.gauges.at_mut(id);
        let newer = gauge.newest.is_none_or(|newest| newest < one.at);
        if newer {
            gauge.newest = Some(one.at);
        }
        add(measure, &mut gauge.buckets, bucket, &one)?;
        gauge.buckets.tidy(bucket);
        if newer && matches!(measure.source, Source::Events { .. }) {
            // No moment before this one is ever asked of the running sums.
            let start = Cx::of(program, judge, state, noting.calendar, one.at).window_start(measure.window)?;
            if let Some(start) = start {
                state.gauges.at_mut(id).buckets.forget(start)?;
            }
        }
    }
    Ok(())
}

/// What a change adds to a measure.
fn contributions(
    measure: &Measure,
    fact: &Fact,
    change: &FactChange<'_>,
    cx: &Cx<'_>,
) -> Result<Vec<Contribution>, Fault> {
    let mut found = Vec::new();
    if let Source::Streak { filter, .. } = &measure.source {
        let mut count = |fields: &[Value], sign: i64| -> Result<(), Fault> {
            let cx = cx.on_fact(fields);
            if filter.as_ref().map_or(Ok(true), |filter| cx.judge.truth(filter, &cx))? {
                found.push(Contribution { at: fact.event.time, sign, value: Value::Missing, capped: false });
            }
            Ok(())
        };
        if let FactChange::Reversed(_, _, before) = change {
            count(before, -1)?;
        }
        if !fact.gone && !fact.negative {
            count(&fact.left, 1)?;
        }
        return Ok(found);
    }
    match change {
        FactChange::Reversed(_, at, before) => {
            let sums = matches!(measure.source, Source::Events { aggregate: Aggregate::Sum | Aggregate::Count, .. });
            let at = match measure.net {
                Net::Gross => return Ok(found),
                Net::WhenReversed if sums => *at,
                _ => fact.event.time,
            };
            reference::values(measure, before, at, -1, cx, &mut found)?;
            if !fact.gone {
                reference::values(measure, &fact.left, at, 1, cx, &mut found)?;
            }
        }
        _ => reference::contribute(measure, fact, cx, &mut found)?,
    }
    Ok(found)
}

/// The bucket in which a contribution is kept: as coarse as the window allows.
fn bucket_of(measure: &Measure, at: Instant, state: &State, noting: &Noting<'_>) -> Result<Instant, Fault> {
    let zone = &noting.calendar.zone;
    Ok(match (&measure.source, measure.window) {
        (Source::Streak { .. }, _) | (_, Window::LastDays(_)) => zone.start_of(zone.day_of(at)),
        (_, Window::Ever | Window::SinceRise(_)) => Instant::FIRST,
        (_, Window::Period(kind)) => {
            zone.start_of(noting.calendar.period_of(kind, zone.day_of(at), state.joined_day(zone)).start)
        }
        (_, Window::LastExactly(_)) => at,
    })
}

fn add(measure: &Measure, series: &mut Series, at: Instant, one: &Contribution) -> Result<(), Fault> {
    let bucket = series.bucket(at);
    bucket.count += one.sign;
    match &measure.source {
        Source::Events { aggregate: Aggregate::Distinct | Aggregate::Largest | Aggregate::Smallest, .. } => {
            bucket.occurs(&one.value, one.sign);
        }
        Source::Events { aggregate, .. } => {
            let amount = match (aggregate, &one.value) {
                (Aggregate::Count, _) => Exact::ONE,
                (_, Value::Exact(number)) => *number,
                _ => Exact::ZERO,
            };
            series.add(at, amount.mul(Exact::from(one.sign))?, one.capped)?;
        }
        _ => {}
    }
    Ok(())
}

/// Takes note of an amount that was posted.
pub fn tallied(
    program: &Program,
    postings: &[MeasureId],
    state: &mut State,
    tallied: Tallied,
    noting: &Noting<'_>,
) -> Result<(), Fault> {
    for &id in postings {
        let measure = program.measures.at(id);
        let Source::Postings { unit, tally } = &measure.source else { continue };
        let restarted = state.restarts.at(id).as_ref().is_some_and(|restart| tallied.at <= restart.at);
        if *unit != tallied.unit || !tallied.tally.is(*tally) || restarted {
            continue;
        }
        let bucket = bucket_of(measure, tallied.at, state, noting)?;
        let gauge = state.gauges.at_mut(id);
        gauge.newest = Some(gauge.newest.map_or(tallied.at, |newest| newest.max(tallied.at)));
        if gauge.buckets.add(bucket, Exact::from(tallied.amount), false).is_err() {
            gauge.newest = Some(Instant::LAST);
        }
    }
    Ok(())
}
