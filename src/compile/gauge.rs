//! Measures as running sums: each event adds its contribution to a bucket, and a reading adds up the buckets of its window.

use std::collections::BTreeSet;

use crate::engine::Fault;
use crate::engine::context::Cx;
use crate::engine::judge::{Judge, Noting};
use crate::engine::reference::{self, Contribution};
use crate::engine::state::{Bucket, Fact, FactChange, State, Tallied};
use crate::hir::{Aggregate, Measure, MeasureId, Net, Program, Source, Window};
use crate::value::{Exact, Instant, Value};

/// The value of a measure from its running sums; `None` where it has none for this moment.
pub fn read(id: MeasureId, cx: &Cx<'_>) -> Result<Option<Value>, Fault> {
    let measure = cx.program.measures.at(id);
    let gauge = cx.state.gauges.at(id);
    if !runs(measure) || gauge.newest.is_some_and(|newest| newest > cx.at.now) {
        return Ok(None);
    }
    if let Source::Streak { period, .. } = &measure.source {
        let days: BTreeSet<_> =
            gauge.buckets.iter().filter(|(_, bucket)| bucket.count > 0).map(|(at, _)| cx.zone().day_of(*at)).collect();
        let from = cx.state.restarts.at(id).map(|restart| cx.zone().day_of(restart.at));
        return Ok(Some(Value::Exact(Exact::from(reference::streak(&days, *period, from, cx)))));
    }
    let start = cx.window_start(measure.window)?.unwrap_or(Instant::FIRST);
    let mut buckets = gauge.buckets.range(start..).map(|(_, bucket)| bucket);
    if let Source::Events { aggregate: Aggregate::Distinct | Aggregate::Largest | Aggregate::Smallest, .. } =
        &measure.source
    {
        let values: BTreeSet<&Value> =
            buckets.flat_map(|bucket| bucket.values.keys()).filter(|value| **value != Value::Missing).collect();
        return Ok(Some(extreme(measure, &values)));
    }
    let (mut free, mut capped) = (Exact::ZERO, Exact::ZERO);
    buckets.try_for_each(|bucket| -> Result<(), Fault> {
        free = free.add(bucket.sum)?;
        capped = capped.add(bucket.capped)?;
        Ok(())
    })?;
    Ok(Some(Value::Exact(reference::with_share(measure.share.as_ref(), free, capped)?)))
}

fn extreme(measure: &Measure, values: &BTreeSet<&Value>) -> Value {
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
        Source::Streak { .. } | Source::Postings { .. } => true,
        Source::Formula(_) => false,
    }
}

/// Takes note of a change of facts.
pub fn noted(
    program: &Program,
    judge: &dyn Judge,
    state: &mut State,
    change: &FactChange<'_>,
    noting: &Noting<'_>,
) -> Result<(), Fault> {
    if let FactChange::Restarted(id) = change {
        state.gauges.at_mut(*id).buckets.clear();
        return Ok(());
    }
    let (FactChange::Recorded(fact) | FactChange::Reversed(fact, ..)) = change else { return Ok(()) };
    for (id, measure) in program.measures.pairs() {
        let (Source::Events { event, .. } | Source::Streak { event, .. }) = &measure.source else { continue };
        let before_restart = state.restarts.at(id).is_some_and(|restart| fact.place < restart.place);
        if *event != fact.event.kind || !runs(measure) || before_restart {
            continue;
        }
        // What cannot be added up is counted from history when somebody asks, and is an error then.
        if add_up(program, judge, state, (id, measure), (fact, change), noting).is_err() {
            state.gauges.at_mut(id).newest = Some(Instant::LAST);
        }
        state.gauges.at_mut(id).buckets.retain(|_, bucket| *bucket != Bucket::default());
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
        gauge.newest = Some(gauge.newest.map_or(one.at, |newest| newest.max(one.at)));
        let bucket = gauge.buckets.entry(bucket).or_default();
        add(measure, bucket, &one)?;
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
            if filter.as_ref().map_or(Ok(true), |filter| crate::engine::walk::truth(filter, &cx))? {
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

fn add(measure: &Measure, bucket: &mut Bucket, one: &Contribution) -> Result<(), Fault> {
    bucket.count += one.sign;
    match &measure.source {
        Source::Events { aggregate: Aggregate::Distinct | Aggregate::Largest | Aggregate::Smallest, .. } => {
            let count = bucket.values.entry(one.value.clone()).or_insert(0);
            *count += one.sign;
            if *count == 0 {
                bucket.values.remove(&one.value);
            }
        }
        Source::Events { aggregate, .. } => {
            let amount = match (aggregate, &one.value) {
                (Aggregate::Count, _) => Exact::ONE,
                (_, Value::Exact(number)) => *number,
                _ => Exact::ZERO,
            };
            let side = if one.capped { &mut bucket.capped } else { &mut bucket.sum };
            *side = side.add(amount.mul(Exact::from(one.sign))?)?;
        }
        _ => {}
    }
    Ok(())
}

/// Takes note of an amount that was posted.
pub fn tallied(program: &Program, state: &mut State, tallied: Tallied, noting: &Noting<'_>) -> Result<(), Fault> {
    for (id, measure) in program.measures.pairs() {
        let Source::Postings { unit, tally } = &measure.source else { continue };
        let restarted = state.restarts.at(id).is_some_and(|restart| tallied.at <= restart.at);
        if *unit != tallied.unit || !tallied.tally.is(*tally) || restarted {
            continue;
        }
        let bucket = bucket_of(measure, tallied.at, state, noting)?;
        let gauge = state.gauges.at_mut(id);
        gauge.newest = Some(gauge.newest.map_or(tallied.at, |newest| newest.max(tallied.at)));
        let bucket = gauge.buckets.entry(bucket).or_default();
        match bucket.sum.add(Exact::from(tallied.amount)) {
            Ok(sum) => bucket.sum = sum,
            Err(_) => gauge.newest = Some(Instant::LAST),
        }
    }
    Ok(())
}
